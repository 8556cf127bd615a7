package git

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestReadCommit(t *testing.T) {
	r := gittest.New(t)
	first := r.CommitAt(1, "subject\n\nbody\n")
	c, err := mustOpen(r).ReadCommit(first)
	if err != nil {
		t.Fatal(err)
	}
	if c.Author.Email != "ana@example.com" || c.Author.When.Format(time.RFC3339) != "2026-11-20T10:01:00+01:00" ||
		c.Message != "subject\n\nbody\n" || len(c.Parents) != 0 {
		t.Errorf("%+v", c)
	}
	if _, err := mustOpen(r).ReadCommit(strings.Repeat("1", 40)); err == nil {
		t.Error("a commit that is not there")
	}
	if mustOpen(r).HasCommit(strings.Repeat("1", 40)) || !mustOpen(r).HasCommit(first) {
		t.Error("HasCommit")
	}
}

// TestRecent compares the walk with git: order, and what is known.
func TestRecent(t *testing.T) {
	r := gittest.New(t)
	r.CommitAt(1, "a")
	r.Git("branch", "remote")
	r.CommitAt(2, "b")
	r.Git("checkout", "-q", "-b", "side", "remote")
	r.CommitAt(3, "c")
	r.Git("checkout", "-q", "remote")
	r.CommitAt(4, "d")
	r.Git("checkout", "-q", "main")
	r.Git("-c", "user.name=m", "merge", "-q", "--no-ff", "-m", "merge", "side")
	repo := mustOpen(r)
	main, remote := r.Git("rev-parse", "main"), r.Git("rev-parse", "remote")

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
	if got, want := sorted(all), sorted(strings.Fields(r.Git("rev-list", "main", "remote"))); !slices.Equal(got, want) {
		t.Errorf("visited %v, want %v", got, want)
	}
	if want := strings.Fields(r.Git("rev-list", "--date-order", "main", "^remote")); !slices.Equal(fresh, want) {
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
	if want := strings.Fields(r.Git("rev-list", "--date-order", "main", "^remote")); !slices.Equal(fresh, want) || len(all) != len(want)+1 {
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
	r := gittest.New(t)
	fork := r.CommitAt(1, "fork")
	r.Git("checkout", "-q", "-b", "feature")
	var want []string
	for i := range 3 {
		want = append(want, r.CommitAt(2+i, "work"))
	}
	r.Git("checkout", "-q", "main")
	main := r.CommitAt(6, "main goes on")
	r.Git("checkout", "-q", "--orphan", "other")
	other := r.CommitAt(7, "unrelated")
	repo, ctx := mustOpen(r), context.Background()

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
