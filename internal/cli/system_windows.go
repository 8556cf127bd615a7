package cli

import (
	"context"
	"os"
	"os/exec"

	"golang.org/x/sys/windows"
)

// shellCommand is a command line of the user's with arguments after it, as git runs
// one: by the shell that comes with git, which need not be on the PATH. As an alias
// git runs it itself.
func shellCommand(ctx context.Context, line string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "git", append([]string{"-c", "alias.handoff-run=!" + line, "handoff-run"}, args...)...)
}

// showsColour reports whether a terminal does what escape sequences say. The console
// has to be asked to.
func showsColour(terminal *os.File) bool {
	console := windows.Handle(terminal.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
