package metrics

import (
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Chain is a handoff with its amendments as [Measure] counts it: what a metric of
// handoffs is the sum of.
type Chain struct {
	First, Latest *fold.Handoff
	Boundaries    []Boundary      // each once
	Receivers     []string        // nobody where it waits for no verdict
	Accepted      *handoff.Record // the ack that satisfied the policy, nil before one
	Took          time.Duration   // from the first version to that ack, zero before one
	Worked        *time.Duration  // of that on the clock of who gave it, nil where their hours are not known
	Decided       bool            // there is a verdict
	FirstPass     bool            // it accepted, with nothing asked or amended before
	Questions     int             // by others than the sender
	Limited, Late bool            // a verdict has a limit, and came after it or is late now
	Limbo         bool            // nobody decided in a whole shift of every receiver
	Stalls        int             // gaps that held work up
}

// Chains are the chains of a state in fold order, without those that are withdrawn
// and the rollups that hand nothing over.
func Chains(s *fold.State, survey Survey) []Chain {
	m := newMeter(s, survey, new(Pool))
	chains := make([]Chain, len(m.chains))
	for i, c := range m.chains {
		chains[i] = m.describe(c)
	}
	return chains
}

func (m *meter) describe(c *chain) Chain {
	w := m.waited(c)
	d := Chain{
		First: c.first(), Latest: c.latest(), Boundaries: c.boundaries, Receivers: c.receivers, Accepted: c.accepted(),
		Questions: len(c.questions), Limited: w.limited, Late: w.late, Limbo: w.limbo, Stalls: c.stalls(),
	}
	d.FirstPass, d.Decided = c.firstPass()
	if d.Accepted == nil {
		return d
	}
	start, end := d.First.Record.At.Time, d.Accepted.At.Time
	d.Took = calendar.Interval{From: start, To: end}.Length()
	if worked, known := m.worked(d.Accepted.By, start, end); known {
		d.Worked = &worked
	}
	return d
}
