package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// commitAt commits everything in the work tree at a minute of the day.
func (r *testRepo) commitAt(minute int, message string) string {
	r.t.Helper()
	date := fmt.Sprintf("2026-11-20T10:%02d:00+01:00", minute)
	dated := &testRepo{t: r.t, dir: r.dir, env: append(r.env[:len(r.env):len(r.env)], "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)}
	dated.git("add", "-A")
	dated.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

func TestReadCommit(t *testing.T) {
	r := newRepo(t)
	first := r.commitAt(1, "subject\n\nbody\n")
	c, err := r.open().ReadCommit(first)
	if err != nil {
		t.Fatal(err)
	}
	if c.Author.Email != "ana@example.com" || c.Author.When.Format(time.RFC3339) != "2026-11-20T10:01:00+01:00" ||
		c.Message != "subject\n\nbody\n" || len(c.Parents) != 0 {
		t.Errorf("%+v", c)
	}
	if _, err := r.open().ReadCommit(strings.Repeat("1", 40)); err == nil {
		t.Error("a commit that is not there")
	}
	if r.open().HasCommit(strings.Repeat("1", 40)) || !r.open().HasCommit(first) {
		t.Error("HasCommit")
	}
}

// TestRecent compares the walk with git: order, and what is known.
func TestRecent(t *testing.T) {
	r := newRepo(t)
	r.commitAt(1, "a")
	r.git("branch", "remote")
	r.commitAt(2, "b")
	r.git("checkout", "-q", "-b", "side", "remote")
	r.commitAt(3, "c")
	r.git("checkout", "-q", "remote")
	r.commitAt(4, "d")
	r.git("checkout", "-q", "main")
	r.git("-c", "user.name=m", "merge", "-q", "--no-ff", "-m", "merge", "side")
	repo := r.open()
	main, remote := r.git("rev-parse", "main"), r.git("rev-parse", "remote")

	var all, fresh []string
	missing := strings.Repeat("1", 40)
	err := repo.Recent(context.Background(), []string{main, missing, main}, []string{remote, missing}, time.Time{}, func(c CommitInfo, known bool) bool {
		all = append(all, c.Hash)
		if !known {
			fresh = append(fresh, c.Hash)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sorted(all), sorted(strings.Fields(r.git("rev-list", "main", "remote"))); !slices.Equal(got, want) {
		t.Errorf("visited %v, want %v", got, want)
	}
	if want := strings.Fields(r.git("rev-list", "--date-order", "main", "^remote")); !slices.Equal(fresh, want) {
		t.Errorf("fresh %v, want %v", fresh, want)
	}

	// Known commits are followed back to a time only.
	fresh = nil
	all = nil
	repo.Recent(context.Background(), []string{main}, []string{remote}, time.Now(), func(c CommitInfo, known bool) bool {
		all = append(all, c.Hash)
		if !known {
			fresh = append(fresh, c.Hash)
		}
		return true
	})
	if want := strings.Fields(r.git("rev-list", "--date-order", "main", "^remote")); !slices.Equal(fresh, want) || len(all) != len(want)+1 {
		t.Errorf("fresh %v of %v, want %v", fresh, all, want)
	}

	visits := 0
	repo.Recent(context.Background(), []string{main}, nil, time.Time{}, func(CommitInfo, bool) bool { visits++; return visits < 2 })
	if visits != 2 {
		t.Errorf("%d visits, want 2", visits)
	}
}

func sorted(list []string) []string { slices.Sort(list); return list }

func TestMergeBaseAndRange(t *testing.T) {
	r := newRepo(t)
	fork := r.commitAt(1, "fork")
	r.git("checkout", "-q", "-b", "feature")
	var want []string
	for i := range 3 {
		want = append(want, r.commitAt(2+i, "work"))
	}
	r.git("checkout", "-q", "main")
	main := r.commitAt(6, "main goes on")
	r.git("checkout", "-q", "--orphan", "other")
	other := r.commitAt(7, "unrelated")
	repo, ctx := r.open(), context.Background()

	if got, err := repo.MergeBase(ctx, main, want[2]); err != nil || got != fork {
		t.Errorf("merge base %s, %v", got, err)
	}
	if got, err := repo.MergeBase(ctx, main, other); err != nil || got != "" {
		t.Errorf("merge base of unrelated histories: %q, %v", got, err)
	}
	if _, err := repo.MergeBase(ctx, main, "--all"); err == nil {
		t.Error("an option was taken for one")
	}
	commits, err := repo.Range(ctx, want[2], main)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range commits {
		got = append(got, c.Hash)
	}
	if !slices.Equal(got, want) {
		t.Errorf("range %v, want %v", got, want)
	}
	if _, err := repo.Range(ctx, strings.Repeat("1", 40), main); err == nil {
		t.Error("a range to a commit that is not there")
	}
	if _, err := r.withoutGit().open().MergeBase(ctx, main, other); !errors.As(err, new(*UnsupportedError)) {
		t.Errorf("without git: %v", err)
	}
}

// TestChanges compares with git diff-tree, commit by commit.
func TestChanges(t *testing.T) {
	r := newRepo(t)
	steps := []func(){
		func() { r.write("a", "1"); r.write("dir/b", "2"); r.write("dir/sub/c", "3") },
		func() { r.write("a", "changed"); r.write(".handoffs/2026/11/20/x.yaml", "x") },
		func() { r.git("rm", "-q", "dir/sub/c"); r.write("dir/sub/c/d", "now a directory") },
		func() { r.git("rm", "-rq", "dir/sub"); r.write("dir/sub", "now a file") },
		func() { r.git("mv", "a", "z") },
		func() { r.git("update-index", "--chmod=+x", "z") },
		func() { r.git("rm", "-rq", ".handoffs", "dir") },
	}
	before := ""
	for i, step := range steps {
		step()
		r.git("add", "-A", "--chmod=-x", ".")
		if i == 5 {
			r.git("update-index", "--chmod=+x", "z")
		}
		r.git("commit", "-qm", "step")
		after := r.git("rev-parse", "HEAD")
		args := []string{"diff-tree", "-r", "--no-renames", "--name-status", "--no-commit-id", "--root"}
		if before != "" {
			args = append(args, before)
		}
		want := strings.Split(r.git(append(args, after)...), "\n")
		slices.SortFunc(want, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
		changes, err := r.open().Changes(context.Background(), before, after)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range changes {
			got = append(got, string(c.Status)+"\t"+c.Path)
			if (c.Status == PathRemoved) != (c.File == File{}) {
				t.Errorf("%+v", c)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("step %d: %q, want %q", i, got, want)
		}
		before = after
	}
}

// TestFetch deepens a shallow clone and moves no reference.
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

// TestWalkDays lists days of a history of branches with and without records.
func TestWalkDays(t *testing.T) {
	r := newRepo(t)
	names := []string{
		"2025/12/31/235959Z-handoff-ana-aaaaaaa1.yaml", "2026/01/01/000000Z-ack-ben-aaaaaaa2.yaml",
		"2026/01/01/000001Z-handoff-ana-aaaaaaa3.yaml", "2026/02/28/120000Z-handoff-ana-aaaaaaa4.yaml",
		"2026/02/28/notes/deep.yaml", "2026/templates/x.yaml", "2026/1/1/x.yaml", "config.yaml", "2026/03/readme", "20260/01/01/x.yaml",
	}
	for _, name := range names {
		r.write(".handoffs/"+name, name)
	}
	commit := r.commitAt(1, "records")
	repo := r.open()
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.Add(23 * time.Hour)
	}
	list := func(w *DayWalk, since, until string) (found []string) {
		for f, err := range w.Newest(commit, day(since), day(until)) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, strings.TrimPrefix(f.Path, ".handoffs/"))
		}
		return found
	}
	tests := []struct {
		since, until string
		want         []string
	}{
		{"2020-01-01", "2030-01-01", []string{names[3], names[2], names[1], names[0]}},
		{"2026-01-01", "2026-01-01", []string{names[2], names[1]}},
		{"2025-06-01", "2026-01-31", []string{names[2], names[1], names[0]}},
		{"2026-03-01", "2026-12-31", nil},
	}
	for _, test := range tests {
		if got := list(repo.WalkDays(".handoffs"), test.since, test.until); !slices.Equal(got, test.want) {
			t.Errorf("%s to %s: %q, want %q", test.since, test.until, got, test.want)
		}
	}
	w := repo.WalkDays(".handoffs/")
	if got := list(w, "2026-01-01", "2026-01-01"); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if got := list(w, "2026-01-01", "2026-01-01"); got != nil {
		t.Errorf("a tree was walked twice: %q", got)
	}
	for dir, want := range map[string]bool{".handoffs": true, "nothing": false, ".handoffs/config.yaml": false} {
		if has, err := repo.WalkDays(dir).Has(commit); err != nil || has != want {
			t.Errorf("%s: %v, %v", dir, has, err)
		}
	}
}

// TestHooksDir compares with what git says.
func TestHooksDir(t *testing.T) {
	r := seeded(t)
	r.git("worktree", "add", "-q", "-b", "linked", r.dir+"-linked")
	t.Cleanup(func() { r.git("worktree", "remove", "--force", r.dir+"-linked") })
	r.write("sub/x", "")
	bare := newRepo(t, "--bare")
	for _, set := range []string{"", "hooks-of-ours", ".husky/_", "/etc/githooks", "~/hooks"} {
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
			if got, err := in.open().HooksDir(); err != nil || got != want {
				t.Errorf("core.hooksPath=%q in %s: %s, want %s (%v)", set, in.dir, got, want, err)
			}
		}
	}
}

func TestSetConfig(t *testing.T) {
	r := seeded(t)
	before := r.read(".git/config")
	ctx := context.Background()
	if err := r.open().SetConfig(ctx, [2]string{"hook.handoff.event", "pre-push"}, [2]string{"hook.handoff.command", "sh -c 'x \"$@\"'"}); err != nil {
		t.Fatal(err)
	}
	if got := r.git("config", "hook.handoff.command"); got != "sh -c 'x \"$@\"'" {
		t.Errorf("%q", got)
	}
	for range 2 {
		if err := r.open().RemoveConfigSection(ctx, "hook.handoff"); err != nil {
			t.Fatal(err)
		}
	}
	if after := r.read(".git/config"); after != before {
		t.Errorf("%q, want %q", after, before)
	}
	major, minor, err := r.open().GitVersion(ctx)
	if got := fmt.Sprintf("git version %d.%d", major, minor); err != nil || !strings.HasPrefix(r.git("version"), got) {
		t.Errorf("%s, %v", got, err)
	}
}

// TestStaged lists what the next commit would do below a directory.
func TestStaged(t *testing.T) {
	for _, unborn := range []bool{true, false} {
		r := newRepo(t)
		if !unborn {
			r.write(".handoffs/edited", "1")
			r.write(".handoffs/removed", "1")
			r.commitAt(1, "first")
			r.git("rm", "-q", ".handoffs/removed")
		}
		r.write(".handoffs/edited", "2")
		r.write(".handoffs/new \n\"name", "3")
		r.write("outside", "4")
		r.git("add", "-A")
		r.write(".handoffs/edited", "not staged")
		r.write("sub/x", "")
		changes, err := r.in(r.dir+"/sub").open().Staged(context.Background(), ".handoffs")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range changes {
			got = append(got, string(c.Status)+c.Path)
			if data, err := r.open().Read(c.File.Blob, 100); c.Status != PathRemoved && (err != nil || c.File.Mode != 0o100644 || len(data) != 1) {
				t.Errorf("%+v: %q, %v", c, data, err)
			}
		}
		want := []string{"M.handoffs/edited", "A.handoffs/new \n\"name", "D.handoffs/removed"}
		if unborn {
			want = []string{"A.handoffs/edited", "A.handoffs/new \n\"name"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("unborn %v: %q, want %q", unborn, got, want)
		}
	}
}
