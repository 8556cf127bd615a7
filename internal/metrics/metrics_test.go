package metrics

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// written is a record with its time, in UTC.
func written(t *testing.T, id, by, at string, body handoff.Body) *handoff.Record {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04", at)
	if err != nil {
		t.Fatal(err)
	}
	return handoff.New(pad(id), when, by, body)
}

// survey is a roster of two sites: ana and mia in Singapore, ben and kim in
// London, of whom kim is in another team. dan has no hours.
func survey(t *testing.T, now string) Survey {
	t.Helper()
	singapore := office(t, "Asia/Singapore", 9*60, 18*60)
	london := office(t, "Europe/London", 9*60, 17*60+30)
	when, err := time.Parse("2006-01-02 15:04", now)
	if err != nil {
		t.Fatal(err)
	}
	return Survey{
		Now:   when,
		Since: when.AddDate(0, 0, -30),
		People: map[string]Worker{
			"ana": {"pay", "apac", &singapore}, "mia": {"pay", "apac", &singapore},
			"ben": {"pay", "emea", &london}, "kim": {"qa", "emea", &london}, "dan": {Team: "pay"},
		},
		AckLimit: func(*fold.Handoff) calendar.Limit { return calendar.Limit{Length: time.Hour} },
	}
}

// to is a handoff of one item that the receiver is to continue.
func to(who, item string) *handoff.Handoff {
	h := items(work(item, handoff.StatusReady, who))
	h.To = handoff.List[string]{who}
	return h
}

// describe writes the metrics of a group as text, by their names.
func describe(m Metrics) map[string]string {
	out := make(map[string]string)
	v := reflect.ValueOf(m)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		switch metric := v.Field(i).Interface().(type) {
		case Share:
			out[name] = describeShare(metric)
		case Events:
			out[name] = fmt.Sprintf("%s sum %d", describeShare(metric.Share), metric.Sum)
		case Timing:
			out[name] = fmt.Sprintf("%v open %d", metric.WallS.Values, metric.Open)
			if metric.RCS != nil {
				out[name] += fmt.Sprintf(", rc %v open %d", metric.RCS.Values, metric.RCS.Open)
			}
		case Counts:
			out[name] = fmt.Sprint(metric.Values.Values)
		case Carry:
			out[name] = fmt.Sprintf("%v thrice %d", metric.Values.Values, metric.Thrice)
		}
	}
	return out
}

func describeShare(s Share) string {
	text := fmt.Sprintf("%d/%d", s.Num, s.Den)
	if s.Pending > 0 {
		text += fmt.Sprintf(" pending %d", s.Pending)
	}
	return text
}

