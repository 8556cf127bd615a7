package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Recover completes or takes back an append that was killed. It is to be called
// before anything else is done; without a killed append it costs one look at a
// file. Between the two renames of an append the commit stands and the index
// does not have its files, so that the user's next commit would delete them:
// that is completed. Before the first rename the locks and files that were
// created are removed.
//
// While the writer lives nothing is done. Without permission to write, neither,
// and where something else is in the place of the marker: [Repo.Append] says so.
func (r *Repo) Recover(ctx context.Context) error {
	if info, err := os.Stat(r.MarkerPath()); err != nil || info.Size() == 0 {
		return nil
	}
	file, err := plainfile.Open(r.MarkerPath(), os.O_RDWR, 0)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || odb.IsError[*plainfile.NotFileError](err) {
			return nil
		}
		return err
	}
	defer file.Close()
	if ok, err := git.TryLock(file); !ok {
		return err
	}
	data, err := io.ReadAll(file)
	if err != nil || len(data) == 0 {
		return err
	}
	m := &git.Marker{File: file}
	if !m.LastLine(data) {
		return m.Clear()
	}
	if err := r.repair(ctx, m); err != nil {
		return err
	}
	return m.Clear()
}

// repair does what m asks for. The writer is dead.
func (r *Repo) repair(ctx context.Context, m *git.Marker) error {
	if err := r.removeTemps(m); err != nil {
		return err
	}
	if m.Old != "" {
		return r.repairReplay(ctx, m)
	}
	landed, err := r.holdsFiles(m.Ref, m.Files)
	if err != nil {
		return err
	}
	if !landed {
		return r.takeBack(m)
	}
	if err := removeOurs(r.RefPath("HEAD"), m); err != nil {
		return err
	}
	if m.Index == "" || r.Worktree() == "" {
		return removeOurs(r.IndexPath(), m) // held, where there was no index, so that none was made
	}
	lock := &git.Lock{Target: r.IndexPath(), Held: true}
	if holdsIndex(lock.Path(), m.Index) {
		return lock.Commit()
	}
	return r.addMissing(ctx, m)
}

// removeTemps removes the temporary files that the writer of m has left in the
// git directory, and the locks that its git has.
func (r *Repo) removeTemps(m *git.Marker) error {
	objects, err := r.LoadObjects()
	if err != nil {
		return err
	}
	return errors.Join(git.RemoveStackLocks(m), plainfile.RemoveFile(r.LockDraftPath(m.Token)), git.RemoveIndexCopy(r.IndexCopyPath(m.Token)), objects.RemoveTemps(m.Token))
}

// holdsFiles reports whether there are files and the tip of ref has them all.
func (r *Repo) holdsFiles(ref string, files []git.MarkedFile) (bool, error) {
	if len(files) == 0 {
		return false, nil
	}
	_, tip, err := r.ResolveRef(ref)
	if err != nil || tip == "" {
		return false, err
	}
	objects, root, err := r.TreeOf(tip)
	if err != nil {
		return false, err
	}
	for _, file := range files {
		entry, ok, err := objects.TreeEntryAt(root, file.Path)
		if err != nil || !ok || entry.Hash.String() != file.Blob {
			return false, err
		}
	}
	return true, nil
}

// holdsIndex reports whether the lock file at path holds the index with the
// given checksum. A marker's checksum is of an index with the new entries, which
// no other program can have made before the commit was there.
func holdsIndex(path, checksum string) bool {
	found, err := git.IndexChecksum(path)
	return err == nil && found == checksum
}

// removeOurs removes the lock of target when it holds what the writer of m put
// in it.
func removeOurs(target string, m *git.Marker) error {
	path := target + ".lock"
	found, err := git.ReadLine(path)
	if odb.IsError[*plainfile.NotFileError](err) {
		return nil // nobody's lock
	}
	if err == nil && (found == m.Token || found == m.Commit && found != "") {
		return plainfile.RemoveFile(path)
	}
	return err
}

