package store

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"testing"
)

// killedAfter runs the protocol up to the step called last and then stops
// without giving anything up, as a process that is killed does. What a dead
// process cannot keep is closed.
func (r *testRepo) killedAfter(last string) Commit {
	r.t.Helper()
	ctx := context.Background()
	a := &appending{Repo: r.open(), change: change("k3f9q2m7")}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"begin", a.openMarker}, {"lock", a.lockIndex}, {"lock branch", a.lockBranch}, {"check", a.checkPaths}, {"index", a.startIndex},
		{"objects", a.writeObjects}, {"read back", a.readBack}, {"index done", a.finishIndex}, {"marker", a.fillMarker}, {"fill", a.fillLocks},
		{"stage", a.stageFiles}, {"sync", a.syncAll}, {"place", a.placeFiles}, {"branch", a.moveBranch},
		{"index moved", func(context.Context) error { return a.index.commit() }},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			r.t.Fatalf("%s: %v", step.name, err)
		}
		if step.name == last {
			break
		}
	}
	if a.edit != nil {
		a.edit.finish() // a killed process leaves git running, to its end
	}
	a.marker.close()
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
			r := seeded(t)
			r.git("update-index", "--index-version", version)
			r.write("src/a.txt", "staged\n")
			r.git("add", "src/a.txt")
			before := r.userWork()
			commit := r.killedAfter(last)
			if err := r.open().Recover(context.Background()); err != nil {
				t.Fatal(err)
			}
			if r.git("rev-parse", "main") != commit.Hash || r.git("status", "--porcelain", "--", ".handoffs") != "" {
				t.Errorf("main %s, status %s", r.git("rev-parse", "main"), r.git("status", "--porcelain"))
			}
			if r.userWork() != before {
				t.Error("the user's work changed")
			}
			r.mustBeSound()
			r.append(change("m7k3f9q2"))
		})
	}
}

func TestRecoverTakesBackAnAppendThatDoesNotStand(t *testing.T) {
	steps := []string{"begin", "lock", "lock branch", "check", "index", "objects", "read back", "index done", "marker", "fill", "stage", "sync", "place"}
	for last, version := range eachIndex(steps...) {
		t.Run(last+" index "+version, func(t *testing.T) {
			r := seeded(t)
			r.git("update-index", "--index-version", version)
			before, head := r.userWork(), r.git("rev-parse", "HEAD")
			r.killedAfter(last)
			if err := r.open().Recover(context.Background()); err != nil {
				t.Fatal(err)
			}
			if r.git("rev-parse", "HEAD") != head || r.userWork() != before || r.exists(recordPath("k3f9q2m7")) {
				t.Errorf("not as before: %s", r.git("status", "--porcelain"))
			}
			r.mustBeSound()
			r.append(change("m7k3f9q2"))
		})
	}
}

func TestRecoverAfterTheUserRemovedTheLock(t *testing.T) {
	r := seeded(t)
	r.killedAfter("branch")
	os.Remove(r.path(".git/index.lock"))
	r.write("src/b.txt", "staged\n")
	r.git("add", "src/b.txt")
	if err := r.open().Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, want := r.git("status", "--porcelain"), "M  src/b.txt"; got != want {
		t.Errorf("status %q, want %q", got, want)
	}
	r.mustBeSound()
}

func TestRecoverLeavesForeignLocksAndLivingWritersAlone(t *testing.T) {
	r := seeded(t)
	r.killedAfter("place")
	r.write(".git/index.lock", "somebody else's")
	if err := r.open().Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r.read(".git/index.lock") != "somebody else's" {
		t.Error("a foreign lock was touched")
	}

	r = seeded(t)
	r.killedAfter("place")
	writer, err := os.OpenFile(r.path(".git/handoff/append"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if ok, err := tryLock(writer); !ok || err != nil {
		t.Fatalf("lock of the marker: %v, %v", ok, err)
	}
	if err := r.open().Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !r.exists(".git/index.lock") {
		t.Error("the lock of a living writer was removed")
	}
}

func TestAppendRecoversFirst(t *testing.T) {
	r := seeded(t)
	r.killedAfter("branch")
	r.append(change("m7k3f9q2"))
	if status := r.git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	if _, err := r.tryGit("cat-file", "-e", "main:"+recordPath("k3f9q2m7")); err != nil {
		t.Error("the first record is not on main")
	}
	r.mustBeSound()
}

func TestUnfinishedAppendIsReportedWithItsCommit(t *testing.T) {
	refsInFiles(t)
	r := seeded(t)
	os.RemoveAll(r.path(".git/logs"))
	r.write(".git/logs", "in the way of the reflogs\n")
	commit, err := r.open().Append(context.Background(), change("k3f9q2m7"))
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || commit.Hash != r.git("rev-parse", "main") {
		t.Errorf("commit %+v, error %v", commit, err)
	}
	os.Remove(r.path(".git/logs"))
	if status := r.git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	r.mustBeSound()
}

func TestIndexesWithoutAHashAreToldApart(t *testing.T) {
	dir := t.TempDir()
	var sums []string
	for _, content := range []string{"DIRC\x00\x00\x00\x02\x00\x00\x00\x01", "DIRC\x00\x00\x00\x02\x00\x00\x00\x02"} {
		path := filepath.Join(dir, "index")
		if err := os.WriteFile(path, append([]byte(content), make([]byte, indexChecksumSize)...), 0o666); err != nil {
			t.Fatal(err)
		}
		sum, err := indexChecksum(path)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] == sums[1] {
		t.Errorf("both %s", sums[0])
	}
}
