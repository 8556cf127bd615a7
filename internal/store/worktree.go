package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// BlockedPathError says that no file can be put at Path.
type BlockedPathError struct {
	Path string // from the top of the work tree, with slashes
	Why  string
}

func (e *BlockedPathError) Error() string { return e.Path + ": " + e.Why }

// openDir opens the directory that a slash-separated path names below top. No
// symbolic link is followed in any part: each part is looked at, opened, and
// must be what was looked at. Missing parts are made when create is set, and
// their names added to made; else they are fs.ErrNotExist.
func openDir(top, dir string, create bool, made *[]string) (*os.Root, error) {
	root, err := os.OpenRoot(top)
	if err != nil || dir == "." {
		return root, err
	}
	for i, part := range strings.Split(dir, "/") {
		here := strings.Join(strings.Split(dir, "/")[:i+1], "/")
		next, err := openPart(root, part, here, create, made)
		root.Close()
		if err != nil {
			return nil, err
		}
		root = next
	}
	return root, nil
}

// openPart opens the directory called part in parent; here is its whole path.
func openPart(parent *os.Root, part, here string, create bool, made *[]string) (*os.Root, error) {
	info, err := parent.Lstat(part)
	if errors.Is(err, fs.ErrNotExist) && create {
		if err = parent.Mkdir(part, 0o777); err == nil {
			*made = append(*made, here)
		}
		if err == nil || errors.Is(err, fs.ErrExist) {
			info, err = parent.Lstat(part)
		}
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &BlockedPathError{Path: here, Why: "not a directory in the work tree"}
	}
	root, err := parent.OpenRoot(part)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	if err != nil || !os.SameFile(info, opened) {
		root.Close()
		return nil, errors.Join(err, &BlockedPathError{Path: here, Why: "changed while it was opened"})
	}
	return root, nil
}

// checkVacant returns a *BlockedPathError unless a file could be put at name
// below top.
func checkVacant(top, name string) error {
	for _, parent := range parentsOf(name) {
		// A repository inside the work tree is not ours to write to.
		if _, err := os.Lstat(filepath.Join(top, filepath.FromSlash(parent), ".git")); err == nil {
			return &BlockedPathError{Path: parent, Why: "another repository"}
		}
	}
	root, err := openDir(top, path.Dir(name), false, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Lstat(path.Base(name)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return &BlockedPathError{Path: name, Why: "exists in the work tree"}
}

// placed is what writing to the work tree has created, for taking it back.
type placed struct {
	top   string
	files []string
	dirs  []string
}

// write puts a new file in the work tree: a temporary file in the same
// directory, on disk, then renamed.
func (p *placed) write(name string, data []byte) error {
	root, err := openDir(p.top, path.Dir(name), true, &p.dirs)
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Lstat(path.Base(name)); err == nil {
		return &BlockedPathError{Path: name, Why: "exists in the work tree"}
	}
	temp := fmt.Sprintf(".tmp-%016x", rand.Uint64())
	if err := writeSynced(root, temp, data); err != nil {
		root.Remove(temp)
		return err
	}
	if err := root.Rename(temp, path.Base(name)); err != nil {
		root.Remove(temp)
		return err
	}
	p.files = append(p.files, name)
	return nil
}

// writeSynced creates a file that must not exist yet and brings it to disk.
func writeSynced(root *os.Root, name string, data []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// undo removes what write has created. Directories that somebody else has put
// something in stay.
func (p *placed) undo() {
	for _, name := range p.files {
		p.remove(name)
	}
	slices.Reverse(p.dirs)
	for _, dir := range p.dirs {
		p.remove(dir)
	}
	p.files, p.dirs = nil, nil
}

// remove removes one file or empty directory.
func (p *placed) remove(name string) {
	root, err := openDir(p.top, path.Dir(name), false, nil)
	if err != nil {
		return
	}
	defer root.Close()
	root.Remove(path.Base(name))
}
