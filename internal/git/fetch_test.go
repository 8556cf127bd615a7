package git

import (
	"context"
	"slices"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestFetch(t *testing.T) {
	origin := gittest.New(t)
	first := origin.CommitAt(1, "first")
	for i := range 5 {
		origin.CommitAt(2+i, "more")
	}
	origin.Git("checkout", "-q", "-b", "side", first)
	side := origin.CommitAt(9, "side")
	origin.Git("checkout", "-q", "main")

	dir := t.TempDir()
	origin.Git("clone", "-q", "--depth=1", "--single-branch", "--no-tags", "file://"+origin.Dir, dir+"/clone")
	clone := origin.In(dir + "/clone")
	repo, ctx := mustOpen(clone), context.Background()
	refs := clone.Git("for-each-ref")
	if !repo.Shallow() || repo.HasCommit(first) || repo.HasCommit(side) {
		t.Fatal("the clone is not shallow")
	}
	if remotes, err := repo.Remotes(); err != nil || !slices.Equal(remotes, []string{"origin"}) {
		t.Fatalf("%v, %v", remotes, err)
	}
	for branch, want := range map[string]string{"side": side, "nothing": "", "ide": ""} {
		if got, err := repo.RemoteBranch(ctx, "origin", branch); err != nil || got != want {
			t.Errorf("%s: %s, want %s (%v)", branch, got, want, err)
		}
	}
	if err := repo.Fetch(ctx, "origin", 1, side); err != nil {
		t.Fatal(err)
	}
	if !repo.HasCommit(side) || repo.HasCommit(first) {
		t.Error("depth 1 of side was asked for")
	}
	if err := repo.Fetch(ctx, "origin", 0, "refs/heads/main", side); err != nil {
		t.Fatal(err)
	}
	if !repo.HasCommit(first) || repo.Shallow() {
		t.Error("all history was asked for")
	}
	for _, depth := range []int{0, 1} {
		if err := repo.Fetch(ctx, "origin", depth, "refs/heads/main"); err != nil || repo.Shallow() {
			t.Errorf("once more, depth %d, with nothing to fetch: %v", depth, err)
		}
	}
	if got := clone.Git("for-each-ref"); got != refs || clone.Exists(".git/FETCH_HEAD") {
		t.Errorf("references moved:\n%s", got)
	}
	for _, name := range []string{"refs/heads/nothing", "refs/heads/side:refs/heads/side", "refs/heads/*"} {
		if err := repo.Fetch(ctx, "origin", 0, name); err == nil {
			t.Errorf("%s was fetched", name)
		}
	}
	if clone.Git("for-each-ref") != refs {
		t.Error("references moved")
	}
}
