package store

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// CommitInfo is what a commit says of itself.
type CommitInfo struct {
	Hash      string
	Parents   []string
	Author    Ident
	Committer Ident
	Message   string

	tree plumbing.Hash
}

// ReadCommit returns a commit by its hash. Nothing is fetched.
func (r *Repo) ReadCommit(hash string) (CommitInfo, error) {
	objects, err := r.loadObjects()
	if err != nil {
		return CommitInfo{}, err
	}
	data, err := objects.commit(plumbing.NewHash(hash))
	if err != nil {
		return CommitInfo{}, fmt.Errorf("commit %s: %w", hash, err)
	}
	return parseCommit(hash, string(data))
}

// HasCommit reports whether the repository holds the commit itself. A shallow
// clone may hold it without its parents.
func (r *Repo) HasCommit(hash string) bool {
	objects, err := r.loadObjects()
	if err != nil {
		return false
	}
	_, err = objects.commit(plumbing.NewHash(hash))
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
			c.tree = plumbing.NewHash(value)
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author, _ = parseIdent(value)
		case "committer":
			c.Committer, _ = parseIdent(value)
		}
	}
	if c.tree.IsZero() {
		return CommitInfo{}, fmt.Errorf("commit %s: no tree", hash)
	}
	return c, nil
}

// Revision returns the commit that a revision names, in all notations of git.
func (r *Repo) Revision(ctx context.Context, rev string) (string, error) {
	return r.revision(ctx, rev)
}

// Recent visits the commits that tips reach, the youngest committer date first,
// until visit returns false. known is true for a commit that one of known is
// or reaches; as in git's own walks, a clock that ran far backwards can hide
// that. History ends where commits are missing: at the edge of a shallow clone,
// and at tips that were never fetched.
func (r *Repo) Recent(ctx context.Context, tips, known []string, visit func(c CommitInfo, known bool) bool) error {
	w := recentWalk{repo: r, at: make(map[string]*recentCommit)}
	for _, hash := range known {
		w.add(hash, true)
	}
	for _, hash := range tips {
		w.add(hash, false)
	}
	for w.queue.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := heap.Pop(&w.queue).(*recentCommit)
		if !visit(c.CommitInfo, c.known) {
			return nil
		}
		for _, parent := range c.Parents {
			w.add(parent, c.known)
		}
	}
	return nil
}

// recentWalk is a walk through history by date.
type recentWalk struct {
	repo  *Repo
	queue recentQueue
	at    map[string]*recentCommit // every commit met, nil for a missing one
}

type recentCommit struct {
	CommitInfo
	known bool
}

// add queues a commit when it is met for the first time.
func (w *recentWalk) add(hash string, known bool) {
	c, met := w.at[hash]
	switch {
	case c != nil:
		c.known = c.known || known
	case !met:
		info, err := w.repo.ReadCommit(hash)
		if err != nil {
			w.at[hash] = nil
			return
		}
		c = &recentCommit{info, known}
		w.at[hash] = c
		heap.Push(&w.queue, c)
	}
}

// recentQueue is a heap with the youngest commit on top.
type recentQueue []*recentCommit

func (q recentQueue) Len() int           { return len(q) }
func (q recentQueue) Less(i, j int) bool { return q[i].Committer.When.After(q[j].Committer.When) }
func (q recentQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *recentQueue) Push(x any)        { *q = append(*q, x.(*recentCommit)) }
func (q *recentQueue) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}

// MergeBase returns the best common ancestor of two commits, "" when there is
// none, or none that a shallow clone has.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	if !r.git.installed() {
		return "", errNoGit
	}
	out, err := r.git.output(ctx, "merge-base", "--end-of-options", a, b)
	if failed, ok := errors.AsType[*gitError](err); ok && failed.Status == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Range returns the commits that head reaches and base does not, parents before
// their children. Both are hashes.
func (r *Repo) Range(ctx context.Context, base, head string) ([]CommitInfo, error) {
	if !r.git.installed() {
		return nil, errNoGit
	}
	out, err := r.git.output(ctx, "rev-list", "--topo-order", "--reverse", "--end-of-options", head, "^"+base)
	if err != nil {
		return nil, err
	}
	var commits []CommitInfo
	for hash := range strings.FieldsSeq(string(out)) {
		c, err := r.ReadCommit(hash)
		if err != nil {
			return nil, err
		}
		commits = append(commits, c)
	}
	return commits, nil
}

// PathChange is a file that two trees do not have alike. Whoever can push chose
// its path.
type PathChange struct {
	Path   string
	Status PathStatus
	File   File // as the newer tree has it; without Path when it was removed
}

// PathStatus says how a file differs. A rename is a removal and an addition.
type PathStatus byte

// The ways in which a file differs.
const (
	PathAdded    PathStatus = 'A'
	PathModified PathStatus = 'M' // content, mode or type
	PathRemoved  PathStatus = 'D'
)

