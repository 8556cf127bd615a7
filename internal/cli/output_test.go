package cli

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
)

// fullDisk takes so many bytes.
type fullDisk struct {
	io.Writer
	left int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, syscall.ENOSPC
	}
	return d.Writer.Write(p)
}

// TestFullOutput is whether output that cannot be written is reported, in each
// of its forms, and not as if nothing had been done.
func TestFullOutput(t *testing.T) {
	w := newWorld(t)
	w.commitFile("today.yaml", string(examples.TwoSites))
	for _, c := range []struct {
		room int
		args string
	}{
		{0, "declare -f today.yaml"},
		{0, "query blocked"},
		{10, "query blocked --all-repos ."},
		{0, "query blocked --json"},
		{0, "query blocked --jq .total"},
		{0, "query blocked --template {{.total}}"},
		{10, "log"},
	} {
		var errs strings.Builder
		env := w.env
		env.Out, env.Err = &fullDisk{io.Discard, c.room}, &errs
		if status := Main(strings.Fields(c.args), env); status != StatusFailed {
			t.Errorf("%s: status %d\n%s", c.args, status, errs.String())
		}
		if said := errs.String(); !strings.Contains(said, "no space left on device") || strings.Contains(said, "nothing was written") {
			t.Errorf("%s: said %q", c.args, said)
		}
	}
}

// interruption is a terminal whose user stops the command at the first output.
type interruption chan os.Signal

func (i interruption) Write(p []byte) (int, error) {
	i <- syscall.SIGINT
	return len(p), nil
}

// TestEndlessJQ is whether a signal stops an expression that does not end.
func TestEndlessJQ(t *testing.T) {
	stop := make(interruption, 1)
	env := Env{Out: stop, Err: io.Discard, Signals: stop}
	status := make(chan int)
	go func() { status <- Main([]string{"version", "--jq", "1, def f: f; f"}, env) }()
	select {
	case got := <-status:
		if got != StatusInterrupted {
			t.Errorf("status %d", got)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on")
	}
}
