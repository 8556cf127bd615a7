// Package form fills a draft together with a person, and keeps what they typed.
// It never publishes.
package form

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Drafts is where the draft of a handoff waits until it is published: a file in
// the git directory, readable by its owner only.
type Drafts struct {
	Dir string // the git directory of the work tree
}

// Path is the file that holds the draft.
func (d Drafts) Path() string { return filepath.Join(d.Dir, "handoff", "draft.yaml") }

// Save replaces the draft. Killed at any instant, the old or the new draft is
// there.
func (d Drafts) Save(data []byte) error {
	dir := filepath.Dir(d.Path())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "draft-*") // created with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), d.Path())
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Load returns the draft, or nil when there is none.
func (d Drafts) Load() ([]byte, error) {
	data, err := os.ReadFile(d.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Drop removes the draft, if there is one.
func (d Drafts) Drop() error {
	err := os.Remove(d.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
