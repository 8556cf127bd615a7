//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// patience is how long a test waits for a text. It is for a machine that is busy
// with other things; the program needs a fraction.
const patience = 20 * time.Second

// terminal is a program on a terminal of its own.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File
	before *term.State
	screen *screen
	keys   int // how often key was called
	ended  chan struct{}
}

// repository is a git repository in which ana works, alone with no
// configuration but what the test sets.
type repository struct {
	t   *testing.T
	dir string
	env []string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	r := &repository{t: t, dir: t.TempDir(), env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm-256color", "LC_ALL=C.UTF-8",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.com",
	}}
	r.clock(moment())
	r.run("git", "init", "-q", "-b", "main")
	r.run("git", "commit", "-q", "--allow-empty", "-m", "start")
	return r
}

// yesterday is what ana left the day before: two items and a blocker.
const yesterday = `
summary: "Refund flow waits for review, the login audit for a decision"
to: ["ben"]
returns_at: "RETURNS"
shipped: []
decisions: []
items:
  - id: "refund-flow"
    status: "in_review"
    owner: "ana"
    state: "PR #1842 has 1 of 2 approvals, james asked for a test"
    intent: "Customers wait for refunds that the old nightly job lost"
    next: [{do: "Get james's review on PR #1842", owner: "ana"}]
    refs: [{type: "ticket", id: "PAY-311"}]
  - id: "login-audit"
    status: "blocked"
    owner: "ana"
    state: "The audit log is missing for 3 of 7 endpoints"
    intent: "The auditors need to see every login by the end of March"
    next: [{do: "Add the audit log to /logout", owner: "ana"}]
    blocked_by: ["session-policy"]
blockers:
  - id: "session-policy"
    needs: "Decide how long a session lasts"
    because: "login and refund use 15 and 60 minutes"
    resolver: "sarah"
    blocks: ["login-audit"]
`

// inTheEvening is a repository with ana's handoff of yesterday and a commit of
// today, in which she is about to declare.
func inTheEvening(t *testing.T) *repository {
	t.Helper()
	r := newRepository(t)
	file := filepath.Join(t.TempDir(), "yesterday.yaml")
	text := strings.ReplaceAll(yesterday, "RETURNS", moment().Add(time.Hour).Format(time.RFC3339))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.clock(moment().Add(-24 * time.Hour))
	r.run("handoff", "declare", "-f", file)
	r.clock(moment())
	r.run("git", "commit", "-q", "--allow-empty", "-m", "Fix the rounding of refunds")
	return r
}

// run runs a command that must succeed, and returns what it prints.
func (r *repository) run(name string, args ...string) string {
	r.t.Helper()
	cmd := r.command(name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// clock sets the clock of the commands to come.
func (r *repository) clock(at time.Time) { r.env = append(slices.Clip(r.env), clockSettings(at)...) }

// author sets who commits from now on.
func (r *repository) author(who string) {
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		r.env = append(slices.Clip(r.env), "GIT_"+role+"_NAME="+who, "GIT_"+role+"_EMAIL="+who+"@example.com")
	}
}

// command prepares a command in the repository. The test program puts itself on
// the PATH as handoff and git-handoff.
func (r *repository) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	return cmd
}

// draft is what the draft file holds.
func (r *repository) draft() string {
	data, _ := os.ReadFile(filepath.Join(r.dir, ".git/handoff/draft.yaml"))
	return string(data)
}

// head is the commit that is checked out.
func (r *repository) head() string { return r.run("git", "rev-parse", "HEAD") }

// start runs a command on a terminal of that size.
func (r *repository) start(width, height int, name string, args ...string) *terminal {
	r.t.Helper()
	blocking, slave, err := pty.Open()
	if err != nil {
		r.t.Fatal(err)
	}
	master := pollable(r.t, blocking)
	x := &terminal{t: r.t, cmd: r.command(name, args...), master: master, slave: slave, screen: newScreen(width, height), ended: make(chan struct{})}
	if len(args) == 0 || !slices.Contains([]string{"version", "help", "check"}, args[0]) {
		x.screen.answers = func(text string) { go func() { _, _ = master.WriteString(text) }() }
	}
	x.size(width, height)
	if x.before, err = term.GetState(int(slave.Fd())); err != nil {
		r.t.Fatal(err)
	}
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = slave, slave, slave
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := master.Read(buffer)
			_, _ = x.screen.Write(buffer[:n])
			if err != nil {
				return
			}
		}
	}()
	go func() {
		_ = x.cmd.Wait()
		close(x.ended)
	}()
	r.t.Cleanup(func() {
		_ = x.cmd.Process.Kill()
		<-x.ended
		master.Close()
		slave.Close()
	})
	return x
}

