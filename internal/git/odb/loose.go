package odb

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/plainfile"
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
func (o *Objects) readLoose(path string, h plumbing.Hash, limit int64) (RawObject, error) {
	file, err := os.Open(path)
	if err != nil {
		return RawObject{}, err
	}
	defer file.Close()
	kind, size, head, err := o.looseHeader(file)
	if err != nil {
		return RawObject{}, err
	}
	if err := tooLarge(h, size, limit); err != nil {
		return RawObject{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return RawObject{}, err
	}
	if err := checkInflation(size, info.Size()); err != nil {
		return RawObject{}, err
	}
	data, err := o.inflater.finish(head, size)
	return RawObject{Kind: kind, Data: data}, err
}

// looseHeader begins to decompress a loose object. It returns type and size
// from its header, and the first bytes of its content.
func (o *Objects) looseHeader(r io.Reader) (kind plumbing.ObjectType, size int64, content []byte, err error) {
	if err := o.inflater.start(r, MaxObject); err != nil {
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

// WriteAll adds loose objects. One that can be read already, here or from an
// alternate, is not written again. All others are on the disk on return, whole,
// under their names; on an error nothing is left of those that are not.
//
// However many there are, the disk is waited for twice: first the content of
// all, then their names. File systems bring to the disk together what they are
// asked for at the same time.
func (o *Objects) WriteAll(objs ...RawObject) error {
	var files []*looseFile
	defer func() {
		for _, f := range files {
			f.discard()
		}
	}()
	z, err := zlib.NewWriterLevel(nil, zlib.BestSpeed) // core.looseCompression, by default
	if err != nil {
		return err
	}
	for _, obj := range objs {
		f, err := o.writeTemp(z, obj)
		if err != nil {
			return err
		}
		if f != nil {
			files = append(files, f)
		}
	}
	if err := Together(len(files), func(i int) error { return files[i].file.Sync() }); err != nil {
		return err
	}
	changed := map[string]bool{} // directories that have new names in them
	for _, f := range files {
		if err := o.place(f, changed); err != nil {
			return err
		}
	}
	dirs := slices.Sorted(maps.Keys(changed))
	return Together(len(dirs), func(i int) error {
		err := SyncDir(dirs[i])
		if errors.Is(err, fs.ErrNotExist) {
			return nil // git has packed what was in it, and synced the pack
		}
		return err
	})
}

// Together calls f with 0 to n-1, all at the same time, and joins their errors.
func Together(n int, f func(i int) error) error {
	errs := make([]error, n)
	var calls sync.WaitGroup
	for i := range n {
		calls.Go(func() { errs[i] = f(i) })
	}
	calls.Wait()
	return errors.Join(errs...)
}

// freshen tells whether h can be read, and makes the file that holds it young:
// a `git gc` that runs now removes unreachable objects in files that are old.
func (o *Objects) freshen(h plumbing.Hash) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.tryCopies(h, func(c objectCopy) error {
		if _, err := o.readCopy(c, h, MaxObject); err != nil {
			return err
		}
		return os.Chtimes(c.path(), time.Time{}, time.Now())
	})
	return err == nil
}

// looseFile is a loose object under a temporary name.
type looseFile struct {
	hash   plumbing.Hash
	file   *os.File
	placed bool // it has its name
}

// discard removes the file unless it has been placed.
func (f *looseFile) discard() {
	if !f.placed {
		f.file.Close()
		os.Remove(f.file.Name())
	}
}

// writeTemp writes obj, compressed, to a new file in the object directory. Its
// name is of the kind that `git gc` removes when a crash left it. There is no
// file for an object that can be read already.
func (o *Objects) writeTemp(z *zlib.Writer, obj RawObject) (*looseFile, error) {
	hash := plumbing.ComputeHash(obj.Kind, obj.Data)
	if o.freshen(hash) {
		return nil, nil
	}
	file, err := o.createTemp()
	if err != nil {
		return nil, err
	}
	f := &looseFile{hash: hash, file: file}
	out := bufio.NewWriter(file) // zlib writes 240 bytes at a time
	if err := errors.Join(deflateLoose(z, out, obj), out.Flush()); err != nil {
		f.discard()
		return nil, err
	}
	return f, nil
}

// place gives a file the name of its object, and adds the directories that
// changed.
func (o *Objects) place(f *looseFile, changed map[string]bool) error {
	if err := f.file.Close(); err != nil {
		return err
	}
	if err := o.Shared.Apply(f.file.Name()); err != nil {
		return err
	}
	path := loosePath(o.dir(), f.hash)
	made, err := o.moveTo(path, f)
	if err != nil {
		if made {
			os.Remove(filepath.Dir(path))
		}
		if o.freshen(f.hash) {
			return nil // Windows replaces no read-only file: another writer was first.
		}
		return err
	}
	f.placed = true
	changed[filepath.Dir(path)] = true
	if made {
		changed[o.dir()] = true
	}
	return nil
}

// moveTo renames f to path and tells whether the directory was made for it. Git
// removes directories that a repack has emptied, perhaps just this one just now:
// it tries a few times.
func (o *Objects) moveTo(path string, f *looseFile) (made bool, err error) {
	for range 4 {
		var now bool
		if now, err = o.makeDir(filepath.Dir(path)); err != nil {
			return made, err
		}
		made = made || now
		if err = plainfile.Rename(f.file.Name(), path); !errors.Is(err, fs.ErrNotExist) {
			return made, err
		}
	}
	return made, err
}

// createTemp creates a file that nobody may write once it is closed.
func (o *Objects) createTemp() (*os.File, error) {
	name := filepath.Join(o.dir(), tempObject+o.Token+rand.Text())
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
}

// tempObject begins the names of temporary files among the objects, git's too.
const tempObject = "tmp_obj_"

// RemoveTemps removes the temporary files of a writer that was killed, which
// had this token.
func (o *Objects) RemoveTemps(token string) error {
	if token == "" {
		return nil // those of git are git's
	}
	entries, err := os.ReadDir(o.dir())
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), tempObject+token) {
			if err := plainfile.RemoveFile(filepath.Join(o.dir(), entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// deflateLoose writes header and content of obj to w, compressed by z.
func deflateLoose(z *zlib.Writer, w io.Writer, obj RawObject) error {
	z.Reset(w)
	if _, err := fmt.Fprintf(z, "%s %d\x00", obj.Kind, len(obj.Data)); err != nil {
		return err
	}
	if _, err := z.Write(obj.Data); err != nil {
		return err
	}
	return z.Close()
}

// makeDir creates a directory and tells whether it did, or it was there.
func (o *Objects) makeDir(path string) (made bool, err error) {
	err = os.Mkdir(path, 0o777)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err == nil {
		err = o.Shared.Apply(path)
	}
	return err == nil, err
}

// SyncDir brings the names in a directory to the disk, where the system and
// the file system can: Windows cannot, and some network file systems neither.
func SyncDir(path string) error {
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
