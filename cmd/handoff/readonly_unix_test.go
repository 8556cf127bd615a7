//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReadOnlyRepository reads a repository in which nobody may write, with
// every command that reads.
func TestReadOnlyRepository(t *testing.T) {
	s := newSite(t)
	s.mustDeclare()
	// Somewhere that every user gets to; the directories of the test are private.
	dir, err := os.MkdirTemp("", "handoff-readonly-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		chmodAll(t, dir, 0o200)
		os.RemoveAll(dir)
	})
	program, err := exec.LookPath("handoff")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "handoff"), data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "repo"), os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	chmodAll(t, dir, 0)
	s.dir = filepath.Join(dir, "repo")
	s.env = append(s.env, "HOME="+dir, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	id := strings.TrimSuffix(filepath.Base(s.handoffPath()), ".yaml")
	id = id[strings.LastIndexByte(id, '-')+1:]

	for _, args := range []string{
		"inbox --as ben", "show " + id, "show payments-refund-flow", "query blocked", "query what is blocked",
		"query refunds", "query items --as-of HEAD", "query blocked --all-repos .", "log", "log --decisions",
		"export", "export --states --format csv", "export --all-repos .", "stats", "stats --all-repos .",
		"rollup --org --dry-run --as sarah --to ben", "check", "check --due", "check --pr --base HEAD", "verify", "doctor",
		"draft path", "hook status", "__complete show p",
		"schema", "version",
	} {
		cmd := s.command(filepath.Join(dir, "handoff"), strings.Fields(args)...)
		cmd.SysProcAttr = unprivileged()
		out, err := cmd.CombinedOutput()
		if status := s.status(err); status != 0 || len(out) == 0 {
			t.Errorf("handoff %s: status %d\n%s", args, status, out)
		}
	}
	write := s.command(filepath.Join(dir, "handoff"), "declare", "-f", today(t))
	write.SysProcAttr = unprivileged()
	if out, err := write.CombinedOutput(); s.status(err) != 1 {
		t.Errorf("declare in a repository that cannot be written: %v\n%s", err, out)
	}
}

// handoffPath returns the path of the first handoff in HEAD.
func (s *site) handoffPath() string {
	s.t.Helper()
	for _, path := range s.records("HEAD") {
		if strings.Contains(path, "-handoff-") {
			return path
		}
	}
	s.t.Fatal("no handoff")
	return ""
}

// unprivileged makes a process that of nobody, if this one is root's, who may
// write everywhere.
func unprivileged() *syscall.SysProcAttr {
	if os.Geteuid() != 0 {
		return nil
	}
	const nobody = 65534
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// chmodAll lets everybody read what is below dir, and its owner also do what
// extra says.
func chmodAll(t *testing.T, dir string, extra fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chmod(path, 0o555|extra)
	})
	if err != nil {
		t.Error(err)
	}
}