// pollable returns a terminal's end in a form that can be closed while it is
// read, as a window is.
func pollable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	if err := errors.Join(f.Close(), syscall.SetNonblock(fd, true)); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), "terminal")
}

func (x *terminal) size(width, height int) {
	x.t.Helper()
	if err := pty.Setsize(x.slave, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		x.t.Fatal(err)
	}
	x.screen.resize(width, height)
}

// until waits for a condition on the screen.
func (x *terminal) until(what string, ok func(string) bool) {
	x.t.Helper()
	deadline := time.After(patience)
	// What is waited for may change without a word on the screen.
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		if x.screen.whole() && ok(x.screen.String()) {
			return
		}
		select {
		case <-x.screen.changed:
		case <-look.C:
		case <-deadline:
			x.t.Fatalf("%s did not come; the screen is:\n%s", what, x.screen)
		}
	}
}

// saved waits until the draft on the disk holds a text.
func (x *terminal) saved(r *repository, text string) {
	x.t.Helper()
	deadline := time.After(patience)
	for look := time.NewTicker(10 * time.Millisecond); ; {
		if strings.Contains(r.draft(), text) {
			look.Stop()
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			x.t.Fatalf("%q was not saved:\n%s", text, r.draft())
		}
	}
}

// see waits until the screen shows all of the texts.
func (x *terminal) see(texts ...string) {
	x.t.Helper()
	x.until(strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// gone waits until the screen does not show a text any more.
func (x *terminal) gone(text string) {
	x.t.Helper()
	x.until("no "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

// ready waits for a screen of that title that takes keys: the line of keys is
// there then.
func (x *terminal) ready(title string) {
	x.t.Helper()
	x.see(title, "^c stop")
}

// send writes bytes to the program, as a terminal does.
func (x *terminal) send(text string) {
	x.t.Helper()
	if _, err := x.master.WriteString(text); err != nil {
		x.t.Fatal(err)
	}
}

// The keys that tests press.
const (
	enter    = "\r"
	space    = " "
	escape   = "\x1b"
	ctrlC    = "\x03"
	ctrlO    = "\x0f"
	ctrlS    = "\x13"
	tab      = "\t"
	up       = "\x1b[A"
	down     = "\x1b[B"
	right    = "\x1b[C"
	left     = "\x1b[D"
	erase    = "\x7f"
	shiftTab = "\x1b[Z"
)

// key presses a key, once the screen of that title takes keys.
func (x *terminal) key(title, key string) {
	x.t.Helper()
	x.ready(title)
	x.keys++
	x.send(key)
}

// write types a text and waits until it can be seen.
func (x *terminal) write(text string) {
	x.t.Helper()
	x.send(text)
	x.see(text)
}

// status waits for the end of the program and returns its exit status, the shell's
// for a signal. The terminal must be as it was.
func (x *terminal) status() int {
	x.t.Helper()
	select {
	case <-x.ended:
	case <-time.After(patience):
		x.t.Fatalf("it does not end; the screen is:\n%s", x.screen)
	}
	return x.cmd.ProcessState.ExitCode()
}

// sane checks that a program which has ended left the terminal as it was.
func (x *terminal) sane() {
	x.t.Helper()
	after, err := term.GetState(int(x.slave.Fd()))
	if err != nil {
		x.t.Fatal(err)
	}
	if *after != *x.before {
		x.t.Errorf("the terminal's settings changed: %+v, before %+v", *after, *x.before)
	}
	x.until("a sane terminal", func(string) bool {
		x.screen.mu.Lock()
		defer x.screen.mu.Unlock()
		for _, mode := range []string{"1049", "2004", "1004", "1000"} {
			if x.screen.modes[mode] {
				return false
			}
		}
		hidden, told := x.screen.modes["25"]
		return !told || hidden
	})
}
