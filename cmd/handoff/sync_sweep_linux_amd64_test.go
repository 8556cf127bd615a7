package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Killed at any call from the first byte that goes out, what was said in comments is
// recorded once after the next run, and each was answered once: what it has become, or
// why it was refused.
func TestSyncFromKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	template := newSite(t)
	template.hears()
	undisturbed := template.copy(t).listen(t, fault{at: -1})
	from := slices.Index(undisturbed.calls, "write socket")
	if !undisturbed.done() || undisturbed.posts != 5 || from < 0 {
		t.Fatalf("nothing to interfere with: %s, %d posts, calls\n%s", undisturbed.output, undisturbed.posts, strings.Join(undisturbed.calls, "\n"))
	}
	sampled := 0
	for _, at := range (fault{kill: true}).points(undisturbed.calls) {
		sampled++
		if call := undisturbed.calls[at]; at < from || !*full && sampled%4 != 0 && call != "write socket" && call != "read socket" {
			continue
		}
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			template.copy(t).hearsOnce(t, at)
		})
	}
}

// hears makes a site whose blocker was delivered.
func (s *site) hears() {
	s.t.Helper()
	s.namesAccounts()
	s.mustDeclare()
	targets := newTargets("")
	defer targets.Close()
	s.useTargets(targets)
	if out, status := s.try("handoff", "route", "blk:session-policy", "--via", "github"); status != 0 {
		s.t.Fatal(out)
	}
}

// namesAccounts commits a roster of three, two of whom use the forge.
func (s *site) namesAccounts() {
	s.t.Helper()
	if out, status := s.try("mkdir", ".handoffs"); status != 0 {
		s.t.Fatal(out)
	}
	s.write(".handoffs/config.yaml", "format: 1\npeople: {ana: {emails: [ana@example.com]}, ben: {emails: [ben@example.com], github: ben-gh}, sarah: {emails: [sarah@example.com], github: sarah-gh}}\n")
	s.git("add", ".handoffs")
	s.git("commit", "-q", "-m", "configure", ".handoffs")
}

// withForge gives the site a remote, and a forge of its own.
func (s *site) withForge(t *testing.T) *fakeTargets {
	t.Helper()
	origin := filepath.Join(t.TempDir(), "origin.git")
	s.git("clone", "-q", "--bare", ".", origin)
	s.git("remote", "add", "origin", origin)
	s.git("fetch", "-q", "origin")
	s.git("branch", "-q", "--set-upstream-to=origin/main")
	targets := newTargets("")
	t.Cleanup(targets.Close)
	s.useTargets(targets)
	return targets
}

// listen records what two people say on the blocker: one resolves it, one answers what
// was not asked.
func (s *site) listen(t *testing.T, f fault) routed {
	t.Helper()
	s.t = t
	targets := s.withForge(t)
	targets.posts = []*fakePost{
		{kind: "issue", id: 1, state: "open"},
		{kind: "comment", id: 2, on: 1, login: "sarah-gh", body: "/handoff resolve Thirty minutes, as the audit asks", at: moment()},
		{kind: "comment", id: 3, on: 1, login: "ben-gh", body: "/handoff answer Thirty minutes", at: moment()},
	}
	return s.speak(t, targets, f, "sync", "--from", "github")
}

func (s *site) hearsOnce(t *testing.T, at int) {
	r := s.listen(t, fault{at: at, kill: true})
	if !r.killedAt(t, at) {
		return
	}
	s.mustBeSound()
	for range 2 {
		if out, status := s.try("handoff", "sync", "--from", "github"); status != 0 {
			t.Errorf("killed at %s; run again: status %d\n%s", r.calls[at], status, out)
		}
		resolutions := 0
		for _, name := range s.records("origin/main") {
			if strings.Contains(name, "-resolution-sarah-") {
				resolutions++
			}
		}
		if got := r.targets.count(); got != 5 || resolutions != 1 {
			t.Errorf("killed at %s, %d posts by then; run again: %d resolutions and %d posts", r.calls[at], r.posts, resolutions, got)
		}
	}
	// When it last fetched stays, and what of that was half written is younger than what is swept.
	left := slices.DeleteFunc(s.residue(), func(name string) bool { return strings.HasSuffix(name, "fetched") })
	if len(left) > 0 {
		t.Errorf("left after the next command: %q", left)
	}
	s.mustBeSound()
}
