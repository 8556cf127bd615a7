package store

import (
	"path"
	"slices"

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
	repo  *Repo
	dir   string // in which all of the files are
	trees *odb.TreeReader
	met   map[fileAt]bool
	left  int // commits that may still be looked at
}

// fileAt is a file in a commit.
type fileAt struct {
	commit string
	path   string
	blob   plumbing.Hash
}

func (r *Repo) newIntroducing(objects *odb.Objects, dir string) *introducing {
	return &introducing{repo: r, dir: dir, trees: odb.NewTreeReader(objects), met: make(map[fileAt]bool), left: maxIntroducing}
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

// split says which files of a commit a parent has and which it has not.
func (w *introducing) split(c, parent git.CommitInfo, files []odb.TreeFile) (there, not []odb.TreeFile) {
	if w.at(c.Tree, w.dir) == w.at(parent.Tree, w.dir) {
		return files, nil
	}
	has := make(map[string]map[odb.TreeFile]bool) // by day
	for _, f := range files {
		day := path.Dir(f.Path)
		if has[day] == nil {
			has[day] = w.files(day, w.at(parent.Tree, day))
		}
		if has[day][odb.TreeFile{Path: f.Path, Hash: f.Hash}] {
			there = append(there, f)
		} else {
			not = append(not, f)
		}
	}
	return there, not
}

// at returns the tree at a path below another one, the zero hash for none.
func (w *introducing) at(tree plumbing.Hash, dir string) plumbing.Hash {
	below, _ := w.trees.Dir(tree, dir) // what cannot be read holds nothing here
	return below
}

// files returns what is in the tree at dir, without modes; nothing of one that
// cannot be read.
func (w *introducing) files(dir string, tree plumbing.Hash) map[odb.TreeFile]bool {
	files := make(map[odb.TreeFile]bool)
	data, _ := w.trees.Read(dir, tree)
	for e, err := range odb.TreeEntries(data) {
		if err == nil {
			files[odb.TreeFile{Path: odb.JoinTreePath(dir, string(e.Name)), Hash: e.Hash}] = true
		}
	}
	return files
}
