package store

import (
	"errors"
	"io/fs"
	"os"
)

// isAbsent reports whether err, of reading the file path, says that nothing is
// there. A symbolic link that leads nowhere is something: who reads it as
// nothing would write a new file over what is only out of reach.
func isAbsent(path string, err error) bool {
	if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	info, err := os.Lstat(path)
	return err != nil || info.Mode()&fs.ModeSymlink == 0
}
