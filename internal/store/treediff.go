package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

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
	d := treeDiff{ctx: ctx, objects: objects, commit: to, dirsLeft: maxDirChanges}
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

// maxPathDepth is how many directories deep the files of a project may lie, as
// git's own core.maxTreeDepth has it.
const maxPathDepth = 4096

var errPathDepth = fmt.Errorf("more than %d directories deep", maxPathDepth)

// treeDiff gathers the differences of two trees.
type treeDiff struct {
	ctx      context.Context
	objects  *objects
	commit   string // of the newer tree
	changes  []PathChange
	dirsLeft int // how many more directories may differ
}

// trees compares the trees at path; the zero hash is an empty one.
func (d *treeDiff) trees(path string, older, newer plumbing.Hash, depth int) error {
	switch {
	case older == newer:
		return nil
	case depth > maxPathDepth:
		return &TreeError{Path: path, Hash: newer, Err: errPathDepth}
	case d.dirsLeft == 0 || len(d.changes) > maxTreeChanges:
		return errTreeChanges
	case d.ctx.Err() != nil:
		return context.Cause(d.ctx)
	}
	d.dirsLeft--
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

// Staged returns how the files in the index below dir differ from those of
// HEAD, sorted by path.
func (r *Repo) Staged(ctx context.Context, dir string) ([]PathChange, error) {
	if !r.git.installed() {
		return nil, errNoGit
	}
	head, err := r.Head()
	if err != nil {
		return nil, err
	}
	base := head.Hash
	if head.Unborn {
		base = emptyTree
	}
	out, err := r.git.output(ctx, "diff-index", "--cached", "--raw", "-z", "--abbrev=40", "--no-renames", base, "--", ":(top,literal)"+dir)
	if err != nil {
		return nil, err
	}
	return parseRawDiff(string(out))
}

// emptyTree is the tree without entries, which git knows without storing it.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// parseRawDiff reads "git diff-index --raw -z": pairs of ":MODE MODE HASH HASH
// STATUS" and a path.
func parseRawDiff(out string) ([]PathChange, error) {
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	var changes []PathChange
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(fields[i])
		if len(f) != 5 {
			return nil, fmt.Errorf("git diff-index: %q", fields[i])
		}
		mode, err := strconv.ParseUint(f[1], 8, 32)
		if err != nil {
			return nil, fmt.Errorf("git diff-index: %w", err)
		}
		c := PathChange{Path: fields[i+1], Status: PathModified, File: File{Path: fields[i+1], Mode: uint32(mode), Blob: f[3]}}
		switch f[4][0] {
		case 'A':
			c.Status = PathAdded
		case 'D':
			c.Status, c.File = PathRemoved, File{}
		}
		changes = append(changes, c)
	}
	return changes, nil
}
