package form

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// KeptDrafts is how many drafts that were set aside are kept.
const KeptDrafts = 5

// Drafts is where the draft of a handoff waits until it is published: a file in
// the git directory of the work tree, readable by its owner only. Drafts that
// were given up or damaged are kept beside it, the last [KeptDrafts] of them.
type Drafts struct {
	Dir string // the git directory of the work tree

	seen []byte // what Load or Save saw last in the file
}

// Path is the file that holds the draft.
func (d *Drafts) Path() string { return filepath.Join(d.Dir, "handoff", "draft.yaml") }

// asidePath is the file of the n-th draft that was set aside; 1 is the last one.
func (d *Drafts) asidePath(n int) string {
	return filepath.Join(d.Dir, "handoff", fmt.Sprintf("draft.%d.yaml", n))
}

// Save replaces the draft. Killed at any instant, the old or the new draft is
// there. A draft that somebody else wrote meanwhile, as a second form in the
// same work tree does, is set aside first.
func (d *Drafts) Save(data []byte) error {
	current, err := readIfThere(d.Path())
	if err != nil {
		return err
	}
	if current != nil && !bytes.Equal(current, d.seen) {
		if err := d.SetAside(); err != nil {
			return err
		}
	}
	if err := replaceFile(d.Path(), data); err != nil {
		return err
	}
	d.seen = bytes.Clone(data)
	return nil
}

// Load returns the draft, or nil when there is none.
func (d *Drafts) Load() ([]byte, error) {
	data, err := readIfThere(d.Path())
	d.seen = bytes.Clone(data)
	return data, err
}

// Drop removes the draft, if there is one: it is published.
func (d *Drafts) Drop() error {
	err := os.Remove(d.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// SetAside moves the draft to the front of those that are kept. Without a draft
// it does nothing.
func (d *Drafts) SetAside() error {
	if _, err := os.Lstat(d.Path()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for n := KeptDrafts - 1; n >= 1; n-- {
		err := plainfile.Rename(d.asidePath(n), d.asidePath(n+1))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return plainfile.Rename(d.Path(), d.asidePath(1))
}

// aside returns the n-th draft that was set aside, or nil when there is none.
func (d *Drafts) aside(n int) ([]byte, error) { return readIfThere(d.asidePath(n)) }

// Restore makes the n-th draft that was set aside the draft again, in exchange
// for the one that is there. It reports whether there is such a draft.
func (d *Drafts) Restore(n int) (bool, error) {
	data, err := d.aside(n)
	if err != nil || data == nil {
		return false, err
	}
	current, err := d.Load()
	if err != nil {
		return false, err
	}
	if err := d.Save(data); err != nil {
		return false, err
	}
	if current == nil {
		return true, os.Remove(d.asidePath(n))
	}
	return true, replaceFile(d.asidePath(n), current)
}

func readIfThere(path string) ([]byte, error) {
	data, err := plainfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && data == nil {
		data = []byte{}
	}
	return data, err
}

// replaceFile replaces a file of mode 0600.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return plainfile.Replace(path, 0o600, data, nil)
}
