//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// meetingGit is a git that says in the file LOG that it was started. The one that
// finds the repository ends only when the one that lists the configuration reads
// from the pipe MEET, which waits for it in turn.
const meetingGit = `#!/bin/sh
echo "$*" >>"$LOG"
case " $* " in
*' --absolute-git-dir '*) : >"$MEET" ;;
*' --list '*) read -r _ <"$MEET" ;;
esac
exec "$REAL" "$@"
`

// TestWarmQueryStartsTwoGitsAtOnce counts the processes of git that a question
// starts when nothing has changed since the last one: two, which would wait for
// ever if they ran one after the other, and a third where only git reads references.
func TestWarmQueryStartsTwoGitsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mustDeclare()
	if out, status := s.try("handoff", "query", "blocked"); status != 0 {
		t.Fatalf("status %d\n%s", status, out)
	}
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log, meet := filepath.Join(dir, "log"), filepath.Join(dir, "meet")
	if err := syscall.Mkfifo(meet, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(meetingGit), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "handoff", "query", "blocked")
	cmd.Dir, cmd.WaitDelay = s.dir, time.Second
	cmd.Env = append(s.env, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "REAL="+real, "LOG="+log, "MEET="+meet)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	started, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	want := 2
	if s.hasReftable() {
		want = 3
	}
	if got := strings.Count(string(started), "\n"); got != want {
		t.Errorf("%d processes of git, want %d:\n%s", got, want, started)
	}
}
