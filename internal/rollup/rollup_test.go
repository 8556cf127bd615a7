package rollup

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// drafted folds a story and draws a rollup of the team payments from it: ana,
// ben and cleo, of whom no hours are known.
func drafted(change func(*Request), steps ...step) *handoff.Handoff {
	req := Request{Level: handoff.LevelTeam, Scope: "payments", Now: day.Add(time.Hour)}
	for _, who := range []string{"cleo", "ana", "ben"} {
		req.Members = append(req.Members, Member{Handle: who})
	}
	if change != nil {
		change(&req)
	}
	return Draft(fold.Of(story(steps...), ""), req)
}

// draftLines writes a rollup in a line for each thing.
func draftLines(h *handoff.Handoff) []string {
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, strings.ReplaceAll(fmt.Sprintf(format, args...), "000000", ""))
	}
	for _, s := range h.Rollup.Sources {
		add("source %s", s.ID)
	}
	for _, m := range h.Rollup.Missing {
		add("missing %s %s", m.Who, m.Why)
	}
	for _, s := range h.Shipped {
		add("shipped %s", s.ID)
	}
	for _, i := range h.Items {
		add("item %s %s %s from %s", i.ID, i.Status, i.Severity, i.Source)
	}
	for _, b := range h.Blockers {
		add("blocker %s of %s from %s", b.ID, strings.Join(b.Blocks, " "), b.Source)
	}
	for _, d := range h.Decisions {
		add("decision %s", d.ID)
	}
	for _, q := range h.Questions {
		add("question %s", q.ID)
	}
	if h.Notes != "" {
		add("notes %s", h.Notes)
	}
	return lines
}

func severe(item handoff.Item, severity string) handoff.Item {
	item.Severity = severity
	return item
}

func about(item handoff.Item, ref string) handoff.Item {
	typ, id, _ := strings.Cut(ref, ":")
	item.Refs = append(item.Refs, handoff.Ref{Type: typ, ID: id})
	return item
}

