package git

import (
	"bytes"
	"cmp"
	"context"
	"os/exec"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// HooksDir returns the directory from which git runs the hooks of this
// repository: core.hooksPath, as git reads it, or hooks in the directory that all
// worktrees share. It need not exist. Absolute.
func (r *Repo) HooksDir(ctx context.Context) (string, error) {
	// Not by r.Git.Command, which sets core.hooksPath. A relative path begins
	// where git runs hooks (git-config(1)).
	cmd := exec.CommandContext(ctx, r.Git.Path, "rev-parse", "--git-path", "hooks")
	cmd.Dir, cmd.Env = cmp.Or(r.worktree, r.dir), append(r.Env.with(quiet...), "GIT_DIR="+r.dir)
	if r.worktree != "" {
		cmd.Env = append(cmd.Env, "GIT_WORK_TREE="+r.worktree)
	}
	out, err := RunCommand(ctx, cmd, "rev-parse", nil)
	return plainfile.AbsoluteFrom(cmd.Dir, strings.TrimSuffix(string(out), "\n")), err
}

// HookError says that a hook of the user's has refused a commit.
type HookError struct {
	Hook string // "pre-commit"
	Said string // what it wrote, without the last line end
}

func (e *HookError) Error() string { return "the hook " + e.Hook + " refused" }

// RunHook runs a hook as git does, with the user's environment and without an
// editor. One that is not installed has nothing to say.
func (r *Repo) RunHook(ctx context.Context, index, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, r.Git.Path, append([]string{"hook", "run", "--ignore-missing", name, "--"}, args...)...)
	cmd.Dir = cmp.Or(r.worktree, r.dir)
	cmd.Env = r.Env.with("GIT_INDEX_FILE="+index, "GIT_EDITOR=:")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := commandError(ctx, "hook run", "", runApart(ctx, cmd))
	if odb.IsError[*Error](err) {
		return &HookError{Hook: name, Said: strings.TrimRight(said.String(), "\n")}
	}
	return err
}
