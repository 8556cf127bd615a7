package workspace

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// longAgo is before everything in a repository of a test.
var longAgo = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// TestFacts looks at a day's work: two branches, one of them pushed, a change
// in the index, one in the work tree, one in the stash, and somebody else's
// commit.
func TestFacts(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("update-ref", "refs/remotes/origin/main", "HEAD")
	r.Git("switch", "-q", "-c", "feature/PAY-311-refunds")
	r.Write("src/a.txt", "four\n")
	r.Git("commit", "-qam", "Add the idempotency key")
	r.Write("src/a.txt", "five\n")
	r.Git("commit", "-qam", "Not mine", "--author", "Ben <ben@example.com>")
	r.Write("src/b.txt", "stashed\n")
	r.Git("stash", "-q")
	r.Write("src/b.txt", "staged\n")
	r.Git("add", "src/b.txt")
	r.Write("src/a.txt", "dirty\n")
	r.Write("untracked", "is not looked for")

	f := GatherFacts(context.Background(), mustOpen(r), longAgo, []string{"ana@example.com"}, []string{"main"})

	if len(f.Missing) > 0 {
		t.Fatalf("missing without a deadline: %q", f.Missing)
	}
	var subjects []string
	for _, c := range f.Commits {
		subjects = append(subjects, c.Branch+": "+c.Subject)
	}
	slices.Sort(subjects) // both are of the same second
	want := []string{"feature/PAY-311-refunds: Add the idempotency key", "main: seed"}
	if !slices.Equal(subjects, want) {
		t.Errorf("commits %q, want %q", subjects, want)
	}
	if f.Unpushed != 2 || !f.Remote {
		t.Errorf("unpushed %d (remote %t), want 2 on a repository with a remote", f.Unpushed, f.Remote)
	}
	if f.Staged != 1 || f.Dirty != 1 || f.Stashes != 1 {
		t.Errorf("staged %d, dirty %d, stashes %d, want 1 each", f.Staged, f.Dirty, f.Stashes)
	}
	byName := make(map[string]Branch)
	for _, b := range f.Branches {
		byName[b.Name] = b
	}
	if len(byName) != 2 || byName["feature/PAY-311-refunds"].Unpushed != 2 || byName["main"].Unpushed != 0 {
		t.Errorf("branches %+v", f.Branches)
	}
}

func TestFactsBeforeTheFirstCommit(t *testing.T) {
	f := GatherFacts(context.Background(), mustOpen(gittest.New(t)), longAgo, []string{"ana@example.com"}, []string{"main"})
	if len(f.Commits)+len(f.Branches)+len(f.Missing) != 0 {
		t.Errorf("an unborn branch has facts: %+v", f)
	}
}

func TestFactsAfterTheDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	repo := mustOpen(gittest.Seeded(t))
	cancel()
	f := GatherFacts(ctx, repo, longAgo, []string{"ana@example.com"}, []string{"main"})
	if want := []string{"branches", "commits", "status", "unpushed"}; !slices.Equal(f.Missing, want) {
		t.Errorf("missing %q, want %q", f.Missing, want)
	}
}

// BenchmarkFacts gathers the facts of a repository of 90,000 files with 60
// branches. The ratio is to git status alone, which nothing can beat.
func BenchmarkFacts(b *testing.B) {
	r := gittest.New(b)
	r.Populate(90_000)
	for i := range 60 {
		r.Git("branch", fmt.Sprintf("feature/PAY-%d", i))
	}
	repo, since := mustOpen(r), longAgo
	start := time.Now()
	r.Git("status", "--porcelain", "--untracked-files=no")
	status := time.Since(start)
	for b.Loop() {
		if f := GatherFacts(context.Background(), repo, since, []string{"ana@example.com"}, []string{"main"}); len(f.Missing) > 0 {
			b.Fatal(f.Missing)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(status), "x-status")
}
