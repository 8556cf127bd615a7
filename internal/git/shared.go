package git

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// sharing reads core.sharedRepository, as git_config_perm does in git.
func (r *Repo) sharing() odb.Sharing {
	c, err := r.LoadConfig()
	if err != nil {
		return odb.Sharing{}
	}
	switch value := strings.ToLower(c.Get("core.sharedrepository")); value {
	case "group", "1":
		return odb.Sharing{Perm: 0o660}
	case "all", "world", "everybody", "2":
		return odb.Sharing{Perm: 0o664}
	default:
		if perm, err := strconv.ParseUint(value, 8, 16); err == nil {
			return odb.Sharing{Perm: fs.FileMode(perm & 0o666), Exact: perm != 0}
		}
		if parseBool(value) {
			return odb.Sharing{Perm: 0o660}
		}
	}
	return odb.Sharing{}
}

// MakeDir creates a directory in the git directory and its parents.
func (r *Repo) MakeDir(dir string) error { return r.sharing().MakeDirs(dir) }

// Share gives a file in the git directory, which was just made, the permissions
// that core.sharedRepository asks for.
func (r *Repo) Share(path string) error { return r.sharing().Apply(path) }

// WriteState replaces a file of ours in the git directory.
func (r *Repo) WriteState(path string, parts ...[]byte) error {
	if err := r.MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	return plainfile.Replace(path, 0o600, slices.Concat(parts...), func(file *os.File) error { return r.Share(file.Name()) })
}
