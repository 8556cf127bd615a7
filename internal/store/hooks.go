package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// HooksDir returns the directory from which git runs the hooks of this
// repository: core.hooksPath, as git reads it, or hooks in the directory that all
// worktrees share. It need not exist. Absolute.
func (r *Repo) HooksDir(ctx context.Context) (string, error) {
	// Not by r.git.command, which sets core.hooksPath. A relative path begins
	// where git runs hooks (git-config(1)).
	cmd := exec.CommandContext(ctx, r.git.path, "rev-parse", "--git-path", "hooks")
	cmd.Dir, cmd.Env = cmp.Or(r.worktree, r.dir), append(r.env.with(quiet...), "GIT_DIR="+r.dir)
	if r.worktree != "" {
		cmd.Env = append(cmd.Env, "GIT_WORK_TREE="+r.worktree)
	}
	out, err := runCommand(ctx, cmd, "rev-parse", nil)
	return absoluteFrom(cmd.Dir, strings.TrimSuffix(string(out), "\n")), err
}

// HookError says that a hook of the user's has refused a commit.
type HookError struct {
	Hook string // "pre-commit"
	Said string // what it wrote, without the last line end
}

func (e *HookError) Error() string { return "the hook " + e.Hook + " refused" }

// RunHooks runs the hooks that git commit would run on a change: pre-commit,
// with an index that holds HEAD and the files of the change, and commit-msg,
// which may edit the message. It returns the message. With a *HookError nothing
// has moved; the user's index and work tree are not touched at any time.
func (r *Repo) RunHooks(ctx context.Context, change Change) (string, error) {
	dir, err := os.MkdirTemp(r.dir, "handoff-hooks-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	index := filepath.Join(dir, "index")
	if err := r.stageForHooks(ctx, index, change.Files); err != nil {
		return "", err
	}
	if err := r.runHook(ctx, index, "pre-commit"); err != nil {
		return "", err
	}
	message := filepath.Join(dir, "COMMIT_EDITMSG")
	if err := os.WriteFile(message, []byte(change.Message), 0o600); err != nil {
		return "", err
	}
	if err := r.runHook(ctx, index, "commit-msg", message); err != nil {
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
	if err := r.readTree(ctx, index, base); err != nil {
		return err
	}
	args := []string{"update-index", "--add"}
	for _, file := range files {
		blob, err := r.withIndex(ctx, index, bytes.NewReader(file.Data), "hash-object", "-w", "--stdin")
		if err != nil {
			return err
		}
		args = append(args, "--cacheinfo", fmt.Sprintf("%o,%s,%s", modeFile, strings.TrimSpace(string(blob)), file.Path))
	}
	_, err = r.withIndex(ctx, index, nil, args...)
	return err
}

// runHook runs a hook as git does, with the user's environment and without an
// editor. One that is not installed has nothing to say.
func (r *Repo) runHook(ctx context.Context, index, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, r.git.path, append([]string{"hook", "run", "--ignore-missing", name, "--"}, args...)...)
	cmd.Dir = cmp.Or(r.worktree, r.dir)
	cmd.Env = r.env.with("GIT_INDEX_FILE="+index, "GIT_EDITOR=:")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := commandError(ctx, "hook run", "", runApart(ctx, cmd))
	if isError[*gitError](err) {
		return &HookError{Hook: name, Said: strings.TrimRight(said.String(), "\n")}
	}
	return err
}
