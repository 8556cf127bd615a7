package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// CommitInfo is what a commit says of itself.
type CommitInfo struct {
	Hash      string
	Parents   []string
	Author    Ident
	Committer Ident
	Message   string

	Tree plumbing.Hash
}

// ReadCommit returns a commit by its hash. Nothing is fetched.
func (r *Repo) ReadCommit(hash string) (CommitInfo, error) {
	objects, err := r.LoadObjects()
	if err != nil {
		return CommitInfo{}, err
	}
	return commitInfo(objects, hash)
}

// commitInfo returns a commit by its hash.
func commitInfo(o *odb.Objects, hash string) (CommitInfo, error) {
	data, err := o.Commit(plumbing.NewHash(hash))
	if err != nil {
		return CommitInfo{}, fmt.Errorf("commit %s: %w", hash, err)
	}
	return parseCommit(hash, string(data))
}

// HasCommit reports whether the repository holds the commit itself. A shallow
// clone may hold it without its parents.
func (r *Repo) HasCommit(hash string) bool {
	objects, err := r.LoadObjects()
	if err != nil {
		return false
	}
	_, err = objects.Commit(plumbing.NewHash(hash))
	return err == nil
}

// parseCommit reads a commit object. A person that git would not write is
// returned as the zero Ident: old imports have them, and they hide nothing.
func parseCommit(hash, data string) (CommitInfo, error) {
	c := CommitInfo{Hash: hash}
	head, message, _ := strings.Cut(data, "\n\n")
	c.Message = message
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.Tree = plumbing.NewHash(value)
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author, _ = parseIdent(value)
		case "committer":
			c.Committer, _ = parseIdent(value)
		}
	}
	if c.Tree.IsZero() {
		return CommitInfo{}, fmt.Errorf("commit %s: no tree", hash)
	}
	return c, nil
}

// Recent visits the commits that tips reach, the youngest committer date first,
// until visit returns false or nothing is left but commits that are known and
// older than since. known is true for a commit that one of known is or reaches;
// as in git's own walks, a clock that ran far backwards can hide that. History
// ends where commits are missing: at the edge of a shallow clone, and at tips
// that were never fetched.
//
// Of many known commits, those after the first maxKnown are not followed on
// their own: they count where the walk meets them.
func (r *Repo) Recent(ctx context.Context, tips, known []string, since time.Time, visit func(c CommitInfo, known bool) bool) error {
	w := recentWalk{repo: r, at: make(map[string]*recentCommit), known: make(map[string]bool, len(known))}
	for i, hash := range known {
		w.known[hash] = true
		if i < maxKnown {
			w.add(hash, true)
		}
	}
	for _, hash := range tips {
		w.add(hash, false)
	}
	for len(w.queue) > 0 {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		c := w.next()
		if w.unknown == 0 && c.known && c.Committer.When.Before(since) || !visit(c.CommitInfo, c.known) {
			return nil
		}
		for _, parent := range c.Parents {
			w.add(parent, c.known)
		}
	}
	return nil
}

// maxKnown is how many known commits a walk reads before it begins.
const maxKnown = 64

// recentWalk is a walk through history by date.
type recentWalk struct {
	repo    *Repo
	known   map[string]bool
	queue   recentQueue
	unknown int                      // how many in the queue are not known
	at      map[string]*recentCommit // every commit met, nil for a missing one
}

type recentCommit struct {
	CommitInfo
	known   bool
	visited bool
}

// next takes the youngest commit from the queue.
func (w *recentWalk) next() *recentCommit {
	c := w.queue.pop()
	c.visited = true
	if !c.known {
		w.unknown--
	}
	return c
}

// add queues a commit when it is met for the first time.
func (w *recentWalk) add(hash string, known bool) {
	c, met := w.at[hash]
	if !met {
		c = w.read(hash)
	}
	if c != nil && known && !c.known {
		c.known = true
		if !c.visited {
			w.unknown--
		}
	}
}

// read queues a commit, and returns nil when it is missing.
func (w *recentWalk) read(hash string) *recentCommit {
	info, err := w.repo.ReadCommit(hash)
	if err != nil {
		w.at[hash] = nil
		return nil
	}
	c := &recentCommit{CommitInfo: info, known: w.known[hash]}
	if !c.known {
		w.unknown++
	}
	w.at[hash] = c
	w.queue.push(c)
	return c
}

// recentQueue is sorted, the youngest commit last.
type recentQueue []*recentCommit

func (q *recentQueue) push(c *recentCommit) {
	at, _ := slices.BinarySearchFunc(*q, c, func(a, b *recentCommit) int { return a.Committer.When.Compare(b.Committer.When) })
	*q = slices.Insert(*q, at, c)
}

func (q *recentQueue) pop() *recentCommit {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}

// MergeBase returns the best common ancestor of a commit and of others taken
// together, "" when there is none, or none that a shallow clone has.
func (r *Repo) MergeBase(ctx context.Context, commit string, others ...string) (string, error) {
	out, err := r.Git.Output(ctx, append([]string{"merge-base", "--end-of-options", commit}, others...)...)
	if failed, ok := errors.AsType[*Error](err); ok && failed.Status == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}