func TestMeasure(t *testing.T) {
	const friday, monday = "2026-11-20", "2026-11-23"
	handed := func(at string) *handoff.Record { return written(t, "h1", "ana", at, to("ben", "a-b")) }
	tests := []struct {
		name    string
		now     string
		records []*handoff.Record
		want    map[string]string
	}{
		{"over a weekend", monday + " 18:00", []*handoff.Record{
			handed(friday + " 17:25"), written(t, "a1", "ben", monday+" 09:06", accepted("h1", "a-b")),
		}, map[string]string{
			"cycle_time": "[229260] open 0, rc [660] open 0", "first_pass": "1/1", "overdue": "0/1", "limbo": "0/1",
			"clarifications": "0/1 sum 0", "clean": "0/0 pending 1", "blocking_incidents": "0/1 sum 0",
		}},
		{"nobody acks", monday + " 18:00", []*handoff.Record{handed(friday + " 17:25")}, map[string]string{
			"cycle_time": "[] open 1, rc [] open 1", "first_pass": "0/0 pending 1", "overdue": "1/1", "limbo": "1/1",
			"blocking_incidents": "1/1 sum 1", "clean": "0/0 pending 1",
		}},
		{"not yet limbo: the shift lasts", monday + " 17:00", []*handoff.Record{handed(friday + " 17:25")}, map[string]string{
			"overdue": "1/1", "limbo": "0/1", "blocking_incidents": "0/1 sum 0",
		}},
		{"not yet overdue", monday + " 09:55", []*handoff.Record{handed(friday + " 17:25")}, map[string]string{"overdue": "0/1"}},
		{"limbo, then acked", "2026-11-25 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", "2026-11-24 10:00", accepted("h1", "a-b")),
		}, map[string]string{"limbo": "1/1", "overdue": "1/1", "blocking_incidents": "0/1 sum 0", "first_pass": "1/1"}},
		{"a question first", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "q1", "ben", friday+" 10:00", &handoff.Question{About: pad("h1"), Ask: "Which?", To: "ana"}),
			written(t, "q2", "ana", friday+" 10:01", &handoff.Question{About: pad("h1"), Ask: "Clear?", To: "ben"}),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
		}, map[string]string{"first_pass": "0/1", "clarifications": "1/1 sum 1", "clean": "0/1"}},
		{"a question after", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
			written(t, "q1", "ben", friday+" 12:00", &handoff.Question{About: pad("h1"), Ask: "Which?", To: "ana"}),
		}, map[string]string{"first_pass": "1/1", "clarifications": "1/1 sum 1", "clean": "0/1"}},
		{"a question after the receiver's own handoff", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
			written(t, "h2", "ben", friday+" 17:00", to("ana", "c-d")),
			written(t, "q1", "ben", friday+" 17:10", &handoff.Question{About: pad("h1"), Ask: "Which?", To: "ana"}),
		}, map[string]string{"first_pass": "1/1 pending 1", "clean": "1/1 pending 1"}},
		{"clean after a day", "2026-11-21 11:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
		}, map[string]string{"clean": "1/1"}},
		{"accepted with gaps", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "a1", "ben", friday+" 11:00", &handoff.Ack{Subject: pad("h1"), Outcome: handoff.OutcomeAcceptedWithGaps, Take: []string{"a-b"}}),
		}, map[string]string{"first_pass": "0/1", "clean": "0/1", "cycle_time": "[5400] open 0, rc [5400] open 0"}},
		{"amended after a request", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "a1", "ben", friday+" 10:00", verdict("h1", handoff.OutcomeChangesRequested)),
			written(t, "h2", "ana", friday+" 10:10", amending("h1", to("ben", "a-b"))),
			written(t, "a2", "ben", friday+" 10:30", accepted("h2", "a-b")),
		}, map[string]string{"cycle_time": "[3600] open 0, rc [3600] open 0", "first_pass": "0/1", "overdue": "0/1", "clean": "0/1"}},
		{"amended before a verdict", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "h2", "ana", friday+" 10:10", amending("h1", to("ben", "a-b"))),
			written(t, "a2", "ben", friday+" 10:30", accepted("h2", "a-b")),
		}, map[string]string{"cycle_time": "[3600] open 0, rc [3600] open 0", "first_pass": "0/1"}},
		{"withdrawn", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "w1", "ana", friday+" 09:40", &handoff.Withdrawal{Subject: pad("h1"), Why: "too early"}),
		}, map[string]string{"cycle_time": "[] open 0, rc [] open 0", "limbo": "0/0"}},
		{"a gap that stalled", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
			written(t, "g1", "ben", friday+" 14:00", &handoff.Gap{Subject: "a-b", Class: "missing_info", Impact: "stall", Recovery: "asked around"}),
			written(t, "g2", "ben", friday+" 15:00", &handoff.Gap{Subject: pad("h1"), Class: "stale", Impact: "none", Recovery: "looked"}),
		}, map[string]string{"blocking_incidents": "1/1 sum 1", "clean": "0/1", "first_pass": "1/1"}},
		{"read back", monday + " 18:00", []*handoff.Record{
			written(t, "h1", "ana", friday+" 09:30", func() *handoff.Handoff {
				h := items(work("a-b", handoff.StatusReady, "ben"), work("c-d", handoff.StatusReady, "ben"), work("e-f", handoff.StatusReady, "ben"))
				h.Items[0].Severity, h.Items[1].Severity = handoff.SeverityCritical, handoff.SeverityWatch
				return h
			}()),
			written(t, "a1", "ben", friday+" 11:00", &handoff.Ack{Subject: pad("h1"), Outcome: handoff.OutcomeAccepted, Take: []string{"a-b", "item:c-d", "e-f"},
				Readback: []handoff.Readback{{Item: "c-d"}, {Item: "e-f"}}, Drift: &handoff.Drift{Commits: 4}}),
		}, map[string]string{"readback": "1/2", "drift": "[4]"}},
		{"to context by a resolution", monday + " 18:00", []*handoff.Record{
			written(t, "h1", "ana", friday+" 08:00", func() *handoff.Handoff {
				h := to("ben", "a-b")
				h.Blockers = handoff.List[handoff.Blocker]{{ID: "blk", Needs: "a reply", Resolver: "ben", Blocks: []string{"a-b"}}}
				return h
			}()),
			written(t, "a1", "ben", friday+" 09:20", accepted("h1", "a-b")),
			written(t, "r1", "ben", friday+" 09:50", &handoff.Resolution{Blocker: "blk", Outcome: "resolved", Source: "call"}),
		}, map[string]string{
			"time_to_context": "[3000] open 0", "side_channel": "1/1",
			"blocker_ack": "[6600] open 0, rc [3000] open 0", "blocker_resolve": "[6600] open 0, rc [3000] open 0",
		}},
		{"no action in the shift", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
			written(t, "d1", "ben", friday+" 10:30", decided("other", "something else", "")),
		}, map[string]string{"time_to_context": "[] open 1", "side_channel": "0/1"}},
		{"no action yet", friday + " 12:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
		}, map[string]string{"time_to_context": "[] open 0"}},
		{"a blocker that came back", "2026-11-30 18:00", []*handoff.Record{
			written(t, "h1", "ana", monday+" 09:00", &handoff.Handoff{To: handoff.List[string]{"ben"}, Blockers: handoff.List[handoff.Blocker]{{ID: "blk", Resolver: "kim"}}}),
			written(t, "r1", "kim", monday+" 11:00", &handoff.Resolution{Blocker: "blk", Outcome: "resolved"}),
			written(t, "h2", "ana", "2026-11-24 09:00", &handoff.Handoff{To: handoff.List[string]{"ben"}, Blockers: handoff.List[handoff.Blocker]{{ID: "blk", Resolver: "kim"}}}),
			written(t, "k1", "kim", "2026-11-24 09:30", &handoff.Ack{Subject: "blk", Outcome: handoff.OutcomeAccepted}),
			written(t, "r2", "kim", "2026-11-24 10:00", &handoff.Resolution{Blocker: "blk", Outcome: "resolved", Source: "git"}),
		}, map[string]string{
			"blocker_ack": "[1800] open 0, rc [1800] open 0", "blocker_resolve": "[10800] open 0, rc [10800] open 0", "side_channel": "0/2",
		}},
		{"carried", "2026-11-24 20:00", []*handoff.Record{
			written(t, "h1", "ana", "2026-11-19 09:00", to("ana", "a-b")), written(t, "h2", "ana", friday+" 09:00", to("ana", "a-b")),
			written(t, "h3", "ana", monday+" 09:00", to("ana", "a-b")), written(t, "h4", "ben", monday+" 10:00", to("ana", "c-d")),
		}, map[string]string{"carry_age": "[1 3] thrice 1"}},
		{"before the window", "2027-02-01 09:00", []*handoff.Record{
			handed(friday + " 17:25"), written(t, "a1", "ben", monday+" 09:06", accepted("h1", "a-b")),
		}, map[string]string{"cycle_time": "[] open 0, rc [] open 0", "first_pass": "0/0", "time_to_context": "[] open 0"}},
		{"a question taken back", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "q1", "ben", friday+" 10:00", &handoff.Question{About: pad("h1"), Ask: "Which?", To: "ana"}),
			written(t, "w1", "ben", friday+" 10:05", &handoff.Withdrawal{Subject: pad("q1"), Why: "found it"}),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
		}, map[string]string{"first_pass": "1/1", "clarifications": "0/1 sum 0"}},
		{"a question asked before and after", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "q1", "ben", friday+" 10:00", &handoff.Question{About: pad("h1"), Ask: "Which?", To: "ana"}),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
			written(t, "q2", "ben", friday+" 12:00", &handoff.Question{About: pad("q1"), Ask: "Which, please?", To: "ana"}),
		}, map[string]string{"first_pass": "0/1", "clarifications": "1/1 sum 1"}},
		{"both versions in limbo", "2026-11-25 18:00", []*handoff.Record{
			handed("2026-11-19 08:00"), written(t, "h2", "ana", friday+" 17:40", amending("h1", to("ben", "a-b"))),
		}, map[string]string{"limbo": "1/1", "blocking_incidents": "1/1 sum 1"}},
		{"accepted, then declined by another", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
			written(t, "a2", "kim", friday+" 11:00", verdict("h1", handoff.OutcomeDeclined)),
		}, map[string]string{"first_pass": "1/1"}},
		{"offered again before a shift was over", "2026-11-25 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "h2", "ana", friday+" 12:00", to("ben", "a-b")),
			written(t, "a2", "ben", friday+" 12:30", accepted("h2", "a-b")),
		}, map[string]string{"limbo": "0/2", "overdue": "1/2", "cycle_time": "[1800] open 1, rc [1800] open 1"}},
		{"a gap between two handoffs of an item", "2026-11-25 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
			written(t, "g1", "ben", friday+" 14:00", &handoff.Gap{Subject: "a-b", Class: "stale", Impact: "none", Recovery: "looked"}),
			written(t, "h2", "ben", monday+" 09:30", to("ana", "a-b")),
		}, map[string]string{"clean": "0/1 pending 1", "first_pass": "1/1 pending 1"}},
		{"handed over in the receiver's shift", monday + " 18:00", []*handoff.Record{
			handed(friday + " 10:00"), written(t, "a1", "ben", friday+" 10:10", accepted("h1", "a-b")),
			written(t, "e1", "ben", friday+" 10:30", &handoff.Escalation{Subject: "a-b", Reason: "stalled", To: "kim", Ask: "Help", Level: 1}),
		}, map[string]string{"time_to_context": "[1800] open 0"}},
		{"a rollup in its zone repeats", monday + " 18:00", []*handoff.Record{
			written(t, "h1", "ana", friday+" 09:30", rollup(to("mia", "a-b"))),
		}, map[string]string{"first_pass": "0/0", "limbo": "0/0"}},
		{"a rollup over zones hands over, and its items are others'", "2026-11-24 18:00", []*handoff.Record{
			written(t, "h1", "mia", friday+" 09:30", to("team", "a-b")),
			written(t, "h2", "ana", friday+" 09:40", rollup(to("ben", "a-b"))),
			written(t, "d1", "ana", friday+" 09:50", &handoff.Assignment{Item: "a-b", To: "kim", From: "mia"}),
		}, map[string]string{"limbo": "1/2", "blocking_incidents": "0/2 sum 0", "overdue": "2/2", "carry_age": "[1] thrice 0"}},
		{"a question about an item", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "q1", "ben", friday+" 10:00", &handoff.Question{About: "item:a-b", Ask: "Which?", To: "ana"}),
			written(t, "q2", "ana", friday+" 10:01", &handoff.Question{About: "a-b", Ask: "Clear?", To: "ben"}),
			written(t, "a1", "ben", friday+" 11:00", accepted("h1", "a-b")),
			written(t, "h2", "ben", friday+" 12:00", to("ana", "a-b")),
			written(t, "q3", "ben", friday+" 13:00", &handoff.Question{About: "item:a-b", Ask: "And why?", To: "ana"}),
		}, map[string]string{"first_pass": "0/1 pending 1", "clarifications": "1/2 sum 2", "clean": "0/1 pending 1"}},
		{"a question about a blocker", monday + " 18:00", []*handoff.Record{
			written(t, "h1", "ana", friday+" 09:30", func() *handoff.Handoff {
				h := to("ben", "a-b")
				h.Blockers = handoff.List[handoff.Blocker]{{ID: "blk", Resolver: "kim", Blocks: []string{"a-b"}}}
				return h
			}()),
			written(t, "q1", "kim", friday+" 10:00", &handoff.Question{About: "blk:blk", Ask: "Which?", To: "ana"}),
		}, map[string]string{"clarifications": "1/1 sum 1"}},
		{"to context by a declaration", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
			written(t, "h2", "ben", friday+" 11:30", to("ana", "a-b")),
		}, map[string]string{"time_to_context": "[7200] open 0"}},
		{"to context by shipping it", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
			written(t, "h2", "ben", friday+" 10:30", &handoff.Handoff{To: handoff.List[string]{"ana"}, Shipped: handoff.List[handoff.Shipped]{{ID: "a-b", What: "done"}}}),
		}, map[string]string{"time_to_context": "[3600] open 0"}},
		{"a rollup is no action", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"), written(t, "a1", "ben", friday+" 10:00", accepted("h1", "a-b")),
			written(t, "h2", "ben", friday+" 10:30", rollup(to("kim", "a-b"))),
		}, map[string]string{"time_to_context": "[] open 1"}},
		{"gaps of a handoff are one of it", monday + " 18:00", []*handoff.Record{
			handed(friday + " 09:30"),
			written(t, "g1", "ben", friday+" 14:00", &handoff.Gap{Subject: "a-b", Class: "missing_info", Impact: "stall", Recovery: "asked around"}),
			written(t, "g2", "ben", friday+" 15:00", &handoff.Gap{Subject: pad("h1"), Class: "stale", Impact: "rework", Recovery: "looked"}),
		}, map[string]string{"blocking_incidents": "1/1 sum 3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := describe(Measure(fold.Of(test.records, ""), survey(t, test.now)).Total.Metrics)
			for metric, want := range test.want {
				if got[metric] != want {
					t.Errorf("%s is %q, want %q", metric, got[metric], want)
				}
			}
		})
	}
}

