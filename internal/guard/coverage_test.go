package guard

import (
	"slices"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

var six = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// declared is a handoff with one item, some hours from six.
func declared(id string, hours float64, change func(*handoff.Handoff)) *handoff.Record {
	body := &handoff.Handoff{Summary: "why", Items: handoff.List[handoff.Item]{{ID: "refund-flow"}}}
	change(body)
	return handoff.New(id, six.Add(time.Duration(hours*float64(time.Hour))), "ana", body)
}

func unchanged(*handoff.Handoff) {}

func TestCover(t *testing.T) {
	pr := PullRequest{Number: 42, Title: "PAY-311: pay back in UTF-8", Branch: "feature/refunds", Author: "ana"}
	work := Change{Work: six, Paths: []string{"src/a.go", "docs/b.md"}}
	added := func(records ...*handoff.Record) Change {
		c := work
		c.Added = records
		return c
	}
	known := func(change func(*handoff.Handoff)) Change {
		c := work
		c.Known = []*handoff.Record{declared("knwn0001", 1, change)}
		return c
	}
	withRef := func(typ, id string) Change {
		return known(func(h *handoff.Handoff) { h.Items[0].Refs = []handoff.Ref{{Type: typ, ID: id}} })
	}
	tests := []struct {
		name    string
		change  Change
		covered bool
		by      string
		code    string
	}{
		{"nothing", work, false, "", CodeUncovered},
		{"added", added(declared("aaaa0001", 1, unchanged)), true, "aaaa0001", ""},
		{"added in the second of the work", added(declared("aaaa0001", 0, unchanged)), true, "aaaa0001", ""},
		{"added before more work", added(declared("aaaa0001", -1, unchanged)), false, "aaaa0001", CodeOutdated},
		{"the youngest counts", added(declared("aaaa0001", -1, unchanged), declared("aaaa0002", 2, unchanged), declared("aaaa0003", 1, unchanged)), true, "aaaa0002", ""},
		{"known, of something else", known(unchanged), false, "", CodeUncovered},
		{"known by number", withRef("pr", "42"), true, "knwn0001", ""},
		{"known by #number", withRef("pr", "#42"), true, "knwn0001", ""},
		{"known by !number", withRef("pr", "group/project!42"), true, "knwn0001", ""},
		{"known by address", withRef("pr", "https://example.com/o/r/pull/42"), true, "knwn0001", ""},
		{"another number", withRef("pr", "142"), false, "", CodeUncovered},
		{"known by branch", withRef("branch", "feature/refunds"), true, "knwn0001", ""},
		{"known by full branch", withRef("branch", "refs/heads/feature/refunds"), true, "knwn0001", ""},
		{"another branch", withRef("branch", "refunds"), false, "", CodeUncovered},
		{"known by ticket", withRef("ticket", "pay-311"), true, "knwn0001", ""},
		{"another ticket", withRef("ticket", "PAY-31"), false, "", CodeUncovered},
		{"known by text", known(func(h *handoff.Handoff) { h.Items[0].State = "PR #42 has 1 of 2 approvals" }), true, "knwn0001", ""},
		{"another number in the text", known(func(h *handoff.Handoff) { h.Items[0].State = "PR #421, order 42" }), false, "", CodeUncovered},
		{"known by item id", known(func(h *handoff.Handoff) { h.Items[0].ID = "pay-311-refunds" }), true, "knwn0001", ""},
		{"known by step", known(func(h *handoff.Handoff) { h.Items[0].Next = []handoff.Next{{Do: "Merge #42"}} }), true, "knwn0001", ""},
		{"a standard is no ticket", known(func(h *handoff.Handoff) { h.Items[0].State = "the file is UTF-8" }), false, "", CodeUncovered},
		{"known as shipped", known(func(h *handoff.Handoff) { h.Shipped = handoff.List[handoff.Shipped]{{What: "PAY-311 is live"}} }), true, "knwn0001", ""},
		{"declared on the branch", known(func(h *handoff.Handoff) { h.Anchor = &handoff.Anchor{Branch: "feature/refunds"} }), true, "knwn0001", ""},
	}
	for _, test := range tests {
		v := Cover(pr, test.change, Policy{})
		code := ""
		if len(v.Findings) > 0 {
			code = v.Findings[0].Code
		}
		if v.Covered != test.covered || v.By != test.by || code != test.code || len(v.Findings) > 1 {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
}

func TestCoverSaysWhyNone(t *testing.T) {
	none := declared("aaaa0001", 1, func(h *handoff.Handoff) { h.Items = handoff.List[handoff.Item]{} })
	if v := Cover(PullRequest{}, Change{Work: six, Added: []*handoff.Record{none}}, Policy{}); !v.Covered || v.None != "why" {
		t.Errorf("%+v", v)
	}
}

func TestCoverSkips(t *testing.T) {
	ana := PullRequest{Author: "ana"}
	docs := Change{Work: six, Paths: []string{"docs/a.md", "README.md"}}
	code := Change{Work: six, Paths: []string{"docs/a.md", "main.go"}}
	tests := []struct {
		name   string
		pr     PullRequest
		change Change
		policy Policy
		want   string
	}{
		{"work", ana, code, Policy{}, ""},
		{"records alone", ana, Change{}, Policy{}, "it holds no work"},
		{"draft", PullRequest{Draft: true}, code, Policy{SkipDraft: true}, "it is a draft"},
		{"draft that counts", PullRequest{Draft: true}, code, Policy{}, ""},
		{"label", PullRequest{Labels: []string{"x", "chore"}}, code, Policy{SkipLabels: []string{"chore"}}, "one of its labels says so"},
		{"bot by name", PullRequest{Author: "renovate[bot]"}, code, Policy{SkipAuthors: []string{Bots}}, "its author renovate[bot] owes none"},
		{"bot by type", PullRequest{Author: "ci", Bot: true}, code, Policy{SkipAuthors: []string{Bots}}, "its author ci is a bot"},
		{"bot that counts", PullRequest{Author: "ci[bot]", Bot: true}, code, Policy{}, ""},
		{"docs", ana, docs, Policy{SkipPaths: []string{"docs/**", "*.md"}}, "it changes nothing but docs/**, *.md"},
		{"docs and code", ana, code, Policy{SkipPaths: []string{"docs/**", "*.md"}}, ""},
	}
	for _, test := range tests {
		v := Cover(test.pr, test.change, test.policy)
		if v.Skipped != test.want || v.Covered != (test.want != "") {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
}

func TestPolicySetsTheLevel(t *testing.T) {
	late := []*handoff.Record{declared("aaaa0001", -1, unchanged)}
	tests := []struct {
		policy              Policy
		uncovered, outdated handoff.Level
	}{
		{Policy{}, handoff.LevelWarning, handoff.LevelWarning},
		{Policy{Require: true}, handoff.LevelError, handoff.LevelWarning},
		{Policy{Strict: true}, handoff.LevelWarning, handoff.LevelError},
	}
	for _, test := range tests {
		got := []handoff.Level{
			Cover(PullRequest{}, Change{Work: six}, test.policy).Findings[0].Level,
			Cover(PullRequest{}, Change{Work: six, Added: late}, test.policy).Findings[0].Level,
		}
		if want := []handoff.Level{test.uncovered, test.outdated}; !slices.Equal(got, want) {
			t.Errorf("%+v: %v, want %v", test.policy, got, want)
		}
	}
}

func TestMatchName(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"*[bot]", "dependabot[bot]", true},
		{"*[bot]", "robot", false},
		{"renovate", "Renovate", true},
		{"renovate", "renovate2", false},
		{"project_*_bot*", "project_17_bot_a1", true},
		{"a*b*c", "acb", false},
		{"", "", true},
		{"*", "", true},
		{"\xff(*", "ben", false},
		{"*(?", "ben(?", true},
	}
	for _, test := range tests {
		if got := matchName(test.pattern, test.name); got != test.want {
			t.Errorf("matchName(%q, %q) = %v", test.pattern, test.name, got)
		}
	}
}
