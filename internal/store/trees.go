package store

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// treeEntry is one entry of a tree object: "<octal mode> <name>\0<hash>".
type treeEntry struct {
	mode filemode.FileMode // as stored: 100664 stays 100664
	name []byte            // as stored: any bytes but zero, ".." and "a/b" included
	hash plumbing.Hash
	raw  []byte // the whole entry
}

// isDir tells whether the entry is a tree, as git does: by the type bits alone.
func (e treeEntry) isDir() bool { return isDirMode(e.mode) }

// isDirMode tells whether a mode is that of a tree, by its type bits.
func isDirMode(m filemode.FileMode) bool { return m&typeBits == filemode.Dir }

// isFileMode tells whether a mode is that of a file, executable or not. Links and
// submodules are something else.
func isFileMode(m filemode.FileMode) bool { return m&typeBits == 0o100000 }

const (
	typeBits  = 0o170000
	dirMode   = filemode.Dir
	plainMode = filemode.Regular
)

var errTree = errors.New("malformed tree")

// treeEntries yields the entries of a tree object in stored order, and an error
// in place of the first that is malformed. Names and raw bytes are parts of data.
func treeEntries(data []byte) iter.Seq2[treeEntry, error] {
	return func(yield func(treeEntry, error) bool) {
		for len(data) > 0 {
			e, err := parseTreeEntry(data)
			if !yield(e, err) || err != nil {
				return
			}
			data = data[len(e.raw):]
		}
	}
}

// parseTreeEntry reads the entry at the beginning of data.
func parseTreeEntry(data []byte) (treeEntry, error) {
	digits, rest, ok := bytes.Cut(data, []byte{' '})
	if !ok {
		return treeEntry{}, errTree
	}
	mode, err := parseMode(digits)
	if err != nil {
		return treeEntry{}, err
	}
	name, rest, ok := bytes.Cut(rest, []byte{0})
	if !ok || len(name) == 0 || len(rest) < hashSize {
		return treeEntry{}, errTree
	}
	return treeEntry{
		mode: mode,
		name: name,
		hash: plumbing.Hash(rest[:hashSize]),
		raw:  data[:len(data)-len(rest)+hashSize],
	}, nil
}

// parseMode reads one to seven octal digits: six, and the leading zero that
// some programs wrote.
func parseMode(digits []byte) (filemode.FileMode, error) {
	if len(digits) == 0 || len(digits) > 7 {
		return 0, errTree
	}
	var mode filemode.FileMode
	for _, c := range digits {
		if c < '0' || c > '7' {
			return 0, errTree
		}
		mode = mode<<3 | filemode.FileMode(c-'0')
	}
	return mode, nil
}

// commitTree returns the tree of a commit.
func (o *objects) commitTree(commit plumbing.Hash) (plumbing.Hash, error) {
	data, err := o.commit(commit)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("commit %s: %w", commit, err)
	}
	line, _, _ := bytes.Cut(data, []byte{'\n'})
	if digits, ok := bytes.CutPrefix(line, []byte("tree ")); ok {
		if tree := parseHash(digits); !tree.IsZero() {
			return tree, nil
		}
	}
	return plumbing.ZeroHash, fmt.Errorf("commit %s: no tree: %w", commit, errCommit)
}

// treeFile is something in a tree: its path from the root, the mode as stored,
// and its hash. Whoever can push chooses the path: it may hold any bytes and be
// no valid one.
type treeFile struct {
	Path string
	Mode filemode.FileMode
	Hash plumbing.Hash
}

// treeEntryAt returns what is at a slash-separated path below the tree root, ""
// for the root itself. There is nothing below what is not a tree.
func (o *objects) treeEntryAt(root plumbing.Hash, path string) (f treeFile, ok bool, err error) {
	f = treeFile{Mode: filemode.Dir, Hash: root}
	if path == "" {
		return f, true, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if !isDirMode(f.Mode) {
			return treeFile{}, false, nil
		}
		e, ok, err := o.childOf(f, name)
		if !ok || err != nil {
			return treeFile{}, false, err
		}
		f = treeFile{Path: joinTreePath(f.Path, name), Mode: e.mode, Hash: e.hash}
	}
	return f, true, nil
}

// childOf returns the entry of that name in the tree at f.
func (o *objects) childOf(f treeFile, name string) (treeEntry, bool, error) {
	for e, err := range o.entries(f.Path, f.Hash) {
		if err != nil {
			return treeEntry{}, false, err
		}
		if string(e.name) == name {
			return e, true, nil
		}
	}
	return treeEntry{}, false, nil
}

