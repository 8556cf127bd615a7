package git

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// An index that we write is the one that git writes, to the byte: for files at
// any place among the others, with cached trees of which any may be stale.
func TestIndexesAreWrittenAsGitWritesThem(t *testing.T) {
	for name, setup := range map[string]func(r *gittest.Repo){
		"plain":       func(*gittest.Repo) {},
		"without any": func(r *gittest.Repo) { r.Git("rm", "-rq", "--cached", ".") },
		"no trees":    func(r *gittest.Repo) { r.Git("read-tree", "--empty"); r.Git("add", "src/a.txt") },
		"stale trees": func(r *gittest.Repo) { r.Write("src/a.txt", "changed\n"); r.Git("add", "src/a.txt") },
		"with records": func(r *gittest.Repo) {
			r.Write(".handoffs/2026/11/20/aaaaaaaa.yaml", "id: aaaaaaaa\n")
			r.Git("add", ".handoffs")
			r.Git("commit", "-qm", "trees")
		},
		"version 3": func(r *gittest.Repo) { r.Write("later", "l\n"); r.Git("add", "-N", "later") },
		"flags": func(r *gittest.Repo) {
			r.Git("update-index", "--assume-unchanged", "src/b.txt")
			r.Git("update-index", "--skip-worktree", "README")
		},
		"resolved conflict": func(r *gittest.Repo) {
			r.Git("checkout", "-q", "-b", "other")
			r.Write("src/a.txt", "theirs\n")
			r.Git("commit", "-qam", "theirs")
			r.Git("checkout", "-q", "main")
			r.Write("src/a.txt", "ours\n")
			r.Git("commit", "-qam", "ours")
			if out, err := r.TryGit("merge", "other"); err == nil {
				r.T.Fatalf("no conflict: %s", out)
			}
			r.Write("src/a.txt", "both\n")
			r.Git("add", "src/a.txt")
		},
		"many": func(r *gittest.Repo) {
			random := rand.New(rand.NewPCG(1, 2))
			for i := range 300 {
				r.Write(fmt.Sprintf("d%d/e%d/f%d", random.IntN(12), random.IntN(4), i), "x\n")
			}
			r.Git("add", ".")
			r.Git("commit", "-qm", "many")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			setup(r)
			blob := r.Git("hash-object", "-w", "README")
			for _, paths := range [][]string{
				{".handoffs/2026/11/21/a.yaml"}, {"zz"}, {"src/c"}, {"d3/e1/new", "d3/new", "a"}, {"src.x", "src0"},
			} {
				index, err := ReadIndex(r.Path(".git/index"), func(IndexEntry, int) {})
				if err != nil {
					t.Fatal(err)
				}
				if index.needsGit() {
					t.Fatal("needs git")
				}
				var files []odb.TreeFile
				theirs := &gittest.Repo{T: t, Dir: r.Dir, Env: append(r.Env, "GIT_INDEX_FILE="+r.Path(".git/theirs"))}
				if err := os.WriteFile(r.Path(".git/theirs"), index.data, 0o644); err != nil {
					t.Fatal(err)
				}
				args := []string{"update-index", "--add"}
				for _, path := range paths {
					files = append(files, odb.TreeFile{Path: path, Hash: plumbing.NewHash(blob)})
					args = append(args, "--cacheinfo", "100644,"+blob+","+path)
				}
				theirs.Git(args...)
				if err := index.write(r.Path(".git/ours"), files); err != nil {
					t.Fatal(err)
				}
				ours, want := r.Read(".git/ours"), r.Read(".git/theirs")
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
	r := gittest.Seeded(f)
	seed, err := os.ReadFile(r.Path(".git/index"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(newIndex())
	f.Fuzz(func(t *testing.T, data []byte) {
		index, err := parseIndex("index", data, func(IndexEntry, int) {})
		if err != nil || index.needsGit() {
			return
		}
		var out bytes.Buffer
		if err := index.writeTo(&out, []odb.TreeFile{{Path: ".handoffs/x"}}); err != nil {
			return
		}
		found := 0
		if _, err := parseIndex("index", out.Bytes(), func(e IndexEntry, _ int) {
			if string(e.Path) == ".handoffs/x" {
				found++
			}
		}); err != nil || found == 0 {
			t.Errorf("%q: %d entries, %v", out.Bytes(), found, err)
		}
	})
}
