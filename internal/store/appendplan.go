package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// The first half of an append: it takes the locks, reads what they guard, and
// plans the commit, or refuses it. Nothing has been written but the marker and the
// copy of an index.

// check refuses a change that no repository could take.
func (c *Change) check() error {
	if len(c.Files) == 0 {
		return errors.New("change: no files")
	}
	if strings.ContainsRune(c.Message, 0) || strings.TrimSpace(c.Message) == "" {
		return errors.New("change: the message is empty or holds a zero byte")
	}
	for _, who := range []git.Ident{c.Author, c.Committer} {
		if !who.CanStand() {
			return fmt.Errorf("change: identity %q cannot stand in a commit", who)
		}
	}
	seen := map[string]bool{}
	for _, file := range c.Files {
		if !validPath(file.Path) || seen[file.Path] {
			return fmt.Errorf("change: path %q is not one for a file in a tree, or is there twice", file.Path)
		}
		seen[file.Path] = true
	}
	return nil
}

// validPath reports whether a path is relative, clean, of printable ASCII without
// backslashes, and names no git directory, however Windows would spell one.
func validPath(name string) bool {
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		part, _, _ = strings.Cut(part, ":")
		if strings.TrimRight(part, " .") == ".git" || strings.HasPrefix(part, "git~") {
			return false
		}
	}
	odd := func(c rune) bool { return c < ' ' || c > '~' || c == '\\' }
	return filepath.IsLocal(filepath.FromSlash(name)) && path.Clean(name) == name && !strings.ContainsFunc(name, odd)
}

// openMarker announces the append, so that what it leaves when it is killed can
// be told from what others leave, by a token in all of it.
func (a *appending) openMarker(ctx context.Context) (err error) {
	if a.objects, err = a.LoadObjects(); err != nil {
		return err
	}
	if a.base, err = a.findBase(); err != nil {
		return err
	}
	if a.marker, err = a.NewMarker(ctx, a.base); err != nil {
		return err
	}
	a.objects.Token = a.marker.Token
	return nil
}

// findBase returns "HEAD" for a change to the branch that is checked out, or
// that a bare repository calls its own, else the full name of the branch.
func (a *appending) findBase() (string, error) {
	if a.change.Branch == "" {
		return "HEAD", nil
	}
	name := "refs/heads/" + a.change.Branch
	if err := plumbing.ReferenceName(name).Validate(); err != nil {
		return "", fmt.Errorf("branch %q: %w", a.change.Branch, err)
	}
	if a.Bare {
		return name, nil
	}
	head, err := a.Head()
	if err == nil && head.Ref == name {
		return "HEAD", nil
	}
	return name, err
}

// lockIndex takes the lock of the index, when the change goes to one.
func (a *appending) lockIndex(ctx context.Context) (err error) {
	if a.base != "HEAD" || a.Bare {
		return nil
	}
	if a.Worktree() == "" {
		return &git.UnsupportedError{What: a.Git.Dir, Why: "no work tree here", WayOut: "run it in the work tree"}
	}
	a.index, err = a.LockFile(ctx, a.IndexPath(), a.marker.Token)
	return err
}

// lockBranch takes the right to move HEAD and the branch it points at, or the
// branch that was named, and the tip that the commit goes on.
func (a *appending) lockBranch(ctx context.Context) (err error) {
	if a.move, a.commit, err = a.References.Begin(ctx, a.base, a.marker); err != nil {
		return err
	}
	return a.checkTarget(ctx)
}

