package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Killed at any call between the first byte that goes out and the record that says
// what became of it, a delivery is there once after the next run, or is said to be in
// doubt where nobody can tell.
func TestRouteKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	template := newSite(t)
	template.mustDeclare()
	for _, via := range []string{"github", "pager"} {
		t.Run(via, func(t *testing.T) {
			undisturbed := template.copy(t).route(t, via, fault{at: -1})
			from := slices.Index(undisturbed.calls, "write socket")
			if !undisturbed.done() || undisturbed.posts != 1 || from < 0 || !undisturbed.has("read socket") {
				t.Fatalf("nothing to interfere with: %s, %d posts, calls\n%s", undisturbed.output, undisturbed.posts, strings.Join(undisturbed.calls, "\n"))
			}
			for _, at := range (fault{kill: true}).points(undisturbed.calls) {
				if at < from {
					continue
				}
				t.Run(strconv.Itoa(at), func(t *testing.T) {
					t.Parallel()
					template.copy(t).routesOnce(t, via, at)
				})
			}
		})
	}
}

// routed is how one run ended, and what the targets have got by then.
type routed struct {
	disturbed
	targets *fakeTargets
	posts   int
}

// route delivers the blocker of today's draft to targets of its own.
func (s *site) route(t *testing.T, via string, f fault) routed {
	t.Helper()
	targets := newTargets("")
	t.Cleanup(targets.Close)
	s.useTargets(targets)
	return s.speak(t, targets, f, "route", "blk:session-policy", "--via", via)
}

// speak runs a command that speaks to targets, with a fault.
func (s *site) speak(t *testing.T, targets *fakeTargets, f fault, args ...string) routed {
	t.Helper()
	cmd := s.command("handoff", args...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	tracer := &tracer{dir: s.dir, fault: f, sockets: true}
	status, err := tracer.run(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return routed{disturbed{tracer.calls, status, output.String()}, targets, targets.count()}
}

// killedAt reports whether the command was killed at a call, and fails the test where
// something else ended it. It may have taken fewer calls than before.
func (r routed) killedAt(t *testing.T, at int) bool {
	t.Helper()
	if len(r.calls) <= at {
		t.Logf("it took fewer calls this time: %v", r.status)
		return false
	}
	if !r.status.Signaled() || r.status.Signal() != syscall.SIGKILL {
		t.Fatalf("not killed: %v", r.status)
	}
	return true
}

func (s *site) routesOnce(t *testing.T, via string, at int) {
	s.t = t
	r := s.route(t, via, fault{at: at, kill: true})
	if !r.killedAt(t, at) {
		return
	}
	s.mustBeSound()
	out, status := s.try("handoff", "route", "blk:session-policy", "--via", via)
	got := r.targets.count()
	switch {
	case status == 0 && got == 1:
	case via == "pager" && status == 5 && got <= 1 && strings.Contains(out, "may have been sent"):
	default:
		t.Errorf("killed at %s, %d posts by then; run again: status %d, %d posts\n%s", r.calls[at], r.posts, status, got, out)
	}
	if left := s.residue(); len(left) > 0 {
		t.Errorf("left after the next command: %q", left)
	}
	s.mustBeSound()
}

// Without a target of the user's own nothing opens a socket, whatever the repository
// and the environment hold.
func TestNoCommandOpensASocket(t *testing.T) {
	s := newSite(t)
	if err := (func() error { return s.command("mkdir", ".handoffs").Run() })(); err != nil {
		t.Fatal(err)
	}
	s.write(".handoffs/config.yaml", "format: 1\npeople: {ana: {emails: [ana@example.com]}, ben: {}, sarah: {}}\ndeliver: {blockers: github, handoffs: github}\n")
	s.git("add", ".handoffs")
	s.git("commit", "-q", "-m", "configure")
	s.env = append(s.env, "GH_TOKEN=ghp_swordfish", "GITHUB_TOKEN=ghp_swordfish", "SLACK_BOT_TOKEN=xoxb-1")
	// The repository is on a forge, as far as its remote says, and its items name pull requests.
	origin := filepath.Join(t.TempDir(), "origin.git")
	s.git("init", "-q", "--bare", "-b", "main", origin)
	s.git("remote", "add", "origin", "https://github.com/example/app.git")
	s.git("config", "url."+origin+".insteadOf", "https://github.com/example/app.git")
	s.git("push", "-q", "-u", "origin", "main")
	for _, args := range [][]string{
		{"declare", "-f", today(t)}, {"declare", "--carry", "--route", "--to", "ben", "--returns", "2026-11-23T09:00:00Z", "--summary", "Nothing new has happened since this morning", "--none", "shipped,decisions"},
		{"sync"},
		{"inbox"}, {"show", "@"}, {"query", "blocked"}, {"log"}, {"stats"}, {"check"}, {"verify"}, {"doctor"},
		{"resolve", "session-policy", "--how", "Thirty minutes, as the audit asks"}, {"route", "--all"}, {"route", "@", "--via", "github"},
		{"sync", "--from", "github"}, {"verify", "--from", "github"},
	} {
		opens, status, output := s.opensSocket(t, args...)
		if opens {
			t.Errorf("handoff %s opens a socket", strings.Join(args, " "))
		}
		if wants := args[0] == "route" || slices.Contains(args, "--route") || slices.Contains(args, "--from"); wants != (status == 2) && args[0] != "check" && args[0] != "doctor" {
			t.Errorf("handoff %s: status %d\n%s", strings.Join(args, " "), status, output)
		}
	}
	// With one, they would be seen.
	s.git("remote", "set-url", "origin", "http://127.0.0.1:1/example/app.git")
	s.env = append(s.env, "HANDOFF_TARGET_FORGE_TYPE=gitea", "HANDOFF_TARGET_FORGE_HOST=http://127.0.0.1:1", "HANDOFF_TARGET_FORGE_TOKEN=swordfish")
	opens, status, output := s.opensSocket(t, "declare", "--carry", "--to", "ben", "--returns", "2099-01-02 09:00", "--summary", "Nothing new has happened since noon", "--none", "shipped,decisions")
	if !opens || status != 0 || !strings.Contains(output, "warning: nobody said how PR #1842 stands") {
		t.Errorf("opens a socket: %v, status %d\n%s", opens, status, output)
	}
}

// opensSocket runs the program at the site, and reports whether it opened a socket.
func (s *site) opensSocket(t *testing.T, args ...string) (opens bool, status int, output string) {
	t.Helper()
	cmd := s.command("handoff", args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	tracer := &tracer{dir: s.dir, fault: fault{at: -1}, sockets: true}
	ended, err := tracer.run(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Contains(tracer.calls, "socket"), ended.ExitStatus(), said.String()
}