func TestMeasureShifts(t *testing.T) {
	on := func(h *handoff.Handoff, end string) *handoff.Handoff {
		h.Shift = &handoff.Shift{End: handoff.Time{Time: instant(t, end)}, TZ: "Asia/Singapore"}
		return h
	}
	three, none, queries := 3, 0, 7
	late := to("ben", "c-d")
	late.Meta = &handoff.Meta{FirstTryErrors: &three}
	good := to("ben", "a-b")
	good.Meta = &handoff.Meta{FirstTryErrors: &none, Queries: &queries}
	waived := to("ben", "e-f")
	waived.Waivers = []handoff.Waiver{{Rule: "HO210", Why: "known"}}
	records := []*handoff.Record{
		written(t, "h1", "ana", "2026-11-16 09:55", good),                                  // 17:55 in Singapore
		written(t, "h2", "ana", "2026-11-17 11:00", on(late, "2026-11-17T18:00:00+08:00")), // an hour late
		written(t, "h3", "ana", "2026-11-18 09:00", waived),                                // on time
		written(t, "h4", "ana", "2026-11-19 09:00", to("ben", "g-h")),                      // with a finding
	}
	s := survey(t, "2026-11-21 00:00")
	s.Since = instant(t, "2026-11-16T00:00:00+08:00")
	s.Grace = 10 * time.Minute
	s.Findings = map[string][]handoff.Finding{pad("h4"): {{Code: "HO503", Level: handoff.LevelError}}}
	delete(s.People, "mia")
	for _, who := range []string{"ben", "kim"} {
		delete(s.People, who)
	}
	got := describe(Measure(fold.Of(records, ""), s).Total.Metrics)
	for metric, want := range map[string]string{
		"publication": "4/5", "completeness": "1/5", "on_time": "3/4", "first_try": "1/2", "lead_time": "1/4", "query_usage": "1/1 sum 7",
	} {
		if got[metric] != want {
			t.Errorf("%s is %s, want %s", metric, got[metric], want)
		}
	}

	// Without hours, days with commits count.
	s.People = nil
	s.Commits = []Commit{
		{"ana", instant(t, "2026-11-16T12:00:00+08:00"), nil}, {"ana", instant(t, "2026-11-16T13:00:00+08:00"), nil},
		{"ana", instant(t, "2026-11-20T12:00:00+08:00"), nil}, {"ben", instant(t, "2026-11-16T12:00:00Z"), nil},
		{"ben", instant(t, "2026-11-01T12:00:00Z"), nil},
	}
	if got := describe(Measure(fold.Of(records, ""), s).Total.Metrics)["publication"]; got != "1/3" {
		t.Errorf("publication by days is %s, want 1/3", got)
	}
}