// takeBack removes the locks and the work tree files of an append whose branch
// did not move.
func (r *Repo) takeBack(m *git.Marker) error {
	if m.Index != "" && r.Worktree() != "" {
		if err := r.takeBackFiles(m); err != nil {
			return err
		}
		if lock := r.IndexPath() + ".lock"; holdsIndex(lock, m.Index) {
			if err := plainfile.RemoveFile(lock); err != nil {
				return err
			}
		}
	}
	chain, _, err := r.ResolveRef(m.Ref)
	if err != nil {
		return err
	}
	return errors.Join(removeOurs(r.IndexPath(), m), removeOurs(r.RefPath(chain[len(chain)-1]), m), removeOurs(r.RefPath("HEAD"), m))
}

// takeBackFiles removes the files that the writer of m has put in the work tree
// and that nobody has changed or staged since.
func (r *Repo) takeBackFiles(m *git.Marker) error {
	_, found, err := git.ExamineIndex(r.IndexPath(), m.Paths())
	if err != nil {
		return err
	}
	tree := git.Placed{Top: r.Worktree()}
	for _, file := range m.Files {
		if err := tree.Remove(git.TempName(file.Path, file.Blob)); err != nil {
			return err
		}
		if !found.Present[file.Path] && r.placedAsIs(file) {
			if err := tree.Remove(file.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// placedAsIs reports whether the work tree has the file as it was written.
func (r *Repo) placedAsIs(file git.MarkedFile) bool {
	root, err := git.OpenDir(r.Worktree(), path.Dir(file.Path), false, nil)
	if err != nil {
		return false
	}
	defer root.Close()
	info, err := root.Lstat(path.Base(file.Path))
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	data, err := root.ReadFile(path.Base(file.Path))
	return err == nil && plumbing.ComputeHash(plumbing.BlobObject, data).String() == file.Blob
}

// addMissing adds to the index the files that the checked-out commit has, that
// lie in the work tree unchanged (or belong outside a sparse checkout), and
// that the index does not have.
func (r *Repo) addMissing(ctx context.Context, m *git.Marker) (err error) {
	if there, err := r.holdsFiles("HEAD", m.Files); err != nil || !there {
		return err
	}
	lock, err := r.LockFile(ctx, r.IndexPath(), m.Token)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if is, err := r.isWhole(m); err != nil || !is {
		return err
	}
	index, found, err := git.ExamineIndex(r.IndexPath(), m.Paths())
	if err != nil {
		return err
	}
	sparse, err := r.ReadSparse()
	if err != nil {
		return err
	}
	var missing []odb.TreeFile
	for _, file := range m.Files {
		if !found.Present[file.Path] && (!sparse.Includes(file.Path) || r.placedAsIs(file)) {
			missing = append(missing, odb.TreeFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.NewHash(file.Blob)})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	edit, err := r.StartIndexEdit(ctx, lock, m, index, missing, sparse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edit.Stop()) }()
	if err := edit.Finish(); err != nil {
		return err
	}
	if err := edit.FillLock(); err != nil {
		return err
	}
	if err := lock.Sync(); err != nil {
		return err
	}
	return lock.Commit()
}

// isWhole reports whether an index that gets the files of m has all that the
// checked-out commit has and it had before: where there is none, the files have
// to be the whole tree.
func (r *Repo) isWhole(m *git.Marker) (bool, error) {
	if there, err := r.HasIndex(); there || err != nil {
		return there, err
	}
	head, err := r.Head()
	if err != nil || head.Unborn {
		return false, err
	}
	objects, root, err := r.TreeOf(head.Hash)
	if err != nil {
		return false, err
	}
	files := make([]odb.TreeFile, len(m.Files))
	for i, file := range m.Files {
		files[i] = odb.TreeFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.NewHash(file.Blob)}
	}
	whole, _, err := objects.InsertFiles(plumbing.ZeroHash, files)
	return whole == root, err
}
