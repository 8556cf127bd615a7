package cli

import (
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/examples"
)

// A pull request that two items wait for is merged once.
func TestDriftNamesAPullRequestOnce(t *testing.T) {
	w := newWorld(t)
	w.commitFile("today.yaml", strings.Replace(string(examples.TwoSites), `{type: branch, id: "feature/session-limit"}`, `{type: pr, id: "1842"}`, 1))
	w.run(0, "declare", "-f", "today.yaml")
	w.git("commit", "-q", "--allow-empty", "-m", "Merge pull request #1842 from ana/refunds")
	if out, _ := w.run(0, "show", "@"); !strings.Contains(out, ", merged 1842\n") {
		t.Errorf("it says\n%s", out)
	}
}
