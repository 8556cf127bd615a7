package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/plainfile"
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
	cmd := shellCommand(ctx, command, file)
	cmd.Dir, cmd.Env = g.Dir, g.Environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = g.In, g.Out, g.Err
	g.inEditor.Store(true)
	defer g.inEditor.Store(false)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("editor %s: %w", command, err)
	}
	return nil
}

// editText opens the editor on a text and returns what is left there. The file is
// gone afterwards: what the user writes is in no other place than where they send it.
func editText(ctx context.Context, g *globals, ws *workspace.Workspace, typed string) (edited string, err error) {
	command, err := editorOf(ctx, g, ws)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "handoff-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "text.md")
	if err := os.WriteFile(file, []byte(typed+"\n"), 0o600); err != nil {
		return "", err
	}
	if err := runEditor(ctx, g, command, file); err != nil {
		return "", err
	}
	data, err := plainfile.Read(file)
	return string(data), err
}
