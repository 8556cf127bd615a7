package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/metrics"
)

// Two clocks: declared on Friday 17:25 in London, acknowledged on Monday 09:06,
// is 11 minutes of working hours and 3,821 on the wall.
func TestStatsHasTwoClocks(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", twoSitesConfig)
	w.commitFile("today.yaml", strings.Replace(string(examples.TwoSites), "2026-11-23T09:00:00+08:00", "2026-11-24T09:00:00+08:00", 1))
	w.as("ana", time.Date(2026, 11, 20, 17, 25, 0, 0, time.UTC))
	w.run(0, "declare", "-f", "today.yaml")
	w.as("ben", time.Date(2026, 11, 23, 9, 6, 0, 0, time.UTC))
	w.run(0, "ack")

	out, _ := w.run(0, "stats", "--json")
	var doc struct {
		Total struct {
			N       int
			Metrics struct {
				CycleTime struct {
					WallS struct{ Values []int64 } `json:"wall_s"`
					RCS   struct{ Values []int64 } `json:"rc_s"`
				} `json:"cycle_time"`
				FirstPass struct{ Num, Den int } `json:"first_pass"`
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	cycle := doc.Total.Metrics.CycleTime
	if len(cycle.RCS.Values) != 1 || cycle.RCS.Values[0] != 11*60 || len(cycle.WallS.Values) != 1 || cycle.WallS.Values[0] != 3821*60 {
		t.Errorf("cycle time %+v", cycle)
	}
	if first := doc.Total.Metrics.FirstPass; first.Num != 1 || first.Den != 1 {
		t.Errorf("first pass %+v", first)
	}

	out, _ = w.run(0, "stats")
	if !strings.Contains(out, "until accepted          63h41m; in working hours 11m (n=1)") {
		t.Errorf("text\n%s", out)
	}
	for _, who := range []string{"ana", "ben"} {
		if strings.Contains(out, who) {
			t.Errorf("%s is named in\n%s", who, out)
		}
	}
}

func TestTimingText(t *testing.T) {
	minute, hour := int64(60), int64(3600)
	for want, timing := range map[string]metrics.Timing{
		"":                                    {},
		"all 2 open":                          {N: 2, Open: 2, WallS: metrics.Spread{N: 2, Open: 2}, RCS: &metrics.Spread{N: 2, Open: 2}},
		"1m 1h, 1 open (n=3)":                 {N: 3, Open: 1, WallS: metrics.Spread{N: 3, Open: 1, Values: []int64{minute, hour}}},
		"median 1m, p90 1h (n=9)":             {N: 9, WallS: metrics.Spread{N: 9, Median: &minute, P90: &hour}},
		"median open, p90 open, 6 open (n=9)": {N: 9, Open: 6, WallS: metrics.Spread{N: 9, Open: 6}},
	} {
		if got := timingText(timing); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
