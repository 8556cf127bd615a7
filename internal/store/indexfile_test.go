package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// An index that we write is the one that git writes, to the byte: for files at
// any place among the others, with cached trees of which any may be stale.
func TestIndexesAreWrittenAsGitWritesThem(t *testing.T) {
	for name, setup := range map[string]func(r *testRepo){
		"plain":        func(*testRepo) {},
		"without any":  func(r *testRepo) { r.git("rm", "-rq", "--cached", ".") },
		"no trees":     func(r *testRepo) { r.git("read-tree", "--empty"); r.git("add", "src/a.txt") },
		"stale trees":  func(r *testRepo) { r.write("src/a.txt", "changed\n"); r.git("add", "src/a.txt") },
		"with records": func(r *testRepo) { r.append(change("aaaaaaaa")); r.git("commit", "-q", "--allow-empty", "-m", "trees") },
		"version 3":    func(r *testRepo) { r.write("later", "l\n"); r.git("add", "-N", "later") },
		"flags": func(r *testRepo) {
			r.git("update-index", "--assume-unchanged", "src/b.txt")
			r.git("update-index", "--skip-worktree", "README")
		},
		"resolved conflict": func(r *testRepo) {
			r.git("checkout", "-q", "-b", "other")
			r.write("src/a.txt", "theirs\n")
			r.git("commit", "-qam", "theirs")
			r.git("checkout", "-q", "main")
			r.write("src/a.txt", "ours\n")
			r.git("commit", "-qam", "ours")
			if out, err := r.tryGit("merge", "other"); err == nil {
				r.t.Fatalf("no conflict: %s", out)
			}
			r.write("src/a.txt", "both\n")
			r.git("add", "src/a.txt")
		},
		"many": func(r *testRepo) {
			random := rand.New(rand.NewPCG(1, 2))
			for i := range 300 {
				r.write(fmt.Sprintf("d%d/e%d/f%d", random.IntN(12), random.IntN(4), i), "x\n")
			}
			r.git("add", ".")
			r.git("commit", "-qm", "many")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			setup(r)
			blob := r.git("hash-object", "-w", "README")
			for _, paths := range [][]string{
				{".handoffs/2026/11/21/a.yaml"}, {"zz"}, {"src/c"}, {"d3/e1/new", "d3/new", "a"}, {"src.x", "src0"},
			} {
				index, err := readIndex(r.path(".git/index"), func(indexEntry, int) {})
				if err != nil {
					t.Fatal(err)
				}
				if index.needsGit() {
					t.Fatal("needs git")
				}
				var files []treeFile
				theirs := &testRepo{t: t, dir: r.dir, env: append(r.env, "GIT_INDEX_FILE="+r.path(".git/theirs"))}
				if err := os.WriteFile(r.path(".git/theirs"), index.data, 0o644); err != nil {
					t.Fatal(err)
				}
				args := []string{"update-index", "--add"}
				for _, path := range paths {
					files = append(files, treeFile{Path: path, Hash: plumbing.NewHash(blob)})
					args = append(args, "--cacheinfo", "100644,"+blob+","+path)
				}
				theirs.git(args...)
				if err := index.write(r.path(".git/ours"), files); err != nil {
					t.Fatal(err)
				}
				ours, want := r.read(".git/ours"), r.read(".git/theirs")
				if ours != want {
					t.Errorf("%v: %d bytes, git writes %d\n%q\n%q", paths, len(ours), len(want), ours, want)
				}
			}
		})
	}
}

// FuzzIndexFile feeds damaged index files. Nothing may panic, and what is
// written must be readable with the new entry in it.
func FuzzIndexFile(f *testing.F) {
	r := seeded(f)
	seed, err := os.ReadFile(r.path(".git/index"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(newIndex())
	f.Fuzz(func(t *testing.T, data []byte) {
		index, err := parseIndex("index", data, func(indexEntry, int) {})
		if err != nil || index.needsGit() {
			return
		}
		var out bytes.Buffer
		if err := index.writeTo(&out, []treeFile{{Path: ".handoffs/x"}}); err != nil {
			return
		}
		found := 0
		if _, err := parseIndex("index", out.Bytes(), func(e indexEntry, _ int) {
			if string(e.path) == ".handoffs/x" {
				found++
			}
		}); err != nil || found == 0 {
			t.Errorf("%q: %d entries, %v", out.Bytes(), found, err)
		}
	})
}
