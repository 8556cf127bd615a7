package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/text"
)

const (
	// staleLock is the age at which a lock file is worth a word. Git holds its
	// own for seconds.
	staleLock = 10 * time.Minute

	// staleFile is the age at which a temporary file of ours was left by a
	// process that was killed.
	staleFile = time.Hour
)

// Fault is something in the git directory that is not as it should be.
type Fault struct {
	Path    string // absolute, or from the top of the work tree
	Message string
	WayOut  string                      // what the user can do, when Repair is nil
	Repair  func(context.Context) error // nil when only the user can decide
}

// Diagnose looks for what a killed process, a full disk or another program has
// left in the git directory, and for records below dir that HEAD has and the
// index has not. It writes nothing.
func (r *Repo) Diagnose(ctx context.Context, dir string) ([]Fault, error) {
	var faults []Fault
	for _, look := range []func(context.Context, string) ([]Fault, error){
		r.lookAtPlaces, r.lookAtAppend, r.lookAtRefs, r.lookAtLocks, r.lookAtLeftovers, r.lookAtIndex, r.lookAtAttributes,
	} {
		found, err := look(ctx, dir)
		if ctx.Err() != nil {
			return faults, context.Cause(ctx)
		}
		if err != nil { // what one look cannot see must not hide what others do
			faults = append(faults, Fault{Message: err.Error(), WayOut: "see what is there; nothing of it was changed"})
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

// lookAtPlaces looks for something else where files of ours belong.
func (r *Repo) lookAtPlaces(context.Context, string) ([]Fault, error) {
	var faults []Fault
	for _, dir := range slices.Compact([]string{r.Dir(), r.CommonDir()}) {
		for _, name := range []string{"append", "draft.yaml", "queries", "verified", "squashed", "unproven", "said", "looked", "fetched", "index.db", "index.db-journal"} {
			path := filepath.Join(dir, "handoff", name)
			if wrong, ok := errors.AsType[*plainfile.NotFileError](plainfile.Check(path)); ok {
				faults = append(faults, Fault{Path: path, Message: wrong.What + " is where a file of handoff belongs",
					WayOut: "see what it is, then rm -r " + text.ShellArgument(path)})
			}
		}
	}
	return faults, nil
}

// lookAtAppend looks for a writer that was killed.
func (r *Repo) lookAtAppend(context.Context, string) ([]Fault, error) {
	dead, err := r.writerDied()
	if err != nil || !dead {
		return nil, err
	}
	return []Fault{{Path: r.MarkerPath(), Message: "a command was killed while it committed", Repair: r.Recover}}, nil
}

// writerDied reports whether the marker of a writer is there and the writer is
// not.
func (r *Repo) writerDied() (bool, error) {
	file, err := plainfile.Open(r.MarkerPath(), os.O_RDWR, 0)
	if err != nil {
		return false, plainfile.UnlessMissing(err)
	}
	defer file.Close()
	free, err := git.TryLock(file)
	if err != nil || !free {
		return false, err
	}
	info, err := file.Stat()
	return err == nil && info.Size() > 0, err
}

// lookAtRefs looks for references that cannot be read, and says where their
// reflogs last saw them.
func (r *Repo) lookAtRefs(context.Context, string) ([]Fault, error) {
	refs, err := r.ListRefs("refs/heads/", "refs/remotes/")
	if damage, ok := errors.AsType[*odb.DamagedError](err); ok {
		return []Fault{{Path: damage.Path, Message: "the references cannot be read: " + reason(err), WayOut: "git fsck tells more"}}, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := r.Head(); err != nil && !slices.ContainsFunc(refs, func(ref git.Ref) bool { return ref.Err != nil }) {
		refs = append(refs, git.Ref{Name: "HEAD", Err: err})
	}
	var faults []Fault
	for _, ref := range refs {
		if ref.Err == nil {
			continue
		}
		faults = append(faults, Fault{Path: r.References.Where(ref.Name), Message: ref.Name + " cannot be read: " + reason(ref.Err), WayOut: r.recoverRef(ref.Name)})
	}
	return faults, nil
}

// reason returns what is wrong, without the path that is named elsewhere.
func reason(err error) string {
	if damage, ok := errors.AsType[*odb.DamagedError](err); ok {
		return damage.Err.Error()
	}
	return err.Error()
}

// recoverRef says how a reference gets its value back.
func (r *Repo) recoverRef(name string) string {
	if strings.HasPrefix(name, "refs/remotes/") {
		return "rm " + text.ShellArgument(r.RefPath(name)) + " && git fetch"
	}
	log, _ := os.ReadFile(r.LogPath(name)) // without a log, what is below is all there is
	for _, line := range slices.Backward(strings.Split(string(log), "\n")) {
		if fields := strings.Fields(line); len(fields) > 1 && plumbing.IsHash(fields[1]) && r.HasCommit(fields[1]) {
			return fmt.Sprintf("rm %s && git update-ref %s %s, which its reflog saw last", text.ShellArgument(r.RefPath(name)), text.ShellArgument(name), fields[1])
		}
	}
	return "git fsck --lost-found lists the commits that no branch has"
}

// lookAtLocks looks for lock files that nobody seems to hold. Only a lock that
// is ours beyond doubt can be removed by us: its token is in index.lock, where
// git never puts such a thing, and no writer of ours lives.
func (r *Repo) lookAtLocks(context.Context, string) ([]Fault, error) {
	var faults []Fault
	for _, path := range r.LockFiles() {
		info, err := os.Stat(path)
		if err != nil || time.Since(info.ModTime()) < staleLock {
			continue
		}
		age := time.Since(info.ModTime()).Round(time.Minute)
		fault := Fault{Path: path, Message: fmt.Sprintf("a lock that is %s old", age), WayOut: "if no git command is running, remove it"}
		if line, err := git.ReadLine(path); err == nil && path == r.IndexPath()+".lock" && plumbing.IsHash(line) {
			fault.Message += ", of a command of ours that was killed"
			fault.Repair = func(context.Context) error { return r.removeOwnLock(path) }
		}
		faults = append(faults, fault)
	}
	return faults, nil
}

// removeOwnLock removes a lock of ours, unless a writer of ours lives.
func (r *Repo) removeOwnLock(path string) error {
	file, err := plainfile.Open(r.MarkerPath(), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	if free, err := git.TryLock(file); err != nil || !free {
		return errors.Join(err, &git.BusyError{Path: path})
	}
	return os.Remove(path)
}

// leftovers are the names of our temporary files in the git directory.
var leftovers = []string{"handoff-hooks-*", "handoff/lock-*", "handoff/index-*", "handoff/key-*", "handoff/.tmp-*", "handoff/draft-*", "handoff/attributes-*"}

// lookAtLeftovers looks for temporary files that a killed process has left.
func (r *Repo) lookAtLeftovers(context.Context, string) ([]Fault, error) {
	var paths []string
	for _, dir := range slices.Compact([]string{r.Dir(), r.CommonDir()}) {
		for _, pattern := range leftovers {
			names, _ := filepath.Glob(filepath.Join(git.EscapeGlob(dir), filepath.FromSlash(pattern)))
			paths = append(paths, names...)
		}
	}
	var faults []Fault
	for _, path := range paths {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > staleFile {
			faults = append(faults, Fault{Path: path, Message: "a temporary file of a command that was killed",
				Repair: func(context.Context) error { return os.RemoveAll(path) }})
		}
	}
	return faults, nil
}

// lookAtIndex looks for records that HEAD has and the index has not: the next
// commit would delete them.
func (r *Repo) lookAtIndex(_ context.Context, dir string) ([]Fault, error) {
	head, err := r.Head()
	if err != nil || head.Unborn || r.Worktree() == "" {
		return nil, nil // what is wrong with HEAD has been said
	}
	if there, err := r.HasIndex(); err != nil || !there {
		return r.lookAtNoIndex(head, err)
	}
	indexed := map[string]bool{}
	index, err := git.ReadIndex(r.IndexPath(), func(entry git.IndexEntry, _ int) {
		if strings.HasPrefix(string(entry.Path), dir+"/") {
			indexed[string(entry.Path)] = true
		}
	})
	if odb.IsError[*odb.DamagedError](err) {
		return []Fault{{Path: r.IndexPath(), Message: "the index is damaged: " + reason(err),
			WayOut: "move the file away, then git reset: what was staged has to be staged again, no file changes"}}, nil
	}
	if err != nil || !index.Shared.IsZero() {
		return nil, err // a split index names only what it changes
	}
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, err
	}
	files, err := odb.NewTreeWalk(objects, dir).Files(plumbing.NewHash(head.Hash))
	if odb.IsMissing(err) {
		return nil, err // what else cannot be read is said with the records
	}
	var faults []Fault
	lost := &git.Marker{Token: plainfile.NewToken()}
	for _, f := range files {
		if _, isRecord := ParseRecordName(dir, f.Path); !isRecord || indexed[f.Path] {
			continue
		}
		file := git.MarkedFile{Path: f.Path, Blob: f.Hash.String()}
		if r.placedAsIs(file) {
			lost.Files = append(lost.Files, file)
			continue
		}
		faults = append(faults, Fault{Path: f.Path, Message: "HEAD has this record, index and work tree have not: the next commit deletes it",
			WayOut: "git restore --staged --worktree -- " + f.Path})
	}
	if len(lost.Files) > 0 {
		faults = append(faults, Fault{Path: lost.Files[0].Path,
			Message: text.Count(len(lost.Files), "record") + " in HEAD and in the work tree, but not in the index: the next commit deletes them",
			Repair:  func(ctx context.Context) error { return r.addMissing(ctx, lost) }})
	}
	return faults, nil
}

// lookAtNoIndex tells a work tree whose index was lost from one that nothing
// was checked out in yet, which is as it should be.
func (r *Repo) lookAtNoIndex(head git.Head, err error) ([]Fault, error) {
	if err != nil {
		return nil, err
	}
	objects, root, err := r.TreeOf(head.Hash)
	if err != nil {
		return nil, err
	}
	worktree, err := os.OpenRoot(r.Worktree())
	if err != nil {
		return nil, err
	}
	defer worktree.Close()
	for entry, err := range objects.Entries("", root) {
		if err != nil {
			return nil, err
		}
		if _, err := worktree.Lstat(string(entry.Name)); err == nil {
			return []Fault{{Path: r.IndexPath(), Message: "the index is not there, though files of HEAD are: the next commit deletes them all",
				WayOut: "git reset makes it anew: what was staged has to be staged again, no file changes"}}, nil
		}
	}
	return nil, nil
}

// lookAtAttributes asks whether git would change the bytes of records.
func (r *Repo) lookAtAttributes(ctx context.Context, dir string) ([]Fault, error) {
	wrong, ok := errors.AsType[*AttributesError](r.CheckAttributes(ctx, dir))
	if !ok {
		return nil, nil // what else is wrong has been said
	}
	fault := Fault{Path: wrong.File, Message: "git would change the bytes of records (" + wrong.Attribute + "), and a later commit -a would destroy them",
		WayOut: wrong.WayOut()}
	if wrong.File == dir+"/"+attributesName && !wrong.Committed && r.Worktree() != "" {
		fault.Repair = func(context.Context) error { return r.WriteAttributes(dir) }
	}
	return []Fault{fault}, nil
}
