package store

import (
	"context"
	"path"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// auditChunk is how many commits a worker takes at a time. Neighbours share
// most of their trees, so a worker wants many of them.
const auditChunk = 1024

// revisionChanges is what a commit did below the directory of records.
type revisionChanges struct {
	config  plumbing.Hash  // the blob of the configuration, zero where there is none
	parents [][]treeChange // against each parent; one entry for a commit without parents
}

// collectChanges compares the commits of a history with their parents. What is
// known already, and what stands at the edge of a shallow clone, has no changes.
func (r *Repo) collectChanges(ctx context.Context, blocks *blockCache, h *history, dir string, progress func(done, total int)) ([]revisionChanges, error) {
	all := make([]revisionChanges, len(h.revisions))
	var done atomic.Int64
	err := r.inChunks(ctx, blocks, len(all), auditChunk, func(o *objects) func(begin, end int) error {
		c := &changeCollector{history: h, dir: dir, trees: newTreeComparer(o)}
		return func(begin, end int) error {
			err := c.collect(all, begin, end)
			if n := done.Add(int64(end - begin)); progress != nil {
				progress(int(n), len(all))
			}
			return err
		}
	})
	return all, err
}

// changeCollector compares commits. It is one worker's.
type changeCollector struct {
	history *history
	dir     string
	trees   *treeComparer

	// The top of the commit that was looked at last: the parent of the next
	// one, as a rule.
	lastTree plumbing.Hash
	last     recordsTop
}

// recordsTop is the directory of records in one commit, all zero where there is
// none.
type recordsTop struct {
	tree   plumbing.Hash
	config plumbing.Hash
}

// collect fills in the changes of the commits from begin to end.
func (c *changeCollector) collect(all []revisionChanges, begin, end int) error {
	for i := begin; i < end; i++ {
		rev := &c.history.revisions[i]
		if rev.known || rev.edge {
			continue
		}
		if err := c.compare(rev, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

// compare fills in the changes of one commit.
func (c *changeCollector) compare(rev *revision, into *revisionChanges) error {
	var parents []plumbing.Hash
	for _, place := range rev.parents {
		top, err := c.top(c.history.revisions[place].tree)
		if err != nil {
			return err
		}
		parents = append(parents, top.tree)
	}
	if len(parents) == 0 {
		parents = []plumbing.Hash{plumbing.ZeroHash}
	}
	top, err := c.top(rev.tree)
	if err != nil {
		return err
	}
	into.config = top.config
	for i, parent := range parents {
		if parent == top.tree && len(parents) == 1 {
			return nil // most commits of most projects
		}
		if into.parents == nil {
			into.parents = make([][]treeChange, len(parents))
		}
		if into.parents[i], err = c.trees.compare(c.dir, parent, top.tree); err != nil {
			return err
		}
	}
	return nil
}

// top finds the directory of records below the root of a commit. What stands in
// its place and is no directory has no records.
func (c *changeCollector) top(root plumbing.Hash) (recordsTop, error) {
	if root == c.lastTree && !root.IsZero() {
		return c.last, nil
	}
	var top recordsTop
	tree, err := c.descend(root, c.dir)
	if err == nil && !tree.IsZero() {
		top.tree = tree
		var entry treeEntry
		entry, err = c.child(c.dir, tree, configName)
		top.config = entry.hash
	}
	if err != nil {
		return recordsTop{}, err
	}
	c.lastTree, c.last = root, top
	return top, nil
}

// configName is the team's configuration in the directory of records.
const configName = "config.yaml"

// descend returns the tree at a path, zero when there is none.
func (c *changeCollector) descend(root plumbing.Hash, dir string) (plumbing.Hash, error) {
	if dir == "." {
		return root, nil
	}
	above, err := c.descend(root, path.Dir(dir))
	if err != nil || above.IsZero() {
		return plumbing.ZeroHash, err
	}
	entry, err := c.child(path.Dir(dir), above, path.Base(dir))
	if err != nil || !entry.isDir() {
		return plumbing.ZeroHash, err
	}
	return entry.hash, nil
}

// child returns an entry of the tree at dir, the zero entry when it has none of
// that name.
func (c *changeCollector) child(dir string, tree plumbing.Hash, name string) (treeEntry, error) {
	data, err := c.trees.read(dir, tree)
	if err != nil {
		return treeEntry{}, err
	}
	for e, err := range treeEntries(data) {
		if err != nil {
			return treeEntry{}, &TreeError{Path: dir, Hash: tree, Err: err}
		}
		if string(e.name) == name {
			return e, nil
		}
	}
	return treeEntry{}, nil
}
