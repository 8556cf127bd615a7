package form

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	tea "charm.land/bubbletea/v2"
)

// The smallest window that shows screens.
const (
	minWidth  = 60
	minHeight = 16
)

const (
	// armDelay is how long a new screen takes no keys that answer it. They were
	// meant for the screen before.
	armDelay = 120 * time.Millisecond
	// saveDelay is how long after a key the draft is saved at the latest.
	saveDelay = 200 * time.Millisecond
	// hangupGrace is how long a signal may take that follows a closed terminal.
	hangupGrace = 200 * time.Millisecond
	// closeGrace is how long the terminal may take to be restored.
	closeGrace = 2 * time.Second
)

// NewAsker returns screens on the terminal that in and out are, or a Prompter:
// where lines are asked for, and in a window that is too small for screens.
func NewAsker(in io.Reader, out io.Writer, environ []string, lines bool) Asker {
	if lines || tooSmall(out) {
		return NewPrompter(in, out)
	}
	return NewTerminal(in, out, environ)
}

func tooSmall(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return true
	}
	width, height, err := term.GetSize(int(f.Fd()))
	return err != nil || width < minWidth || height < minHeight
}

// Terminal shows screens on a terminal. One program draws all of them, so that
// the terminal changes its mode twice only: at the first screen and at the end.
type Terminal struct {
	program *tea.Program
	in      *input
	done    chan struct{} // closed when the program has ended
	err     error         // why it ended, to be read after done

	continued chan os.Signal // the process was stopped and goes on
}

// NewTerminal takes over the terminal that in and out are. The caller handles
// the signals: with handlers of both, a SIGTERM in the middle of a form hangs
// now and then.
func NewTerminal(in io.Reader, out io.Writer, environ []string) *Terminal {
	t := &Terminal{done: make(chan struct{}), continued: make(chan os.Signal, 1)}
	notifyContinued(t.continued)
	if f, ok := in.(*os.File); ok {
		t.in = &input{File: f}
		in = t.in
	}
	t.program = tea.NewProgram(new(window),
		tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(environ), tea.WithoutSignalHandler())
	go func() {
		defer close(t.done)
		_, t.err = t.program.Run()
	}()
	return t
}

// input is a terminal that is read until it is let go of. The reader of a program may
// outlive it: the pipe that wakes it is closed at the end, before it has looked why it
// was woken, and then it waits for the next key, which is for whoever asks next.
type input struct {
	*os.File
	gone atomic.Bool
}

// Read reads what was typed, [io.EOF] once the terminal is let go of: that stays for
// whoever reads next.
func (i *input) Read(p []byte) (int, error) {
	if i.gone.Load() {
		return 0, io.EOF
	}
	return i.File.Read(p)
}

// answer is how the person left a screen, or that they want to leave it for a
// while only.
type answer struct {
	reply   Reply
	err     error
	suspend bool
}

// showMsg puts a screen up; answers gets one answer.
type showMsg struct {
	screen  *Screen
	answers chan<- answer
}

// leaveMsg takes the screen away without an answer. The program does not touch
// its fields any more once left is closed.
type leaveMsg struct{ left chan<- struct{} }

// Ask shows a screen.
func (t *Terminal) Ask(ctx context.Context, s *Screen) (Reply, error) {
	answers := make(chan answer, 1)
	t.program.Send(showMsg{s, answers})
	for {
		var stop func() error
		select {
		case a := <-answers:
			if !a.suspend {
				return a.reply, a.err
			}
			stop = func() error { return suspend(t.continued) }
		case <-t.continued:
			// Somebody else stopped it, and the shell has changed the terminal since.
			stop = func() error { return nil }
		case <-ctx.Done():
			t.leave()
			return Next, context.Cause(ctx)
		case <-t.done:
			return Next, t.ended(ctx)
		}
		if err := t.Release(stop); err != nil {
			t.leave()
			return Next, hangup(ctx, err)
		}
		t.program.Send(resumedMsg{})
	}
}

// leave waits until the program has let go of the screen.
func (t *Terminal) leave() {
	left := make(chan struct{})
	t.program.Send(leaveMsg{left})
	select {
	case <-left:
	case <-t.done:
	}
}

// ended says why there is no program any more.
func (t *Terminal) ended(ctx context.Context) error {
	if t.err == nil || errors.Is(t.err, io.EOF) {
		return hangup(ctx, ErrStopped)
	}
	return hangup(ctx, fmt.Errorf("%w: %w", ErrStopped, t.err))
}

// hangup returns the signal that ended ctx, if it comes within a moment, else err.
// When a terminal is closed, its end, SIGHUP and SIGCONT arrive in any order; the
// signal tells more.
func hangup(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(hangupGrace):
		return err
	}
}

// Release gives the terminal to run.
func (t *Terminal) Release(run func() error) error {
	if err := t.program.ReleaseTerminal(); err != nil {
		return err
	}
	err := run()
	select {
	case <-t.continued: // it is about to be taken back anyway
	default:
	}
	return errors.Join(err, t.program.RestoreTerminal())
}

// Close ends the program and leaves the terminal as it was. What is typed from now on
// is for others.
func (t *Terminal) Close() error {
	defer signal.Stop(t.continued)
	if t.in != nil {
		t.in.gone.Store(true)
	}
	go t.program.Quit()
	select {
	case <-t.done:
	case <-time.After(closeGrace):
		t.program.Kill()
	}
	return nil
}
