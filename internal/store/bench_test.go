package store

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// BenchmarkAppend compares one appended record with "git add" and "git commit"
// of the same file, in repositories of several sizes, in turns in the same run.
// Both are measured as whole processes: ours is this test binary, which is larger
// than a program needs to be. The metric "of-git" is our time divided by git's;
// "of-synced-git" is against git with core.fsync=all, which promises the same.
func BenchmarkAppend(b *testing.B) {
	for _, files := range []int{100, 90_000} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			r := gittest.New(b)
			r.Populate(files)
			var ours, gits, synced time.Duration
			n := 0
			for b.Loop() {
				n++
				start := time.Now()
				if out, err := writer(r, fmt.Sprintf("o%07d", n)).CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				ours += time.Since(start)
				gits += addAndCommit(r, fmt.Sprintf("g%07d", n))
				synced += addAndCommit(r, fmt.Sprintf("s%07d", n), "-c", "core.fsync=all")
			}
			b.ReportMetric(float64(ours.Microseconds())/float64(n), "ours-µs/op")
			b.ReportMetric(float64(gits.Microseconds())/float64(n), "git-µs/op")
			b.ReportMetric(float64(ours)/float64(gits), "of-git")
			b.ReportMetric(float64(ours)/float64(synced), "of-synced-git")
		})
	}
}

// addAndCommit commits a record with git and returns how long git took.
func addAndCommit(r *gittest.Repo, name string, options ...string) time.Duration {
	r.T.Helper()
	path := recordPath(name)
	r.Write(path, string(change(name).Files[0].Data))
	start := time.Now()
	r.Git(append(options, "add", path)...)
	r.Git(append(options, "commit", "-qm", "handoff: ana → ben")...)
	return time.Since(start)
}

// BenchmarkRefs lists 50,000 packed references.
func BenchmarkRefs(b *testing.B) {
	gittest.RefsInFiles(b)
	r := gittest.Seeded(b)
	r.PackRefs(50_000)
	repo := mustOpen(r)
	for b.Loop() {
		if _, err := repo.Refs(context.Background(), git.Scope{}); err != nil {
			b.Fatal(err)
		}
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