func TestDraft(t *testing.T) {
	both := blocked("tls", "api")
	both.Items = handoff.List[handoff.Item]{work("api", "blocked", "ana")}
	full := items(work("api", "ready"))
	full.Shipped, full.Dropped = handoff.List[handoff.Shipped]{{ID: "web", What: "the page"}, {What: "a fix"}}, []handoff.Reasoned{{ID: "db", Why: "not needed"}}
	full.Decisions = handoff.List[handoff.Decision]{{ID: "store", DecisionFields: handoff.DecisionFields{Decision: "sqlite"}}, {ID: "bus", DecisionFields: handoff.DecisionFields{Decision: "none"}}}
	full.Questions = []handoff.OpenQuestion{{ID: "limit", Ask: "How many?", To: "sarah"}, {ID: "answered", Ask: "Which?", To: "sarah"}}
	tests := []struct {
		name   string
		change func(*Request)
		steps  []step
		want   []string
	}{
		{
			name: "nobody declared, and nobody holds anything",
			want: nil,
		}, {
			name: "severity before status before id",
			steps: []step{
				{"h1", "cleo", items(work("d", "in_progress"), severe(work("c", "ready"), "watch"), work("b", "in_review")), 0},
				{"h2", "ana", items(work("e", "blocked"), work("a", "in_progress"), severe(work("z", "ready"), "critical")), 0},
				{"h3", "dan", items(work("other", "ready")), 0},
			},
			want: []string{
				"source h2", "source h1",
				"item z ready critical from h2", "item c ready watch from h1", "item e blocked  from h2", "item b in_review  from h1",
				"item a in_progress  from h2", "item d in_progress  from h1",
			},
		}, {
			name: "the latest handoff of each, but no rollup and nothing withdrawn",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", items(work("api", "in_review")), 0},
				{"h3", "ben", items(work("web", "ready")), 0},
				{"h4", "ben", items(work("web", "in_review")), 0},
				{"w1", "ben", &handoff.Withdrawal{Subject: pad("h4")}, 0},
				{"h5", "cleo", &handoff.Handoff{Rollup: &handoff.Rollup{Level: handoff.LevelPod, Scope: "payments"}}, 0},
			},
			want: []string{"source h2", "source h3", "item api in_review  from h2"},
		}, {
			name: "what a member took is listed, what somebody outside took is not",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "dan"), work("db", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api", "db"), 0},
				{"a2", "dan", accepted("h1", "web"), 0},
				{"h2", "ben", items(work("db", "in_review"), work("api", "ready")), 0},
			},
			want: []string{"source h1", "source h2", "item db in_review  from h2", "item api ready  from h2"},
		}, {
			name: "blockers of several are one",
			steps: []step{
				{"h1", "ana", both, 0},
				{"h2", "ben", &handoff.Handoff{Items: handoff.List[handoff.Item]{work("web", "blocked", "ben")}, Blockers: handoff.List[handoff.Blocker]{
					{ID: "tls", Needs: "a certificate", Resolver: "sarah", Blocks: []string{"web"}},
					{ID: "gone", Needs: "a reply", Resolver: "sarah", Blocks: []string{"web"}},
				}}, 0},
				{"r1", "sarah", &handoff.Resolution{Blocker: "gone", Outcome: "resolved"}, 0},
			},
			want: []string{"source h1", "source h2", "item api blocked  from h1", "item web blocked  from h2", "blocker tls of api web from h2"},
		}, {
			name: "a blocker goes with its item",
			steps: []step{
				{"h1", "ana", &handoff.Handoff{Items: handoff.List[handoff.Item]{work("api", "blocked", "dan")}, Blockers: handoff.List[handoff.Blocker]{
					{ID: "tls", Resolver: "sarah", Blocks: []string{"api"}}, {ID: "idle", Resolver: "sarah", Blocks: []string{"nothing"}},
				}}, 0},
				{"a1", "dan", accepted("h1", "api"), 0},
			},
			want: []string{"source h1", "blocker idle of nothing from h1"},
		}, {
			name: "the rest, as far as it still holds",
			steps: []step{
				{"h0", "ana", items(work("web", "ready"), work("db", "ready")), 0},
				{"h1", "ana", full, 0},
				{"d1", "lee", &handoff.DecisionRecord{Topic: "bus", DecisionFields: handoff.DecisionFields{Decision: "nats", Supersedes: "bus"}}, 0},
				{"n1", "sarah", &handoff.Answer{Question: "answered"}, 0},
				{"h2", "ben", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}, Decisions: full.Decisions}, 0},
			},
			want: []string{"source h1", "source h2", "shipped web", "shipped ", "item api ready  from h1", "decision store", "question limit"},
		}, {
			name: "work that is done twice is in the notes",
			steps: []step{
				{"h1", "ana", items(about(about(work("api", "ready"), "pr:#7"), "branch:main"), about(work("own", "ready"), "pr:7")), 0},
				{"h2", "ben", items(about(work("web", "ready"), "branch:main")), 0},
				{"h3", "dan", items(about(work("other", "ready"), "pr:7"), about(work("far", "ready"), "ticket:X-1")), 0},
				{"h4", "eve", items(about(work("away", "ready"), "ticket:X-1")), 0},
			},
			want: []string{
				"source h1", "source h2", "item api ready  from h1", "item own ready  from h1", "item web ready  from h2",
				"notes Done twice? pr:7 in api (ana), other (dan), own (ana)",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := drafted(test.change, test.steps...)
			if got := draftLines(h); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// fill puts something into every field of a value, however deep.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case handoff.Time:
		v.Set(reflect.ValueOf(handoff.Time{Time: day.AddDate(1, 0, 0).Add(time.Duration(*n) * time.Minute)}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text-%d", *n))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("nobody fills a " + v.Type().String())
	}
}

// ownToRollup are the fields of a handoff that its lead or the program says anew;
// all others are drawn.
var ownToRollup = []string{
	"Amends", "To", "CC", "Team", "Pod", "Zone", "Shift", "Rollup", "Summary", "ReturnsAt", "ReachableUntil", "Cover",
	"Notes", "Details", "Anchor", "Unchanged", "Waivers", "Meta",
}

// TestDraftLosesNothing: what a member's handoff says of an item, a blocker
// or anything else is in the rollup, to the last field.
func TestDraftLosesNothing(t *testing.T) {
	var h handoff.Handoff
	v, n := reflect.ValueOf(&h).Elem(), 0
	for i := range v.NumField() {
		if !slices.Contains(ownToRollup, v.Type().Field(i).Name) {
			fill(v.Field(i), &n)
		}
	}
	h.Items[0].Continues = "" // there is no such item
	h.Blockers[0].Since = handoff.Time{Time: day}
	h.Blockers[0].Blocks = []string{h.Items[0].ID} // what blocks nothing that is listed is another's
	drawn := drafted(nil, step{"h1", "ana", &h, 0})
	if len(drawn.Items) != 1 || len(drawn.Blockers) != 1 {
		t.Fatalf("%d items and %d blockers", len(drawn.Items), len(drawn.Blockers))
	}
	if drawn.Items[0].Source != pad("h1") || drawn.Blockers[0].Source != pad("h1") {
		t.Error("an item or a blocker does not cite its handoff")
	}
	drawn.Items[0].Source, drawn.Blockers[0].Source = h.Items[0].Source, h.Blockers[0].Source
	got := reflect.ValueOf(drawn).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i).Name
		if !slices.Contains(ownToRollup, field) && !reflect.DeepEqual(got.Field(i).Interface(), v.Field(i).Interface()) {
			t.Errorf("%s is\n%+v\nand was\n%+v", field, got.Field(i).Interface(), v.Field(i).Interface())
		}
	}
}

