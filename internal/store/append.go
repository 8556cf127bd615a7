package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Change is what an append adds.
type Change struct {
	Files     []NewFile // at least one
	Message   string    // of the commit: a subject, an empty line, trailers
	Author    Ident
	Committer Ident
	Branch    string // short name of the branch to write to, "" for the one that is checked out
	DetachOK  bool   // write to a detached HEAD as well

	// Verify, unless nil, gets each file as it is read back from the object
	// database. An error of its own ends the append before anything moved.
	Verify func(path string, data []byte) error
}

// NewFile is a file that the tree does not have yet.
type NewFile struct {
	Path string // from the root of the tree, clean, with slashes
	Data []byte
}

// UnfinishedError comes with a [Commit] that stands: it is on the branch and on
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
// With any error but [UnfinishedError] everything is as before. [BusyError] is
// worth another try; [InProgressError], [DetachedError], [BlockedPathError],
// [SignError] and [UnsupportedError] need the user.
func (r *Repo) Append(ctx context.Context, change Change) (Commit, error) {
	if err := change.check(); err != nil {
		return Commit{}, err
	}
	var commit Commit
	err := r.whileMoved(ctx, func() (err error) {
		commit, err = r.appendOnce(ctx, change)
		return err
	})
	return commit, err
}

// whileMoved runs a protocol that moves a branch, after repairing what a killed
// one has left, and again when somebody without locks was in between.
func (r *Repo) whileMoved(ctx context.Context, once func() error) error {
	if err := r.checkHook(); err != nil {
		return err
	}
	for range maxTries {
		if err := r.Recover(ctx); err != nil {
			return err
		}
		if err := once(); !errors.Is(err, errMoved) {
			return err
		}
	}
	return &BusyError{Path: r.dir}
}

// appendOnce is the protocol. Before moveBranch nothing has happened that
// release does not take back; after it the commit stands.
func (r *Repo) appendOnce(ctx context.Context, change Change) (Commit, error) {
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
			return Commit{}, err
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

	index     *lock  // only on the checked-out branch
	unindexed bool   // the index is locked, and is not there
	base      string // "HEAD", or the full name of a branch that is not checked out
	move      refMove
	entry     logEntry // of the reflogs
	objects   *objects
	files     []treeFile
	sparse    sparsePatterns
	edit      *indexEdit
	marker    *marker
	placed    placed
	root      plumbing.Hash // the tree of the new commit
	trees     []rawObject   // the trees that are new in it
	commit    Commit
	landed    bool // the branch has moved
	behind    bool // and the index has not
}

