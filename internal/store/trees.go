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

var (
	errTree   = errors.New("malformed tree")
	errCommit = errors.New("malformed commit")
)

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
