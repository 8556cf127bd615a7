package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sharedMode returns the permissions of directories in a repository that
// several users write to (core.sharedRepository), 0 in an ordinary one. They
// are taken from a directory that git made under the same setting.
func (r *Repo) sharedMode() fs.FileMode {
	c, err := r.loadConfig()
	if err != nil {
		return 0
	}
	if value := c.get("core.sharedrepository"); parseFalse(value) || strings.EqualFold(value, "umask") {
		return 0
	}
	info, err := os.Stat(filepath.Join(r.common, "objects"))
	if err != nil {
		return 0
	}
	return info.Mode() & (fs.ModePerm | fs.ModeSetgid)
}

// share gives a file that was created in the git directory the permissions of
// a shared repository.
func (r *Repo) share(path string) error {
	if mode := r.sharedMode(); mode != 0 {
		return os.Chmod(path, mode&0o666)
	}
	return nil
}

// makeDirs creates a directory of the git directory and its parents.
func (r *Repo) makeDirs(dir string) error {
	mode := r.sharedMode()
	if mode == 0 {
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
	return os.Chmod(dir, mode)
}
