package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// BenchmarkAppend compares one appended record with "git add" and "git commit"
// of the same file, in repositories of several sizes, in turns in the same run.
// Both are measured as whole processes: ours is this test binary, which is larger
// than a program needs to be. The metric "of-git" is our time divided by git's;
// "of-synced-git" is against git with core.fsync=all, which promises the same.
func BenchmarkAppend(b *testing.B) {
	for _, files := range []int{100, 90_000} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			r := newRepo(b)
			r.populate(files)
			var ours, gits, synced time.Duration
			n := 0
			for b.Loop() {
				n++
				start := time.Now()
				if out, err := r.writer(fmt.Sprintf("o%07d", n)).CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				ours += time.Since(start)
				gits += r.addAndCommit(fmt.Sprintf("g%07d", n))
				synced += r.addAndCommit(fmt.Sprintf("s%07d", n), "-c", "core.fsync=all")
			}
			b.ReportMetric(float64(ours.Microseconds())/float64(n), "ours-µs/op")
			b.ReportMetric(float64(gits.Microseconds())/float64(n), "git-µs/op")
			b.ReportMetric(float64(ours)/float64(gits), "of-git")
			b.ReportMetric(float64(ours)/float64(synced), "of-synced-git")
		})
	}
}

// addAndCommit commits a record with git and returns how long git took.
func (r *testRepo) addAndCommit(name string, options ...string) time.Duration {
	r.t.Helper()
	path := recordPath(name)
	r.write(path, string(change(name).Files[0].Data))
	start := time.Now()
	r.git(append(options, "add", path)...)
	r.git(append(options, "commit", "-qm", "handoff: ana → ben")...)
	return time.Since(start)
}

// populate commits that many small files in packed history.
func (r *testRepo) populate(files int) {
	r.t.Helper()
	for i := range files {
		r.write(fmt.Sprintf("src/%03d/%d.txt", i/300, i), fmt.Sprintln(i))
	}
	r.git("add", ".")
	r.git("-c", "gc.auto=0", "commit", "-qm", "many")
	r.git("-c", "gc.auto=0", "repack", "-adq")
}

// BenchmarkRefs lists 50,000 packed references.
func BenchmarkRefs(b *testing.B) {
	refsInFiles(b)
	r := seeded(b)
	r.packRefs(50_000)
	repo := r.open()
	for b.Loop() {
		if _, err := repo.Refs(context.Background(), Scope{}); err != nil {
			b.Fatal(err)
		}
	}
}

// packRefs makes that many packed branches, each at a commit of its own name
// that does not exist.
func (r *testRepo) packRefs(count int) {
	r.t.Helper()
	file, err := os.OpenFile(r.path(".git/packed-refs"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		r.t.Fatal(err)
	}
	defer file.Close()
	fmt.Fprintln(file, "# pack-refs with: peeled fully-peeled sorted ")
	for i := range count {
		fmt.Fprintf(file, "%040x refs/heads/b%06d\n", i+1, i)
	}
}

// BenchmarkGitVersion is what starting any git command costs here.
func BenchmarkGitVersion(b *testing.B) {
	for b.Loop() {
		if err := exec.Command("git", "version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}
