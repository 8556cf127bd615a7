package workspace

import (
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// A commit touches an item by its name, its branch, and whatever it refers to; a
// word that happens to be a name, in the text below a subject, is none.
func TestTouches(t *testing.T) {
	const hash = "51bd0aa051bd0aa051bd0aa051bd0aa051bd0aa0"
	item := func(refs ...handoff.Ref) *fold.Item {
		return &fold.Item{Item: handoff.Item{Refs: refs}}
	}
	touched := newTouches(&fold.State{View: &fold.View{Items: map[string]*fold.Item{
		"cache":       item(handoff.Ref{Type: "pr", ID: "https://example.com/a/b/pull/71"}, handoff.Ref{Type: "branch", ID: "main"}),
		"refund-flow": item(handoff.Ref{Type: "ticket", ID: "PAY-311"}, handoff.Ref{Type: "commit", ID: strings.ToUpper(hash[:9])}),
		"audit":       item(handoff.Ref{Type: "branch", ID: "feature/logs"}, handoff.Ref{Type: "pr", ID: "#72"}),
	}}})
	tests := []struct {
		commit workCommit
		want   string
	}{
		{workCommit{message: "Tidy up"}, ""},
		{workCommit{message: "Fill the cache early"}, "cache"},
		{workCommit{message: "Tidy up\n\nThe cache is next, and refund-flow."}, "refund-flow"},
		{workCommit{message: "Tidy up (#71)"}, "cache"},
		{workCommit{message: "Tidy up after !72"}, "audit"},
		{workCommit{message: "Tidy up (#711)"}, ""},
		{workCommit{message: "Tidy up\n\nSee PR 71 and pay-311"}, "cache refund-flow"},
		{workCommit{message: "Merge pull request 9 from ana/feature/logs", merge: true}, "audit"},
		{workCommit{message: "Merge branch 'feature/logs'", merge: true}, "audit"},
		{workCommit{message: "Merge branch 'main'", merge: true}, ""},
		{workCommit{message: "Tidy up", hash: hash}, "refund-flow"},
		{workCommit{message: "Tidy up", hash: hash[:8] + "ffffffffffffffffffffffffffffffff"}, ""},
	}
	for _, test := range tests {
		if test.commit.hash == "" {
			test.commit.hash = strings.Repeat("0", 40)
		}
		got := touched.by(test.commit)
		slices.Sort(got)
		if strings.Join(slices.Compact(got), " ") != test.want {
			t.Errorf("%q touches %v, want %s", test.commit.message, got, test.want)
		}
	}
	for name, want := range map[string]string{"origin/feature/logs": "audit", "PAY-311-fees": "refund-flow", "ana/old-cache": "cache", "catalogs": "", "main": ""} {
		if got := strings.Join(touched.onBranch(name), " "); got != want {
			t.Errorf("branch %s is of %q, want %q", name, got, want)
		}
	}
}
