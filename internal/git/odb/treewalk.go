package odb

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// TreeWalk lists a directory in one commit after the other and returns only
// what it has not returned before. Subtrees that were listed at the same path
// are not read again, so a thousand branches that share most of their records
// cost little more than one. It is not safe for concurrent use.
type TreeWalk struct {
	objects *Objects
	dir     string
	seen    map[TreeFile]struct{}    // directories that were listed whole, the roots as Path "", and some files
	paths   map[listedTree]int       // at how many paths of this commit a subtree was listed
	listed  map[string]plumbing.Hash // path → the tree there whose files are not in seen
}

// NewTreeWalk returns a walk through dir, a slash-separated path; "" is the
// whole tree.
func NewTreeWalk(o *Objects, dir string) *TreeWalk {
	return &TreeWalk{
		objects: o,
		dir:     dir,
		seen:    map[TreeFile]struct{}{},
		paths:   map[listedTree]int{},
		listed:  map[string]plumbing.Hash{},
	}
}

// Files returns what is in the directory in the given commit and was not
// returned before, in stored order. Links and submodules are files of their
// mode and never followed, and so are directories that lie too deep or at too
// many paths: nobody who can push makes the others unreadable. A directory that
// is something else is returned itself; one that does not exist has no files.
//
// Subtrees that cannot be read hide no others: the error joins a *TreeError for
// each, once in the life of the walk, and comes with the files of the rest.
func (w *TreeWalk) Files(commit plumbing.Hash) (files []TreeFile, err error) {
	err = w.Each(commit, func(f TreeFile) { files = append(files, f) })
	return files, err
}

// Each calls use with what Files returns.
func (w *TreeWalk) Each(commit plumbing.Hash, use func(TreeFile)) error {
	root, err := w.objects.CommitTree(commit)
	if err != nil || !w.first(TreeFile{Mode: filemode.Dir, Hash: root}) {
		return err
	}
	top, ok, err := w.objects.TreeEntryAt(root, w.dir)
	if !ok || err != nil {
		return err
	}
	clear(w.paths) // what another commit lists takes nothing away from this one
	found := treeList{use: use}
	if w.dir == "" {
		w.list(top, 0, true, &found) // It was met above, as the root.
	} else {
		w.add(top, 0, true, &found)
	}
	return errors.Join(found.errs...)
}

// treeList takes what a walk finds.
type treeList struct {
	use  func(TreeFile)
	errs []error
}

// first tells whether f is met for the first time.
func (w *TreeWalk) first(f TreeFile) bool {
	if _, ok := w.seen[f]; ok {
		return false
	}
	w.seen[f] = struct{}{}
	return true
}

// add gathers f, or what is below it, if f is new. It reports whether that was
// all there is.
func (w *TreeWalk) add(f TreeFile, depth int, day bool, found *treeList) (all bool) {
	switch {
	case IsDirMode(f.Mode):
		return w.list(f, depth, day, found)
	case w.first(f):
		found.use(f)
	}
	return true
}

// list gathers what is new below the directory f; day says whether it is a part
// of the path of a day. It reports whether that was all there is: what is passed
// over because this commit has it too often is not to be missed in the next one.
func (w *TreeWalk) list(f TreeFile, depth int, day bool, found *treeList) (all bool) {
	known := TreeFile{Path: f.Path, Mode: DirMode, Hash: f.Hash}
	if _, ok := w.seen[known]; ok && f.Path != "" {
		return true
	}
	// Days are counted for themselves, as in a dayList: what lies elsewhere is
	// not to hide them.
	at := listedTree{f.Hash, day}
	if w.paths[at]++; w.paths[at] > MaxTreePaths {
		found.use(f)
		return false
	}
	all, err := w.listEntries(f, depth, day, found)
	if err != nil {
		found.errs = append(found.errs, &TreeError{Path: f.Path, Hash: f.Hash, Err: err})
	}
	if all {
		w.first(known)
	}
	return all
}

// listedTree is a subtree that was listed, as a part of the path of a day or not.
type listedTree struct {
	hash plumbing.Hash
	day  bool
}

func (w *TreeWalk) listEntries(f TreeFile, depth int, day bool, found *treeList) (all bool, err error) {
	if depth > maxTreeDepth {
		found.use(f)
		return true, nil
	}
	if err := w.noteFiles(f.Path); err != nil {
		return true, err
	}
	data, err := w.objects.Tree(f.Hash)
	if err != nil {
		return true, err
	}
	_, again := w.listed[f.Path]
	if !again {
		w.listed[f.Path] = f.Hash
	}
	all = true
	var last []byte
	listed := 0 // bytes of entries
	for e, err := range TreeEntries(data) {
		if err != nil {
			return all, err
		}
		before := data[:listed]
		listed += len(e.Raw)
		below := TreeFile{Path: JoinTreePath(f.Path, string(e.Name)), Mode: e.Mode, Hash: e.Hash}
		if !again && !e.IsDir() && bytes.Compare(e.Name, last) <= 0 { // no order: it may come twice
			again = true
			w.noteEntries(f.Path, before)
		}
		if again || e.IsDir() {
			day := day && depth < len(DayDigits) && IsDayPart(e.Name, DayDigits[depth])
			all = w.add(below, depth+1, day, found) && all
			continue
		}
		last = e.Name
		found.use(below)
	}
	return all, nil
}

// noteFiles adds to seen the files of the tree that was listed first at a path,
// where another one is to be listed now. Most paths have one tree for ever.
func (w *TreeWalk) noteFiles(path string) error {
	tree := w.listed[path]
	if tree.IsZero() {
		return nil
	}
	w.listed[path] = plumbing.ZeroHash
	data, err := w.objects.Tree(tree)
	if err != nil {
		return err
	}
	w.noteEntries(path, data)
	return nil
}

// noteEntries adds the files of a tree to seen, up to what is no entry: what
// follows was not listed.
func (w *TreeWalk) noteEntries(path string, data []byte) {
	for e, err := range TreeEntries(data) {
		if err != nil {
			return
		}
		if !e.IsDir() {
			w.first(TreeFile{Path: JoinTreePath(path, string(e.Name)), Mode: e.Mode, Hash: e.Hash})
		}
	}
}

// DayDigits is how many digits the names of a year, a month and a day have.
var DayDigits = []int{len("2006"), len("01"), len("02")}

// IsDayPart reports whether a name is a number of so many digits.
func IsDayPart[T string | []byte](name T, digits int) bool {
	return len(name) == digits && strings.Trim(string(name), "0123456789") == ""
}
