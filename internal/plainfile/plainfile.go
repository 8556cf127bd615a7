package plainfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// NotFileError says that something else is where a file belongs. A named pipe
// would be waited for, and a device may never end.
type NotFileError struct {
	Path string
	What string // "a directory"
}

func (e *NotFileError) Error() string { return e.Path + ": " + e.What + " is where a file belongs" }

// Check returns a *NotFileError when something other than a file is at
// path. A symbolic link that leads to a file will do.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		link, linkErr := os.Lstat(path)
		switch {
		case linkErr == nil && link.Mode()&fs.ModeSymlink != 0:
			return &NotFileError{path, "a symbolic link that leads nowhere"}
		case IsAbsent(path, err):
			return nil
		}
		return err
	}
	if info.Mode().IsRegular() {
		return nil
	}
	return &NotFileError{path, kindOf(info.Mode())}
}

// kindOf names what is no file.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}

// Open is os.OpenFile for a file that this program keeps: it never waits,
// and where something other than a file is in its place, the error is a
// *NotFileError.
func Open(path string, flag int, perm fs.FileMode) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	// Should a named pipe have come there in between, it is not waited for.
	file, err := os.OpenFile(path, flag|syscall.O_NONBLOCK, perm)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &NotFileError{path, kindOf(info.Mode())}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Read is os.ReadFile for such a file.
func Read(path string) ([]byte, error) {
	file, err := Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// Replace replaces a file, or makes it: killed at any instant, the old or the
// new one is there. mode is subject to the umask; what adjust, which may be nil,
// does to the new file is not. The directory must exist.
func Replace(path string, mode fs.FileMode, data []byte, adjust func(*os.File) error) error {
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return ReplaceIn(dir, filepath.Base(path), mode, data, adjust)
}

// ReplaceIn is Replace in a directory that is open: what has come in its place
// since then is not written to. Errors name the file that was to be replaced.
func ReplaceIn(dir *os.Root, name string, mode fs.FileMode, data []byte, adjust func(*os.File) error) error {
	failed := func(err error) error {
		return &fs.PathError{Op: "write", Path: filepath.Join(dir.Name(), name), Err: err}
	}
	temp := ".tmp-" + NewToken()[:12] + "-" + name
	file, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return failed(causeOf(err))
	}
	_, err = file.Write(data)
	if adjust != nil {
		err = errors.Join(err, adjust(file))
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = RenameIn(dir, temp, name)
	}
	if err != nil {
		return errors.Join(failed(causeOf(err)), dir.Remove(temp))
	}
	return nil
}

// causeOf returns what the system said, without the name of the file.
func causeOf(err error) error {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	return err
}

// IsAbsent reports whether err, of reading the file path, says that nothing is
// there. A symbolic link that leads nowhere is something: who reads it as
// nothing would write a new file over what is only out of reach.
func IsAbsent(path string, err error) bool {
	if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	info, err := os.Lstat(path)
	return err != nil || info.Mode()&fs.ModeSymlink == 0
}

// AbsoluteFrom returns path, taken from dir unless it is absolute.
func AbsoluteFrom(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// Rename is os.Rename that waits, as git does, for whoever reads one of the files
// where the system does not let it be renamed meanwhile.
func Rename(from, to string) error {
	return patiently(func() error { return os.Rename(from, to) })
}

// RenameIn is [Rename] in a directory that is open.
func RenameIn(dir *os.Root, from, to string) error {
	return patiently(func() error { return dir.Rename(from, to) })
}

// RemoveFile removes a file, if it is there. As [Rename], it waits for readers.
func RemoveFile(path string) error {
	err := patiently(func() error { return os.Remove(path) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// UnlessMissing drops the error of a file that is not there or not ours to read,
// and that of something else in its place, which doctor reports.
func UnlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.As(err, new(*NotFileError)) {
		return nil
	}
	return err
}

// NewToken returns the content of lock files: as long as the hash that is to
// replace it, so that replacing leaves no moment in which the file is empty.
func NewToken() string {
	token := make([]byte, 20)
	rand.Read(token)
	return hex.EncodeToString(token)
}
