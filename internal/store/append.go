package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Change is what an append adds.
type Change struct {
	Files     []NewFile // at least one
	Message   string    // of the commit: a subject, an empty line, trailers
	Author    git.Ident
	Committer git.Ident
	Branch    string // short name of the branch to write to, "" for the one that is checked out
	DetachOK  bool   // write to a detached HEAD as well
}

// NewFile is a file that the tree does not have yet.
type NewFile struct {
	Path string // from the root of the tree, clean, with slashes
	Data []byte
}

// UnfinishedError comes with a [git.Commit] that stands: it is on the branch and on
// disk. What came after it, the index or a reflog, is missing; [Repo.Recover]
// repairs the index.
type UnfinishedError struct{ Err error }

func (e *UnfinishedError) Error() string {
	return "committed, but not everything after it was done: " + e.Err.Error()
}
func (e *UnfinishedError) Unwrap() error { return e.Err }

// Append commits new files, and nothing else, on top of the branch that is
// checked out, or of change.Branch. What the user has staged or changed stays
// as it is. On the checked-out branch the files also appear in the index and
// the work tree; another branch has neither, and is begun when it does not
// exist.
//
// When the commit is returned it is reachable from its reference and on disk.
// With any error but [UnfinishedError] everything is as before. [git.BusyError] is
// worth another try; [git.InProgressError], [git.DetachedError], [git.BlockedPathError],
// [git.SignError] and [git.UnsupportedError] need the user.
func (r *Repo) Append(ctx context.Context, change Change) (git.Commit, error) {
	if err := change.check(); err != nil {
		return git.Commit{}, err
	}
	var commit git.Commit
	err := r.whileMoved(ctx, func() (err error) {
		commit, err = r.appendOnce(ctx, change)
		return err
	})
	return commit, err
}

// whileMoved runs a protocol that moves a branch, after repairing what a killed
// one has left, and again when somebody without locks was in between.
func (r *Repo) whileMoved(ctx context.Context, once func() error) error {
	if err := r.CheckHook(); err != nil {
		return err
	}
	for range git.MaxTries {
		if err := r.Recover(ctx); err != nil {
			return err
		}
		if err := once(); !errors.Is(err, git.ErrMoved) {
			return err
		}
	}
	return &git.BusyError{Path: r.Dir()}
}

// appendOnce is the protocol. Before moveBranch nothing has happened that
// release does not take back; after it the commit stands.
func (r *Repo) appendOnce(ctx context.Context, change Change) (git.Commit, error) {
	a := &appending{Repo: r, change: change}
	defer a.release()
	for _, step := range []func(context.Context) error{
		a.openMarker, // from here other writers of ours wait
		a.lockIndex,  // from here nobody stages, merges or checks out
		a.lockBranch, // from here nobody moves HEAD or the branch, and its tip is read
		a.findIndex,  // from here nobody makes one
		a.checkPaths,
		a.startIndex, // a copy gets the entries while we go on
		a.writeObjects,
		a.readBack,
		a.finishIndex,
		a.fillMarker,
		a.fillLocks,
		a.stageFiles,
		a.syncAll,
		a.placeFiles,
		a.moveBranch, // the point of no return
	} {
		if err := step(ctx); err != nil {
			return git.Commit{}, err
		}
	}
	if err := a.finish(); err != nil {
		return a.commit, &UnfinishedError{Err: err}
	}
	return a.commit, nil
}

// appending is one run of the protocol.
type appending struct {
	*Repo
	change Change

	index     *git.Lock // only on the checked-out branch
	unindexed bool      // the index is locked, and is not there
	base      string    // "HEAD", or the full name of a branch that is not checked out
	move      git.ReferenceMove
	entry     git.LogEntry // of the reflogs
	objects   *odb.Objects
	files     []odb.TreeFile
	sparse    git.SparsePatterns
	edit      *git.IndexEdit
	marker    *git.Marker
	placed    git.Placed
	root      plumbing.Hash   // the tree of the new commit
	trees     []odb.RawObject // the trees that are new in it
	commit    git.Commit
	landed    bool // the branch has moved
	behind    bool // and the index has not
}

// checkedOut reports whether the change goes to the checked-out branch of a
// work tree, with its index and files.
func (a *appending) checkedOut() bool { return a.index != nil && !a.unindexed }

// writeObjects writes the blobs, the trees on their way, and the commit.
func (a *appending) writeObjects(ctx context.Context) error {
	var objects []odb.RawObject
	for _, file := range a.change.Files {
		objects = append(objects, odb.RawObject{Kind: plumbing.BlobObject, Data: file.Data})
	}
	commit, err := a.newCommit(ctx)
	if err != nil {
		return err
	}
	a.commit.Hash = plumbing.ComputeHash(commit.Kind, commit.Data).String()
	return a.objects.WriteAll(append(append(objects, a.trees...), commit)...)
}

