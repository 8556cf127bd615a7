package odb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// fileState is what a tree has at a path. The zero fileState is nothing.
type fileState struct {
	Mode filemode.FileMode
	Hash plumbing.Hash
}

func (s fileState) IsNone() bool { return s == fileState{} }

// String writes mode and hash: "100644 HASH".
func (s fileState) String() string { return fmt.Sprintf("%06o %s", uint32(s.Mode), s.Hash) }

// TreeChange is a file that two trees have differently.
type TreeChange struct {
	Path     string
	Old, New fileState // at least one is something, and neither is a directory
}

const (
	// maxTreeChanges and maxDirChanges are how many files and directories one
	// commit can change. A few small trees that name each other many times would
	// otherwise make more than any memory holds, or take for ever to compare
	// where there is no file in them.
	maxTreeChanges = 1 << 20
	maxDirChanges  = maxTreeChanges / 8

	// maxPathDepth is how many directories deep files may lie, as git's own
	// core.maxTreeDepth has it.
	maxPathDepth = 4096
)

// ErrTreeChanges says that two trees differ in more than is compared.
var ErrTreeChanges = fmt.Errorf("more than %d files or %d directories change at once", maxTreeChanges, maxDirChanges)

// TreeComparer compares trees. It reads each subtree once, and none that is the
// same on both sides. It is not safe for concurrent use.
type TreeComparer struct {
	*TreeReader
	Ctx      context.Context
	changes  []TreeChange
	dirsLeft int // how many more directories may differ
}

// NewTreeComparer returns a comparer of the trees in an object database.
func NewTreeComparer(ctx context.Context, o *Objects) *TreeComparer {
	return &TreeComparer{TreeReader: NewTreeReader(o), Ctx: ctx}
}

// Compare returns the files below path that differ between two trees, in the
// order of the trees. The zero hash is an empty tree. Links and submodules are
// files of their mode.
func (c *TreeComparer) Compare(path string, older, newer plumbing.Hash) ([]TreeChange, error) {
	c.changes, c.dirsLeft = nil, maxDirChanges
	err := c.dirs(path, older, newer, 0)
	return c.changes, err
}

// dirs compares the trees of one directory. Both are sorted, so that one pass
// finds what only one of them has; of trees that are not sorted, entries are
// reported that did not change, and none that did is missed.
func (c *TreeComparer) dirs(path string, older, newer plumbing.Hash, depth int) error {
	switch {
	case older == newer:
		return nil
	case depth > maxPathDepth:
		return nil // git reads none so deep
	case c.Ctx.Err() != nil:
		return context.Cause(c.Ctx)
	}
	if c.dirsLeft--; c.dirsLeft < 0 {
		return ErrTreeChanges
	}
	before, err := c.Read(path, older)
	if err != nil {
		return err
	}
	after, err := c.Read(path, newer)
	if err != nil {
		return err
	}
	for len(before) > 0 || len(after) > 0 {
		before, after = skipEqual(before, after)
		old, is, err := nextEntries(before, after)
		if err != nil {
			return &TreeError{Path: path, Hash: newer, Err: err}
		}
		before, after = before[len(old.Raw):], after[len(is.Raw):]
		if err := c.entry(path, old, is, depth); err != nil {
			return err
		}
	}
	return nil
}

// skipEqual drops the entries with which two trees begin alike: in a day of many
// records, all but the new one.
func skipEqual(before, after []byte) ([]byte, []byte) {
	alike, n := commonPrefix(before, after), 0
	for {
		end := bytes.IndexByte(before[n:alike], 0) + 1
		if end == 0 || end+HashSize > alike-n {
			return before[n:], after[n:]
		}
		n += end + HashSize
	}
}

// commonPrefix is with how many bytes a and b begin alike.
func commonPrefix(a, b []byte) int {
	n, end := 0, min(len(a), len(b))
	for n+8 <= end && binary.LittleEndian.Uint64(a[n:]) == binary.LittleEndian.Uint64(b[n:]) {
		n += 8
	}
	for n < end && a[n] == b[n] {
		n++
	}
	return n
}

// nextEntries returns the first entries of two trees when they have the same
// name, else the one that comes first and an empty one.
func nextEntries(before, after []byte) (old, is TreeEntry, err error) {
	var errOld, errIs error
	if len(before) > 0 {
		old, errOld = parseTreeEntry(before)
	}
	if len(after) > 0 {
		is, errIs = parseTreeEntry(after)
	}
	if err := errors.Join(errOld, errIs); err != nil || len(before) == 0 || len(after) == 0 {
		return old, is, err
	}
	switch order := compareEntries(old, is); {
	case order > 0:
		old = TreeEntry{}
	case order < 0, !bytes.Equal(old.Name, is.Name): // "a/" is no valid name, but sorts as the directory "a"
		is = TreeEntry{}
	}
	return old, is, nil
}

// entry compares what the two trees have at one name.
func (c *TreeComparer) entry(dir string, old, is TreeEntry, depth int) error {
	if old.Mode == is.Mode && old.Hash == is.Hash {
		return nil
	}
	name := old.Name
	if len(name) == 0 {
		name = is.Name
	}
	path := JoinTreePath(dir, string(name))
	if old.IsDir() || is.IsDir() {
		// Sorted as directories, both are directories or one is nothing.
		return c.dirs(path, old.Hash, is.Hash, depth+1)
	}
	if len(c.changes) == maxTreeChanges {
		return ErrTreeChanges
	}
	c.changes = append(c.changes, TreeChange{path, fileState{old.Mode, old.Hash}, fileState{is.Mode, is.Hash}})
	return nil
}

// EmptyTree is the tree without entries, which git knows without storing it.
const EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
