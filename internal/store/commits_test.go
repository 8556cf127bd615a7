package store

import (
	"context"
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
	repo.Recent(context.Background(), []string{main}, []string{remote}, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), func(c CommitInfo, known bool) bool {
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
}

// TestChanges compares with git diff-tree, commit by commit.
// TestFetch deepens a shallow clone and moves no reference.
// TestWalkDays lists days of a history of branches with and without records.
// TestHooksDir compares with what git says.