// A step in a rollup stays with whoever has it, be it a team that was asked.
func TestDraftLeavesSteps(t *testing.T) {
	h := drafted(nil, step{"h1", "ana", items(work("api", "ready", "ana", "team:web")), 0}, step{"a1", "ben", accepted("h1", "api"), 0},
		step{"h2", "cleo", items(work("web", "ready", "cleo")), 0})
	var owners []string
	for _, item := range h.Items {
		for _, next := range item.Next {
			owners = append(owners, next.Owner)
		}
	}
	if want := []string{"ana", "team:web", "cleo"}; !slices.Equal(owners, want) {
		t.Errorf("got %v, want %v", owners, want)
	}
}

// What two watch is listed once, as the newer one says; what is over is not.
func TestDraftWatches(t *testing.T) {
	until := func(d time.Duration) handoff.Time { return handoff.Time{Time: day.Add(d)} }
	watching := func(id string, until handoff.Time) *handoff.Handoff {
		h := items(work(id, "ready"))
		h.Watch = []handoff.Watch{{What: "the queue", Until: until}, {What: "the old queue", Until: handoff.Time{Time: day}}, {What: "only of " + id}}
		h.Standing = []handoff.Standing{{What: "the freeze", Until: until}, {What: "a freeze of March", Until: handoff.Time{Time: day}}}
		return h
	}
	h := drafted(nil, step{"h1", "cleo", watching("api", until(2*time.Hour)), 0}, step{"h2", "ana", watching("web", until(3*time.Hour)), 0})
	if want := []handoff.Watch{{What: "the queue", Until: until(3 * time.Hour)}, {What: "only of web"}, {What: "only of api"}}; !slices.Equal(h.Watch, want) {
		t.Errorf("watch %+v", h.Watch)
	}
	if want := []handoff.Standing{{What: "the freeze", Until: until(3 * time.Hour)}}; !slices.Equal(h.Standing, want) {
		t.Errorf("standing %+v", h.Standing)
	}
}