func TestMeasureAbsences(t *testing.T) {
	s := survey(t, "2026-11-21 00:00")
	s.Since = instant(t, "2026-11-16T00:00:00+08:00")
	away := *s.People["ana"].Calendar
	away.Away = []calendar.Interval{{From: instant(t, "2026-11-18T00:00:00+08:00"), To: instant(t, "2026-11-20T00:00:00+08:00")}}
	s.People = map[string]Worker{"ana": {"pay", "apac", &away}}
	if got := Measure(fold.Of(nil, ""), s).Total.Metrics.Publication; got != (Share{Num: 0, Den: 3}) {
		t.Errorf("publication %+v, want 0/3: two of five shifts were absences", got)
	}
}

// Without a Since, shifts are expected from the first handoff on; the one that
// lasts is not expected yet, and what was withdrawn fills none.
func TestMeasureShiftsWithoutWindow(t *testing.T) {
	s := survey(t, "2026-11-20 03:00") // in ana's Friday
	s.Since = time.Time{}
	s.People = map[string]Worker{"ana": s.People["ana"]}
	records := []*handoff.Record{
		written(t, "h1", "ana", "2026-11-18 09:30", to("ben", "a-b")),
		written(t, "h2", "ana", "2026-11-19 09:30", to("ben", "c-d")),
		written(t, "w1", "ana", "2026-11-19 09:40", &handoff.Withdrawal{Subject: pad("h2"), Why: "too early"}),
	}
	if got := Measure(fold.Of(records, ""), s).Total.Metrics.Publication; got != (Share{Num: 1, Den: 2}) {
		t.Errorf("publication %+v, want 1/2", got)
	}
}

