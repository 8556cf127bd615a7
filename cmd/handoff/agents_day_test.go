//go:build unix

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A day of one person with an agent in each of two work trees: nothing is lost, what
// both have prepared waits for her, and what has changed since is said before she
// publishes it.
func TestTwoAgentsAndAPerson(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	second := filepath.Join(t.TempDir(), "second")
	r.run("git", "worktree", "add", "-q", "-b", "audit", second)
	one, two := r.in(r.dir, "CLAUDECODE=1"), r.in(second, "CODEX_THREAD_ID=7")

	out := one.run("handoff", "declare", "--carry", "--to", "ben", "--returns", "tomorrow 09:00", "--summary", "The audit lacks one endpoint",
		"--item", "login-audit;;The audit log is missing for 1 of 7 endpoints;", "--item", "refund-flow;;PR #1842 has 2 of 2 approvals;ben: Merge PR #1842", "--none", "shipped,decisions")
	if !strings.Contains(out, "draft 1: handoff: ana → ben, 2 items, 1 blocker (not published)") || !strings.Contains(out, "handoff draft publish 1") {
		t.Errorf("the first agent:\n%s", out)
	}
	two.run("handoff", "withdraw", "@", "It says less than is true by now")
	for _, at := range []*repository{r, r.in(second)} {
		if got := at.run("handoff", "inbox"); !strings.Contains(got, "2 drafts that agents have prepared wait for you: handoff draft list") {
			t.Errorf("the inbox in %s:\n%s", at.dir, got)
		}
	}
	if got := r.in(r.dir, "GIT_AUTHOR_NAME=ben", "GIT_AUTHOR_EMAIL=ben@example.com").run("handoff", "inbox"); strings.Contains(got, "drafts") {
		t.Errorf("the inbox of somebody else:\n%s", got)
	}

	// The work tree of the second agent goes, and what sarah decides comes.
	r.run("git", "worktree", "remove", second)
	r.in(r.dir, "GIT_AUTHOR_NAME=sarah", "GIT_AUTHOR_EMAIL=sarah@example.com").
		run("handoff", "resolve", "session-policy", "Thirty minutes, as the audit asks")
	if got := r.run("handoff", "draft", "list"); strings.Count(got, "prepared by") != 2 {
		t.Errorf("drafts:\n%s", got)
	}

	x := r.start(80, 40, "handoff", "draft", "publish", "1")
	x.see("Publish draft 1 as yours", "claude-code prepared it for you, just now", "Since then:", "session-policy", "Go on?")
	x.key("Publish draft 1", enter)
	x.published()
	shown := r.run("handoff", "show", "@")
	for _, want := range []string{"by ana (prepared by claude-code) to ben", "PR #1842 has 2 of 2 approvals", "The audit log is missing for 1 of 7 endpoints"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	for _, command := range [][]string{{"log"}, {"query", "handoffs"}, {"query", "items"}, {"verify"}, {"show", "@", "--json"}, {"rollup", "--org", "--to", "ben", "--returns", "tomorrow 09:00", "--summary", "The audit lacks one endpoint", "--dry-run"}} {
		if got := r.run("handoff", command...); !strings.Contains(got, "prepared by claude-code") && !strings.Contains(got, `"agent":{"name":"claude-code"`) {
			t.Errorf("handoff %q does not say who prepared it:\n%s", command, got)
		}
	}
	if strings.Contains(shown, "blocked") {
		t.Errorf("what is resolved still blocks:\n%s", shown)
	}

	// What it would take back is not there any more.
	refused := r.start(80, 40, "handoff", "draft", "publish", "2")
	refused.see("superseded")
	if status := refused.status(); status != 3 {
		t.Errorf("status %d", status)
	}
	r.run("handoff", "draft", "drop", "2")
	if got := r.run("handoff", "draft", "list"); !strings.Contains(got, "no agent has prepared anything") {
		t.Errorf("drafts:\n%s", got)
	}
}

// in is the repository, or a work tree of it, with more variables.
func (r *repository) in(dir string, more ...string) *repository {
	return &repository{t: r.t, dir: dir, env: slices.Concat(r.env, more)}
}

// What was noted is shown, ticked, before the form asks for the rest; what is left out
// waits for the next handoff.
func TestNotesAreTicked(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	r.run("handoff", "jot", "PR #1842 has 2 of 2 approvals", "--item", "refund-flow")
	r.clock(moment().Add(time.Minute))
	r.run("handoff", "jot", "Not for ben: the office moves in May")
	x := r.start(80, 30, "handoff", "declare")
	x.see("What you noted down", "[x] refund-flow: PR #1842 has 2 of 2 approvals (1 minute ago)", "[x] Not for ben")
	x.key("What you noted down", down)
	x.key("What you noted down", " ")
	x.see("[ ] Not for ben")
	x.key("What you noted down", enter)
	x.ready("What do you hand over?")
	x.see("[x] refund-flow", "[x] login-audit")
	x.key("What do you hand over?", enter)
	x.key("Item 1 of 2", ctrlS)
	x.ready("Item 2 of 2: refund-flow")
	x.see("PR #1842 has 2 of 2 approvals")
	x.key("Item 2 of 2", ctrlC)
	x.status()
	if left := r.run("handoff", "jot"); strings.Count(left, "\n") != 2 {
		t.Errorf("nothing was published, and the notes are\n%s", left)
	}
}