// checkTarget refuses a branch that must not move now.
func (a *appending) checkTarget(ctx context.Context) error {
	ref, tip := a.commit.Ref, a.commit.Parent
	if tip == "" {
		if err := a.CheckUnborn(ref); err != nil {
			return err
		}
		if err := a.CheckNameFree(ref); err != nil {
			return err
		}
	}
	if a.checkedOut() { // a rebase or bisect detaches HEAD, and is what the user has to finish
		if err := a.CheckNoOperation(); err != nil {
			return err
		}
	}
	if ref == "HEAD" && !a.change.DetachOK {
		return &git.DetachedError{Hash: tip}
	}
	if !a.checkedOut() {
		return a.CheckElsewhere(ctx, ref)
	}
	if a.change.Branch != "" && ref != "refs/heads/"+a.change.Branch {
		return git.ErrMoved // HEAD was switched before we had its lock
	}
	return nil
}

// findIndex sees whether there is an index. Where there is none though the tip's
// tree holds something, nothing has been checked out yet, or the file was lost:
// an index of our entries alone would make the user's next commit delete all
// else. The lock is kept all the same, so that none is made of the old tip
// meanwhile.
func (a *appending) findIndex(context.Context) error {
	if a.index == nil || a.commit.Parent == "" {
		return nil
	}
	if there, err := a.HasIndex(); there || err != nil {
		return err
	}
	root, err := a.objects.CommitTree(plumbing.NewHash(a.commit.Parent))
	a.unindexed = root.String() != odb.EmptyTree
	return err
}

// checkPaths refuses before anything is written when a file cannot be put at
// its path: in the tree of the tip, in the index, or in the work tree. Nor is it
// where git would make something else of it.
func (a *appending) checkPaths(ctx context.Context) (err error) {
	var root plumbing.Hash // of the tip; zero for the first commit
	if a.commit.Parent != "" {
		if root, err = a.objects.CommitTree(plumbing.NewHash(a.commit.Parent)); err != nil {
			return err
		}
	}
	for _, file := range a.change.Files {
		a.files = append(a.files, odb.TreeFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.ComputeHash(plumbing.BlobObject, file.Data)})
	}
	if err := a.planTrees(root); err != nil {
		return err
	}
	if err := a.checkAttributes(ctx, root, a.change.Files, a.checkedOut()); err != nil {
		return err
	}
	if !a.checkedOut() {
		return nil
	}
	if a.sparse, err = a.ReadSparse(); err != nil {
		return err
	}
	for _, file := range a.change.Files {
		if !a.sparse.Includes(file.Path) {
			continue
		}
		if err := git.CheckVacant(a.Worktree(), file.Path); err != nil {
			return err
		}
	}
	return nil
}

// planTrees makes the trees of the commit in memory, and refuses paths that the
// tree of the tip has, or whose parents are something other than directories
// there.
func (a *appending) planTrees(root plumbing.Hash) (err error) {
	a.root, a.trees, err = a.objects.InsertFiles(root, a.files)
	if conflict, ok := errors.AsType[*odb.PathConflictError](err); ok {
		return &git.BlockedPathError{Path: conflict.Path, Why: fmt.Sprintf("in the branch already, with mode %o", uint32(conflict.Mode))}
	}
	if err == nil && a.root == root {
		return &git.BlockedPathError{Path: a.files[0].Path, Why: "in the branch already"}
	}
	return err
}

// startIndex looks at the index and begins to edit the copy.
func (a *appending) startIndex(ctx context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	index, found, err := git.ExamineIndex(a.IndexPath(), pathsOf(a.files))
	if err != nil {
		return err
	}
	if found.Unmerged != "" {
		return &git.InProgressError{What: "a merge (conflict in " + found.Unmerged + ")", WayOut: "resolve it with git add"}
	}
	for _, file := range a.files {
		if found.Present[file.Path] {
			return &git.BlockedPathError{Path: file.Path, Why: "staged already"}
		}
	}
	if found.InTheWay != "" {
		return &git.BlockedPathError{Path: found.InTheWay, Why: "in the index, where a directory has to be"}
	}
	a.edit, err = a.StartIndexEdit(ctx, a.index, a.marker, index, a.files, a.sparse)
	return err
}

// pathsOf returns the paths of files.
func pathsOf(files []odb.TreeFile) []string {
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = file.Path
	}
	return paths
}