func TestMeasureContextByCommits(t *testing.T) {
	s := survey(t, "2026-11-23 18:00")
	records := []*handoff.Record{
		written(t, "h1", "ana", "2026-11-20 08:00", to("ben", "a-b")),
		written(t, "a1", "ben", "2026-11-20 08:50", accepted("h1", "a-b")), // ten minutes before the shift
	}
	s.Commits = []Commit{
		{"ben", instant(t, "2026-11-20T08:55:00Z"), []string{"other"}},
		{"kim", instant(t, "2026-11-20T08:56:00Z"), []string{"a-b"}},
		{"ben", instant(t, "2026-11-20T09:20:00Z"), []string{"a-b"}},
		{"ben", instant(t, "2026-11-20T08:40:00Z"), []string{"a-b"}},
	}
	if got := describe(Measure(fold.Of(records, ""), s).Total.Metrics)["time_to_context"]; got != "[1800] open 0" {
		t.Errorf("time to context %s, want half an hour from the ack", got)
	}
}

func TestMeasureBoundaries(t *testing.T) {
	s := survey(t, "2026-11-21 00:00")
	before := to("kim", "m-n")
	before.Team = "qa" // ana was in it then
	group := to("ben", "i-j")
	group.To = handoff.List[string]{"ben", "kim", "mia", "team:ops"}
	self := to("ana", "k-l")
	self.To = handoff.List[string]{"ana"}
	st := Measure(fold.Of([]*handoff.Record{
		written(t, "h1", "ana", "2026-11-20 01:00", to("ben", "a-b")),
		written(t, "h2", "ana", "2026-11-20 01:01", to("mia", "c-d")),
		written(t, "h3", "ben", "2026-11-20 01:02", to("kim", "e-f")),
		written(t, "h4", "zoe", "2026-11-20 01:03", to("ben", "g-h")),
		written(t, "h5", "ana", "2026-11-20 01:04", group),
		written(t, "h6", "ana", "2026-11-20 01:05", self),
		written(t, "h7", "ana", "2026-11-20 01:06", before),
	}, ""), s)
	var got []string
	for _, g := range st.Groups {
		if g.N > 0 {
			got = append(got, fmt.Sprintf("%s %s: %d", g.By, g.Boundary, g.N))
		}
	}
	want := "team pay → ops: 1, team pay → qa: 2, zone apac → emea: 3, none everybody: 1, none pay: 3"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	if st.Total.N != 7 {
		t.Errorf("%d in total, want 7: a handoff to several counts once", st.Total.N)
	}
}

