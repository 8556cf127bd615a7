package git

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// BlockedPathError says that no file can be put at Path.
type BlockedPathError struct {
	Path string // from the top of the work tree, with slashes
	Why  string
}

func (e *BlockedPathError) Error() string { return e.Path + ": " + e.Why }

// OpenDir opens the directory that a slash-separated path names below top. No
// symbolic link is followed in any part: each part is looked at, opened, and
// must be what was looked at. Missing parts are made when create is set, and
// their names added to made; else they are fs.ErrNotExist.
func OpenDir(top, dir string, create bool, made *[]string) (*os.Root, error) {
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

// CheckVacant returns a *BlockedPathError unless a file could be put at name
// below top.
func CheckVacant(top, name string) error {
	for _, parent := range ParentsOf(name) {
		// A repository inside the work tree is not ours to write to.
		if _, err := os.Lstat(filepath.Join(top, filepath.FromSlash(parent), ".git")); err == nil {
			return &BlockedPathError{Path: parent, Why: "another repository"}
		}
	}
	root, err := OpenDir(top, path.Dir(name), false, nil)
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

// Placed is what has been put in the work tree, for taking it back.
type Placed struct {
	Top   string // of the work tree
	Files []placedFile
	dirs  []string
}

// placedFile is a new file, first under a temporary name.
type placedFile struct {
	name string // from the top of the work tree, with slashes
	temp string // in the same directory
	Open *os.File

	placed bool // it has its name
}

// TempName returns the temporary name of the file name with that content. It
// follows from them, so that it is found again after a kill.
func TempName(name, blob string) string {
	return path.Join(path.Dir(name), ".tmp-"+blob[:12]+"-"+path.Base(name))
}

// Stage writes a new file under a temporary name beside its own.
func (p *Placed) Stage(name, blob string, data []byte) error {
	dir, err := OpenDir(p.Top, path.Dir(name), true, &p.dirs)
	if err != nil {
		return err
	}
	defer dir.Close()
	temp := TempName(name, blob)
	file, err := dir.OpenFile(path.Base(temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	p.Files = append(p.Files, placedFile{name: name, temp: temp, Open: file})
	_, err = file.Write(data)
	return err
}

// Place gives the files their names. One that has come to exist since it was
// looked for is not replaced.
func (p *Placed) Place() error {
	for i := range p.Files {
		if err := p.placeOne(&p.Files[i]); err != nil {
			return err
		}
	}
	return nil
}

// placeOne closes a file and gives it its name.
func (p *Placed) placeOne(file *placedFile) error {
	dir, err := OpenDir(p.Top, path.Dir(file.name), false, nil)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := file.Open.Close(); err != nil {
		return err
	}
	if _, err := dir.Lstat(path.Base(file.name)); err == nil {
		return &BlockedPathError{Path: file.name, Why: "exists in the work tree"}
	}
	if err := plainfile.RenameIn(dir, path.Base(file.temp), path.Base(file.name)); err != nil {
		return err
	}
	file.placed = true
	return nil
}

// Undo removes what has been put in the work tree. Directories that somebody
// else has put something in stay.
func (p *Placed) Undo() error {
	var errs []error
	for _, file := range p.Files {
		file.Open.Close()
		if file.placed {
			errs = append(errs, p.Remove(file.name))
		} else {
			errs = append(errs, p.Remove(file.temp))
		}
	}
	slices.Reverse(p.dirs)
	for _, dir := range p.dirs {
		_ = p.Remove(dir) // somebody else's file may be in it
	}
	p.Files, p.dirs = nil, nil
	return errors.Join(errs...)
}

// Remove removes one file or empty directory, if it is there.
func (p *Placed) Remove(name string) error {
	dir, err := OpenDir(p.Top, path.Dir(name), false, nil)
	if errors.Is(err, fs.ErrNotExist) || odb.IsError[*BlockedPathError](err) {
		return nil // the user has put something else there
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Remove(path.Base(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
