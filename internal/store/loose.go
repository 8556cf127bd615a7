package store

import (
	"bytes"
	"compress/zlib"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxLooseHeader bounds "<type> <size>\0", as git does.
const maxLooseHeader = 32

var errLooseHeader = errors.New("not a loose object")

// loosePath returns the file of the loose object h in the object directory dir.
func loosePath(dir string, h plumbing.Hash) string {
	name := h.String()
	return filepath.Join(dir, name[:2], name[2:])
}

// readLoose returns the loose object at path. Its hash is not checked.
func (o *objects) readLoose(path string, h plumbing.Hash, limit int64) (rawObject, error) {
	file, err := os.Open(path)
	if err != nil {
		return rawObject{}, err
	}
	defer file.Close()
	kind, size, head, err := o.looseHeader(file)
	if err != nil {
		return rawObject{}, err
	}
	if err := tooLarge(h, size, limit); err != nil {
		return rawObject{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return rawObject{}, err
	}
	if err := checkInflation(size, info.Size()); err != nil {
		return rawObject{}, err
	}
	data, err := o.inflater.finish(head, size)
	return rawObject{kind: kind, data: data}, err
}

// statLoose returns type and size of the loose object at path.
func (o *objects) statLoose(path string) (plumbing.ObjectType, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	kind, size, _, err := o.looseHeader(file)
	return kind, size, err
}

// looseHeader begins to decompress a loose object. It returns type and size
// from its header, and the first bytes of its content.
func (o *objects) looseHeader(r io.Reader) (kind plumbing.ObjectType, size int64, content []byte, err error) {
	if err := o.inflater.start(r); err != nil {
		return 0, 0, nil, noEOF(err)
	}
	raw := make([]byte, maxLooseHeader)
	n, err := io.ReadFull(o.inflater.z, raw)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, 0, nil, noEOF(err)
	}
	head, content, ok := bytes.Cut(raw[:n], []byte{0})
	word, digits, ok2 := bytes.Cut(head, []byte{' '})
	if !ok || !ok2 {
		return 0, 0, nil, errLooseHeader
	}
	kind, err = plumbing.ParseObjectType(string(word))
	if err != nil || kind.IsDelta() {
		return 0, 0, nil, errLooseHeader
	}
	size, err = strconv.ParseInt(string(digits), 10, 64)
	if err != nil || size < 0 {
		return 0, 0, nil, errLooseHeader
	}
	return kind, size, content, nil
}

// eachLoose calls f with the name of every loose object in the directory dir.
func eachLoose(dir string, f func(plumbing.Hash) error) error {
	for i := range 256 {
		prefix := hex.EncodeToString([]byte{byte(i)})
		entries, err := os.ReadDir(filepath.Join(dir, prefix))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			if name := prefix + e.Name(); plumbing.IsHash(name) {
				if err := f(plumbing.NewHash(name)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// write adds obj as a loose object and returns its hash. An object that can be
// read already, here or from an alternate, is not written again. Otherwise it
// is on the disk on return, whole, under its name, or nothing of it is left.
func (o *objects) write(obj rawObject) (plumbing.Hash, error) {
	if obj.kind != plumbing.BlobObject && obj.kind != plumbing.TreeObject &&
		obj.kind != plumbing.CommitObject && obj.kind != plumbing.TagObject {
		return plumbing.ZeroHash, plumbing.ErrInvalidType
	}
	h := plumbing.ComputeHash(obj.kind, obj.data)
	if o.freshen(h) {
		return h, nil
	}
	err := o.writeLoose(loosePath(o.dir(), h), obj)
	if err != nil && o.freshen(h) {
		err = nil // Windows replaces no read-only file: another writer was first.
	}
	return h, err
}

// freshen tells whether h can be read, and makes the file that holds it young:
// a `git gc` that runs now removes unreachable objects in files that are old.
func (o *objects) freshen(h plumbing.Hash) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.tryCopies(h, func(c objectCopy) error {
		if _, err := o.readCopy(c, h, maxObject); err != nil {
			return err
		}
		return os.Chtimes(c.path(), time.Time{}, time.Now())
	})
	return err == nil
}

// writeLoose writes obj to path through a temporary file beside its directory.
func (o *objects) writeLoose(path string, obj rawObject) (err error) {
	temp, err := o.writeTemp(obj)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	made, err := o.makeDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		if made {
			_ = os.Remove(filepath.Dir(path))
		}
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil || !made {
		return err
	}
	return syncDir(o.dir())
}

// writeTemp writes obj, compressed and synced, to a new file in the object
// directory. Its name is of the kind that `git gc` removes when a crash left it.
func (o *objects) writeTemp(obj rawObject) (path string, err error) {
	file, err := o.createTemp()
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if err := errors.Join(deflateLoose(file, obj), file.Sync(), file.Close()); err != nil {
		return "", err
	}
	if o.filePerm != 0 {
		return file.Name(), os.Chmod(file.Name(), o.filePerm)
	}
	return file.Name(), nil
}

// createTemp creates a file that nobody may write once it is closed.
func (o *objects) createTemp() (*os.File, error) {
	name := filepath.Join(o.dir(), "tmp_obj_"+rand.Text())
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
}

// deflateLoose writes header and content of obj, compressed for speed as git
// does by default (core.looseCompression).
func deflateLoose(w io.Writer, obj rawObject) error {
	z, err := zlib.NewWriterLevel(w, zlib.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(z, "%s %d\x00", obj.kind, len(obj.data)); err != nil {
		return err
	}
	if _, err := z.Write(obj.data); err != nil {
		return err
	}
	return z.Close()
}

// makeDir creates a directory and tells whether it did, or it was there.
func (o *objects) makeDir(path string) (made bool, err error) {
	err = os.Mkdir(path, 0o777)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err == nil && o.dirPerm != 0 {
		err = os.Chmod(path, o.dirPerm)
	}
	return err == nil, err
}

// syncDir brings the names in a directory to the disk, where the system and
// the file system can: Windows cannot, and some network file systems neither.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