func TestSpread(t *testing.T) {
	tests := []struct {
		values []int64
		open   int
		want   string // median, p90, values
	}{
		{nil, 0, "- - []"},
		{[]int64{3, 1}, 2, "- - [1 3]"},
		{[]int64{5, 4, 3, 2, 1}, 0, "3 5 []"},
		{[]int64{1, 2, 3, 4, 5, 9}, 0, "3 9 []"},
		{[]int64{1, 2, 3, 4}, 1, "3 - []"},
		{[]int64{1, 2, 3}, 3, "- - []"},
		{[]int64{1, 2}, 8, "- - []"},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, "5 9 []"},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 1, "6 10 []"},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0, "6 10 []"},
	}
	show := func(p *int64) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprint(*p)
	}
	for _, test := range tests {
		s := samples{test.values, test.open}.spread()
		if got := fmt.Sprint(show(s.Median), " ", show(s.P90), " ", s.Values); got != test.want || s.N != len(test.values)+test.open {
			t.Errorf("%v and %d open: got %s of %d, want %s", test.values, test.open, got, s.N, test.want)
		}
	}
}

func TestAdvice(t *testing.T) {
	boundary := Boundary{ByTeam, "pay", "qa"}
	tests := []struct {
		name string
		t    tally
		want []string
	}{
		{"nothing", tally{}, nil},
		{"slow", tally{limited: 5, slow: 3}, []string{"pay → qa: 3 of 5 handoffs took more than twice the time that the SLA gives: check the roster"}},
		{"half is not most", tally{limited: 6, slow: 3}, nil},
		{"few, and it says so", tally{limited: 2, slow: 2}, []string{"pay → qa: 2 of 2 handoffs took more than twice the time that the SLA gives: check the roster (of only 2: look before you change anything)"}},
		{"asked", tally{Metrics: Metrics{Clarifications: Events{Share{Num: 2, Den: 5}, 5}}, complaints: map[string]int{"vague_next": 1, "missing_context": 2}},
			[]string{"pay → qa: 5 questions about 5 handoffs (receivers name missing context most): require what is asked about, in `interfaces`"}},
		{"one question of the first day", tally{Metrics: Metrics{Clarifications: Events{Share{Num: 1, Den: 1}, 1}}},
			[]string{"pay → qa: 1 question about 1 handoff: require what is asked about, in `interfaces` (of only 1: look before you change anything)"}},
		{"in limbo", tally{Metrics: Metrics{Limbo: Share{Num: 3, Den: 5}}},
			[]string{"pay → qa: 3 of 5 handoffs had no verdict in a whole shift of the receivers: name one person in `to`, or a lead who assigns"}},
		{"stalled", tally{stalled: 3, Metrics: Metrics{BlockingIncidents: Events{Share{Num: 3, Den: 5}, 7}}, complaints: map[string]int{"stale": 1}},
			[]string{"pay → qa: 3 of 5 handoffs held work up (receivers name stale most): require what was missing, in `interfaces`"}},
		{"unwritten", tally{Metrics: Metrics{Publication: Share{Num: 1, Den: 5}}},
			[]string{"pay → qa: 1 of 5 expected shifts had a handoff: handoff hook install reminds whoever pushes"}},
		{"carried", tally{repeated: []string{"b-c", "a-b", "b-c"}}, []string{
			"pay → qa: a-b was carried three times or more: drop it, split it or escalate",
			"pay → qa: b-c was carried three times or more: drop it, split it or escalate",
		}},
		{"unread", tally{Metrics: Metrics{Completeness: Share{Num: 9, Den: 10}, QueryUsage: Events{Share: Share{Den: 5}}}},
			[]string{"pay → qa: handoffs are complete, and nobody queries them: ask the receivers what they need"}},
		{"read", tally{Metrics: Metrics{Completeness: Share{Num: 9, Den: 10}, QueryUsage: Events{Share: Share{Num: 1, Den: 5}}}}, nil},
	}
	for _, test := range tests {
		if got := test.t.advice(boundary.String()); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestStatsJSON(t *testing.T) {
	st := Measure(fold.Of([]*handoff.Record{written(t, "h1", "ana", "2026-11-20 01:00", to("ben", "a-b"))}, ""), survey(t, "2026-11-21 00:00"))
	out, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"until":null`, `"groups":[{"by":"zone","from":"apac","to":"emea","n":1,"metrics":{`,
		`"cycle_time":{"n":1,"open":1,"wall_s":{"n":1,"open":1,"median":null,"p90":null,"values":[]},"rc_s":{`,
		`"clarifications":{"num":0,"den":1,"pending":0,"sum":0}`, `"total":{"n":1,"metrics":{`,
		`"advice":["apac → emea: 1 of 1 handoff had no verdict in a whole shift`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
}

// checkParts goes through whatever numbers a value holds: no part is larger than
// its whole, and nothing is negative.
func checkParts(t *rapid.T, where string, v reflect.Value) {
	switch n := v.Interface().(type) {
	case Share:
		if n.Num < 0 || n.Num > n.Den || n.Pending < 0 {
			t.Fatalf("%s: %+v", where, n)
		}
		return
	case Events:
		if n.Sum < n.Num {
			t.Fatalf("%s: %+v", where, n)
		}
	case Spread:
		if n.Open > n.N || len(n.Values) > n.N {
			t.Fatalf("%s: %+v", where, n)
		}
		return
	case Timing:
		if n.Open > n.N {
			t.Fatalf("%s: %+v", where, n)
		}
	case Carry:
		if n.Thrice > n.N {
			t.Fatalf("%s: %+v", where, n)
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			checkParts(t, where+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkParts(t, where, v.Elem())
		}
	}
}

// drawSurvey draws who is known to work where and when, what they committed and
// what the rules say.
func drawSurvey(t *rapid.T, records []*handoff.Record) Survey {
	s := Survey{Now: day.AddDate(0, 1, 0), Findings: make(map[string][]handoff.Finding), People: make(map[string]Worker)}
	hours := calendar.Calendar{Location: time.UTC, Start: 9 * 60, End: 17 * 60, Days: [7]bool{true, true, true, true, true, true, true}}
	for _, who := range people {
		w := Worker{Team: rapid.SampledFrom([]string{"", "pay", "qa"}).Draw(t, "team"), Zone: rapid.SampledFrom([]string{"", "apac", "emea"}).Draw(t, "zone")}
		if rapid.Bool().Draw(t, "hours") {
			w.Calendar = &hours
		}
		s.People[who] = w
	}
	if rapid.Bool().Draw(t, "limited") {
		s.AckLimit = func(*fold.Handoff) calendar.Limit { return calendar.Limit{Length: time.Hour} }
	}
	if rapid.Bool().Draw(t, "window") {
		s.Since, s.Until = day.Add(5*time.Hour), day.Add(25*time.Hour)
	}
	for _, r := range records {
		if rapid.Bool().Draw(t, "found") {
			s.Findings[r.ID] = []handoff.Finding{{Code: "HO503", Level: handoff.LevelError}}
		}
		if rapid.Bool().Draw(t, "committed") {
			s.Commits = append(s.Commits, Commit{r.By, r.At.Add(time.Minute), []string{"api", "web"}})
		}
	}
	return s
}

// Whatever the records say, there are numbers, and they fit together.
func TestMeasureProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		survey := drawSurvey(t, records)
		st := Measure(fold.Of(records, ""), survey)
		if again := Measure(fold.Of(records, ""), survey); !reflect.DeepEqual(st, again) {
			t.Fatal("the same records give different numbers")
		}
		sum := 0
		for _, g := range st.Groups {
			sum += g.N
			checkParts(t, g.Boundary.String(), reflect.ValueOf(g.Metrics))
			if m := g.Metrics; m.FirstPass.Num < m.Clean.Num || m.Completeness.Num > m.Publication.Num || m.Publication.Den != m.Completeness.Den {
				t.Fatalf("%+v", m)
			}
		}
		checkParts(t, "total", reflect.ValueOf(st.Total.Metrics))
		if sum < st.Total.N {
			t.Fatalf("%d in groups, %d in total", sum, st.Total.N)
		}
	})
}

// BenchmarkMeasure shows that the cost goes with the records, not with their
// square: of all sizes one record takes about as long.
func BenchmarkMeasure(b *testing.B) {
	calendar := office(b, "Europe/London", 9*60, 17*60+30)
	roster := make(map[string]Worker)
	for _, who := range people {
		roster[who] = Worker{Team: who, Calendar: &calendar}
	}
	for _, n := range []int{1_000, 10_000, 100_000} {
		s := fold.Of(quarter(n), fold.PolicyPerItem)
		survey := Survey{Now: day.AddDate(0, 0, n/100), People: roster}
		for _, r := range s.Known() {
			survey.Commits = append(survey.Commits, Commit{r.By, r.At.Add(time.Minute), []string{fmt.Sprint("api-", len(survey.Commits)/60)}})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if st := Measure(s, survey); st.Total.N == 0 {
					b.Fatal("nothing is measured")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/record")
		})
	}
}
