package audit

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// auditChunk is how many commits a worker takes at a time. Neighbours share
// most of their trees, so a worker wants many of them; what they changed is in
// memory until they are judged.
const auditChunk = 512

// auditProcessors is how many workers there are: each has its caches.
func auditProcessors() int { return min(runtime.GOMAXPROCS(0), 4) }

// revisionChanges is what a commit did below the directory of records.
type revisionChanges struct {
	config  plumbing.Hash      // the blob of the configuration, zero where there is none
	parents [][]odb.TreeChange // against each parent; one entry for a commit without parents
	err     error              // why it is not known
}

// eachChange compares the commits of a history with their parents, and calls
// judge with the position and the changes of each, parents first. What is known
// already, and what stands at the edge of a shallow clone, has no changes.
func (a *audit) eachChange(ctx context.Context, h *git.History, progress func(done, total int), judge func(pos int32, changes *revisionChanges) error) error {
	all, err := a.LoadObjects()
	if err != nil {
		return err
	}
	return odb.InTurns(ctx, all, a.blocks, auditProcessors(), len(h.Order), auditChunk, func(o *odb.Objects) func(begin, end int) ([]revisionChanges, error) {
		c := &changeCollector{history: h, dir: a.opts.Dir, trees: odb.NewTreeComparer(ctx, o)}
		return func(begin, end int) ([]revisionChanges, error) { return c.collect(h.Order[begin:end]) }
	}, func(begin int, all []revisionChanges) error {
		for i := range all {
			if err := judge(h.Order[begin+i], &all[i]); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(begin+len(all), len(h.Order))
		}
		return nil
	})
}

// changeCollector compares commits. It is one worker's.
type changeCollector struct {
	history *git.History
	dir     string
	trees   *odb.TreeComparer

	// The top of the commit that was looked at last: the child of the next
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

// collect returns the changes of some commits. It begins with the last one, as
// packs do: older trees are stored as differences to younger ones.
func (c *changeCollector) collect(positions []int32) ([]revisionChanges, error) {
	all := make([]revisionChanges, len(positions))
	for i, pos := range slices.Backward(positions) {
		rev := c.history.At(pos)
		if rev.Known || rev.Edge {
			continue
		}
		if err := c.compare(rev, &all[i]); err != nil {
			if odb.IsMissing(err) || context.Cause(c.trees.Ctx) != nil {
				return nil, err
			}
			all[i] = revisionChanges{err: err} // one bad commit hides no other
		}
	}
	return all, nil
}

// compare fills in the changes of one commit.
func (c *changeCollector) compare(rev *git.Revision, into *revisionChanges) error {
	top, err := c.top(rev.Tree)
	if err != nil {
		return err
	}
	into.config = top.config
	var parents []plumbing.Hash
	for _, pos := range c.history.ParentsOf(rev) {
		parent, err := c.top(c.history.At(pos).Tree)
		if err != nil {
			return err
		}
		parents = append(parents, parent.tree)
	}
	if len(parents) == 0 {
		parents = []plumbing.Hash{plumbing.ZeroHash}
	}
	for i, parent := range parents {
		if parent == top.tree && len(parents) == 1 {
			return nil // most commits of most projects
		}
		if into.parents == nil {
			into.parents = make([][]odb.TreeChange, len(parents))
		}
		if into.parents[i], err = c.trees.Compare(c.dir, parent, top.tree); err != nil {
			return fmt.Errorf("commit %s: %w", rev.Hash, err)
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
	tree, err := c.trees.Dir(root, c.dir)
	if err == nil && !tree.IsZero() {
		top.tree = tree
		var entry odb.TreeEntry
		entry, err = c.trees.Child(c.dir, tree, configName)
		top.config = entry.Hash
	}
	if err != nil {
		return recordsTop{}, err
	}
	c.lastTree, c.last = root, top
	return top, nil
}

// configName is the team's configuration in the directory of records.
const configName = "config.yaml"
