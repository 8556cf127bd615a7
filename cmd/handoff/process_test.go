package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// site is a repository and the programs that work in it, each as a process of
// its own.
type site struct {
	t   testing.TB
	dir string
	env []string
}

// newSite returns a repository with one commit, in which a file is staged and
// another one changed.
func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, dir: filepath.Join(t.TempDir(), "repo")}
	s.env = append(os.Environ(), "HOME="+t.TempDir(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.com",
		"GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.com")
	s.env = append(s.env, clockSettings(moment())...)
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.git("init", "-q", "-b", "main")
	for _, name := range []string{"staged", "changed", "quiet"} {
		s.write(name, "one\n")
	}
	s.git("add", ".")
	s.git("commit", "-q", "-m", "start")
	s.write("staged", "two\n")
	s.git("add", "staged")
	s.write("changed", "two\n")
	return s
}

// copy returns the same site in another directory.
func (s *site) copy(t testing.TB) *site {
	t.Helper()
	twin := &site{t: t, dir: filepath.Join(t.TempDir(), "repo"), env: s.env}
	if err := os.CopyFS(twin.dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	return twin
}

// path returns the full name of a file of the site.
func (s *site) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *site) write(name, content string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// command returns a program to be run at the site.
func (s *site) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// try returns what a program printed, and its exit status.
func (s *site) try(name string, args ...string) (string, int) {
	s.t.Helper()
	out, err := s.command(name, args...).CombinedOutput()
	return string(out), s.status(err)
}

// status returns the exit status that err, from running a program, stands for.
func (s *site) status(err error) int {
	s.t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return 0
}

// git runs git, which must not fail, and returns what it printed.
func (s *site) git(args ...string) string {
	s.t.Helper()
	out, status := s.try("git", args...)
	if status != 0 {
		s.t.Fatalf("git %s: status %d\n%s", strings.Join(args, " "), status, out)
	}
	return strings.TrimSuffix(out, "\n")
}

// hasReftable reports whether the references are not in files.
func (s *site) hasReftable() bool {
	_, err := os.Stat(s.path(".git/reftable"))
	return err == nil
}

// today is the draft that the tests declare.
func today(t testing.TB) string {
	t.Helper()
	draft, err := filepath.Abs("../../examples/two-sites/today.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

// declare returns a process that declares today's draft.
func (s *site) declare() *exec.Cmd {
	s.t.Helper()
	return s.command("handoff", "declare", "-f", today(s.t))
}

// mustDeclare declares today's draft.
func (s *site) mustDeclare() {
	s.t.Helper()
	if out, err := s.declare().CombinedOutput(); err != nil {
		s.t.Fatalf("declare: %v\n%s", err, out)
	}
}

// records returns the paths of the records of a commit.
func (s *site) records(rev string) []string {
	s.t.Helper()
	return strings.Fields(s.git("ls-tree", "-r", "--name-only", rev, ".handoffs"))
}

// work returns everything that is the user's own: what is staged, with its
// flags, and what the work tree has besides.
func (s *site) work() string {
	s.t.Helper()
	var own []string
	for _, args := range [][]string{{"ls-files", "-s", "-v"}, {"diff"}, {"status", "--porcelain", "--untracked-files=all"}} {
		for line := range strings.Lines(s.git(args...)) {
			if !strings.Contains(line, ".handoffs/") {
				own = append(own, line)
			}
		}
	}
	return strings.Join(own, "")
}

// mustBeSound checks that git finds nothing to complain about.
func (s *site) mustBeSound() {
	s.t.Helper()
	if out, status := s.try("git", "fsck", "--strict", "--no-dangling", "--no-progress"); status != 0 || strings.TrimSpace(out) != "" {
		s.t.Errorf("fsck: status %d\n%s", status, out)
	}
}

// residue returns the files that should not be there once nothing runs: locks
// and temporary files, a marker that is not empty.
func (s *site) residue() []string {
	s.t.Helper()
	var found []string
	err := filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(s.dir, path)
		if err != nil {
			return err
		}
		if s.isResidue(filepath.ToSlash(name), entry) {
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// isResidue reports whether the file called name has no place in a repository
// at rest.
func (s *site) isResidue(name string, entry fs.DirEntry) bool {
	switch dir, base := filepath.ToSlash(filepath.Dir(name)), filepath.Base(name); {
	case dir == ".git/handoff":
		if base != "append" && base != "index.db-journal" && base != "route" { // they stay as empty files
			return !slices.Contains([]string{"index.db", "draft.yaml", "authors"}, base)
		}
		info, err := entry.Info()
		return err != nil || info.Size() > 0
	case strings.HasPrefix(name, ".git/objects/"):
		return strings.HasPrefix(base, "tmp_")
	case strings.HasPrefix(dir, ".handoffs"):
		return filepath.Ext(base) != ".yaml"
	default:
		return strings.HasSuffix(base, ".lock") || strings.Contains(base, ".ref.temp.")
	}
}
