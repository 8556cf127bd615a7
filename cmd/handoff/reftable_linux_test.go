package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReftableGitKilledAtEveryCall kills the git that moves the branch at each
// call by which it changes a file: alone, and then with the command that has
// started it.
func TestReftableGitKilledAtEveryCall(t *testing.T) {
	requireReftable(t)
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("needs strace")
	}
	t.Setenv("GIT_DEFAULT_REF_FORMAT", "reftable")
	template := newSite(t)
	template.mustDeclare()
	template.putGitUnderStrace()
	calls := []string{"rename"}
	if *full {
		calls = []string{"write", "rename", "unlink", "openat", "chmod", "fsync"}
	}
	for _, call := range calls {
		for _, both := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s both=%t", call, both), func(t *testing.T) {
				at := 1
				for ; template.copy(t).survivesItsGit(t, call, at, both); at++ {
				}
				if at == 1 {
					t.Error("git was never killed")
				}
			})
		}
	}
}

// gitUnderStrace is a git that dies at call number AT of its kind, and says so
// in the file STRUCK. With BOTH it takes along who has started it, before that
// can notice.
const gitUnderStrace = `#!/bin/sh
case " $CALL $* " in '  '*) exec "$REAL" "$@";; *' update-ref '*) ;; *) exec "$REAL" "$@";; esac
strace -f -qq -o /dev/null -e trace="$CALL" -e inject="$CALL:signal=KILL:when=$AT" "$REAL" "$@" && exit
[ $? -ge 128 ] || exit
: >"$STRUCK"
[ -z "$BOTH" ] || kill -9 $PPID
kill -9 $$
`

// putGitUnderStrace gives the site such a git, for copies of it as well.
func (s *site) putGitUnderStrace() {
	s.t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		s.t.Fatal(err)
	}
	dir := s.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(gitUnderStrace), 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.env = append(s.env, "PATH="+dir+":"+os.Getenv("PATH"), "REAL="+real)
}

// survivesItsGit lets git die in a declare, and checks what survives does when
// the command itself dies. It reports whether git has come to that call at all.
func (s *site) survivesItsGit(t *testing.T, call string, at int, both bool) bool {
	t.Helper()
	before, work, records := s.git("rev-parse", "HEAD"), s.work(), len(s.records("HEAD"))
	struck := filepath.Join(t.TempDir(), "struck")
	cmd := s.declare()
	cmd.Env = append(cmd.Env, "CALL="+call, fmt.Sprintf("AT=%d", at), "STRUCK="+struck)
	if both {
		cmd.Env = append(cmd.Env, "BOTH=yes")
	}
	out, err := cmd.CombinedOutput()
	if _, statErr := os.Stat(struck); statErr != nil {
		if err != nil {
			t.Errorf("declare undisturbed: %v\n%s", err, out)
		}
		return false
	}
	defer func() {
		if t.Failed() {
			t.Fatalf("at %s %d: %v\n%s", call, at, err, out)
		}
	}()
	landed := s.landed(before, records)
	if both {
		records = len(s.records("HEAD"))
		before = s.git("rev-parse", "HEAD")
		s.mustDeclare()
		if !s.landed(before, records) {
			t.Error("the next declare has not landed")
		}
	} else if landed != (err == nil) {
		t.Errorf("landed: %t", landed)
	}
	s.git("branch", "after")
	if got := s.work(); got != work {
		t.Errorf("the user's work was\n%s\nand is\n%s", work, got)
	}
	if status := s.git("status", "--porcelain", "-uall", "--", ".handoffs"); status != "" {
		t.Errorf("the records are not as committed:\n%s", status)
	}
	if left := s.residue(); len(left) > 0 {
		t.Errorf("left: %q", strings.Join(left, " "))
	}
	s.mustBeSound()
	return true
}
