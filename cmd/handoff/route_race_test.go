package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whoever delivers the same at the same time, in one clone and in several, it is there
// once.
func TestRouteAtOnce(t *testing.T) {
	targets := newTargets("")
	defer targets.Close()
	for _, via := range []string{"pager", "github"} {
		for _, place := range []string{"one clone", "several clones"} {
			t.Run(via+", "+place, func(t *testing.T) {
				before := targets.count()
				origin := filepath.Join(t.TempDir(), "origin.git")
				first := newSite(t)
				first.useTargets(targets)
				first.git("init", "-q", "--bare", "-b", "main", origin)
				first.git("remote", "add", "origin", origin)
				first.git("config", "handoff.push", "always")
				first.mustDeclare()
				first.git("push", "-q", "-u", "origin", "main")
				sites := []*site{first, first, first}
				if place != "one clone" {
					sites = []*site{first, first.copy(t), first.copy(t)}
				}
				said := atOnce(t, sites, "handoff", "route", "blk:session-policy", "--via", via)
				if got := targets.count() - before; got != 1 {
					t.Fatalf("it is there %d times\n%s", got, strings.Join(said, "\n"))
				}
				first.mustBeSound()
				first.git("fetch", "-q")
				if out, status := first.try("handoff", "route", "blk:session-policy", "--via", via); status != 0 || !strings.Contains(out, "is there already") {
					t.Errorf("afterwards: status %d\n%s\n%s", status, out, strings.Join(said, "\n"))
				}
			})
		}
	}
}

// Jobs that remind at the same time, each in a clone of its own and all of one person,
// remind once.
func TestRemindAtOnce(t *testing.T) {
	targets := newTargets("")
	defer targets.Close()
	origin := filepath.Join(t.TempDir(), "origin.git")
	first := newSite(t)
	first.useTargets(targets)
	first.git("init", "-q", "--bare", "-b", "main", origin)
	first.git("remote", "add", "origin", origin)
	if err := os.Mkdir(first.path(".handoffs"), 0o755); err != nil {
		t.Fatal(err)
	}
	first.write(".handoffs/config.yaml", "format: 1\nsla: {blocker_ack: 2h}\ndeliver: {blockers: github}\n")
	first.git("add", ".handoffs/config.yaml")
	first.git("commit", "-q", "-m", "configure", ".handoffs/config.yaml")
	first.mustDeclare()
	first.git("push", "-q", "-u", "origin", "main")
	if out, status := first.try("handoff", "route", "blk:session-policy", "--push"); status != 0 {
		t.Fatalf("status %d\n%s", status, out)
	}
	first.env = append(first.env[:len(first.env):len(first.env)], clockSettings(moment().Add(5*time.Hour))...)
	sites := []*site{first, first.copy(t), first.copy(t)}
	said := atOnce(t, sites, "handoff", "route", "--due")
	if got := targets.count(); got != 2 {
		t.Fatalf("%d posts, want the blocker and a reminder\n%s", got, strings.Join(said, "\n"))
	}
	first.git("fetch", "-q")
	if out, status := first.try("handoff", "route", "--due"); status != 0 || !strings.Contains(out, "nothing is due") || targets.count() != 2 {
		t.Errorf("afterwards: status %d\n%s\n%s", status, out, strings.Join(said, "\n"))
	}
	first.mustBeSound()
}

// atOnce runs a command at each site, all at the same time, and returns what they said.
func atOnce(t *testing.T, sites []*site, name string, args ...string) []string {
	t.Helper()
	said := make([]string, len(sites))
	var running sync.WaitGroup
	for i, s := range sites {
		cmd := s.command(name, args...)
		running.Go(func() {
			out, err := cmd.CombinedOutput()
			said[i] = string(out)
			if exited := new(exec.ExitError); err != nil && !errors.As(err, &exited) {
				said[i] = err.Error()
			}
		})
	}
	running.Wait()
	return said
}
