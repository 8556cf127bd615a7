//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestHookOfEveryRepositoryIsAskedAbout installs where core.hooksPath is that of
// the person, who says no and then yes.
func TestHookOfEveryRepositoryIsAskedAbout(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	hooks, global := t.TempDir(), filepath.Join(t.TempDir(), "gitconfig")
	r.env = append(r.env, "GIT_CONFIG_GLOBAL="+global)
	r.run("git", "config", "--global", "core.hooksPath", hooks)
	for _, answer := range []struct {
		keys   string
		status int
		there  bool
	}{{right + enter, 130, false}, {enter, 0, true}} {
		x := r.start(160, 24, "handoff", "hook", "install")
		x.ready("Change the hook of all of them?")
		x.see(filepath.Join(hooks, "pre-push"), "in every repository")
		x.send(answer.keys)
		if status := x.status(); status != answer.status {
			t.Errorf("status %d; the screen is:\n%s", status, x.screen)
		}
		x.sane()
		if _, err := os.Stat(filepath.Join(hooks, "pre-push")); (err == nil) != answer.there {
			t.Errorf("after %q: %v", answer.keys, err)
		}
	}
}
