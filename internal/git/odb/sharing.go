package odb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Sharing is what core.sharedRepository asks for of the files and directories
// that are made in the git directory. The zero value leaves them to the umask.
type Sharing struct {
	Perm  fs.FileMode // of a file that its owner may write
	Exact bool        // perm and no more, else perm as well
}

// of returns the mode of something that was made with the given one, as
// adjust_shared_perm does in git.
func (s Sharing) of(mode fs.FileMode) fs.FileMode {
	perm := s.Perm
	if mode&0o200 == 0 {
		perm &^= 0o222
	}
	if !s.Exact {
		perm |= mode.Perm()
	}
	if !mode.IsDir() {
		return perm
	}
	perm |= perm & 0o444 >> 2 // who may list a directory may enter it
	if perm&0o060 != 0 {
		return perm | fs.ModeSetgid
	}
	return perm | mode&fs.ModeSetgid
}

// Apply gives something that was just made the permissions that it is to have.
func (s Sharing) Apply(path string) error {
	if s.Perm == 0 {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Chmod(path, s.of(info.Mode()))
}

// MakeDirs creates a directory and its parents.
func (s Sharing) MakeDirs(dir string) error {
	if s.Perm == 0 {
		return os.MkdirAll(dir, 0o777)
	}
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.MakeDirs(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o777)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Apply(dir)
}
