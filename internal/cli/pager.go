package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"os/exec"

	"github.com/handoff-cli/handoff/internal/handoff"
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
			cmd.Stdin, cmd.Stdout, cmd.Stderr = &b, g.Out, g.Err
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("pager %s: %w", handoff.OneLine(cmd.Path), err)
			}
			return nil
		}
	}
	_, err := g.output.Write(b.Bytes())
	return err
}

// pager is the command that HANDOFF_PAGER, GIT_PAGER or PAGER names, else less
// where there is one; nil for none, and for cat. As with git, less has the
// options FRX unless the user has chosen some.
func (g *globals) pager() *exec.Cmd {
	command := cmp.Or(g.Getenv("HANDOFF_PAGER"), g.Getenv("GIT_PAGER"), g.Getenv("PAGER"))
	cmd := exec.Command("sh", "-c", command)
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
