//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// tonight are the flags of a handoff that lacks nothing.
var tonight = []string{
	"declare", "--returns", "mon 09:00", "--summary", "The refund flow waits for the second approval", "--none", "shipped,items,blockers,decisions", "--to", "ben",
}

// withRemote gives a repository a remote that nobody has pushed to.
func (r *repository) withRemote() (remote string) {
	r.t.Helper()
	remote = filepath.Join(r.t.TempDir(), "remote.git")
	r.run("git", "init", "-q", "--bare", "-b", "main", remote)
	r.run("git", "remote", "add", "origin", remote)
	return remote
}

// TestDeclareOffersToPush asks once it is committed, and one key does it.
func TestDeclareOffersToPush(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, push string
		keys       []string
		pushed     bool
		said       string
	}{
		{"yes", "", []string{enter}, true, "pushed to origin/main"},
		{"no", "ask", []string{down, enter}, false, "only here so far; ben sees it after: handoff sync"},
		{"stopped", "", []string{ctrlC}, false, "only here so far; ben sees it after: handoff sync"},
		{"never", "never", nil, false, "only here so far; ben sees it after: handoff sync"},
		{"always", "always", nil, true, "pushed to origin/main"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			remote := r.withRemote()
			if test.push != "" {
				r.run("git", "config", "handoff.push", test.push)
			}
			before := r.head()
			x := r.start(80, 24, "handoff", tonight...)
			for _, key := range test.keys {
				x.see("It is committed here", "push it to origin: ben sees it")
				x.key("Push it now?", key)
			}
			x.published()
			x.see(test.said, "ana → ben")
			if r.head() == before {
				t.Error("nothing was committed")
			}
			tip, _ := exec.Command("git", "-C", remote, "rev-parse", "-q", "--verify", "main").Output()
			if pushed := string(tip) == r.head(); pushed != test.pushed {
				t.Errorf("pushed %t, want %t", pushed, test.pushed)
			}
			if r.draft() != "" {
				t.Errorf("a draft waits:\n%s", r.draft())
			}
		})
	}
}

// A push that fails leaves the commit, and says what to do.
func TestOfferedPushFails(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.withRemote()
	r.run("git", "remote", "set-url", "origin", filepath.Join(t.TempDir(), "nowhere"))
	x := r.start(80, 24, "handoff", tonight...)
	x.key("Push it now?", enter)
	if status := x.status(); status != 1 {
		t.Errorf("status %d", status)
	}
	x.see("committed here as "+r.head()[:7]+", but not pushed", "hint: git fetch origin tells more")
	x.sane()
}

// A signal at that moment finds the commit made, and no draft that waits.
func TestSignalWhileOfferedToPush(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.withRemote()
	before := r.head()
	x := r.start(80, 24, "handoff", tonight...)
	x.ready("Push it now?")
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := x.status(); status != 143 || r.head() == before || r.draft() != "" {
		t.Errorf("status %d, HEAD %s, draft %q", status, r.head(), r.draft())
	}
	x.see("ana → ben", "but not pushed: stopped by terminated")
	x.sane()
}

// Line by line it is one key as well.
func TestDeclareOffersToPushLineByLine(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	remote := r.withRemote()
	x := r.start(80, 24, "handoff", append([]string{"--accessible"}, tonight...)...)
	x.see("It is committed here", "Push it now?", "push it to origin: ben sees it")
	x.send(enter)
	x.published()
	if tip, _ := exec.Command("git", "-C", remote, "rev-parse", "main").Output(); string(tip) != r.head() {
		t.Errorf("%s was not pushed: %s", r.head(), tip)
	}
}

// TestSlipIsAskedAbout asks whether a name that is nearly somebody's is theirs.
func TestSlipIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		keys []string
		to   string // "" where nothing is written
	}{
		{"slip", []string{enter}, "ben"},
		{"new", []string{down, enter}, "bne"},
		{"stopped", []string{ctrlC}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.run("handoff", tonight...)
			before := r.head()
			slip := append(tonight[:len(tonight)-1:len(tonight)-1], "@Bne", "--amend", "@", "--summary", "The refund flow waits for the first approval")
			x := r.start(80, 24, "handoff", slip...)
			for _, key := range test.keys {
				x.see("bne is not known here", "ben, who is known here", "bne, somebody new")
				x.key("Who is meant?", key)
			}
			if test.to == "" {
				if status := x.status(); status != 130 || r.head() != before {
					t.Errorf("status %d, HEAD %s, want 130 and %s", status, r.head(), before)
				}
				x.sane()
				return
			}
			x.published()
			x.see("ana → " + test.to)
			if shown := r.run("git", "show", "--format="); !strings.Contains(shown, `- "`+test.to+`"`) {
				t.Errorf("written:\n%s", shown)
			}
		})
	}
}
