//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// onAudit decides something on the item of given.
var onAudit = []string{"decide", "--item", "login-audit"}

// decidedOnce is a repository in which ana decided on the item of given, with the
// command that says nearly the same once more.
func decidedOnce(t *testing.T) (r *repository, again []string) {
	t.Helper()
	r = inTheMorning(t, "ben")
	r.run("handoff", append(onAudit, "Audit logs are kept for 12 months -- the contract says so")...)
	return r, append(onAudit, "--topic", "log-retention", "Audit logs are kept for 18 months -- the contract was changed")
}

// TestDecidedAgain is asked what the second decision is to the first.
func TestDecidedAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		keys []string
		want string
	}{
		{"supersedes", []string{enter}, `supersedes: "audit-logs-are-kept-for-12-months"`},
		{"beside", []string{down, enter}, `- "audit-logs-are-kept-for-12-months"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, again := decidedOnce(t)
			x := r.start(80, 24, "handoff", again...)
			x.see("audit-logs-are-kept-for-12-months says nearly the same", "log-retention: Audit logs are kept for 18 months", "the contract says so")
			for _, key := range test.keys {
				x.key("What is it to that one?", key)
			}
			x.published()
			if record := r.run("git", "show", "HEAD"); !strings.Contains(record, test.want) {
				t.Errorf("no %s in\n%s", test.want, record)
			}
		})
	}
}

// TestDecidedAgainKeepsTheFirst stops where the one that stands is kept.
func TestDecidedAgainKeepsTheFirst(t *testing.T) {
	t.Parallel()
	r, again := decidedOnce(t)
	before := r.run("git", "rev-parse", "HEAD")
	x := r.start(80, 24, "handoff", again...)
	for _, key := range []string{down, down, enter} {
		x.key("What is it to that one?", key)
	}
	if status := x.status(); status != 130 {
		t.Errorf("status %d; the screen is:\n%s", status, x.screen)
	}
	if after := r.run("git", "rev-parse", "HEAD"); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// TestDeclaredAgain is asked about a decision in a file, which stays as it is.
func TestDeclaredAgain(t *testing.T) {
	t.Parallel()
	r, _ := decidedOnce(t)
	file := filepath.Join(t.TempDir(), "again.yaml")
	text := `summary: "Nothing is left over from the audit of the logins in March"
to: ["ana"]
returns_at: "` + moment().Add(12*time.Hour).Format(time.RFC3339) + `"
shipped: []
items: []
blockers: []
decisions:
  - id: "log-retention"
    items: ["login-audit"]
    decision: "Audit logs are kept for 18 months"
    rationale: "The contract was changed in March"
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	x := r.start(80, 24, "handoff", "declare", "-f", file)
	x.see("audit-logs-are-kept-for-12-months says nearly the same")
	x.key("What is it to that one?", enter)
	x.published()
	if record := r.run("git", "show", "HEAD"); !strings.Contains(record, `supersedes: "audit-logs-are-kept-for-12-months"`) {
		t.Errorf("the answer is not in\n%s", record)
	}
	if stands := r.run("handoff", "query", "decisions"); strings.Contains(stands, "12 months") {
		t.Errorf("both stand:\n%s", stands)
	}
}
