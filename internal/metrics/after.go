package metrics

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
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

// nextHandoff returns the first handoff that the author of an ack wrote after
// it.
func (m *meter) nextHandoff(ack *handoff.Record) *handoff.HandoffState {
	for _, h := range m.written[ack.By] {
		if h.Record.At.After(ack.At.Time) {
			return h
		}
	}
	return nil
}

// measureGaps measures reports of failure, at the boundary of the handoff that
// failed.
func (m *meter) measureGaps() {
	for _, c := range m.chains {
		for _, gap := range c.gaps {
			body := gap.Body.(*handoff.Gap)
			if !m.in(gap.At.Time) {
				continue
			}
			m.add(c.boundaries, func(t *tally) {
				t.complain(body.Class)
				switch body.Impact {
				case "stall", "rework", "outage":
					t.BlockingIncidents.Num++
				}
			})
		}
	}
}

// assignGaps gives each gap to the chain that it is about: that of the handoff
// it names, or the last one before it that lists the item it names.
func (m *meter) assignGaps() {
	byHandoff, byItem := make(map[string]*chain), make(map[string][]*chain)
	for _, c := range m.chains {
		for _, v := range c.versions {
			byHandoff[v.Record.ID] = c
		}
		for _, item := range c.latest().Items {
			byItem[item.ID] = append(byItem[item.ID], c)
		}
	}
	for _, gap := range m.Gaps {
		subject := gap.Body.(*handoff.Gap).Subject
		c := byHandoff[subject]
		if it := m.Item(subject); c == nil && it != nil {
			for _, listing := range byItem[it.ID] {
				if !listing.first().Record.At.After(gap.At.Time) {
					c = listing
				}
			}
		}
		if c != nil {
			c.gaps = append(c.gaps, gap)
		}
	}
}
