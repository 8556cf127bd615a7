package odb

import (
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxCachedTrees is how many bytes of trees a reader keeps: the newer tree of one
// commit is the older tree of the next.
const maxCachedTrees = 512 << 10

// TreeReader reads trees, and keeps those that were read last. It is not safe for
// concurrent use.
type TreeReader struct {
	objects *Objects
	trees   *lruCache[plumbing.Hash, readTree]
}

// readTree is a tree, or why it cannot be read.
type readTree struct {
	data []byte
	err  error
}

// NewTreeReader returns a reader of the trees in an object database.
func NewTreeReader(o *Objects) *TreeReader {
	return &TreeReader{o, newLRU[plumbing.Hash](maxCachedTrees,
		func(t readTree) int64 { return int64(cap(t.data)) + lruItemSize },
		func(readTree) {})}
}

// Read returns the bytes of the tree at path. The zero hash is an empty one.
func (r *TreeReader) Read(path string, tree plumbing.Hash) ([]byte, error) {
	if tree.IsZero() {
		return nil, nil
	}
	t, ok := r.trees.get(tree)
	if !ok {
		t.data, t.err = r.objects.Tree(tree)
		r.trees.put(tree, t)
	}
	if t.err != nil {
		return nil, &TreeError{Path: path, Hash: tree, Err: t.err}
	}
	return t.data, nil
}

// Child returns an entry of the tree at dir, the zero entry when it has none of
// that name.
func (r *TreeReader) Child(dir string, tree plumbing.Hash, name string) (TreeEntry, error) {
	data, err := r.Read(dir, tree)
	if err != nil {
		return TreeEntry{}, err
	}
	for e, err := range TreeEntries(data) {
		if err != nil {
			return TreeEntry{}, &TreeError{Path: dir, Hash: tree, Err: err}
		}
		if string(e.Name) == name {
			return e, nil
		}
	}
	return TreeEntry{}, nil
}

// Dir returns the tree at a slash-separated path below another one, zero when
// there is none.
func (r *TreeReader) Dir(root plumbing.Hash, dir string) (plumbing.Hash, error) {
	above := ""
	for name := range strings.SplitSeq(dir, "/") {
		e, err := r.Child(above, root, name)
		if err != nil || !e.IsDir() {
			return plumbing.ZeroHash, err
		}
		above, root = JoinTreePath(above, name), e.Hash
	}
	return root, nil
}
