//go:build !windows

package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestSharedRepository(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	r := gittest.New(t, "--shared=group")
	mustAppend(r, change("k3f9q2m7"))
	names := []string{".git/index", ".git/refs/heads/main", ".git/logs/HEAD"}
	if r.HasReftable() {
		names = []string{".git/index", ".git/reftable/tables.list"}
	}
	for _, name := range names {
		info, err := os.Stat(r.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o060 != 0o060 {
			t.Errorf("%s: mode %v, want it writable by the group", name, info.Mode())
		}
	}
	if problems := strings.TrimSpace(r.Git("fsck", "--strict")); strings.Contains(problems, "error") {
		t.Error(problems)
	}
}

// TestSharedAsGitDoes compares the modes of what we make with those of what git
// makes, where the directories that are there have others.
func TestSharedAsGitDoes(t *testing.T) {
	gittest.RefsInFiles(t)
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	for _, setting := range []string{"group", "all", "0640", "0600", "umask", "true", "2"} {
		r := gittest.New(t)
		r.Git("config", "core.sharedRepository", setting)
		for _, dir := range []string{".git/objects", ".git/refs/heads", ".git"} {
			if err := os.Chmod(r.Path(dir), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		mustAppend(r, change("k3f9q2m7"))
		loose := func(rev string) string {
			hash := r.Git("rev-parse", rev)
			return ".git/objects/" + hash[:2] + "/" + hash[2:]
		}
		ours := map[string]string{"object": loose("HEAD"), "directory": filepath.Dir(loose("HEAD")), "index": ".git/index", "reference": ".git/refs/heads/main", "log": ".git/logs/refs/heads/main"}
		modes := map[string]os.FileMode{}
		for what, name := range ours {
			modes[what] = mode(t, r.Path(name))
		}
		r.Git("checkout", "-q", "--orphan", "other")
		r.Git("commit", "-q", "--allow-empty", "-m", "by git")
		gits := map[string]string{"object": loose("HEAD"), "directory": filepath.Dir(loose("HEAD")), "index": ".git/index", "reference": ".git/refs/heads/other", "log": ".git/logs/refs/heads/other"}
		for what, name := range gits {
			if want := mode(t, r.Path(name)); modes[what] != want {
				t.Errorf("%s, %s: mode %v, and git's is %v", setting, what, modes[what], want)
			}
		}
	}
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}
