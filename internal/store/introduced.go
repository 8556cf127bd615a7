package store

import (
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// maxIntroducing is how many commits are looked at for those that brought some
// files. Whoever can push makes histories of any length.
const maxIntroducing = 20_000

// introducing finds the commits that brought files to where they are. It is not
// safe for concurrent use.
type introducing struct {
	repo    *Repo
	objects *odb.Objects
	dir     string // in which all of the files are
	trees   *odb.LruCache[plumbing.Hash, []byte]
	met     map[fileAt]bool
	left    int // commits that may still be looked at
}

// fileAt is a file in a commit.
type fileAt struct {
	commit string
	path   string
	blob   plumbing.Hash
}

func (r *Repo) newIntroducing(objects *odb.Objects, dir string) *introducing {
	return &introducing{repo: r, objects: objects, dir: dir, met: make(map[fileAt]bool), left: maxIntroducing,
		trees: odb.NewLRU[plumbing.Hash](odb.MaxCachedTrees, func(data []byte) int64 { return int64(cap(data)) + odb.LruItemSize }, func([]byte) {})}
}

// walk calls use with the commits from a tip on that have some of files, which
// the tip has, where no parent has them. At the edge of a shallow clone, and
// where the history is too long, that is the last commit which is known to have
// them. What an earlier walk has met is passed over.
func (w *introducing) walk(tip string, files []odb.TreeFile, use func(c git.CommitInfo, files []odb.TreeFile)) {
	type step struct {
		commit string
		files  []odb.TreeFile
	}
	for todo := []step{{tip, slices.Clone(files)}}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		rest := slices.DeleteFunc(at.files, func(f odb.TreeFile) bool {
			id := fileAt{at.commit, f.Path, f.Hash}
			again := w.met[id]
			w.met[id] = true
			return again
		})
		c, err := w.repo.ReadCommit(at.commit)
		if err != nil || len(rest) == 0 {
			continue
		}
		for _, parent := range c.Parents {
			if w.left--; w.left < 0 || len(rest) == 0 {
				break
			}
			p, err := w.repo.ReadCommit(parent)
			if err != nil {
				continue
			}
			var there []odb.TreeFile
			if there, rest = w.split(c, p, rest); len(there) > 0 {
				todo = append(todo, step{parent, there})
			}
		}
		if len(rest) > 0 {
			use(c, rest)
		}
	}
}

// split says which files of a commit a parent has and which it has not. A tree
// of it that cannot be read has none.
func (w *introducing) split(c, parent git.CommitInfo, files []odb.TreeFile) (there, not []odb.TreeFile) {
	has := make(map[string]map[string]plumbing.Hash) // day → name → blob
	if w.at(c.Tree, w.dir) == w.at(parent.Tree, w.dir) {
		return files, nil
	}
	for _, f := range files {
		dir, name := path.Split(f.Path)
		names, ok := has[dir]
		if !ok {
			names = make(map[string]plumbing.Hash)
			for e, err := range odb.TreeEntries(w.tree(w.at(parent.Tree, strings.Trim(dir, "/")))) {
				if err == nil {
					names[string(e.Name)] = e.Hash
				}
			}
			has[dir] = names
		}
		if names[name] == f.Hash {
			there = append(there, f)
		} else {
			not = append(not, f)
		}
	}
	return there, not
}

// at returns the tree at a path below another one, the zero hash for none.
func (w *introducing) at(tree plumbing.Hash, dir string) plumbing.Hash {
	for name := range strings.SplitSeq(dir, "/") {
		below := plumbing.ZeroHash
		for e, err := range odb.TreeEntries(w.tree(tree)) {
			if err == nil && string(e.Name) == name {
				if e.IsDir() {
					below = e.Hash
				}
				break
			}
		}
		if tree = below; tree.IsZero() {
			break
		}
	}
	return tree
}

func (w *introducing) tree(h plumbing.Hash) []byte {
	if h.IsZero() {
		return nil
	}
	data, ok := w.trees.Get(h)
	if !ok {
		data, _ = w.objects.Tree(h) // what cannot be read holds nothing here
		w.trees.Put(h, data)
	}
	return data
}
