//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStoppedWhileItReads stops programs that wait for the rest of what they
// read. They have begun to once a pipe takes more than it can hold.
func TestStoppedWhileItReads(t *testing.T) {
	s := newSite(t)
	for _, args := range [][]string{{"declare", "-f", "-"}, {"check", "/dev/stdin"}, {"hook", "run", "pre-push"}} {
		for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // instead of for ever
			cmd := exec.CommandContext(ctx, "handoff", args...)
			cmd.Dir, cmd.Env, cmd.Stdin = s.dir, s.env, r
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			r.Close()
			if _, err := w.WriteString(strings.Repeat("# nothing yet\n", 12_000)); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if status := s.status(cmd.Wait()); status != want {
				t.Errorf("%s, %v: status %d, want %d", strings.Join(args, " "), signal, status, want)
			}
			w.Close()
			cancel()
		}
	}
}
