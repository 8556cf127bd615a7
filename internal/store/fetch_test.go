package store

import (
	"context"
	"slices"
	"testing"
)

func TestFetch(t *testing.T) {
	origin := newRepo(t)
	first := origin.commitAt(1, "first")
	for i := range 5 {
		origin.commitAt(2+i, "more")
	}
	origin.git("checkout", "-q", "-b", "side", first)
	side := origin.commitAt(9, "side")
	origin.git("checkout", "-q", "main")

	dir := t.TempDir()
	origin.git("clone", "-q", "--depth=1", "--single-branch", "--no-tags", "file://"+origin.dir, dir+"/clone")
	clone := origin.in(dir + "/clone")
	repo, ctx := clone.open(), context.Background()
	refs := clone.git("for-each-ref")
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
	if got := clone.git("for-each-ref"); got != refs || clone.exists(".git/FETCH_HEAD") {
		t.Errorf("references moved:\n%s", got)
	}
	for _, name := range []string{"refs/heads/nothing", "refs/heads/side:refs/heads/side", "refs/heads/*"} {
		if err := repo.Fetch(ctx, "origin", 0, name); err == nil {
			t.Errorf("%s was fetched", name)
		}
	}
	if clone.git("for-each-ref") != refs {
		t.Error("references moved")
	}
}
