package store

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// hook installs a hook.
func hook(r *gittest.Repo, name, script string) {
	r.T.Helper()
	r.Write(".git/hooks/"+name, "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(r.Path(".git/hooks/"+name), 0o777); err != nil {
		r.T.Fatal(err)
	}
}

func TestRunHooks(t *testing.T) {
	ctx := context.Background()
	r := gittest.Seeded(t)
	r.Write("src/a.txt", "staged\n")
	r.Git("add", "src/a.txt")
	before := r.UserWork()
	c := change("one")

	if message, err := mustOpen(r).RunHooks(ctx, c); err != nil || message != c.Message {
		t.Errorf("without hooks: %q, %v", message, err)
	}
	hook(r, "pre-commit", "git diff --cached --name-status HEAD >.git/seen")
	hook(r, "commit-msg", `sed -i '1s/^/records: /' "$1"`)
	if message, err := mustOpen(r).RunHooks(ctx, c); err != nil || message != "records: "+c.Message {
		t.Errorf("message %q, %v", message, err)
	}
	if got, want := r.Read(".git/seen"), "A\t"+recordPath("one")+"\n"; got != want {
		t.Errorf("the hook saw %q, want %q", got, want)
	}
	for _, name := range []string{"commit-msg", "pre-commit"} {
		hook(r, name, "echo no records today; exit 1")
		_, err := mustOpen(r).RunHooks(ctx, c)
		if refused := (*git.HookError)(nil); !errors.As(err, &refused) || refused.Hook != name || refused.Said != "no records today" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := r.UserWork(); got != before {
		t.Errorf("the user's work is\n%s\nwant\n%s", got, before)
	}
	mustBeSound(r)
}

func TestHooksDir(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("worktree", "add", "-q", "-b", "linked", r.Dir+"-linked")
	t.Cleanup(func() { r.Git("worktree", "remove", "--force", r.Dir+"-linked") })
	r.Write("sub/x", "")
	bare := gittest.New(t, "--bare")
	for _, set := range []string{"", "hooks-of-ours", ".husky/_", "/etc/githooks", "~/hooks", "~root/hooks", "../up"} {
		for _, in := range []*gittest.Repo{r, r.In(r.Dir + "/sub"), r.In(r.Dir + "-linked"), bare} {
			in.TryGit("config", "--unset", "core.hooksPath")
			if set != "" {
				in.Git("config", "core.hooksPath", set)
			}
			// Git answers relative to where it was asked; hooks run at the top.
			top := in.Dir
			if worktree, err := in.TryGit("rev-parse", "--show-toplevel"); err == nil {
				top = worktree
			}
			want := plainfile.AbsoluteFrom(top, in.In(top).Git("rev-parse", "--git-path", "hooks"))
			if got, err := mustOpen(in).HooksDir(context.Background()); err != nil || got != want {
				t.Errorf("core.hooksPath=%q in %s: %s, want %s (%v)", set, in.Dir, got, want, err)
			}
		}
	}
}