// entries yields the entries of the tree at path as treeEntries does. Its errors
// are each a *treeError.
func (o *objects) entries(path string, tree plumbing.Hash) iter.Seq2[treeEntry, error] {
	return func(yield func(treeEntry, error) bool) {
		data, err := o.tree(tree)
		if err != nil {
			yield(treeEntry{}, &treeError{Path: path, Hash: tree, Err: err})
			return
		}
		for e, err := range treeEntries(data) {
			if err != nil {
				err = &treeError{Path: path, Hash: tree, Err: err}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// joinTreePath joins without cleaning: a name such as ".." must stay seen.
func joinTreePath(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// treeError says that the tree at a path, "" for the root, cannot be read.
type treeError struct {
	Path string
	Hash plumbing.Hash
	Err  error
}

func (e *treeError) Error() string { return fmt.Sprintf("tree %s at %q: %v", e.Hash, e.Path, e.Err) }
func (e *treeError) Unwrap() error { return e.Err }

const (
	// maxTreeDepth is how many directories deep a walk goes; record files lie
	// three deep.
	maxTreeDepth = 32

	// maxTreePaths is at how many paths of one commit one and the same subtree
	// is listed. A few small trees that name each other many times would
	// otherwise list more files than any memory holds.
	maxTreePaths = 64
)

// treeWalk lists a directory in one commit after the other and returns only
// what it has not returned before. Subtrees that were listed at the same path
// are not read again, so a thousand branches that share most of their records
// cost little more than one. It is not safe for concurrent use.
type treeWalk struct {
	objects *objects
	dir     string
	seen    map[treeFile]struct{}    // directories that were listed whole, the roots as Path "", and some files
	paths   map[listedTree]int       // at how many paths of this commit a subtree was listed
	listed  map[string]plumbing.Hash // path → the tree there whose files are not in seen
}

// newTreeWalk returns a walk through dir, a slash-separated path; "" is the
// whole tree.
func (o *objects) newTreeWalk(dir string) *treeWalk {
	return &treeWalk{
		objects: o,
		dir:     dir,
		seen:    map[treeFile]struct{}{},
		paths:   map[listedTree]int{},
		listed:  map[string]plumbing.Hash{},
	}
}

// files returns what is in the directory in the given commit and was not
// returned before, in stored order. Links and submodules are files of their
// mode and never followed, and so are directories that lie too deep or at too
// many paths: nobody who can push makes the others unreadable. A directory that
// is something else is returned itself; one that does not exist has no files.
//
// Subtrees that cannot be read hide no others: the error joins a *treeError for
// each, once in the life of the walk, and comes with the files of the rest.
func (w *treeWalk) files(commit plumbing.Hash) (files []treeFile, err error) {
	err = w.each(commit, func(f treeFile) { files = append(files, f) })
	return files, err
}

// each calls use with what files returns.
func (w *treeWalk) each(commit plumbing.Hash, use func(treeFile)) error {
	root, err := w.objects.commitTree(commit)
	if err != nil || !w.first(treeFile{Mode: filemode.Dir, Hash: root}) {
		return err
	}
	top, ok, err := w.objects.treeEntryAt(root, w.dir)
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
	use  func(treeFile)
	errs []error
}

// first tells whether f is met for the first time.
func (w *treeWalk) first(f treeFile) bool {
	if _, ok := w.seen[f]; ok {
		return false
	}
	w.seen[f] = struct{}{}
	return true
}

// add gathers f, or what is below it, if f is new. It reports whether that was
// all there is.
func (w *treeWalk) add(f treeFile, depth int, day bool, found *treeList) (all bool) {
	switch {
	case isDirMode(f.Mode):
		return w.list(f, depth, day, found)
	case w.first(f):
		found.use(f)
	}
	return true
}

// list gathers what is new below the directory f; day says whether it is a part
// of the path of a day. It reports whether that was all there is: what is passed
// over because this commit has it too often is not to be missed in the next one.
func (w *treeWalk) list(f treeFile, depth int, day bool, found *treeList) (all bool) {
	known := treeFile{Path: f.Path, Mode: dirMode, Hash: f.Hash}
	if _, ok := w.seen[known]; ok && f.Path != "" {
		return true
	}
	// Days are counted for themselves, as in a dayList: what lies elsewhere is
	// not to hide them.
	at := listedTree{f.Hash, day}
	if w.paths[at]++; w.paths[at] > maxTreePaths {
		found.use(f)
		return false
	}
	all, err := w.listEntries(f, depth, day, found)
	if err != nil {
		found.errs = append(found.errs, &treeError{Path: f.Path, Hash: f.Hash, Err: err})
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

func (w *treeWalk) listEntries(f treeFile, depth int, day bool, found *treeList) (all bool, err error) {
	if depth > maxTreeDepth {
		found.use(f)
		return true, nil
	}
	if err := w.noteFiles(f.Path); err != nil {
		return true, err
	}
	data, err := w.objects.tree(f.Hash)
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
	for e, err := range treeEntries(data) {
		if err != nil {
			return all, err
		}
		before := data[:listed]
		listed += len(e.raw)
		below := treeFile{Path: joinTreePath(f.Path, string(e.name)), Mode: e.mode, Hash: e.hash}
		if !again && !e.isDir() && bytes.Compare(e.name, last) <= 0 { // no order: it may come twice
			again = true
			w.noteEntries(f.Path, before)
		}
		if again || e.isDir() {
			day := day && depth < len(dayDigits) && isDayPart(e.name, dayDigits[depth])
			all = w.add(below, depth+1, day, found) && all
			continue
		}
		last = e.name
		found.use(below)
	}
	return all, nil
}

// noteFiles adds to seen the files of the tree that was listed first at a path,
// where another one is to be listed now. Most paths have one tree for ever.
func (w *treeWalk) noteFiles(path string) error {
	tree := w.listed[path]
	if tree.IsZero() {
		return nil
	}
	w.listed[path] = plumbing.ZeroHash
	data, err := w.objects.tree(tree)
	if err != nil {
		return err
	}
	w.noteEntries(path, data)
	return nil
}

// noteEntries adds the files of a tree to seen, up to what is no entry: what
// follows was not listed.
func (w *treeWalk) noteEntries(path string, data []byte) {
	for e, err := range treeEntries(data) {
		if err != nil {
			return
		}
		if !e.isDir() {
			w.first(treeFile{Path: joinTreePath(path, string(e.name)), Mode: e.mode, Hash: e.hash})
		}
	}
}