// check refuses a change that no repository could take.
func (c *Change) check() error {
	if len(c.Files) == 0 {
		return errors.New("change: no files")
	}
	if strings.ContainsRune(c.Message, 0) || strings.TrimSpace(c.Message) == "" {
		return errors.New("change: the message is empty or holds a zero byte")
	}
	for _, who := range []Ident{c.Author, c.Committer} {
		if !who.canStand() {
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

// checkedOut reports whether the change goes to the checked-out branch of a
// work tree, with its index and files.
func (a *appending) checkedOut() bool { return a.index != nil && !a.unindexed }

// openMarker announces the append, so that what it leaves when it is killed can
// be told from what others leave, by a token in all of it.
func (a *appending) openMarker(ctx context.Context) (err error) {
	if a.objects, err = a.loadObjects(); err != nil {
		return err
	}
	if a.base, err = a.findBase(); err != nil {
		return err
	}
	if a.marker, err = a.newMarker(ctx, a.base); err != nil {
		return err
	}
	a.objects.token = a.marker.Token
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
	if a.bare {
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
	if a.base != "HEAD" || a.bare {
		return nil
	}
	if a.worktree == "" {
		return &UnsupportedError{What: a.git.dir, Why: "no work tree here", WayOut: "run it in the work tree"}
	}
	a.index, err = a.lockFile(ctx, a.indexPath(), a.marker.Token)
	return err
}

// lockBranch takes the right to move HEAD and the branch it points at, or the
// branch that was named, and the tip that the commit goes on.
func (a *appending) lockBranch(ctx context.Context) (err error) {
	if a.move, a.commit, err = a.refs.begin(ctx, a.base, a.marker); err != nil {
		return err
	}
	return a.checkTarget(ctx)
}

// checkTarget refuses a branch that must not move now.
func (a *appending) checkTarget(ctx context.Context) error {
	ref, tip := a.commit.Ref, a.commit.Parent
	if tip == "" {
		if err := a.checkUnborn(ref); err != nil {
			return err
		}
		if err := a.checkNameFree(ref); err != nil {
			return err
		}
	}
	if a.checkedOut() { // a rebase or bisect detaches HEAD, and is what the user has to finish
		if err := a.checkNoOperation(); err != nil {
			return err
		}
	}
	if ref == "HEAD" && !a.change.DetachOK {
		return &DetachedError{Hash: tip}
	}
	if !a.checkedOut() {
		return a.checkElsewhere(ctx, ref)
	}
	if a.change.Branch != "" && ref != "refs/heads/"+a.change.Branch {
		return errMoved // HEAD was switched before we had its lock
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
	if there, err := a.hasIndex(); there || err != nil {
		return err
	}
	root, err := a.objects.commitTree(plumbing.NewHash(a.commit.Parent))
	a.unindexed = root.String() != emptyTree
	return err
}

// checkPaths refuses before anything is written when a file cannot be put at
// its path: in the tree of the tip, in the index, or in the work tree. Nor is it
// where git would make something else of it.
func (a *appending) checkPaths(ctx context.Context) (err error) {
	var root plumbing.Hash // of the tip; zero for the first commit
	if a.commit.Parent != "" {
		if root, err = a.objects.commitTree(plumbing.NewHash(a.commit.Parent)); err != nil {
			return err
		}
	}
	for _, file := range a.change.Files {
		a.files = append(a.files, treeFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.ComputeHash(plumbing.BlobObject, file.Data)})
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
	if a.sparse, err = a.readSparse(); err != nil {
		return err
	}
	for _, file := range a.change.Files {
		if !a.sparse.includes(file.Path) {
			continue
		}
		if err := checkVacant(a.worktree, file.Path); err != nil {
			return err
		}
	}
	return nil
}

// planTrees makes the trees of the commit in memory, and refuses paths that the
// tree of the tip has, or whose parents are something other than directories
// there.
func (a *appending) planTrees(root plumbing.Hash) (err error) {
	a.root, a.trees, err = a.objects.insertFiles(root, a.files)
	if conflict, ok := errors.AsType[*pathConflictError](err); ok {
		return &BlockedPathError{Path: conflict.Path, Why: fmt.Sprintf("in the branch already, with mode %o", uint32(conflict.Mode))}
	}
	if err == nil && a.root == root {
		return &BlockedPathError{Path: a.files[0].Path, Why: "in the branch already"}
	}
	return err
}

// startIndex looks at the index and begins to edit the copy.
func (a *appending) startIndex(ctx context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	index, found, err := examineIndex(a.indexPath(), pathsOf(a.files))
	if err != nil {
		return err
	}
	if found.unmerged != "" {
		return &InProgressError{What: "a merge (conflict in " + found.unmerged + ")", WayOut: "resolve it with git add"}
	}
	for _, file := range a.files {
		if found.present[file.Path] {
			return &BlockedPathError{Path: file.Path, Why: "staged already"}
		}
	}
	if found.inTheWay != "" {
		return &BlockedPathError{Path: found.inTheWay, Why: "in the index, where a directory has to be"}
	}
	a.edit, err = a.startIndexEdit(ctx, a.index, a.marker, index, a.files, a.sparse)
	return err
}

// pathsOf returns the paths of files.
func pathsOf(files []treeFile) []string {
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = file.Path
	}
	return paths
}

// writeObjects writes the blobs, the trees on their way, and the commit.
func (a *appending) writeObjects(ctx context.Context) error {
	var objects []rawObject
	for _, file := range a.change.Files {
		objects = append(objects, rawObject{kind: plumbing.BlobObject, data: file.Data})
	}
	data, err := a.encodeCommit(ctx)
	if err != nil {
		return err
	}
	commit := rawObject{kind: plumbing.CommitObject, data: data}
	a.commit.Hash = plumbing.ComputeHash(commit.kind, commit.data).String()
	return a.objects.writeAll(append(append(objects, a.trees...), commit)...)
}

// encodeCommit returns the commit, signed if the user's configuration says so.
func (a *appending) encodeCommit(ctx context.Context) ([]byte, error) {
	unsigned := a.commitText()
	signature, err := a.sign(ctx, unsigned, a.change.Committer)
	return joinSignature(unsigned, signature), err
}

// commitText writes a commit as git hashes it, unsigned. go-git's encoder would
// do, but its package brings OpenPGP along, which every start of the program
// would pay for.
func (a *appending) commitText() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", a.root)
	if a.commit.Parent != "" {
		fmt.Fprintf(&b, "parent %s\n", a.commit.Parent)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n", a.change.Author, a.change.Committer)
	fmt.Fprintf(&b, "\n%s\n", strings.TrimRight(a.change.Message, "\n"))
	return b.Bytes()
}

// readBack reads the files through the new commit as somebody would who has
// just opened the repository. What was not written well is found here, while
// it can still be left behind.
func (a *appending) readBack(ctx context.Context) error {
	fresh, err := a.newObjects()
	if err != nil {
		return err
	}
	defer fresh.Close()
	root, err := fresh.commitTree(plumbing.NewHash(a.commit.Hash))
	if err != nil {
		return err
	}
	for _, file := range a.change.Files {
		entry, ok, err := fresh.treeEntryAt(root, file.Path)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s: missing from commit %s when read back", file.Path, a.commit.Hash)
		}
		data, err := fresh.blob(entry.Hash, int64(len(file.Data)))
		if err != nil {
			return err
		}
		if !bytes.Equal(data, file.Data) {
			return fmt.Errorf("%s: differs in commit %s when read back", file.Path, a.commit.Hash)
		}
		if a.change.Verify == nil {
			continue
		}
		if err := a.change.Verify(file.Path, data); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// finishIndex waits until the copy of the index has the entries.
func (a *appending) finishIndex(context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	return a.edit.finish()
}

// fillMarker writes down what the lock files and the work tree are about to
// hold, for [Repo.Recover], and what the reflogs will say.
func (a *appending) fillMarker(context.Context) (err error) {
	subject, _, _ := strings.Cut(a.change.Message, "\n")
	a.entry = logEntry{who: a.change.Committer, message: "commit: " + subject}
	if a.commit.Parent == "" {
		a.entry.message = "commit (initial): " + subject
	}
	a.marker.Ref, a.marker.Commit = a.commit.Ref, a.commit.Hash
	for _, file := range a.files {
		a.marker.Files = append(a.marker.Files, markedFile{Path: file.Path, Blob: file.Hash.String()})
	}
	if a.checkedOut() {
		if a.marker.Index, err = indexChecksum(a.edit.copy); err != nil {
			return err
		}
	}
	return a.marker.write()
}

// fillLocks puts into the lock file of the index what the index is to become.
func (a *appending) fillLocks(context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	return a.edit.fillLock()
}

// stageFiles writes the files to the work tree under temporary names, but those
// that a sparse checkout leaves out.
func (a *appending) stageFiles(context.Context) error {
	if !a.checkedOut() {
		return nil
	}
	a.placed.top = a.worktree
	for i, file := range a.change.Files {
		if !a.sparse.includes(file.Path) {
			continue
		}
		if err := a.placed.stage(file.Path, a.files[i].Hash.String(), file.Data); err != nil {
			return err
		}
	}
	return nil
}

// syncAll puts the new tip into the lock file of the branch, and brings
// everything that is about to be renamed to disk, and the marker, at the same
// time: waiting for one after the other takes longer than all the rest.
func (a *appending) syncAll(context.Context) error {
	syncs := []func() error{func() error { return a.move.prepare(a.commit.Hash) }, a.marker.file.Sync}
	if a.checkedOut() {
		syncs = append(syncs, a.index.sync)
	}
	for _, file := range a.placed.files {
		syncs = append(syncs, file.open.Sync)
	}
	return together(len(syncs), func(i int) error { return syncs[i]() })
}

// placeFiles gives the files in the work tree their names.
func (a *appending) placeFiles(context.Context) error { return a.placed.place() }

// moveBranch makes the commit the tip of the branch, unless somebody has moved
// it.
func (a *appending) moveBranch(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := a.move.commit(ctx, a.entry); err != nil {
		return err
	}
	a.landed = true
	return nil
}

// finish brings the index up to the new tip, then makes the tip durable and
// writes the reflogs. Nothing of this takes the commit back.
func (a *appending) finish() (err error) {
	if a.checkedOut() {
		err = a.index.commit()
		a.behind = err != nil
	}
	return errors.Join(err, a.move.finish(a.entry))
}

// release gives up everything that is still ours, and before the point of no
// return takes back what was done. The marker stays while the index is behind
// the branch, or something could not be removed: the next command sees to it.
func (a *appending) release() {
	errs := []error{a.edit.stop()}
	if !a.landed {
		errs = append(errs, a.placed.undo())
	}
	if a.move != nil {
		errs = append(errs, a.move.release())
	}
	errs = append(errs, a.index.release())
	if a.marker == nil {
		return
	}
	errs = append(errs, removeFile(a.lockDraftPath(a.marker.Token)))
	if !a.behind && errors.Join(errs...) == nil {
		_ = a.marker.clear() // the next command finds it and looks
	}
	a.marker.close()
}
