package store

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
)

// manyObjects makes a repository of n small blobs and one commit, in one pack.
func manyObjects(b *testing.B, n int) (objectsRepo, plumbing.Hash) {
	r := newObjectsRepo(b)
	var s strings.Builder
	for i := range n {
		text := fmt.Sprint("blob ", i)
		fmt.Fprintf(&s, "blob\ndata %d\n%s\n", len(text), text)
	}
	s.WriteString("commit refs/heads/main\ncommitter Ana <ana@example.com> 1700000000 +0000\ndata 0\n")
	r.gitIn(s.String(), "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet")
	return r, r.hash("main")
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
				o, err := openObjects(r.objectsDir())
				if err != nil {
					b.Fatal(err)
				}
				if _, err := o.commit(commit); err != nil {
					b.Fatal(err)
				}
				o.Close()
			}
		})
		b.Run(fmt.Sprintf("git/%d", n), func(b *testing.B) {
			for b.Loop() {
				r.git("cat-file", "commit", commit.String())
			}
		})
		b.Run(fmt.Sprintf("go-git/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				storage := filesystem.NewStorage(osfs.New(r.dir), cache.NewObjectLRUDefault())
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
	r := newObjectsRepo(b)
	r.fill(2000)
	r.git("repack", "-adfq")
	all := r.allObjects()
	o := r.open()
	for b.Loop() {
		for _, obj := range all {
			if _, err := o.load(obj.hash, maxObject); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(all)), "objects")
	reportRatio(b, func() { r.git("cat-file", "--batch", "--batch-all-objects") })
}

// BenchmarkTreeWalk lists one directory in a thousand commits that share most
// of it. The ratio is to `git log` of that directory.
func BenchmarkTreeWalk(b *testing.B) {
	r := newObjectsRepo(b)
	r.fill(1000)
	r.git("repack", "-adfq")
	commits := strings.Fields(r.git("rev-list", "main"))
	for b.Loop() {
		w := newTreeWalk(r.open(), "dir1")
		for _, commit := range commits {
			if _, err := w.files(plumbing.NewHash(commit)); err != nil {
				b.Fatal(err)
			}
		}
	}
	reportRatio(b, func() { r.git("log", "--format=", "--name-only", "-m", "--root", "main", "--", "dir1") })
}

// BenchmarkWriteBlob adds loose objects, each synced to the disk.
func BenchmarkWriteBlob(b *testing.B) {
	o := newObjectsRepo(b).open()
	for i := 0; b.Loop(); i++ {
		if err := o.writeAll(rawObject{kind: plumbing.BlobObject, data: fmt.Append(nil, i, b.N)}); err != nil {
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
