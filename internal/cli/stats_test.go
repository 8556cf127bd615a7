package cli

import (
	"encoding/json"
	"slices"
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
	if !strings.Contains(out, "  accepted after 2d15h, in working hours after 11m\n") {
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

// What a lead reads of each kind of number.
func TestStatsSentences(t *testing.T) {
	minutes := func(values ...int64) metrics.Spread {
		s := metrics.Spread{N: len(values), Values: values}
		for i := range s.Values {
			s.Values[i] *= 60
		}
		return s
	}
	many := func(median, p90 *int64, open int) metrics.Spread {
		return metrics.Spread{N: 9, Open: open, Median: median, P90: p90, Values: []int64{}}
	}
	hour, day := int64(3600), int64(30*3600)
	working := minutes(11)
	for _, c := range []struct {
		name string
		m    metrics.Metrics
		want []string
	}{
		{"nothing", metrics.Metrics{}, nil},
		{"shifts", metrics.Metrics{Publication: metrics.Share{Num: 9, Den: 10}, Completeness: metrics.Share{Num: 8, Den: 10}, OnTime: metrics.Share{Num: 1, Den: 2}},
			[]string{"9 of 10 shifts ended with a handoff, 8 of them on time and complete"}},
		{"no roster", metrics.Metrics{OnTime: metrics.Share{Num: 2, Den: 2}}, []string{"both handoffs came before the end of the shift"}},
		{"faults that are none are not told", metrics.Metrics{Overdue: metrics.Share{Den: 3}, Limbo: metrics.Share{Num: 1, Den: 3}, LeadTime: metrics.Share{Den: 3}},
			[]string{"1 of 3 handoffs got no answer in a whole shift of the receivers"}},
		{"few", metrics.Metrics{CycleTime: metrics.Timing{N: 1, WallS: minutes(3821), RCS: &working}}, []string{"accepted after 2d15h, in working hours after 11m"}},
		{"three", metrics.Metrics{BlockerAck: metrics.Timing{N: 4, Open: 1, WallS: minutes(0, 20, 90)}}, []string{"blockers answered after 0s, 20m and 1h30m; 1 not yet"}},
		{"none", metrics.Metrics{BlockerResolve: metrics.Timing{N: 2, Open: 2}}, []string{"blockers resolved: 2 open"}},
		{"many", metrics.Metrics{CycleTime: metrics.Timing{N: 9, WallS: many(&hour, &day, 0)}}, []string{"accepted: half within 1h, nine of ten within 30h"}},
		{"many, some open", metrics.Metrics{CycleTime: metrics.Timing{N: 9, Open: 2, WallS: many(&hour, nil, 2)}}, []string{"accepted: half within 1h; 2 not yet"}},
		{"many, most open", metrics.Metrics{CycleTime: metrics.Timing{N: 9, Open: 6, WallS: many(nil, nil, 6)}}, []string{"accepted: fewer than half; 6 not yet"}},
		{"often", metrics.Metrics{Clarifications: metrics.Events{Share: metrics.Share{Num: 2, Den: 8}, Sum: 3}}, []string{"2 of 8 handoffs led to questions, 3 in all"}},
		{"carried", metrics.Metrics{CarryAge: metrics.Carry{Counts: metrics.Counts{N: 5}, Thrice: 1}}, []string{"1 of 5 live items stayed the same through three handoffs or more"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sentences(c.m); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
