package store

import (
	"bytes"
	"cmp"
	"context"
	"os/exec"
	"strings"
)

// HooksDir returns the directory from which git runs the hooks of this
// repository: core.hooksPath, as git reads it, or hooks in the directory that all
// worktrees share. It need not exist. Absolute.
func (r *gitRepo) HooksDir(ctx context.Context) (string, error) {
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

// runHook runs a hook as git does, with the user's environment and without an
// editor. One that is not installed has nothing to say.
func (r *gitRepo) runHook(ctx context.Context, index, name string, args ...string) error {
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
