package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/handoff-cli/handoff/internal/git"
)

// RunHooks runs the hooks that git commit would run on a change: pre-commit,
// with an index that holds HEAD and the files of the change, and commit-msg,
// which may edit the message. It returns the message. With a *HookError nothing
// has moved; the user's index and work tree are not touched at any time.
func (r *Repo) RunHooks(ctx context.Context, change Change) (string, error) {
	dir, err := os.MkdirTemp(r.Dir(), "handoff-hooks-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	index := filepath.Join(dir, "index")
	if err := r.stageForHooks(ctx, index, change.Files); err != nil {
		return "", err
	}
	if err := r.RunHook(ctx, index, "pre-commit"); err != nil {
		return "", err
	}
	message := filepath.Join(dir, "COMMIT_EDITMSG")
	if err := os.WriteFile(message, []byte(change.Message), 0o600); err != nil {
		return "", err
	}
	if err := r.RunHook(ctx, index, "commit-msg", message); err != nil {
		return "", err
	}
	edited, err := os.ReadFile(message)
	return string(edited), err
}

// stageForHooks makes an index of HEAD and files.
func (r *Repo) stageForHooks(ctx context.Context, index string, files []NewFile) error {
	head, err := r.Head()
	if err != nil {
		return err
	}
	base := "--empty"
	if !head.Unborn {
		base = head.Hash
	}
	if err := r.ReadTree(ctx, index, base); err != nil {
		return err
	}
	args := []string{"update-index", "--add"}
	for _, file := range files {
		blob, err := r.WithIndex(ctx, index, bytes.NewReader(file.Data), "hash-object", "-w", "--stdin")
		if err != nil {
			return err
		}
		args = append(args, "--cacheinfo", fmt.Sprintf("%o,%s,%s", git.ModeFile, strings.TrimSpace(string(blob)), file.Path))
	}
	_, err = r.WithIndex(ctx, index, nil, args...)
	return err
}
