package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// page runs print with the output in a pager when it is longer than the window
// of a terminal. The pager comes from the user's environment only, never from
// the configuration of a repository.
func (g *globals) page(print func()) error {
	if g.Width == 0 || g.Height == 0 || g.noPager {
		print()
		return nil
	}
	var b bytes.Buffer
	g.printer.w = &b
	print()
	g.printer.w = &g.output
	if bytes.Count(b.Bytes(), []byte("\n")) >= g.Height {
		if cmd := g.pager(); cmd != nil {
			shown, err := g.runPager(cmd, b.Bytes())
			if shown || err != nil {
				return err
			}
		}
	}
	_, err := g.output.Write(b.Bytes())
	return err
}

// runPager gives text to a pager and reports whether that has shown it. A pager
// that is not there, or that ends before it was given anything, has not, nor has
// one that fails half-way; one that is left early has.
func (g *globals) runPager(cmd *exec.Cmd, s []byte) (shown bool, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return false, err
	}
	defer r.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, g.Out, g.Err
	g.progressLine.wipe()
	if err := cmd.Start(); err != nil {
		g.note("pager %s: %v; printed without it", text.OneLine(cmd.Path), err)
		return false, w.Close()
	}
	written := make(chan error, 1)
	go func() {
		_, err := w.Write(s)
		written <- errors.Join(err, w.Close())
	}()
	failed := cmd.Wait()
	// What nobody has read is in the pipe, or on its way into it.
	left, err := io.Copy(io.Discard, r)
	if err := errors.Join(err, <-written); err != nil {
		return false, err
	}
	shown = left == 0 || failed == nil && left < int64(len(s))
	if !shown && g.printer.ctx.Err() != nil {
		return false, context.Cause(g.printer.ctx)
	}
	if !shown && failed != nil {
		g.note("pager %s: %v; printed without it", text.OneLine(strings.Join(cmd.Args, " ")), failed)
	}
	return shown, nil
}

// pager is the command that HANDOFF_PAGER, GIT_PAGER or PAGER names, else less
// where there is one; nil for none, and for cat. As with git, less has the
// options FRX unless the user has chosen some.
func (g *globals) pager() *exec.Cmd {
	command := cmp.Or(g.Getenv("HANDOFF_PAGER"), g.Getenv("GIT_PAGER"), g.Getenv("PAGER"))
	cmd := shellCommand(context.Background(), command)
	switch command {
	case "cat":
		return nil
	case "":
		if cmd = exec.Command("less"); cmd.Err != nil {
			return nil
		}
	}
	cmd.Env, cmd.Dir = append([]string{"LESS=FRX"}, g.Environ...), g.Dir
	return cmd
}
