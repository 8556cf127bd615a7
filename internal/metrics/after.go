package metrics

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// cleanFor is how long after its ack a handoff must prove itself.
const cleanFor = 24 * time.Hour

// measureClean measures handoffs of which nothing came back until the receiver
// wrote their own, or for a day.
func (m *meter) measureClean(c *chain) {
	passed, decided := c.firstPass()
	ack := c.accepted()
	clean := passed && ack != nil
	if clean {
		end := ack.At.Add(cleanFor)
		if next := m.nextHandoff(ack); next != nil && next.Record.At.Before(end) {
			end = next.Record.At.Time
		}
		asked := slices.ContainsFunc(c.questions, func(at time.Time) bool { return !at.After(end) })
		failed := slices.ContainsFunc(c.gaps, func(gap *handoff.Record) bool { return !gap.At.After(end) })
		clean = !asked && !failed
		decided = !clean || !m.Now.Before(end)
	}
	m.add(c.boundaries, func(t *tally) {
		if decided {
			t.Clean.count(clean)
		} else {
			t.Clean.Pending++
		}
	})
}

// nextHandoff returns the first handoff of their own that the author of an ack
// wrote after it.
func (m *meter) nextHandoff(ack *handoff.Record) *fold.Handoff {
	if later := m.own[ack.By].from(ack.At.Add(time.Nanosecond)); len(later) > 0 {
		return later[0]
	}
	return nil
}

// assignQuestions gives each question to the chain that it is about: that of the
// handoff it names, or the last one before it in which somebody else than who asks
// names the item or the blocker. A sender who asks about their own
// handoff clarifies nothing.
func (m *meter) assignQuestions() {
	for key, q := range m.Questions {
		asked := m.Records[key] // in the first round
		if q.State == fold.QuestionWithdrawn || q.About == "" || asked == nil {
			continue
		}
		if c := m.chainAbout(q.About, asked.At.Time, asked.By); c != nil && c.latest().Record.By != asked.By {
			c.questions = append(c.questions, asked.At.Time)
		}
	}
	for _, c := range m.chains {
		sorting.By(c.questions, time.Time.Compare)
	}
}

// assignGaps gives each gap to the chain that it is about: that of the handoff
// it names, or the last one before it that lists what it names.
func (m *meter) assignGaps() {
	for _, gap := range m.Gaps {
		if c := m.chainAbout(gap.Body.(*handoff.Gap).Subject, gap.At.Time, ""); c != nil {
			c.gaps = append(c.gaps, gap)
		}
	}
}

// chainAbout returns the chain that a reference means at a time: of a handoff, or
// the last one until then that lists what is meant, and not by a certain person;
// nil without one.
func (m *meter) chainAbout(ref string, at time.Time, notBy string) *chain {
	if c := m.chainOf[ref]; c != nil {
		return c
	}
	if it := m.Item(ref); it != nil {
		return m.lists[fold.Target{Type: fold.TargetItem, Name: it.ID}.Ref()].last(at, notBy)
	}
	if b := m.Blocker(ref); b != nil {
		return m.lists[fold.Target{Type: fold.TargetBlocker, Name: b.ID}.Ref()].last(at, notBy)
	}
	return nil
}
