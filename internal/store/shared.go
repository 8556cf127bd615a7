package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// sharing is what core.sharedRepository asks for of the files and directories
// that are made in the git directory. The zero value leaves them to the umask.
type sharing struct {
	perm  fs.FileMode // of a file that its owner may write
	exact bool        // perm and no more, else perm as well
}

// sharing reads core.sharedRepository, as git_config_perm does in git.
func (r *Repo) sharing() sharing {
	c, err := r.loadConfig()
	if err != nil {
		return sharing{}
	}
	switch value := strings.ToLower(c.get("core.sharedrepository")); value {
	case "group", "1":
		return sharing{perm: 0o660}
	case "all", "world", "everybody", "2":
		return sharing{perm: 0o664}
	default:
		if perm, err := strconv.ParseUint(value, 8, 16); err == nil {
			return sharing{perm: fs.FileMode(perm & 0o666), exact: perm != 0}
		}
		if parseBool(value) {
			return sharing{perm: 0o660}
		}
	}
	return sharing{}
}

// of returns the mode of something that was made with the given one, as
// adjust_shared_perm does in git.
func (s sharing) of(mode fs.FileMode) fs.FileMode {
	perm := s.perm
	if mode&0o200 == 0 {
		perm &^= 0o222
	}
	if !s.exact {
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

// apply gives something that was just made the permissions that it is to have.
func (s sharing) apply(path string) error {
	if s.perm == 0 {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Chmod(path, s.of(info.Mode()))
}

// share gives a file that was created in the git directory the permissions of
// a shared repository.
func (r *Repo) share(path string) error { return r.sharing().apply(path) }

// makeDirs creates a directory of the git directory and its parents.
func (r *Repo) makeDirs(dir string) error {
	if r.sharing().perm == 0 {
		return os.MkdirAll(dir, 0o777)
	}
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		if err := r.makeDirs(filepath.Dir(dir)); err != nil {
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
	return r.share(dir)
}

// MakeDir creates a directory in the git directory and its parents, for a file
// that somebody else than this package keeps there.
func (r *Repo) MakeDir(dir string) error { return r.makeDirs(dir) }

// Share gives such a file, which was just made, the permissions that
// core.sharedRepository asks for.
func (r *Repo) Share(path string) error { return r.share(path) }
