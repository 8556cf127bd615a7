package git

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestOpenFindsWhatGitFinds(t *testing.T) {
	r := gittest.Seeded(t)
	linked := filepath.Join(t.TempDir(), "linked")
	r.Git("worktree", "add", "-q", "-b", "side", linked)
	linked, _ = filepath.EvalSymlinks(linked)
	bare := gittest.New(t, "--bare")
	other := gittest.New(t)
	for _, test := range []struct {
		name string
		dir  string
		env  []string
		want layout
	}{
		{"top", r.Dir, nil, layout{dir: r.Path(".git"), common: r.Path(".git"), worktree: r.Dir}},
		{"below", r.Path("src"), nil, layout{dir: r.Path(".git"), common: r.Path(".git"), worktree: r.Dir}},
		{"linked", linked, nil, layout{dir: r.Path(".git/worktrees/linked"), common: r.Path(".git"), worktree: linked}},
		{"bare", bare.Dir, nil, layout{dir: bare.Dir, common: bare.Dir, Bare: true}},
		{"GIT_DIR", r.Path("src"), []string{"GIT_DIR=" + other.Path(".git")}, layout{dir: other.Path(".git"), common: other.Path(".git"), worktree: r.Path("src")}},
		{"GIT_WORK_TREE", r.Path("src"), []string{"GIT_DIR=../.git", "GIT_WORK_TREE=" + r.Dir}, layout{dir: r.Path(".git"), common: r.Path(".git"), worktree: r.Dir}},
	} {
		t.Run(test.name, func(t *testing.T) {
			here := &gittest.Repo{T: t, Dir: test.dir, Env: append(slices.Clone(r.Env), test.env...)}
			if got := mustOpen(here).layout; got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