// newCommit makes the commit, signed if the user's configuration says so.
func (a *appending) newCommit(ctx context.Context) (odb.RawObject, error) {
	c := &object.Commit{
		TreeHash: a.root, Author: a.change.Author.Signature(), Committer: a.change.Committer.Signature(),
		Message: strings.TrimRight(a.change.Message, "\n") + "\n",
	}
	if a.commit.Parent != "" {
		c.ParentHashes = []plumbing.Hash{plumbing.NewHash(a.commit.Parent)}
	}
	return a.EncodeCommit(ctx, a.objects, c)
}

// readBack reads the files through the new commit as somebody would who has
// just opened the repository. What was not written well is found here, while
// it can still be left behind.
func (a *appending) readBack(ctx context.Context) error {
	fresh, err := a.NewObjects()
	if err != nil {
		return err
	}
	defer fresh.Close()
	root, err := fresh.CommitTree(plumbing.NewHash(a.commit.Hash))
	if err != nil {
		return err
	}
	for _, file := range a.change.Files {
		entry, ok, err := fresh.TreeEntryAt(root, file.Path)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s: missing from commit %s when read back", file.Path, a.commit.Hash)
		}
		data, err := fresh.Blob(entry.Hash, int64(len(file.Data)))
		if err != nil {
			return err
		}
		if !bytes.Equal(data, file.Data) {
			return fmt.Errorf("%s: differs in commit %s when read back", file.Path, a.commit.Hash)
		}
	}
	return context.Cause(ctx)
}

// finishIndex waits until the copy of the index has the entries.
func (a *appending) finishIndex(context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	return a.edit.Finish()
}

// fillMarker writes down what the lock files and the work tree are about to
// hold, for [Repo.Recover], and what the reflogs will say.
func (a *appending) fillMarker(context.Context) (err error) {
	subject, _, _ := strings.Cut(a.change.Message, "\n")
	a.entry = git.LogEntry{Who: a.change.Committer, Message: "commit: " + subject}
	if a.commit.Parent == "" {
		a.entry.Message = "commit (initial): " + subject
	}
	a.marker.Ref, a.marker.Commit = a.commit.Ref, a.commit.Hash
	for _, file := range a.files {
		a.marker.Files = append(a.marker.Files, git.MarkedFile{Path: file.Path, Blob: file.Hash.String()})
	}
	if a.checkedOut() {
		if a.marker.Index, err = git.IndexChecksum(a.edit.Copy); err != nil {
			return err
		}
	}
	return a.marker.Write()
}

// fillLocks puts into the lock file of the index what the index is to become.
func (a *appending) fillLocks(context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	return a.edit.FillLock()
}

// stageFiles writes the files to the work tree under temporary names, but those
// that a sparse checkout leaves out.
func (a *appending) stageFiles(context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	a.placed.Top = a.Worktree()
	for i, file := range a.change.Files {
		if !a.sparse.Includes(file.Path) {
			continue
		}
		if err := a.placed.Stage(file.Path, a.files[i].Hash.String(), file.Data); err != nil {
			return err
		}
	}
	return nil
}

// syncAll puts the new tip into the lock file of the branch, and brings
// everything that is about to be renamed to disk, and the marker, at the same
// time: waiting for one after the other takes longer than all the rest.
func (a *appending) syncAll(context.Context) error {
	syncs := []func() error{func() error { return a.move.Prepare(a.commit.Hash) }, a.marker.File.Sync}
	if a.checkedOut() {
		syncs = append(syncs, a.index.Sync)
	}
	for _, file := range a.placed.Files {
		syncs = append(syncs, file.Open.Sync)
	}
	return odb.Together(len(syncs), func(i int) error { return syncs[i]() })
}

// placeFiles gives the files in the work tree their names.
func (a *appending) placeFiles(context.Context) error { return a.placed.Place() }

// moveBranch makes the commit the tip of the branch, unless somebody has moved
// it.
func (a *appending) moveBranch(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := a.move.Commit(ctx, a.entry); err != nil {
		return err
	}
	a.landed = true
	return nil
}

// finish brings the index up to the new tip, then makes the tip durable and
// writes the reflogs. Nothing of this takes the commit back.
func (a *appending) finish() (err error) {
	if a.checkedOut() {
		err = a.index.Commit()
		a.behind = err != nil
	}
	return errors.Join(err, a.move.Finish(a.entry))
}

// release gives up everything that is still ours, and before the point of no
// return takes back what was done. The marker stays while the index is behind
// the branch, or something could not be removed: the next command sees to it.
func (a *appending) release() {
	errs := []error{a.edit.Stop()}
	if !a.landed {
		errs = append(errs, a.placed.Undo())
	}
	if a.move != nil {
		errs = append(errs, a.move.Release())
	}
	errs = append(errs, a.index.Release())
	if a.marker == nil {
		return
	}
	errs = append(errs, plainfile.RemoveFile(a.LockDraftPath(a.marker.Token)))
	if !a.behind && errors.Join(errs...) == nil {
		_ = a.marker.Clear() // the next command finds it and looks
	}
	a.marker.Close()
}
