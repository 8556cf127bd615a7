package metrics

import (
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
	"pgregory.net/rapid"
)

// What the chains of any records say adds up to what is measured of them.
func TestChainsAddUp(t *testing.T) {
	s := survey(t, "2026-11-20 18:00")
	rapid.Check(t, func(t *rapid.T) {
		state := fold.Of(drawRecords(t), "")
		var got Metrics
		n := 0
		for _, c := range Chains(state, s) {
			n++
			if len(c.Receivers) == 0 {
				continue
			}
			got.CycleTime.N++
			if c.Accepted == nil {
				got.CycleTime.Open++
			}
			if c.Decided {
				got.FirstPass.count(c.FirstPass)
			} else {
				got.FirstPass.Pending++
			}
			got.Clarifications.count(c.Questions)
			if c.Limited {
				got.Overdue.count(c.Late)
			}
			got.Limbo.count(c.Limbo)
		}
		want := Measure(state, s).Total
		m := want.Metrics
		if n != want.N || got.CycleTime.N != m.CycleTime.N || got.CycleTime.Open != m.CycleTime.Open || got.FirstPass != m.FirstPass ||
			got.Clarifications != m.Clarifications || got.Overdue != m.Overdue || got.Limbo != m.Limbo {
			t.Errorf("%d chains, %+v, want %d, %+v", n, got, want.N, m)
		}
	})
}
