package cli

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/handoff-cli/handoff/internal/workspace"
)

// editorOf is the user's editor: HANDOFF_EDITOR, else what git would start without
// the repository's own configuration.
func editorOf(ctx context.Context, g *globals, ws *workspace.Workspace) (string, error) {
	if command := g.Getenv("HANDOFF_EDITOR"); command != "" {
		return command, nil
	}
	return ws.Editor(ctx)
}

// runEditor starts the editor as git does: through the shell, with the file as
// its last argument.
func runEditor(ctx context.Context, g *globals, command, file string) error {
	if command == ":" {
		return nil
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", command+` "$@"`, command, file)
	if runtime.GOOS == "windows" {
		fields := strings.Fields(command)
		cmd = exec.CommandContext(ctx, fields[0], append(fields[1:], file)...)
	}
	cmd.Dir, cmd.Env = g.Dir, g.Environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = g.In, g.Out, g.Err
	g.inEditor.Store(true)
	defer g.inEditor.Store(false)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("editor %s: %w", command, err)
	}
	return nil
}
