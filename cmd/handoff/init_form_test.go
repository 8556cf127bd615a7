//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newPair is a repository in which ana and ben have committed, in a zone that is
// known.
func newPair(t *testing.T) *repository {
	t.Helper()
	r := newRepository(t)
	r.run("git", "-c", "user.name=x", "commit", "-q", "--allow-empty", "--author", "Ben Roth <ben@example.com>", "-m", "more")
	r.env = append(r.env, "TZ=Asia/Singapore")
	return r
}

// untouched checks that init has left everything as it was.
func (r *repository) untouched(head string) {
	r.t.Helper()
	if now := r.head(); now != head {
		r.t.Errorf("HEAD is %s, it was %s", now, head)
	}
	if left := r.run("git", "status", "--porcelain", "--ignored"); left != "" {
		r.t.Errorf("it left\n%s", left)
	}
	if _, err := os.Stat(filepath.Join(r.dir, ".git/hooks/pre-push")); err == nil {
		r.t.Error("it left a hook")
	}
}

// The questions of init, by what stands above them, in their order.
var initQuestions = []string{"Who works here?", "Which teams are there?", "Shall a push remind you", "Shall pull requests be checked?", "Which branch do the records go to?", "Commit this to main?"}

// TestInitForm answers the five questions, goes back once, and is told of a slip where
// it was typed.
func TestInitForm(t *testing.T) {
	t.Parallel()
	r := newPair(t)
	head := r.head()
	x := r.start(80, 24, "handoff", "init")
	x.see("git knows ana (ana), ben (Ben Roth)", "ana; Asia/Singapore", "ben")
	x.ready("Who works here?")
	x.send("; Europe/Londn; 09:00-17:30") // ben's line is the last one
	x.key("Europe/Londn; 09:00-17:30", tab)
	x.see(`"Europe/Londn" is not a time zone such as`)
	for range len("n; 09:00-17:30") {
		x.send("\x7f")
	}
	x.send("on; 09:00-17:30")
	x.key("ben; Europe/London; 09:00-17:30", tab)
	x.ready("Which teams are there?")
	x.send("payments; ben; ana, ben")
	x.key("payments; ben; ana, ben", tab)
	x.key("Shall a push remind you", escape)
	x.key("payments; ben; ana, ben", enter)
	x.key("Shall a push remind you", enter)
	x.key("Shall pull requests be checked?", down)
	x.key("> github", enter)
	x.ready("Which branch do the records go to?")
	x.send("my records")
	x.key("my records", enter)
	x.see(`"my records" is not the name`)
	for range len("my records") {
		x.send("\x7f")
	}
	x.send("handoffs")
	x.key("handoffs", enter)
	x.see("create .handoffs/config.yaml", "create .handoffs/templates/refused.txt", "write .github/workflows/handoff.yml, for you to review", "set up the reminder before a push")
	r.untouched(head)
	x.key("Commit this to main?", enter)
	if status := x.status(); status != 0 {
		t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	x.see("created .github/workflows/handoff.yml", "created .handoffs/README.md", "next: handoff declare")
	x.sane()
	written := r.run("cat", ".handoffs/config.yaml")
	for _, want := range []string{
		"ana: {name: ana, emails: [ana@example.com], team: payments, tz: Asia/Singapore}",
		"ben: {name: Ben Roth, emails: [ben@example.com], team: payments, tz: Europe/London, hours: '09:00-17:30'}",
		"payments: {lead: ben}", "store: {branch: handoffs}",
	} {
		if !strings.Contains(written, want) {
			t.Errorf("the configuration lacks %q:\n%s", want, written)
		}
	}
	if _, err := os.Stat(filepath.Join(r.dir, ".git/hooks/pre-push")); err != nil {
		t.Error(err)
	}
	if left := r.run("git", "status", "--porcelain"); left != "?? .github/\n" {
		t.Errorf("it left\n%s", left)
	}

	// Now that all of it is there, nothing is asked; who said no to the reminder is
	// asked for that alone.
	head = r.head()
	x = r.start(80, 24, "handoff", "init")
	if status := x.status(); status != 0 || r.head() != head {
		t.Errorf("status %d, or something was committed", status)
	}
	x.see("config.yaml is there already")
	r.run("handoff", "hook", "uninstall")
	x = r.start(80, 24, "handoff", "init")
	x.key("Shall a push remind you", right)
	x.key("Shall a push remind you", enter)
	if status := x.status(); status != 0 || r.head() != head {
		t.Errorf("status %d, or something was committed", status)
	}
}

// TestInitFormStopped presses Ctrl-C at each question, and says no to the last one:
// nothing is written, not a part of it.
func TestInitFormStopped(t *testing.T) {
	t.Parallel()
	r := newPair(t)
	head := r.head()
	for at, title := range initQuestions {
		x := r.start(80, 24, "handoff", "init")
		for _, before := range initQuestions[:at] {
			x.key(before, enter)
		}
		x.key(title, ctrlC)
		if status := x.status(); status != 130 {
			t.Errorf("%s: status %d", title, status)
		}
		x.sane()
		r.untouched(head)
	}
	x := r.start(80, 24, "handoff", "init", "--hook", "--ci", "github", "--person", "ana", "--person", "ben", "--team", "payments;ben;ana", "--branch", "current")
	x.key("Commit this to main?", right)
	x.key("Commit this to main?", enter)
	if status := x.status(); status != 130 {
		t.Errorf("status %d", status)
	}
	r.untouched(head)
}

// TestInitFormOfAnExample is not asked what the example says, and shows what it writes
// before it does.
func TestInitFormOfAnExample(t *testing.T) {
	t.Parallel()
	r := newPair(t)
	head := r.head()
	x := r.start(80, 24, "handoff", "init", "--example", "fifteen")
	x.key("Shall a push remind you", enter)
	x.key("Shall pull requests be checked?", enter)
	x.see("write .handoffs/config.yaml, for you to review and commit", "set up the reminder before a push")
	r.untouched(head)
	x.key("Go on with this?", enter)
	if status := x.status(); status != 0 || r.head() != head {
		t.Errorf("status %d, or something was committed; the screen is:\n%s", status, x.screen)
	}
	x.see("adam, bea, celina and 12 more", "handoff check .handoffs/config.yaml")
	x.sane()
	if left := r.run("git", "status", "--porcelain", "-uall"); left != "?? .handoffs/config.yaml\n" {
		t.Errorf("it left\n%s", left)
	}
}
