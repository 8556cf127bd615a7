package store

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// marker tells what an append was about to do when it was killed. It is kept in
// a file of the git directory that is empty at all other times, and whose
// advisory lock the writer holds as long as it lives: whoever gets that lock
// and finds content knows that the writer is dead.
type marker struct {
	Ref    string       `json:"ref"`             // the reference that was to move
	Commit string       `json:"commit"`          // to this commit
	Index  string       `json:"index,omitempty"` // checksum of what index.lock holds; "" without an index
	Files  []markedFile `json:"files"`

	file *os.File // open and locked
}

// markedFile is a file of the commit.
type markedFile struct {
	Path string `json:"path"`
	Blob string `json:"blob"`
}

func (r *Repo) markerPath() string { return filepath.Join(r.dir, "handoff", "append") }

// writeMarker fills the marker file with m and keeps it open and locked. The error is errMoved while the marker of a
// killed append is there.
func (r *Repo) writeMarker(ctx context.Context, m *marker) error {
	if err := r.makeDirs(filepath.Dir(r.markerPath())); err != nil {
		return err
	}
	file, err := os.OpenFile(r.markerPath(), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	if err := r.waitLock(ctx, file); err != nil {
		file.Close()
		return err
	}
	if info, err := file.Stat(); err != nil || info.Size() > 0 {
		file.Close()
		return errors.Join(err, errMoved)
	}
	m.file = file
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, r.share(r.markerPath()))
}

// waitLock takes the advisory lock of file, waiting for its holder as for a
// lock of git's.
func (r *Repo) waitLock(ctx context.Context, file *os.File) error {
	for deadline := time.Now().Add(r.lockWait); ; {
		ok, err := tryLock(file)
		if ok || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return &BusyError{Path: file.Name()}
		}
		if err := wait(ctx, time.Millisecond); err != nil {
			return err
		}
	}
}

// clear empties the marker: nothing is pending any more.
func (m *marker) clear() error {
	if m.file == nil {
		return nil
	}
	return m.file.Truncate(0)
}

// close drops the advisory lock.
func (m *marker) close() {
	if m != nil && m.file != nil {
		m.file.Close()
	}
}

// Recover completes or takes back an append that was killed. It is to be called
// before anything else is done; without a killed append it costs one look at a
// file. Between the two renames of an append the commit stands and the index
// does not have its files, so that the user's next commit would delete them:
// that is completed. Before the first rename the locks and files that were
// created are removed.
//
// While the writer lives nothing is done. Without permission to write, neither.
func (r *Repo) Recover(ctx context.Context) error {
	if info, err := os.Stat(r.markerPath()); err != nil || info.Size() == 0 {
		return nil
	}
	file, err := os.OpenFile(r.markerPath(), os.O_RDWR, 0)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
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
	if json.Unmarshal(data, m) != nil {
		return m.clear() // killed while it was written: nothing had moved
	}
	if err := r.repair(ctx, m); err != nil {
		return err
	}
	return m.clear()
}

// repair does what m asks for. The writer is dead.
func (r *Repo) repair(ctx context.Context, m *marker) error {
	landed, err := r.holdsFiles(m.Ref, m.Files)
	if err != nil {
		return err
	}
	if !landed {
		return r.takeBack(m)
	}
	removeOurs(r.refPath("HEAD")+".lock", m.Commit)
	if m.Index == "" || r.worktree == "" {
		return nil
	}
	lock := &lock{target: r.indexPath(), held: true}
	if holdsIndex(lock.path(), m.Index) {
		return lock.commit()
	}
	return r.addMissing(ctx, m)
}

// holdsFiles reports whether the tip of ref has all the files.
func (r *Repo) holdsFiles(ref string, files []markedFile) (bool, error) {
	_, tip, err := r.resolve(ref)
	if err != nil || tip == "" {
		return false, err
	}
	objects, err := r.loadObjects()
	if err != nil {
		return false, err
	}
	root, err := objects.commitTree(plumbing.NewHash(tip))
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

// removeOurs removes the lock file at path when it holds the hash of our
// commit.
func removeOurs(path, commit string) {
	if readLine(path) == commit {
		os.Remove(path)
	}
}

// takeBack removes the locks and the work tree files of an append whose branch
// did not move.
func (r *Repo) takeBack(m *marker) error {
	if m.Index != "" && r.worktree != "" {
		_, found, err := examineIndex(r.indexPath(), m.paths())
		if err != nil {
			return err
		}
		tree := placed{top: r.worktree}
		for _, file := range m.Files {
			tree.remove(tempName(file.Path, file.Blob))
			if !found.present[file.Path] && r.placedAsIs(file) {
				tree.remove(file.Path)
			}
		}
		if lock := r.indexPath() + ".lock"; holdsIndex(lock, m.Index) {
			os.Remove(lock)
		}
	}
	removeOurs(r.refPath(m.Ref)+".lock", m.Commit)
	removeOurs(r.refPath("HEAD")+".lock", m.Commit)
	return nil
}

// paths returns the paths of the files.
func (m *marker) paths() []string {
	paths := make([]string, len(m.Files))
	for i, file := range m.Files {
		paths[i] = file.Path
	}
	return paths
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
func (r *Repo) addMissing(ctx context.Context, m *marker) error {
	if there, err := r.holdsFiles("HEAD", m.Files); err != nil || !there {
		return err
	}
	lock, err := r.lockFile(ctx, r.indexPath())
	if err != nil {
		return err
	}
	defer lock.release()
	index, found, err := examineIndex(r.indexPath(), m.paths())
	if err != nil {
		return err
	}
	sparse, err := r.readSparse()
	if err != nil {
		return err
	}
	var missing []newFile
	for _, file := range m.Files {
		if !found.present[file.Path] && (!sparse.includes(file.Path) || r.placedAsIs(file)) {
			missing = append(missing, newFile{Path: file.Path, Mode: filemode.Regular, Hash: plumbing.NewHash(file.Blob)})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	edit, err := r.startIndexEdit(ctx, lock, index, missing, sparse)
	if err != nil {
		return err
	}
	defer edit.stop()
	if err := edit.finish(ctx); err != nil {
		return err
	}
	if err := lock.sync(); err != nil {
		return err
	}
	return lock.commit()
}
