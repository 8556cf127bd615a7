package store

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// killedAfter runs the protocol up to the step called last and then stops
// without giving anything up, as a process that is killed does. What a dead
// process cannot keep is closed.
func killedAfter(r *gittest.Repo, last string) git.Commit {
	r.T.Helper()
	ctx := context.Background()
	a := &appending{Repo: mustOpen(r), change: change("k3f9q2m7")}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"begin", a.openMarker}, {"lock", a.lockIndex}, {"lock branch", a.lockBranch}, {"check", a.checkPaths}, {"index", a.startIndex},
		{"objects", a.writeObjects}, {"read back", a.readBack}, {"index done", a.finishIndex}, {"marker", a.fillMarker}, {"fill", a.fillLocks},
		{"stage", a.stageFiles}, {"sync", a.syncAll}, {"place", a.placeFiles}, {"branch", a.moveBranch},
		{"index moved", func(context.Context) error { return a.index.Commit() }},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			r.T.Fatalf("%s: %v", step.name, err)
		}
		if step.name == last {
			break
		}
	}
	if a.edit != nil {
		a.edit.Finish() // a killed process leaves git running, to its end
	}
	a.marker.Close()
	return a.commit
}

// eachIndex yields every step with the version of an index that we write, and of
// one that git writes for us.
func eachIndex(steps ...string) iter.Seq2[string, string] {
	return func(yield func(step, version string) bool) {
		for _, step := range steps {
			if !yield(step, "2") || !yield(step, "4") {
				return
			}
		}
	}
}

func TestRecoverCompletesAnAppendThatStands(t *testing.T) {
	for last, version := range eachIndex("branch", "index moved") {
		t.Run(last+" index "+version, func(t *testing.T) {
			r := gittest.Seeded(t)
			r.Git("update-index", "--index-version", version)
			r.Write("src/a.txt", "staged\n")
			r.Git("add", "src/a.txt")
			before := r.UserWork()
			commit := killedAfter(r, last)
			if err := mustOpen(r).Recover(context.Background()); err != nil {
				t.Fatal(err)
			}
			if r.Git("rev-parse", "main") != commit.Hash || r.Git("status", "--porcelain", "--", ".handoffs") != "" {
				t.Errorf("main %s, status %s", r.Git("rev-parse", "main"), r.Git("status", "--porcelain"))
			}
			if r.UserWork() != before {
				t.Error("the user's work changed")
			}
			mustBeSound(r)
			mustAppend(r, change("m7k3f9q2"))
		})
	}
}

func TestRecoverTakesBackAnAppendThatDoesNotStand(t *testing.T) {
	steps := []string{"begin", "lock", "lock branch", "check", "index", "objects", "read back", "index done", "marker", "fill", "stage", "sync", "place"}
	for last, version := range eachIndex(steps...) {
		t.Run(last+" index "+version, func(t *testing.T) {
			r := gittest.Seeded(t)
			r.Git("update-index", "--index-version", version)
			before, head := r.UserWork(), r.Git("rev-parse", "HEAD")
			killedAfter(r, last)
			if err := mustOpen(r).Recover(context.Background()); err != nil {
				t.Fatal(err)
			}
			if r.Git("rev-parse", "HEAD") != head || r.UserWork() != before || r.Exists(recordPath("k3f9q2m7")) {
				t.Errorf("not as before: %s", r.Git("status", "--porcelain"))
			}
			mustBeSound(r)
			mustAppend(r, change("m7k3f9q2"))
		})
	}
}

func TestRecoverAfterTheUserRemovedTheLock(t *testing.T) {
	r := gittest.Seeded(t)
	killedAfter(r, "branch")
	os.Remove(r.Path(".git/index.lock"))
	r.Write("src/b.txt", "staged\n")
	r.Git("add", "src/b.txt")
	if err := mustOpen(r).Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, want := r.Git("status", "--porcelain"), "M  src/b.txt"; got != want {
		t.Errorf("status %q, want %q", got, want)
	}
	mustBeSound(r)
}

func TestRecoverLeavesForeignLocksAndLivingWritersAlone(t *testing.T) {
	r := gittest.Seeded(t)
	killedAfter(r, "place")
	r.Write(".git/index.lock", "somebody else's")
	if err := mustOpen(r).Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r.Read(".git/index.lock") != "somebody else's" {
		t.Error("a foreign lock was touched")
	}

	r = gittest.Seeded(t)
	killedAfter(r, "place")
	writer, err := os.OpenFile(r.Path(".git/handoff/append"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if ok, err := git.TryLock(writer); !ok || err != nil {
		t.Fatalf("lock of the marker: %v, %v", ok, err)
	}
	if err := mustOpen(r).Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !r.Exists(".git/index.lock") {
		t.Error("the lock of a living writer was removed")
	}
}

func TestAppendRecoversFirst(t *testing.T) {
	r := gittest.Seeded(t)
	killedAfter(r, "branch")
	mustAppend(r, change("m7k3f9q2"))
	if status := r.Git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	if _, err := r.TryGit("cat-file", "-e", "main:"+recordPath("k3f9q2m7")); err != nil {
		t.Error("the first record is not on main")
	}
	mustBeSound(r)
}

func TestUnfinishedAppendIsReportedWithItsCommit(t *testing.T) {
	gittest.RefsInFiles(t)
	r := gittest.Seeded(t)
	os.RemoveAll(r.Path(".git/logs"))
	r.Write(".git/logs", "in the way of the reflogs\n")
	commit, err := mustOpen(r).Append(context.Background(), change("k3f9q2m7"))
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || commit.Hash != r.Git("rev-parse", "main") {
		t.Errorf("commit %+v, error %v", commit, err)
	}
	os.Remove(r.Path(".git/logs"))
	if status := r.Git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	mustBeSound(r)
}

func TestIndexesWithoutAHashAreToldApart(t *testing.T) {
	dir := t.TempDir()
	var sums []string
	for _, content := range []string{"DIRC\x00\x00\x00\x02\x00\x00\x00\x01", "DIRC\x00\x00\x00\x02\x00\x00\x00\x02"} {
		path := filepath.Join(dir, "index")
		if err := os.WriteFile(path, append([]byte(content), make([]byte, git.IndexChecksumSize)...), 0o666); err != nil {
			t.Fatal(err)
		}
		sum, err := git.IndexChecksum(path)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] == sums[1] {
		t.Errorf("both %s", sums[0])
	}
}
