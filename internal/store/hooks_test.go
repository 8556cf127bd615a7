package store

import (
	"context"
	"errors"
	"os"
	"testing"
)

// hook installs a hook.
func (r *testRepo) hook(name, script string) {
	r.t.Helper()
	r.write(".git/hooks/"+name, "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(r.path(".git/hooks/"+name), 0o777); err != nil {
		r.t.Fatal(err)
	}
}

func TestRunHooks(t *testing.T) {
	ctx := context.Background()
	r := seeded(t)
	r.write("src/a.txt", "staged\n")
	r.git("add", "src/a.txt")
	before := r.userWork()
	c := change("one")

	if message, err := r.open().RunHooks(ctx, c); err != nil || message != c.Message {
		t.Errorf("without hooks: %q, %v", message, err)
	}
	r.hook("pre-commit", "git diff --cached --name-status HEAD >.git/seen")
	r.hook("commit-msg", `sed -i '1s/^/records: /' "$1"`)
	if message, err := r.open().RunHooks(ctx, c); err != nil || message != "records: "+c.Message {
		t.Errorf("message %q, %v", message, err)
	}
	if got, want := r.read(".git/seen"), "A\t"+recordPath("one")+"\n"; got != want {
		t.Errorf("the hook saw %q, want %q", got, want)
	}
	for _, name := range []string{"commit-msg", "pre-commit"} {
		r.hook(name, "echo no records today; exit 1")
		_, err := r.open().RunHooks(ctx, c)
		if refused := (*HookError)(nil); !errors.As(err, &refused) || refused.Hook != name || refused.Said != "no records today" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := r.userWork(); got != before {
		t.Errorf("the user's work is\n%s\nwant\n%s", got, before)
	}
	r.mustBeSound()
}

func TestHooksDir(t *testing.T) {
	r := seeded(t)
	r.git("worktree", "add", "-q", "-b", "linked", r.dir+"-linked")
	t.Cleanup(func() { r.git("worktree", "remove", "--force", r.dir+"-linked") })
	r.write("sub/x", "")
	bare := newRepo(t, "--bare")
	for _, set := range []string{"", "hooks-of-ours", ".husky/_", "/etc/githooks", "~/hooks", "~root/hooks", "../up"} {
		for _, in := range []*testRepo{r, r.in(r.dir + "/sub"), r.in(r.dir + "-linked"), bare} {
			in.tryGit("config", "--unset", "core.hooksPath")
			if set != "" {
				in.git("config", "core.hooksPath", set)
			}
			// Git answers relative to where it was asked; hooks run at the top.
			top := in.dir
			if worktree, err := in.tryGit("rev-parse", "--show-toplevel"); err == nil {
				top = worktree
			}
			want := absoluteFrom(top, in.in(top).git("rev-parse", "--git-path", "hooks"))
			if got, err := in.open().HooksDir(context.Background()); err != nil || got != want {
				t.Errorf("core.hooksPath=%q in %s: %s, want %s (%v)", set, in.dir, got, want, err)
			}
		}
	}
}
