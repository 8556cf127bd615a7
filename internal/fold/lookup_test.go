package fold

import (
	"errors"
	"slices"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// lookups is a state in which names clash.
func lookups() *State {
	first := items(work("api", "ready", "ben"), work("tls", "ready"), work("k3f9", "ready"), work(pad("k3fb"), "ready"))
	first.Blockers = blocked("tls", "api").Blockers
	first.Questions = []handoff.OpenQuestion{{ID: "which-tz", Ask: "which?", To: "sarah"}}
	return Of(story(
		step{"k3fa", "ana", first, 0},
		step{"k3fb", "ben", items(work("web", "ready")), 0},
		step{"q3fb", "ben", &handoff.Question{Ask: "which port?", To: "ana"}, 0},
		step{"q4fb", "ben", &handoff.Question{About: pad("q3fb"), Ask: "which port in tests?", To: "ana"}, 0},
		step{"d1", "ana", decided("tls", "renew by hand", ""), 0},
		step{"h4", "ben", items(), 0},
		step{"w1", "ben", &handoff.Withdrawal{Subject: pad("h4")}, 0},
	), "")
}

func TestResolve(t *testing.T) {
	s := lookups()
	tests := []struct {
		ref    string
		target Target
	}{
		{"@", Target{TargetRecord, pad("k3fa")}},
		{"@ben", Target{TargetRecord, pad("k3fb")}}, // h4 is withdrawn
		{pad("k3fa"), Target{TargetRecord, pad("k3fa")}},
		{pad("k3fb"), Target{TargetRecord, pad("k3fb")}}, // although an item is called so
		{"item:" + pad("k3fb"), Target{TargetItem, pad("k3fb")}},
		{"k3fa", Target{TargetRecord, pad("k3fa")}},
		{"k3f9", Target{TargetItem, "k3f9"}},
		{"q3f", Target{TargetRecord, pad("q3fb")}},
		{"q:" + pad("q3fb"), Target{TargetQuestion, pad("q3fb")}},
		{"q:" + pad("q4fb"), Target{TargetQuestion, pad("q3fb")}},
		{"api", Target{TargetItem, "api"}},
		{"which-tz", Target{TargetQuestion, "which-tz"}},
		{"item:tls", Target{TargetItem, "tls"}},
		{"blk:tls", Target{TargetBlocker, "tls"}},
		{"dec:tls", Target{TargetDecision, "tls"}},
	}
	for _, test := range tests {
		if got, err := s.Resolve(test.ref, "ana"); got != test.target || err != nil {
			t.Errorf("%q is %v, %v, want %v", test.ref, got, err, test.target)
		}
	}
}

func TestResolveAmbiguous(t *testing.T) {
	s := lookups()
	for ref, want := range map[string][]string{
		"tls": {"blk:tls", "dec:tls", "item:tls"},
		"k3f": {pad("k3fa"), pad("k3fb")},
	} {
		var ambiguous *handoff.AmbiguousError
		_, err := s.Resolve(ref, "ana")
		if !errors.As(err, &ambiguous) || ambiguous.Name != ref || !slices.Equal(ambiguous.Matches, want) {
			t.Errorf("%q: %v, want %q", ref, err, want)
		}
	}
}

func TestResolveUnknown(t *testing.T) {
	s := lookups()
	for _, ref := range []string{"", "@cleo", "k3", "zzz", "item:which-tz", "blk:", "q:" + pad("k3fa"), pad("nnn")} {
		var unknown *handoff.UnknownError
		if got, err := s.Resolve(ref, "ana"); !errors.As(err, &unknown) || unknown.Name != ref {
			t.Errorf("%q is %v, %v", ref, got, err)
		}
	}
	if _, err := s.Resolve("@", ""); err == nil {
		t.Error("@ of nobody is somebody's")
	}
}

func TestCurrent(t *testing.T) {
	s := Of(story(
		step{"h1", "ana", items(work("api", "ready")), 0},
		step{"h2", "ben", items(work("web", "ready")), 0},
		step{"h3", "ana", items(work("tls", "ready")), 0},
		step{"h4", "ana", rollup(items()), 0},
		step{"h5", "cleo", items(), 0},
		step{"w1", "cleo", &handoff.Withdrawal{Subject: pad("h5")}, 0},
	), "")
	var ids []string
	for _, h := range s.Current() {
		ids = append(ids, h.Record.ID)
	}
	if want := []string{pad("h4"), pad("h3"), pad("h2")}; !slices.Equal(ids, want) {
		t.Errorf("current are %q, want %q", ids, want)
	}
}

func TestHolds(t *testing.T) {
	item := func(id, status, severity string) handoff.Item {
		i := work(id, status, "ben")
		i.Severity = severity
		return i
	}
	first := items(
		item("calm", handoff.StatusReady, ""), item("moving", handoff.StatusInProgress, handoff.SeverityRoutine), item("stuck", handoff.StatusBlocked, ""),
		item("seen", handoff.StatusInReview, ""), item("near", handoff.StatusReady, handoff.SeverityWatch), item("burning", handoff.StatusReady, handoff.SeverityCritical),
		item("also-burning", handoff.StatusReady, handoff.SeverityCritical), item("gone", handoff.StatusBlocked, ""), item("done", handoff.StatusBlocked, ""),
	)
	first.Shipped = handoff.List[handoff.Shipped]{{ID: "done"}}
	first.Blockers = handoff.List[handoff.Blocker]{
		{ID: "ours", Blocks: []string{"stuck", "gone"}}, {ID: "theirs", Blocks: []string{"item:gone", "done"}},
		{ID: "loose", Blocks: []string{"done", "unheard-of"}}, {ID: "closed", Severity: handoff.SeverityCritical},
		{ID: "urgent", Severity: handoff.SeverityCritical},
	}
	first.Questions = []handoff.OpenQuestion{{ID: "qb", Ask: "b?"}, {ID: "qa", Ask: "a?"}, {ID: "qc", Ask: "c?"}}
	s := Of(story(
		step{"h1", "ana", first, 0},
		step{"a1", "ben", accepted("h1", "gone"), 0},
		step{"s1", "sarah", &handoff.Resolution{Blocker: "closed", Outcome: "obsolete"}, 0},
		step{"n1", "sarah", &handoff.Answer{Question: "qc", Text: "no"}, 0},
	), "")

	ana, ben := s.Holds("ana"), s.Holds("ben")
	checkIDs(t, "items of ana", ana.Items, func(i *Item) string { return i.ID },
		"also-burning", "burning", "near", "stuck", "seen", "moving", "calm")
	checkIDs(t, "blockers of ana", ana.Blockers, func(b *Blocker) string { return b.ID }, "urgent", "loose", "ours")
	checkIDs(t, "questions of ana", ana.Questions, func(q *Question) string { return q.Key }, "qa", "qb")
	checkIDs(t, "items of ben", ben.Items, func(i *Item) string { return i.ID }, "gone")
	checkIDs(t, "blockers of ben", ben.Blockers, func(b *Blocker) string { return b.ID }, "ours", "theirs")
	checkIDs(t, "questions of ben", ben.Questions, func(q *Question) string { return q.Key })
}

func checkIDs[T any](t *testing.T, what string, list []T, id func(T) string, want ...string) {
	t.Helper()
	var got []string
	for _, x := range list {
		got = append(got, id(x))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s are %q, want %q", what, got, want)
	}
}
