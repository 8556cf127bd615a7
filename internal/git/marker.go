package git

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Marker tells what a living append is about to do, and what one that was killed
// may have left. It is kept in a file of the git directory that is empty at all
// other times, and whose advisory lock the writer holds as long as it lives:
// whoever gets that lock and finds content knows that the writer is dead.
//
// The content is JSON, a line when the append begins and another when it is
// about to move the branch; the last line counts.
type Marker struct {
	Token  string       `json:"token"`            // in the lock files that are not filled yet
	Ref    string       `json:"ref"`              // the reference that is to move; may be symbolic in the first line
	Commit string       `json:"commit,omitempty"` // to this commit; not in the first line
	Index  string       `json:"index,omitempty"`  // checksum of what index.lock holds; "" without an index
	Files  []MarkedFile `json:"files,omitempty"`
	Old    string       `json:"old,omitempty"`    // of a replay: the commit that the reference had
	Stacks []stackLock  `json:"stacks,omitempty"` // of a reference that git moves: what locks everybody's

	File *os.File // open and locked
}

// MarkedFile is a file of the commit.
type MarkedFile struct {
	Path string `json:"path"`
	Blob string `json:"blob"`
}

// MarkerPath returns where the marker of this work tree is.
func (r *Repo) MarkerPath() string { return filepath.Join(r.dir, "handoff", "append") }

// NewMarker begins an append to ref: it waits for other writers in this work
// tree and writes the first line. The error is ErrMoved while the marker of a
// killed append is there.
func (r *Repo) NewMarker(ctx context.Context, ref string) (*Marker, error) {
	if err := r.MakeDir(filepath.Dir(r.MarkerPath())); err != nil {
		return nil, err
	}
	file, err := plainfile.Open(r.MarkerPath(), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	m := &Marker{Token: plainfile.NewToken(), Ref: ref, File: file}
	if err := r.beginMarker(ctx, m); err != nil {
		file.Close()
		return nil, err
	}
	return m, nil
}

// beginMarker does the rest of NewMarker with the open file.
func (r *Repo) beginMarker(ctx context.Context, m *Marker) error {
	if err := r.waitLock(ctx, m.File); err != nil {
		return err
	}
	info, err := m.File.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 {
		return ErrMoved
	}
	return errors.Join(r.Share(r.MarkerPath()), m.Write())
}

// Write adds a line to the marker file.
func (m *Marker) Write() error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = m.File.Write(append(line, '\n'))
	return err
}

// LastLine reads the last whole line of a marker file. It reports false when
// there is none: the writer was killed before it had touched anything.
func (m *Marker) LastLine(data []byte) bool {
	end := bytes.LastIndexByte(data, '\n')
	if end < 0 {
		return false
	}
	begin := bytes.LastIndexByte(data[:end], '\n') + 1
	return json.Unmarshal(data[begin:end], m) == nil
}

// Turn waits until no other process of this clone does what name stands for, as for a
// lock of git's. The kernel ends the turn with the process, however that ends; end
// ends it earlier.
func (r *Repo) Turn(ctx context.Context, name string) (end func(), err error) {
	path := filepath.Join(r.common, "handoff", name)
	if err := r.MakeDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	file, err := plainfile.Open(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(r.Share(path), r.waitLock(ctx, file)); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// waitLock takes the advisory lock of file, waiting for its holder as for a
// lock of git's.
func (r *Repo) waitLock(ctx context.Context, file *os.File) error {
	for deadline := time.Now().Add(r.LockWait); ; {
		ok, err := TryLock(file)
		if ok || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return &BusyError{Path: file.Name()}
		}
		if err := wait(ctx, time.Millisecond); err != nil {
			return err
		}
	}
}

// Clear empties the marker: nothing is pending any more.
func (m *Marker) Clear() error { return m.File.Truncate(0) }

// Close drops the advisory lock.
func (m *Marker) Close() { m.File.Close() }

// Paths returns the paths of the files.
func (m *Marker) Paths() []string {
	paths := make([]string, len(m.Files))
	for i, file := range m.Files {
		paths[i] = file.Path
	}
	return paths
}
