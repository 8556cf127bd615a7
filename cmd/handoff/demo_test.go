//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// demoOn starts the demo on a terminal of 24 lines, with a folder for scratch files of
// its own, whose name has a space.
func demoOn(t *testing.T) (*terminal, string) {
	t.Helper()
	scratch := filepath.Join(t.TempDir(), "odd name")
	if err := os.Mkdir(scratch, 0o755); err != nil {
		t.Fatal(err)
	}
	r := &repository{t: t, dir: "/", env: []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "TMPDIR=" + scratch}}
	r.clock(moment())
	return r.start(80, 24, "handoff", "demo"), scratch
}

const goesOn = "Enter goes on, q ends"

// The demo waits after each step, and where the window is full, so that nobody misses a
// line; keys that mean nothing change nothing.
func TestDemoPauses(t *testing.T) {
	t.Parallel()
	x, scratch := demoOn(t)
	var seen []string
	for _, last := range []string{
		"decisions: Refunds are keyed", "$ handoff declare -f ../today.yaml", "$ handoff inbox", "$ handoff show @ana", "source:",
		"$ handoff ack @ana", "$ handoff query what is blocked", "$ handoff resolve session-policy",
	} {
		x.see(last, goesOn)
		screen := x.screen.String()
		if lines := strings.Split(strings.TrimSpace(screen), "\n"); lines[len(lines)-1] != goesOn {
			t.Errorf("it waits, and what stands last is %q", lines[len(lines)-1])
		}
		seen = append(seen, screen)
		x.send("x" + up + enter)
		x.until("what comes next", func(now string) bool { return now != screen })
	}
	x.see("News since your last handoff", "yours to try, and you are ben there", "git log --stat")
	if status := x.status(); status != 0 {
		t.Errorf("status %d", status)
	}
	x.sane()
	if all := x.screen.history() + x.screen.String(); strings.Contains(all, goesOn) {
		t.Errorf("what it waits with stays:\n%s", all)
	}
	for _, line := range []string{"Ana (Singapore, Fri 18:02)", "summary: The refund flow"} {
		if !strings.Contains(seen[0], line) {
			t.Errorf("%q had gone out at the top before it could be read", line)
		}
	}
	// What is to be typed at the end can be typed, whatever the folder is called.
	cd := strings.ReplaceAll(printed(t, x.screen.String(), `(cd '[^']+')`), "\n", "")
	shell := &repository{t: t, dir: scratch, env: x.cmd.Env}
	if said := shell.run("sh", "-c", cd+" && handoff board && handoff query why session-limit && git log --stat"); !strings.Contains(said, "session-policy") {
		t.Errorf("the commands to try say\n%s", said)
	}
}

// Who has seen enough is told where the repository is; who presses Ctrl-C, or ends the
// program, leaves nothing behind.
func TestDemoIsLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key    string
		status int
		kept   bool
	}{
		"q": {"q", 0, true}, "Ctrl-C": {ctrlC, 130, false}, "Ctrl-D": {"\x04", 0, true}, "SIGTERM": {"", 143, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, scratch := demoOn(t)
			x.see(goesOn)
			if c.key != "" {
				x.send(c.key)
			} else if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if status := x.status(); status != c.status {
				t.Errorf("status %d, want %d\n%s", status, c.status, x.screen)
			}
			x.sane()
			if left, err := os.ReadDir(scratch); err != nil || (len(left) > 0) != c.kept {
				t.Errorf("there is %v (%v)", left, err)
			}
		})
	}
}
