package odb

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// TreeEntry is one entry of a tree object: "<octal mode> <name>\0<hash>".
type TreeEntry struct {
	Mode filemode.FileMode // as stored: 100664 stays 100664
	Name []byte            // as stored: any bytes but zero, ".." and "a/b" included
	Hash plumbing.Hash
	Raw  []byte // the whole entry
}

// IsDir tells whether the entry is a tree, as git does: by the type bits alone.
func (e TreeEntry) IsDir() bool { return IsDirMode(e.Mode) }

// IsDirMode tells whether a mode is that of a tree, by its type bits.
func IsDirMode(m filemode.FileMode) bool { return m&typeBits == filemode.Dir }

// IsFileMode tells whether a mode is that of a file, executable or not. Links and
// submodules are something else.
func IsFileMode(m filemode.FileMode) bool { return m&typeBits == 0o100000 }

const typeBits = 0o170000

// The modes of entries of trees that matter here.
const (
	DirMode   = filemode.Dir
	PlainMode = filemode.Regular
)

// What an object is said to be, and is not.
var (
	ErrTree   = errors.New("malformed tree")
	ErrCommit = errors.New("malformed commit")
)

// TreeEntries yields the entries of a tree object in stored order, and an error
// in place of the first that is malformed. Names and raw bytes are parts of data.
func TreeEntries(data []byte) iter.Seq2[TreeEntry, error] {
	return func(yield func(TreeEntry, error) bool) {
		for len(data) > 0 {
			e, err := parseTreeEntry(data)
			if !yield(e, err) || err != nil {
				return
			}
			data = data[len(e.Raw):]
		}
	}
}

// parseTreeEntry reads the entry at the beginning of data.
func parseTreeEntry(data []byte) (TreeEntry, error) {
	digits, rest, ok := bytes.Cut(data, []byte{' '})
	if !ok {
		return TreeEntry{}, ErrTree
	}
	mode, err := parseMode(digits)
	if err != nil {
		return TreeEntry{}, err
	}
	name, rest, ok := bytes.Cut(rest, []byte{0})
	if !ok || len(name) == 0 || len(rest) < HashSize {
		return TreeEntry{}, ErrTree
	}
	return TreeEntry{
		Mode: mode,
		Name: name,
		Hash: plumbing.Hash(rest[:HashSize]),
		Raw:  data[:len(data)-len(rest)+HashSize],
	}, nil
}

// parseMode reads one to seven octal digits: six, and the leading zero that
// some programs wrote.
func parseMode(digits []byte) (filemode.FileMode, error) {
	if len(digits) == 0 || len(digits) > 7 {
		return 0, ErrTree
	}
	var mode filemode.FileMode
	for _, c := range digits {
		if c < '0' || c > '7' {
			return 0, ErrTree
		}
		mode = mode<<3 | filemode.FileMode(c-'0')
	}
	return mode, nil
}

// CommitTree returns the tree of a commit.
func (o *Objects) CommitTree(commit plumbing.Hash) (plumbing.Hash, error) {
	data, err := o.Commit(commit)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("commit %s: %w", commit, err)
	}
	line, _, _ := bytes.Cut(data, []byte{'\n'})
	if digits, ok := bytes.CutPrefix(line, []byte("tree ")); ok {
		if tree := ParseHash(digits); !tree.IsZero() {
			return tree, nil
		}
	}
	return plumbing.ZeroHash, fmt.Errorf("commit %s: no tree: %w", commit, ErrCommit)
}

// TreeFile is something in a tree: its path from the root, the mode as stored,
// and its hash. Whoever can push chooses the path: it may hold any bytes and be
// no valid one.
type TreeFile struct {
	Path string
	Mode filemode.FileMode
	Hash plumbing.Hash
}

// TreeEntryAt returns what is at a slash-separated path below the tree root, ""
// for the root itself. There is nothing below what is not a tree.
func (o *Objects) TreeEntryAt(root plumbing.Hash, path string) (f TreeFile, ok bool, err error) {
	f = TreeFile{Mode: filemode.Dir, Hash: root}
	if path == "" {
		return f, true, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if !IsDirMode(f.Mode) {
			return TreeFile{}, false, nil
		}
		e, ok, err := o.childOf(f, name)
		if !ok || err != nil {
			return TreeFile{}, false, err
		}
		f = TreeFile{Path: JoinTreePath(f.Path, name), Mode: e.Mode, Hash: e.Hash}
	}
	return f, true, nil
}

// childOf returns the entry of that name in the tree at f.
func (o *Objects) childOf(f TreeFile, name string) (TreeEntry, bool, error) {
	for e, err := range o.Entries(f.Path, f.Hash) {
		if err != nil {
			return TreeEntry{}, false, err
		}
		if string(e.Name) == name {
			return e, true, nil
		}
	}
	return TreeEntry{}, false, nil
}

// Entries yields the entries of the tree at path as [TreeEntries] does. Its errors
// are each a *TreeError.
func (o *Objects) Entries(path string, tree plumbing.Hash) iter.Seq2[TreeEntry, error] {
	return func(yield func(TreeEntry, error) bool) {
		data, err := o.Tree(tree)
		if err != nil {
			yield(TreeEntry{}, &TreeError{Path: path, Hash: tree, Err: err})
			return
		}
		for e, err := range TreeEntries(data) {
			if err != nil {
				err = &TreeError{Path: path, Hash: tree, Err: err}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// JoinTreePath joins without cleaning: a name such as ".." must stay seen.
func JoinTreePath(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// TreeError says that the tree at a path, "" for the root, cannot be read.
type TreeError struct {
	Path string
	Hash plumbing.Hash
	Err  error
}

func (e *TreeError) Error() string { return fmt.Sprintf("tree %s at %q: %v", e.Hash, e.Path, e.Err) }
func (e *TreeError) Unwrap() error { return e.Err }

const (
	// maxTreeDepth is how many directories deep a walk goes; record files lie
	// three deep.
	maxTreeDepth = 32

	// MaxTreePaths is at how many paths of one commit one and the same subtree
	// is listed. A few small trees that name each other many times would
	// otherwise list more files than any memory holds.
	MaxTreePaths = 64
)