// Changes returns how the files of commit to differ from those of commit from,
// sorted by path. An empty from stands for no files at all.
func (r *Repo) Changes(ctx context.Context, from, to string) ([]PathChange, error) {
	objects, err := r.loadObjects()
	if err != nil {
		return nil, err
	}
	d := treeDiff{ctx: ctx, objects: objects, commit: to}
	var older plumbing.Hash
	if from != "" {
		if older, err = objects.commitTree(plumbing.NewHash(from)); err != nil {
			return nil, err
		}
	}
	newer, err := objects.commitTree(plumbing.NewHash(to))
	if err != nil {
		return nil, err
	}
	err = d.trees("", older, newer, 0)
	slices.SortFunc(d.changes, func(a, b PathChange) int { return cmp.Compare(a.Path, b.Path) })
	return d.changes, err
}

// treeDiff gathers the differences of two trees.
type treeDiff struct {
	ctx     context.Context
	objects *objects
	commit  string // of the newer tree
	changes []PathChange
}

// trees compares the trees at path; the zero hash is an empty one.
func (d *treeDiff) trees(path string, older, newer plumbing.Hash, depth int) error {
	switch {
	case older == newer:
		return nil
	case depth > maxTreeDepth:
		return &TreeError{Path: path, Hash: newer, Err: errTreeDepth}
	case d.ctx.Err() != nil:
		return context.Cause(d.ctx)
	}
	before, err := d.entries(path, older)
	if err != nil {
		return err
	}
	after, err := d.entries(path, newer)
	if err != nil {
		return err
	}
	for name, was := range before {
		if err := d.entry(joinTreePath(path, name), was, after[name], depth); err != nil {
			return err
		}
	}
	for name, is := range after {
		if _, both := before[name]; !both {
			if err := d.entry(joinTreePath(path, name), treeEntry{}, is, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// entries returns the entries of a tree by name.
func (d *treeDiff) entries(path string, tree plumbing.Hash) (map[string]treeEntry, error) {
	entries := make(map[string]treeEntry)
	if tree.IsZero() {
		return entries, nil
	}
	data, err := d.objects.tree(tree)
	if err != nil {
		return nil, &TreeError{Path: path, Hash: tree, Err: err}
	}
	for e, err := range treeEntries(data) {
		if err != nil {
			return nil, &TreeError{Path: path, Hash: tree, Err: err}
		}
		entries[string(e.name)] = e
	}
	return entries, nil
}

// entry compares what two trees have at one path; the zero entry is nothing.
func (d *treeDiff) entry(path string, was, is treeEntry, depth int) error {
	if was.hash == is.hash && was.mode == is.mode {
		return nil
	}
	// Where one of the two is a directory, its files come or go.
	if was.isDir() || is.isDir() {
		if err := d.trees(path, dirHash(was), dirHash(is), depth+1); err != nil {
			return err
		}
	}
	older, newer := was.mode != 0 && !was.isDir(), is.mode != 0 && !is.isDir()
	file := File{Path: path, Mode: uint32(is.mode), Blob: is.hash.String(), Commit: d.commit}
	switch {
	case older && newer:
		d.changes = append(d.changes, PathChange{path, PathModified, file})
	case newer:
		d.changes = append(d.changes, PathChange{path, PathAdded, file})
	case older:
		d.changes = append(d.changes, PathChange{path, PathRemoved, File{}})
	}
	return nil
}

// dirHash returns the hash of an entry that is a directory, else the zero hash.
func dirHash(e treeEntry) plumbing.Hash {
	if e.isDir() {
		return e.hash
	}
	return plumbing.ZeroHash
}

// Shallow reports whether history is cut off somewhere.
func (r *Repo) Shallow() bool {
	info, err := os.Stat(filepath.Join(r.common, "shallow"))
	return err == nil && info.Size() > 0
}

// Remotes returns the names of the configured remotes, sorted.
func (r *Repo) Remotes() ([]string, error) {
	c, err := r.loadConfig()
	if err != nil {
		return nil, err
	}
	var names []string
	for key := range c {
		name, ok := strings.CutSuffix(key, ".url")
		if name, isRemote := strings.CutPrefix(name, "remote."); ok && isRemote {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Fetch brings commits with up to depth generations of history from a remote,
// or all of it for depth 0, and moves no reference. want are full reference
// names or hashes. Credentials come from where git has them; nothing asks.
func (r *Repo) Fetch(ctx context.Context, remote string, depth int, want ...string) error {
	if !r.git.installed() {
		return errNoGit
	}
	args := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"}
	switch {
	case depth > 0:
		args = append(args, "--depth="+strconv.Itoa(depth))
	case r.Shallow():
		args = append(args, "--unshallow")
	}
	_, err := r.git.output(ctx, append(append(args, "--end-of-options", remote), want...)...)
	// A fetch adds packs that an open database has not listed.
	if objects, loadErr := r.loadObjects(); loadErr == nil {
		objects.Close()
	}
	return err
}
