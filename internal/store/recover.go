package store

import (
	"bytes"
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

// marker tells what a living append is about to do, and what one that was killed
// may have left. It is kept in a file of the git directory that is empty at all
// other times, and whose advisory lock the writer holds as long as it lives:
// whoever gets that lock and finds content knows that the writer is dead.
//
// The content is JSON, a line when the append begins and another when it is
// about to move the branch; the last line counts.
type marker struct {
	Token  string       `json:"token"`            // in the lock files that are not filled yet
	Ref    string       `json:"ref"`              // the reference that is to move; may be symbolic in the first line
	Commit string       `json:"commit,omitempty"` // to this commit; not in the first line
	Index  string       `json:"index,omitempty"`  // checksum of what index.lock holds; "" without an index
	Files  []markedFile `json:"files,omitempty"`
	Old    string       `json:"old,omitempty"`    // of a replay: the commit that the reference had
	Stacks []stackLock  `json:"stacks,omitempty"` // of a reference that git moves: what locks everybody's

	file *os.File // open and locked
}

// markedFile is a file of the commit.
type markedFile struct {
	Path string `json:"path"`
	Blob string `json:"blob"`
}

func (r *Repo) markerPath() string { return filepath.Join(r.dir, "handoff", "append") }

// newMarker begins an append to ref: it waits for other writers in this work
// tree and writes the first line. The error is errMoved while the marker of a
// killed append is there.
func (r *Repo) newMarker(ctx context.Context, ref string) (*marker, error) {
	if err := r.makeDirs(filepath.Dir(r.markerPath())); err != nil {
		return nil, err
	}
	file, err := OpenPlain(r.markerPath(), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	m := &marker{Token: newToken(), Ref: ref, file: file}
	if err := r.beginMarker(ctx, m); err != nil {
		file.Close()
		return nil, err
	}
	return m, nil
}

// beginMarker does the rest of newMarker with the open file.
func (r *Repo) beginMarker(ctx context.Context, m *marker) error {
	if err := r.waitLock(ctx, m.file); err != nil {
		return err
	}
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 {
		return errMoved
	}
	return errors.Join(r.share(r.markerPath()), m.write())
}

// write adds a line to the marker file.
func (m *marker) write() error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = m.file.Write(append(line, '\n'))
	return err
}

// lastLine reads the last whole line of a marker file. It reports false when
// there is none: the writer was killed before it had touched anything.
func (m *marker) lastLine(data []byte) bool {
	end := bytes.LastIndexByte(data, '\n')
	if end < 0 {
		return false
	}
	begin := bytes.LastIndexByte(data[:end], '\n') + 1
	return json.Unmarshal(data[begin:end], m) == nil
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
func (m *marker) clear() error { return m.file.Truncate(0) }

// close drops the advisory lock.
func (m *marker) close() { m.file.Close() }

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
	objects, err := r.loadObjects()
	if err != nil {
		return false, err
	}
	head, err := r.Head()
	if err != nil || head.Unborn {
		return false, err
	}
	root, err := objects.commitTree(plumbing.NewHash(head.Hash))
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
