package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// sharing reads core.sharedRepository, as git_config_perm does in git.
func (r *gitRepo) sharing() sharing {
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

// MakeDir creates a directory in the git directory and its parents.
func (r *gitRepo) MakeDir(dir string) error { return r.sharing().makeDirs(dir) }

// Share gives a file in the git directory, which was just made, the permissions
// that core.sharedRepository asks for.
func (r *gitRepo) Share(path string) error { return r.sharing().apply(path) }

// writeState replaces a file of ours in the git directory.
func (r *gitRepo) writeState(path string, parts ...[]byte) error {
	if err := r.MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	return ReplaceFile(path, 0o600, slices.Concat(parts...), func(file *os.File) error { return r.Share(file.Name()) })
}
