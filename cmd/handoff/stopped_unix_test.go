//go:build unix

package main

import (
	"context"
	"io"
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

// TestHookThatIsGivenUp stops handoff while a hook of the user's waits for a
// child that does not listen: the child ends as well.
func TestHookThatIsGivenUp(t *testing.T) {
	for hook, config := range map[string]string{"pre-commit": "commit: {hooks: true}\n", "pre-push": ""} {
		t.Run(hook, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			remote := s.copy(t)
			s.git("remote", "add", "origin", remote.dir)
			for _, dir := range []string{".handoffs", "hooks"} {
				if err := os.Mkdir(s.path(dir), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			s.write(".handoffs/config.yaml", "format: 1\n"+config)
			s.git("add", ".handoffs/config.yaml")
			s.git("commit", "-q", "--only", "-m", "hooks", "--", ".handoffs/config.yaml")
			s.git("config", "core.hooksPath", s.path("hooks"))
			pipe := s.path("pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			// The child holds the pipe open as long as it lives.
			s.write("hooks/"+hook, "#!/bin/sh\n(trap '' TERM INT HUP; echo begun >&9; while :; do sleep 60; done) 9>"+pipe+" &\nwait\n")
			if err := os.Chmod(s.path("hooks/"+hook), 0o777); err != nil {
				t.Fatal(err)
			}
			cmd := s.command("handoff", "declare", "--push", "-f", today(t))
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			reader, err := os.Open(pipe) // waits for the child
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			begun := make([]byte, len("begun\n"))
			if _, err := io.ReadFull(reader, begun); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if status := s.status(cmd.Wait()); status != 143 {
				t.Errorf("status %d, want 143", status)
			}
			if err := reader.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(reader); err != nil { // ends with the child
				t.Errorf("the child of the hook lives: %q, %v", rest, err)
			}
			s.mustBeSound()
		})
	}
}
