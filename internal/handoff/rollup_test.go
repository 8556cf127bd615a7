package handoff

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"pgregory.net/rapid"
)

// drafted folds a story and draws a rollup of the team payments from it: ana,
// ben and cleo, of whom no hours are known.
func drafted(change func(*RollupRequest), steps ...step) *Handoff {
	req := RollupRequest{Level: LevelTeam, Scope: "payments", Now: day.Add(time.Hour)}
	for _, who := range []string{"cleo", "ana", "ben"} {
		req.Members = append(req.Members, Member{Handle: who})
	}
	if change != nil {
		change(&req)
	}
	return DraftRollup(Fold(story(steps...), ""), req)
}

// draftLines writes a rollup in a line for each thing.
func draftLines(h *Handoff) []string {
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

func severe(item Item, severity string) Item {
	item.Severity = severity
	return item
}

func about(item Item, ref string) Item {
	typ, id, _ := strings.Cut(ref, ":")
	item.Refs = append(item.Refs, Ref{Type: typ, ID: id})
	return item
}

func TestDraftRollup(t *testing.T) {
	both := blocked("tls", "api")
	both.Items = List[Item]{work("api", "blocked", "ana")}
	full := items(work("api", "ready"))
	full.Shipped, full.Dropped = List[Shipped]{{ID: "web", What: "the page"}, {What: "a fix"}}, []Reasoned{{ID: "db", Why: "not needed"}}
	full.Decisions = List[Decision]{{ID: "store", DecisionFields: DecisionFields{Decision: "sqlite"}}, {ID: "bus", DecisionFields: DecisionFields{Decision: "none"}}}
	full.Questions = []OpenQuestion{{ID: "limit", Ask: "How many?", To: "sarah"}, {ID: "answered", Ask: "Which?", To: "sarah"}}
	tests := []struct {
		name   string
		change func(*RollupRequest)
		steps  []step
		want   []string
	}{
		{
			name: "nobody declared",
			want: []string{"missing ana none", "missing ben none", "missing cleo none"},
		}, {
			name: "severity before status before id",
			steps: []step{
				{"h1", "cleo", items(work("d", "in_progress"), severe(work("c", "ready"), "watch"), work("b", "in_review")), 0},
				{"h2", "ana", items(work("e", "blocked"), work("a", "in_progress"), severe(work("z", "ready"), "critical")), 0},
				{"h3", "dan", items(work("other", "ready")), 0},
			},
			want: []string{
				"source h2", "source h1", "missing ben none",
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
				{"w1", "ben", &Withdrawal{Subject: pad("h4")}, 0},
				{"h5", "cleo", &Handoff{Rollup: &Rollup{Level: LevelPod, Scope: "payments"}}, 0},
			},
			want: []string{"source h2", "source h3", "missing cleo none", "item api in_review  from h2"},
		}, {
			name: "what a member took is listed, what somebody outside took is not",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "dan"), work("db", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api", "db"), 0},
				{"a2", "dan", accepted("h1", "web"), 0},
				{"h2", "ben", items(work("db", "in_review"), work("api", "ready")), 0},
			},
			want: []string{"source h1", "source h2", "missing cleo none", "item db in_review  from h2", "item api ready  from h2"},
		}, {
			name: "blockers of several are one",
			steps: []step{
				{"h1", "ana", both, 0},
				{"h2", "ben", &Handoff{Items: List[Item]{work("web", "blocked", "ben")}, Blockers: List[Blocker]{
					{ID: "tls", Needs: "a certificate", Resolver: "sarah", Blocks: []string{"web"}},
					{ID: "gone", Needs: "a reply", Resolver: "sarah", Blocks: []string{"web"}},
				}}, 0},
				{"r1", "sarah", &Resolution{Blocker: "gone", Outcome: "resolved"}, 0},
			},
			want: []string{"source h1", "source h2", "missing cleo none", "item api blocked  from h1", "item web blocked  from h2", "blocker tls of api web from h2"},
		}, {
			name: "a blocker goes with its item",
			steps: []step{
				{"h1", "ana", &Handoff{Items: List[Item]{work("api", "blocked", "dan")}, Blockers: List[Blocker]{
					{ID: "tls", Resolver: "sarah", Blocks: []string{"api"}}, {ID: "idle", Resolver: "sarah", Blocks: []string{"nothing"}},
				}}, 0},
				{"a1", "dan", accepted("h1", "api"), 0},
			},
			want: []string{"source h1", "missing ben none", "missing cleo none", "blocker idle of nothing from h1"},
		}, {
			name: "the rest, as far as it still holds",
			steps: []step{
				{"h0", "ana", items(work("web", "ready"), work("db", "ready")), 0},
				{"h1", "ana", full, 0},
				{"d1", "lee", &DecisionRecord{Topic: "bus", DecisionFields: DecisionFields{Decision: "nats", Supersedes: "bus"}}, 0},
				{"n1", "sarah", &Answer{Question: "answered"}, 0},
				{"h2", "ben", &Handoff{Shipped: List[Shipped]{{ID: "api"}}, Decisions: full.Decisions}, 0},
			},
			want: []string{"source h1", "source h2", "missing cleo none", "shipped web", "shipped ", "item api ready  from h1", "decision store", "question limit"},
		}, {
			name: "work that is done twice is in the notes",
			steps: []step{
				{"h1", "ana", items(about(about(work("api", "ready"), "pr:#7"), "branch:main"), about(work("own", "ready"), "pr:7")), 0},
				{"h2", "ben", items(about(work("web", "ready"), "branch:main")), 0},
				{"h3", "dan", items(about(work("other", "ready"), "pr:7"), about(work("far", "ready"), "ticket:X-1")), 0},
				{"h4", "eve", items(about(work("away", "ready"), "ticket:X-1")), 0},
			},
			want: []string{
				"source h1", "source h2", "missing cleo none", "item api ready  from h1", "item own ready  from h1", "item web ready  from h2",
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

func TestDraftRollupCutsDown(t *testing.T) {
	item := work("api", "ready", "ben")
	item.Intent, item.Title, item.DoNot = "for a reason", "The API", []string{"restart it"}
	item.Accept, item.Claims = []Criterion{{Check: "it passes"}}, []Claim{{Claim: "it works"}}
	got := drafted(nil, step{"h1", "ana", items(item), 0}).Items[0]
	if got.Title == "" || got.State == "" || len(got.Next) == 0 || len(got.DoNot) == 0 {
		t.Errorf("%+v lacks what it takes to distribute it", got)
	}
	if got.Intent != "" || got.Accept != nil || got.Claims != nil {
		t.Errorf("%+v repeats what its source says", got)
	}
}

// TestDraftRollupSince follows a team over four rollups.
func TestDraftRollupSince(t *testing.T) {
	drew := func(level string, ids ...string) *Handoff {
		h := &Handoff{Rollup: &Rollup{Level: level, Scope: "payments"}}
		for _, id := range ids {
			h.Rollup.Sources = append(h.Rollup.Sources, RollupSource{ID: pad(id)})
		}
		return h
	}
	steps := []step{
		{"h1", "ana", items(work("api", "ready")), 0},
		{"h2", "ben", items(work("web", "ready")), 0},
		{"k1", "lee", drew(LevelTeam, "h1", "h2"), 0},
		{"k2", "kim", drew(LevelTeam), 0},                             // by another lead
		{"h3", "cleo", items(work("db", "ready")), -10 * time.Minute}, // arrives after the rollup, and was written before
	}
	tests := []struct {
		name   string
		change func(*RollupRequest)
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
			change: func(r *RollupRequest) { r.Level = LevelPod },
			want:   []string{"source h1", "source h2", "source h3", "item api ready  from h1", "item db ready  from h3", "item web ready  from h2"},
		}, {
			name:   "the rollup that is amended",
			change: func(r *RollupRequest) { r.Amends = pad("k1") },
			want:   []string{"source h1", "source h2", "source h3", "item api ready  from h1", "item db ready  from h3", "item web ready  from h2"},
		}, {
			name: "one that was withdrawn",
			more: []step{{"w1", "lee", &Withdrawal{Subject: pad("k1")}, 0}},
			want: []string{"source h1", "source h2", "source h3", "item api ready  from h1", "item db ready  from h3", "item web ready  from h2"},
		}, {
			name:   "since a time",
			change: func(r *RollupRequest) { r.Since = day.Add(time.Minute) },
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
		{"hours unknown", nil, friday("18:00"), time.Time{}, MissingNone},
		{"at work", &office, friday("16:59"), time.Time{}, MissingLate},
		{"within the grace", &office, friday("17:15"), time.Time{}, MissingLate},
		{"after the grace", &office, friday("17:16"), time.Time{}, MissingNone},
		{"worked since the last rollup", &office, friday("18:00"), friday("09:30"), MissingNone},
		{"no shift since the last rollup", &office, friday("23:00"), friday("17:00"), MissingAbsent},
		{"on Saturday", &office, friday("17:00").AddDate(0, 0, 1), friday("18:00"), MissingAbsent},
		{"away", &calendar.Calendar{Start: 9 * 60, End: 17 * 60, Days: workdays, Away: []calendar.Interval{{From: friday("00:00"), To: friday("23:59")}}}, friday("10:00"), time.Time{}, MissingAbsent},
		{"works never", new(calendar.Calendar), friday("10:00"), time.Time{}, MissingAbsent},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := drafted(func(r *RollupRequest) {
				r.Members, r.Now, r.Since, r.Grace = []Member{{"ana", test.calendar}}, test.now, test.since, 15*time.Minute
			})
			if got := h.Rollup.Missing; len(got) != 1 || got[0].Why != test.want {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}

// TestDrawnOnceIsNotMissing: who declared in a shift that ended after the rollup
// owes nothing for it, unlike who did not.
func TestDrawnOnceIsNotMissing(t *testing.T) {
	untilFive := calendar.Calendar{Start: 8 * 60, End: 9*60 + 5, Days: [7]bool{5: true}}
	h := drafted(func(r *RollupRequest) {
		r.Members = []Member{{"ana", &untilFive}, {"ben", &untilFive}}
	},
		step{"h1", "ana", items(work("api", "ready")), 0},
		step{"k1", "lee", &Handoff{Rollup: &Rollup{Level: LevelTeam, Scope: "payments", Sources: []RollupSource{{ID: pad("h1")}}}}, 0},
	)
	if want := []Missing{{"ana", MissingAbsent}, {"ben", MissingNone}}; !slices.Equal(h.Rollup.Missing, want) {
		t.Errorf("got %v, want %v", h.Rollup.Missing, want)
	}
}

// TestDraftRollupCites draws rollups from any history: nobody and nothing is
// listed twice, everything cites a source that says it, and publishing the
// rollup moves nothing.
func TestDraftRollupCites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawHistory(t)
		before := Fold(records, "")
		req := RollupRequest{Level: LevelTeam, Scope: "payments", Now: day}
		for _, who := range people {
			req.Members = append(req.Members, Member{Handle: who})
		}
		h := DraftRollup(before, req)
		if n := len(h.Rollup.Sources) + len(h.Rollup.Missing); n != len(people) {
			t.Fatalf("%d sources and missing, %d members", n, len(people))
		}
		seen := make(map[string]bool)
		cite := func(kind, id, source string, lists bool) {
			if !lists || !slices.ContainsFunc(h.Rollup.Sources, func(s RollupSource) bool { return s.ID == source }) {
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
			cite("blocker", b.ID, b.Source, slices.ContainsFunc(before.Handoffs[b.Source].Blockers, func(other Blocker) bool { return other.ID == b.ID }))
		}
		after := Fold(append(records, New("zzzzzzzz", day.AddDate(1, 0, 0), "lee", h)), "")
		for id, it := range before.Items {
			if now := after.Items[id]; now.Holder != it.Holder || (now.Offer == nil) != (it.Offer == nil) || now.Closed != it.Closed {
				t.Fatalf("the rollup moved %s: %+v, now %+v", id, it, now)
			}
		}
	})
}
