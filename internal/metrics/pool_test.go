package metrics

import (
	"fmt"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Six cycles in three repositories have a median of their own: of 1, 2, 3, 4,
// 50 and 60 minutes it is 3.5, and the median of the medians would be another.
func TestPoolTakesTheMedianOfAllValues(t *testing.T) {
	var p Pool
	s := survey(t, "2026-11-20 18:00")
	for i, minutes := range [][]int{{1}, {2, 3, 4}, {50, 60}} {
		var records []*handoff.Record
		for j, took := range minutes {
			h := written(t, fmt.Sprintf("h%d", j), "ana", fmt.Sprintf("2026-11-1%d 08:00", 6+j), to("ben", fmt.Sprintf("a-%d", j)))
			ack := handoff.New(pad(fmt.Sprintf("k%d", j)), h.At.Add(time.Duration(took)*time.Minute), "ben", &handoff.Ack{Subject: h.ID, Outcome: handoff.OutcomeAccepted, Take: []string{fmt.Sprintf("a-%d", j)}})
			records = append(records, h, ack)
		}
		s.Repo = fmt.Sprint("repo-", i)
		p.Add(fold.Of(records, ""), s)
	}
	st := p.Stats()
	cycle := st.Total.Metrics.CycleTime.WallS
	if st.Total.N != 6 || cycle.N != 6 || cycle.Median == nil || *cycle.Median != 210 || cycle.P90 == nil || *cycle.P90 != 3600 {
		t.Errorf("n %d, %+v", st.Total.N, cycle)
	}
	if len(st.Groups) == 0 || st.Groups[0].Boundary != (Boundary{ByZone, "apac", "emea"}) || st.Groups[0].N != 6 {
		t.Errorf("groups %+v", st.Groups)
	}
}

// A shift is expected once, however many repositories know of the person, and
// has a handoff when one of them has it.
func TestPoolCountsAShiftOnce(t *testing.T) {
	office := office(t, "Asia/Singapore", 9*60, 18*60)
	s := survey(t, "2026-11-20 18:00")
	s.People, s.Since = map[string]Worker{"ana": {"pay", "apac", &office}}, s.Now.AddDate(0, 0, -3)
	var p Pool
	p.Add(fold.Of([]*handoff.Record{written(t, "h1", "ana", "2026-11-18 09:30", to("ben", "a"))}, ""), s)
	p.Add(fold.Of([]*handoff.Record{written(t, "h1", "ana", "2026-11-19 09:30", to("ben", "a"))}, ""), s)
	p.Add(fold.Of(nil, ""), s)
	if got := p.Stats().Total.Metrics.Publication; got != (Share{Num: 2, Den: 3}) {
		t.Errorf("%+v", got)
	}
}
