package store

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
	mode filemode.FileMode
	hash plumbing.Hash
}

func (s fileState) isNone() bool { return s == fileState{} }

// String writes mode and hash: "100644 HASH".
func (s fileState) String() string { return fmt.Sprintf("%06o %s", uint32(s.mode), s.hash) }

// treeChange is a file that two trees have differently.
type treeChange struct {
	path     string
	old, new fileState // at least one is something, and neither is a directory
}

const (
	// maxCachedTrees is how many bytes of trees a comparison keeps: the
	// newer tree of one commit is the older tree of the next.
	maxCachedTrees = 512 << 10

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

var errTreeChanges = fmt.Errorf("more than %d files or %d directories change at once", maxTreeChanges, maxDirChanges)

// treeComparer compares trees. It reads each subtree once, and none that is the
// same on both sides. It is not safe for concurrent use.
type treeComparer struct {
	ctx      context.Context
	objects  *objects
	trees    *lruCache[plumbing.Hash, []byte]
	changes  []treeChange
	dirsLeft int // how many more directories may differ
}

func newTreeComparer(ctx context.Context, o *objects) *treeComparer {
	return &treeComparer{ctx: ctx, objects: o, trees: newLRU[plumbing.Hash](maxCachedTrees,
		func(data []byte) int64 { return int64(cap(data)) + lruItemSize },
		func([]byte) {})}
}

// compare returns the files below path that differ between two trees, in the
// order of the trees. The zero hash is an empty tree. Links and submodules are
// files of their mode.
func (c *treeComparer) compare(path string, older, newer plumbing.Hash) ([]treeChange, error) {
	c.changes, c.dirsLeft = nil, maxDirChanges
	err := c.dirs(path, older, newer, 0)
	return c.changes, err
}

// read returns the bytes of a tree.
func (c *treeComparer) read(path string, tree plumbing.Hash) ([]byte, error) {
	if tree.IsZero() {
		return nil, nil
	}
	if data, ok := c.trees.get(tree); ok {
		return data, nil
	}
	data, err := c.objects.tree(tree)
	if err != nil {
		return nil, &treeError{Path: path, Hash: tree, Err: err}
	}
	c.trees.put(tree, data)
	return data, nil
}

// dirs compares the trees of one directory. Both are sorted, so that one pass
// finds what only one of them has; of trees that are not sorted, entries are
// reported that did not change, and none that did is missed.
func (c *treeComparer) dirs(path string, older, newer plumbing.Hash, depth int) error {
	switch {
	case older == newer:
		return nil
	case depth > maxPathDepth:
		return nil // git reads none so deep
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	}
	if c.dirsLeft--; c.dirsLeft < 0 {
		return errTreeChanges
	}
	before, err := c.read(path, older)
	if err != nil {
		return err
	}
	after, err := c.read(path, newer)
	if err != nil {
		return err
	}
	for len(before) > 0 || len(after) > 0 {
		before, after = skipEqual(before, after)
		old, is, err := nextEntries(before, after)
		if err != nil {
			return &treeError{Path: path, Hash: newer, Err: err}
		}
		before, after = before[len(old.raw):], after[len(is.raw):]
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
		if end == 0 || end+hashSize > alike-n {
			return before[n:], after[n:]
		}
		n += end + hashSize
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
func nextEntries(before, after []byte) (old, is treeEntry, err error) {
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
		old = treeEntry{}
	case order < 0, !bytes.Equal(old.name, is.name): // "a/" is no valid name, but sorts as the directory "a"
		is = treeEntry{}
	}
	return old, is, nil
}

// entry compares what the two trees have at one name.
func (c *treeComparer) entry(dir string, old, is treeEntry, depth int) error {
	if old.mode == is.mode && old.hash == is.hash {
		return nil
	}
	name := old.name
	if len(name) == 0 {
		name = is.name
	}
	path := joinTreePath(dir, string(name))
	if old.isDir() || is.isDir() {
		// Sorted as directories, both are directories or one is nothing.
		return c.dirs(path, old.hash, is.hash, depth+1)
	}
	if len(c.changes) == maxTreeChanges {
		return errTreeChanges
	}
	c.changes = append(c.changes, treeChange{path, fileState{old.mode, old.hash}, fileState{is.mode, is.hash}})
	return nil
}

// emptyTree is the tree without entries, which git knows without storing it.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
