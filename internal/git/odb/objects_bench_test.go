package odb

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// manyObjects makes a repository of n small blobs and one commit, in one pack.
func manyObjects(b *testing.B, n int) (gittest.Objects, plumbing.Hash) {
	r := gittest.NewObjects(b)
	var s strings.Builder
	for i := range n {
		text := fmt.Sprint("blob ", i)
		fmt.Fprintf(&s, "blob\ndata %d\n%s\n", len(text), text)
	}
	s.WriteString("commit refs/heads/main\ncommitter Ana <ana@example.com> 1700000000 +0000\ndata 0\n")
	r.GitIn(s.String(), "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet")
	return r, r.Hash("main")
}

// BenchmarkReadOneCommit opens the database and reads one commit among many
// objects: with this package, with `git cat-file` (a process, most of its
// time), and with go-git's own storage.
func BenchmarkReadOneCommit(b *testing.B) {
	for _, n := range []int{1_000, 500_000} {
		r, commit := manyObjects(b, n)
		b.Run(fmt.Sprintf("handoff/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o, err := Open(r.ObjectsDir())
				if err != nil {
					b.Fatal(err)
				}
				if _, err := o.Commit(commit); err != nil {
					b.Fatal(err)
				}
				o.Close()
			}
		})
		b.Run(fmt.Sprintf("git/%d", n), func(b *testing.B) {
			for b.Loop() {
				r.Git("cat-file", "commit", commit.String())
			}
		})
		b.Run(fmt.Sprintf("go-git/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				storage := filesystem.NewStorage(osfs.New(r.Dir), cache.NewObjectLRUDefault())
				if _, err := object.GetCommit(storage, commit); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadAllObjects reads every object of a history once, in the order of
// their hashes, as `git cat-file --batch` does. It reports the ratio to git in
// the same run.
func BenchmarkReadAllObjects(b *testing.B) {
	r := gittest.NewObjects(b)
	r.Fill(2000)
	r.Git("repack", "-adfq")
	all := allObjects(r)
	o := openRaw(r)
	for b.Loop() {
		for _, obj := range all {
			if _, err := o.load(obj.hash, MaxObject); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(all)), "objects")
	reportRatio(b, func() { r.Git("cat-file", "--batch", "--batch-all-objects") })
}

// BenchmarkTreeWalk lists one directory in a thousand commits that share most
// of it. The ratio is to `git log` of that directory.
func BenchmarkTreeWalk(b *testing.B) {
	r := gittest.NewObjects(b)
	r.Fill(1000)
	r.Git("repack", "-adfq")
	commits := strings.Fields(r.Git("rev-list", "main"))
	for b.Loop() {
		w := NewTreeWalk(openRaw(r), "dir1")
		for _, commit := range commits {
			if _, err := w.Files(plumbing.NewHash(commit)); err != nil {
				b.Fatal(err)
			}
		}
	}
	reportRatio(b, func() { r.Git("log", "--format=", "--name-only", "-m", "--root", "main", "--", "dir1") })
}

// BenchmarkWriteBlob adds loose objects, each synced to the disk.
func BenchmarkWriteBlob(b *testing.B) {
	o := openRaw(gittest.NewObjects(b))
	for i := 0; b.Loop(); i++ {
		if err := o.WriteAll(RawObject{Kind: plumbing.BlobObject, Data: fmt.Append(nil, i, b.N)}); err != nil {
			b.Fatal(err)
		}
	}
}

// reportRatio reports how long the benchmark took as a multiple of what git takes.
func reportRatio(b *testing.B, git func()) {
	ours := b.Elapsed() / time.Duration(b.N)
	runtime.GC()
	start := time.Now()
	git()
	b.ReportMetric(float64(ours)/float64(time.Since(start)), "x-git")
}
