//go:build unix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/term"
)

// startShell starts a shell with job control, as a person's is.
func (r *repository) startShell(width, height int) *terminal {
	r.t.Helper()
	r.env = append(r.env, "PS1=ready>")
	x := r.start(width, height, "sh", "-i")
	x.prompt()
	return x
}

// prompt waits until the shell wants a command.
func (x *terminal) prompt() {
	x.t.Helper()
	x.until("the shell", func(screen string) bool { return strings.HasSuffix(strings.TrimSpace(screen), "ready>") })
}

// isRaw reports whether the terminal's settings are not those of before.
func (x *terminal) isRaw() bool {
	x.t.Helper()
	state, err := term.GetState(int(x.slave.Fd()))
	if err != nil {
		x.t.Fatal(err)
	}
	return *state != *x.before
}

// TestSuspended leaves the form with Ctrl-Z for the shell and comes back with fg,
// twice: everything is there again, and the terminal is the shell's meanwhile.
func TestSuspended(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"handoff declare", "git handoff declare"} {
		r := inTheEvening(t)
		x := r.startShell(80, 24)
		x.send(command + "\n")
		x.key("What do you hand over?", enter)
		x.ready("Item 1 of 2: login-audit")
		x.write("The log is missing")
		for _, more := range []string{" for 1 of 7 endpoints", ", and of none that matter"} {
			x.send("\x1a")
			x.see("Stopped")
			if x.isRaw() {
				t.Error("the shell has a raw terminal")
			}
			x.send("echo the shell has $((41 + 1))\n")
			x.see("the shell has 42")
			x.send("fg\n")
			x.ready("Item 1 of 2: login-audit")
			if !x.isRaw() {
				t.Error("the form has no raw terminal")
			}
			x.write(more)
		}
		x.see("The log is missing for 1 of 7 endpoints, and of none that matter")
		x.send(ctrlC)
		x.see("your draft is kept")
		x.prompt()
		x.send("echo status $?\n")
		x.see("status 130")
		x.saved(r, "of none that matter")
		x.send("exit\n")
		x.status()
		x.sane()
	}
}

// TestSuspendedLineByLine is the same where one line is asked after the other:
// the terminal drops the line that was begun, so it is asked for again.
func TestSuspendedLineByLine(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	x := r.startShell(100, 40)
	x.send("handoff declare --accessible\n")
	x.see("an empty line ends)\n>")
	x.send("a queue and")
	x.see("> a queue and")
	x.send("\x1a")
	x.see("Stopped")
	x.send("printf '\\033[2J'; echo the shell has $((41 + 1))\n")
	x.see("the shell has 42")
	x.send("fg\n")
	x.until("the question, again", func(screen string) bool { return strings.HasSuffix(strings.TrimSpace(screen), "\n>") })
	x.send(ctrlC)
	x.see("stopped")
	x.prompt()
	x.send("exit\n")
	x.status()
	x.sane()
}

// TestSuspendedAndEnded ends a suspended form with a signal. It goes by itself
// once it may have the terminal, and leaves it and the draft as they were.
func TestSuspendedAndEnded(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.startShell(80, 24)
	x.send("handoff declare\n")
	x.key("What do you hand over?", enter)
	x.ready("Item 1 of 2: login-audit")
	x.write("The log is missing")
	x.send("\x1a")
	x.see("Stopped")
	x.send("kill %1; fg; echo status $?\n")
	x.see("your draft is kept", "status 143")
	x.saved(r, "The log is missing")
	x.send("exit\n")
	x.status()
	x.sane()
}

// TestSuspendedByNobody presses Ctrl-Z where no shell could continue the program,
// and stops it from outside: the form goes on, and can be ended.
func TestSuspendedByNobody(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(80, 24, "handoff", "declare")
	x.key("What do you hand over?", enter)
	x.ready("Item 1 of 2: login-audit")
	x.write("The log is missing")
	x.send("\x1a")
	x.until("the form on a screen of its own, again", func(string) bool {
		x.screen.mu.Lock()
		defer x.screen.mu.Unlock()
		return x.screen.taken == 2
	})
	x.ready("Item 1 of 2: login-audit")

	// A shell would set the terminal up for itself.
	for _, signal := range []os.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
		if err := term.Restore(int(x.slave.Fd()), x.before); err != nil {
			t.Fatal(err)
		}
		if err := x.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	x.until("a raw terminal", func(string) bool { return x.isRaw() })
	x.send(ctrlC)
	if status := x.status(); status != 130 {
		t.Errorf("status %d; the screen is:\n%s", status, x.screen)
	}
	x.saved(r, "The log is missing")
	x.sane()
}