// TestDraftSince follows a team over four rollups.
func TestDraftSince(t *testing.T) {
	drew := func(level string, ids ...string) *handoff.Handoff {
		h := &handoff.Handoff{Rollup: &handoff.Rollup{Level: level, Scope: "payments"}}
		for _, id := range ids {
			h.Rollup.Sources = append(h.Rollup.Sources, handoff.RollupSource{ID: pad(id)})
		}
		return h
	}
	steps := []step{
		{"h1", "ana", items(work("api", "ready")), 0},
		{"h2", "ben", items(work("web", "ready")), 0},
		{"k1", "lee", drew(handoff.LevelTeam, "h1", "h2"), 0},
		{"k2", "kim", drew(handoff.LevelTeam), 0},                     // by another lead
		{"h3", "cleo", items(work("db", "ready")), -10 * time.Minute}, // arrives after the rollup, and was written before
	}
	tests := []struct {
		name   string
		change func(*Request)
		more   []step
		want   []string
	}{
		{
			name: "not again, whoever drew it",
			want: []string{"source h3", "missing ana none", "missing ben none", "item db ready  from h3"},
		}, {
			name: "a new handoff",
			more: []step{{"h4", "ana", items(work("api", "in_review")), 0}},
			want: []string{"source h4", "source h3", "missing ben none", "item api in_review  from h4", "item db ready  from h3"},
		}, {
			name:   "another level",
			change: func(r *Request) { r.Level = handoff.LevelPod },
			want:   []string{"source h1", "source h2", "source h3", "item api ready  from h1", "item db ready  from h3", "item web ready  from h2"},
		}, {
			name:   "the rollup that is amended",
			change: func(r *Request) { r.Amends = pad("k1") },
			want:   []string{"source h1", "source h2", "source h3", "item api ready  from h1", "item db ready  from h3", "item web ready  from h2"},
		}, {
			name: "one that was withdrawn",
			more: []step{{"w1", "lee", &handoff.Withdrawal{Subject: pad("k1")}, 0}},
			want: []string{"source h1", "source h2", "source h3", "item api ready  from h1", "item db ready  from h3", "item web ready  from h2"},
		}, {
			name:   "since a time",
			change: func(r *Request) { r.Since = day.Add(time.Minute) },
			want:   []string{"source h2", "missing ana none", "missing cleo none", "item web ready  from h2"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := draftLines(drafted(test.change, slices.Concat(steps, test.more)...))
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestWhyMissing(t *testing.T) {
	workdays := [7]bool{false, true, true, true, true, true, false}
	office := calendar.Calendar{Start: 9 * 60, End: 17 * 60, Days: workdays}
	friday := func(clock string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", "2026-11-20 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	tests := []struct {
		name     string
		calendar *calendar.Calendar
		now      time.Time
		since    time.Time
		want     string
	}{
		{"hours unknown, and holds nothing", nil, friday("18:00"), time.Time{}, ""},
		{"at work", &office, friday("16:59"), time.Time{}, handoff.MissingLate},
		{"within the grace", &office, friday("17:15"), time.Time{}, handoff.MissingLate},
		{"after the grace", &office, friday("17:16"), time.Time{}, handoff.MissingNone},
		{"worked since the last rollup", &office, friday("18:00"), friday("09:30"), handoff.MissingNone},
		{"no shift since the last rollup", &office, friday("23:00"), friday("17:00"), ""},
		{"on Saturday", &office, friday("17:00").AddDate(0, 0, 1), friday("18:00"), ""},
		{"away", &calendar.Calendar{Start: 9 * 60, End: 17 * 60, Days: workdays, Away: []calendar.Interval{{From: friday("00:00"), To: friday("23:59")}}}, friday("10:00"), time.Time{}, handoff.MissingAbsent},
		{"away, and no shift either", &calendar.Calendar{Start: 9 * 60, End: 17 * 60, Days: workdays, Away: []calendar.Interval{{From: friday("00:00"), To: friday("23:59")}}}, friday("18:00"), friday("17:30"), ""},
		{"a day before the first rollup", &office, friday("17:00").AddDate(0, 0, 1).Add(time.Minute), time.Time{}, ""},
		{"works never", new(calendar.Calendar), friday("10:00"), time.Time{}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := drafted(func(r *Request) {
				r.Members, r.Now, r.Since, r.Grace = []Member{{Handle: "ana", Calendar: test.calendar}}, test.now, test.since, 15*time.Minute
			})
			why := ""
			for _, m := range h.Rollup.Missing {
				why += m.Why
			}
			if why != test.want {
				t.Errorf("got %q, want %q", why, test.want)
			}
		})
	}
}

// TestDrawnOnceIsNotMissing: who declared in a shift that ended after the rollup
// owes nothing for it, unlike who did not.
func TestDrawnOnceIsNotMissing(t *testing.T) {
	untilFive := calendar.Calendar{Start: 8 * 60, End: 9*60 + 5, Days: [7]bool{5: true}}
	h := drafted(func(r *Request) {
		r.Members = []Member{{Handle: "ana", Calendar: &untilFive}, {Handle: "ben", Calendar: &untilFive}}
	},
		step{"h1", "ana", items(work("api", "ready")), 0},
		step{"k1", "lee", &handoff.Handoff{Rollup: &handoff.Rollup{Level: handoff.LevelTeam, Scope: "payments", Sources: []handoff.RollupSource{{ID: pad("h1")}}}}, 0},
	)
	if want := []handoff.Missing{{Who: "ben", Why: handoff.MissingNone}}; !slices.Equal(h.Rollup.Missing, want) {
		t.Errorf("got %v, want %v", h.Rollup.Missing, want)
	}
}

// TestExpected: a handoff is expected of whoever had a shift, not of a lead who
// only draws, nor of another zone in the middle of its day; a zone that nothing
// comes from is said.
func TestExpected(t *testing.T) {
	here := calendar.Calendar{Start: 8 * 60, End: 10 * 60, Days: [7]bool{5: true}}
	there := calendar.Calendar{Start: 9 * 60, End: 17 * 60, Days: [7]bool{5: true}}
	h := drafted(func(r *Request) {
		r.Zone, r.Now = "apac", day.Add(90*time.Minute)
		r.Members = []Member{
			{"ana", &here, "apac", false}, {"ben", &here, "apac", false}, {"lee", &here, "apac", true},
			{"kim", &there, "emea", false}, {"max", &there, "emea", true}, {"zoe", nil, "amer", false},
		}
	},
		step{"h1", "ana", items(work("api", "ready", "lee")), 0}, step{"h2", "max", items(work("web", "ready", "dan")), 0},
		step{"k1", "max", &handoff.Handoff{Rollup: &handoff.Rollup{Level: handoff.LevelTeam, Scope: "payments", Sources: []handoff.RollupSource{{ID: pad("h2")}}}}, 0})
	want := []string{"source h1", "missing ben none", "item api ready  from h1", "notes No new handoff from zone amer, emea (at work)"}
	if got := draftLines(h); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// TestDraftCites draws rollups from any history: nobody and nothing is
// listed twice, everything cites a source that says it, and publishing the
// rollup moves nothing.
func TestDraftCites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawHistory(t)
		before := fold.Of(records, "")
		req := Request{Level: handoff.LevelTeam, Scope: "payments", Now: day}
		for _, who := range people {
			req.Members = append(req.Members, Member{Handle: who})
		}
		h := Draft(before, req)
		for _, m := range h.Rollup.Missing {
			if !slices.Contains(people, m.Who) || slices.ContainsFunc(h.Rollup.Sources, func(s handoff.RollupSource) bool { return before.Records[s.ID].By == m.Who }) {
				t.Fatalf("%s is missing, and is no member or has declared", m.Who)
			}
		}
		seen := make(map[string]bool)
		cite := func(kind, id, source string, lists bool) {
			if !lists || !slices.ContainsFunc(h.Rollup.Sources, func(s handoff.RollupSource) bool { return s.ID == source }) {
				t.Fatalf("%s %s cites %q, which does not say it", kind, id, source)
			}
			if seen[kind+id] {
				t.Fatalf("%s %s twice", kind, id)
			}
			seen[kind+id] = true
		}
		for _, item := range h.Items {
			cite("item", item.ID, item.Source, before.Handoffs[item.Source].Item(item.ID) != nil)
		}
		for _, b := range h.Blockers {
			cite("blocker", b.ID, b.Source, slices.ContainsFunc(before.Handoffs[b.Source].Blockers, func(other handoff.Blocker) bool { return other.ID == b.ID }))
		}
		after := fold.Of(append(records, handoff.New("zzzzzzzz", day.AddDate(1, 0, 0), "lee", h)), "")
		for id, it := range before.Items {
			if now := after.Items[id]; now.Holder != it.Holder || (now.Offer == nil) != (it.Offer == nil) || now.Closed != it.Closed {
				t.Fatalf("the rollup moved %s: %+v, now %+v", id, it, now)
			}
		}
	})
}
