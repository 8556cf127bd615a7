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
	if info, err := os.Stat(r.markerPath()); err != nil || info.Size() == 0 {
		return nil
	}
	file, err := OpenPlain(r.markerPath(), os.O_RDWR, 0)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || isError[*NotFileError](err) {
			return nil
		}
		return err
	}
	defer file.Close()
	if ok, err := tryLock(file); !ok {
		return err
	}
	data, err := io.ReadAll(file)
	if err != nil || len(data) == 0 {
		return err
	}
	m := &marker{file: file}
	if !m.lastLine(data) {
		return m.clear()
	}
	if err := r.repair(ctx, m); err != nil {
		return err
	}
	return m.clear()
}

// repair does what m asks for. The writer is dead.
func (r *Repo) repair(ctx context.Context, m *marker) error {
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
	if err := removeOurs(r.refPath("HEAD"), m); err != nil {
		return err
	}
	if m.Index == "" || r.worktree == "" {
		return removeOurs(r.indexPath(), m) // held, where there was no index, so that none was made
	}
	lock := &lock{target: r.indexPath(), held: true}
	if holdsIndex(lock.path(), m.Index) {
		return lock.commit()
	}
	return r.addMissing(ctx, m)
}

// removeTemps removes the temporary files that the writer of m has left in the
// git directory, and the locks that its git has.
func (r *Repo) removeTemps(m *marker) error {
	objects, err := r.loadObjects()
	if err != nil {
		return err
	}
	return errors.Join(removeStackLocks(m), removeFile(r.lockDraftPath(m.Token)), removeIndexCopy(r.indexCopyPath(m.Token)), objects.removeTemps(m.Token))
}

// holdsFiles reports whether there are files and the tip of ref has them all.
func (r *Repo) holdsFiles(ref string, files []markedFile) (bool, error) {
	if len(files) == 0 {
		return false, nil
	}
	_, tip, err := r.resolve(ref)
	if err != nil || tip == "" {
		return false, err
	}
	objects, root, err := r.treeOf(tip)
	if err != nil {
		return false, err
	}
	for _, file := range files {
		entry, ok, err := objects.treeEntryAt(root, file.Path)
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
	found, err := indexChecksum(path)
	return err == nil && found == checksum
}

// removeOurs removes the lock of target when it holds what the writer of m put
// in it.
func removeOurs(target string, m *marker) error {
	path := target + ".lock"
	found, err := readLine(path)
	if isError[*NotFileError](err) {
		return nil // nobody's lock
	}
	if err == nil && (found == m.Token || found == m.Commit && found != "") {
		return removeFile(path)
	}
	return err
}

// takeBack removes the locks and the work tree files of an append whose branch
// did not move.
func (r *Repo) takeBack(m *marker) error {
	if m.Index != "" && r.worktree != "" {
		if err := r.takeBackFiles(m); err != nil {
			return err
		}
		if lock := r.indexPath() + ".lock"; holdsIndex(lock, m.Index) {
			if err := removeFile(lock); err != nil {
				return err
			}
		}
	}
	chain, _, err := r.resolve(m.Ref)
	if err != nil {
		return err
	}
	return errors.Join(removeOurs(r.indexPath(), m), removeOurs(r.refPath(chain[len(chain)-1]), m), removeOurs(r.refPath("HEAD"), m))
}

// takeBackFiles removes the files that the writer of m has put in the work tree
// and that nobody has changed or staged since.
func (r *Repo) takeBackFiles(m *marker) error {
	_, found, err := examineIndex(r.indexPath(), m.paths())
	if err != nil {
		return err
	}
	tree := placed{top: r.worktree}
	for _, file := range m.Files {
		if err := tree.remove(tempName(file.Path, file.Blob)); err != nil {
			return err
		}
		if !found.present[file.Path] && r.placedAsIs(file) {
			if err := tree.remove(file.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// placedAsIs reports whether the work tree has the file as it was written.
func (r *Repo) placedAsIs(file markedFile) bool {
	root, err := openDir(r.worktree, path.Dir(file.Path), false, nil)
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
func (r *Repo) addMissing(ctx context.Context, m *marker) (err error) {
	if there, err := r.holdsFiles("HEAD", m.Files); err != nil || !there {
		return err
	}
	lock, err := r.lockFile(ctx, r.indexPath(), m.Token)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if is, err := r.isWhole(m); err != nil || !is {
		return err
	}
	index, found, err := examineIndex(r.indexPath(), m.paths())
	if err != nil {
		return err
	}
	sparse, err := r.readSparse()
	if err != nil {
		return err
	}
	var missing []treeFile
	for _, file := range m.Files {
		if !found.present[file.Path] && (!sparse.includes(file.Path) || r.placedAsIs(file)) {
			missing = append(missing, treeFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.NewHash(file.Blob)})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	edit, err := r.startIndexEdit(ctx, lock, m, index, missing, sparse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edit.stop()) }()
	if err := edit.finish(); err != nil {
		return err
	}
	if err := edit.fillLock(); err != nil {
		return err
	}
	if err := lock.sync(); err != nil {
		return err
	}
	return lock.commit()
}

// isWhole reports whether an index that gets the files of m has all that the
// checked-out commit has and it had before: where there is none, the files have
// to be the whole tree.
func (r *Repo) isWhole(m *marker) (bool, error) {
	if there, err := r.hasIndex(); there || err != nil {
		return there, err
	}
	head, err := r.Head()
	if err != nil || head.Unborn {
		return false, err
	}
	objects, root, err := r.treeOf(head.Hash)
	if err != nil {
		return false, err
	}
	files := make([]treeFile, len(m.Files))
	for i, file := range m.Files {
		files[i] = treeFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.NewHash(file.Blob)}
	}
	whole, _, err := objects.insertFiles(plumbing.ZeroHash, files)
	return whole == root, err
}
