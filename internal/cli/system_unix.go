//go:build !windows

package cli

import (
	"context"
	"os"
	"os/exec"
)

// shellCommand is a command line of the user's with arguments after it, as git runs
// one.
func shellCommand(ctx context.Context, line string, args ...string) *exec.Cmd {
	script := line
	if len(args) > 0 {
		script += ` "$@"`
	}
	return exec.CommandContext(ctx, "sh", append([]string{"-c", script, line}, args...)...)
}

// showsColour reports whether a terminal does what escape sequences say.
func showsColour(*os.File) bool { return true }
