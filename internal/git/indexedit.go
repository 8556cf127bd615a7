package git

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/text"
)

// IndexEdit adds entries to a copy of the index that becomes the content of
// index.lock, while the caller goes on. A plain index is rewritten here, which
// takes a quarter of the time; every other one by git, which keeps all formats
// and extensions.
type IndexEdit struct {
	Copy   string // path of the copy, in our part of the git directory
	Lock   *Lock
	wait   func() error // for the copy to be complete; nil once it has been called
	Cancel context.CancelFunc
}

// IndexPath returns where the index of this work tree is.
func (r *Repo) IndexPath() string { return filepath.Join(r.dir, "index") }

// HasIndex reports whether this work tree has an index.
func (r *Repo) HasIndex() (bool, error) {
	_, err := os.Lstat(r.IndexPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// IndexCopyPath returns where the writer with that token edits its copy.
func (r *Repo) IndexCopyPath(token string) string {
	return filepath.Join(r.dir, "handoff", "index-"+token)
}

// StartIndexEdit begins to write a copy of index with more entries. Files
// outside the sparse checkout get the skip-worktree flag. The caller holds lock
// and m.
func (r *Repo) StartIndexEdit(ctx context.Context, lock *Lock, m *Marker, index *IndexFile, files []odb.TreeFile, sparse SparsePatterns) (*IndexEdit, error) {
	edit := &IndexEdit{Copy: r.IndexCopyPath(m.Token), Lock: lock, Cancel: func() {}}
	var skipped []string
	for _, file := range files {
		if !sparse.Includes(file.Path) {
			skipped = append(skipped, file.Path)
		}
	}
	if index.needsGit() || len(skipped) > 0 {
		if err := edit.startGit(ctx, r, m, index, files, skipped); err != nil {
			return nil, errors.Join(err, edit.Stop())
		}
		return edit, nil
	}
	edit.startWriting(r, index, files)
	return edit, nil
}

// startWriting writes the copy.
func (e *IndexEdit) startWriting(r *Repo, index *IndexFile, files []odb.TreeFile) {
	done := make(chan error, 1)
	e.wait = func() error { return <-done }
	go func() { done <- errors.Join(index.write(e.Copy, files), r.Share(e.Copy)) }()
}

// startGit lets git add the entries.
func (e *IndexEdit) startGit(ctx context.Context, r *Repo, m *Marker, index *IndexFile, files []odb.TreeFile, skipped []string) error {
	if err := CopyIndex(index.path, e.Copy); err != nil {
		return err
	}
	args := []string{"update-index", "--add"}
	for _, file := range files {
		args = append(args, "--cacheinfo", fmt.Sprintf("%o,%s,%s", ModeFile, file.Hash, file.Path))
	}
	if len(skipped) > 0 {
		args = append(append(args, "--skip-worktree", "--"), skipped...)
	}
	running, cancel := context.WithCancel(ctx)
	e.Cancel = cancel
	cmd := r.indexCommand(running, e.Copy, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	shareLock(cmd, m.File) // git may outlive us by a moment, and nobody may tidy up under it
	if err := cmd.Start(); err != nil {
		return err
	}
	e.wait = func() error {
		err := cmd.Wait() // before which stderr is not complete
		return commandError(ctx, "update-index", stderr.String(), err)
	}
	return nil
}

// indexCommand prepares "git args..." in the work tree with another index file.
func (r *Repo) indexCommand(ctx context.Context, index string, args ...string) *exec.Cmd {
	cmd := r.Git.Command(ctx, r.keepFSMonitor(), args...)
	cmd.Dir = r.worktree
	cmd.Env = append(cmd.Env, "GIT_INDEX_FILE="+index, "GIT_DIR="+r.dir, "GIT_WORK_TREE="+r.worktree)
	return cmd
}

// WithIndex runs such a command and returns what it wrote to standard output.
func (r *Repo) WithIndex(ctx context.Context, index string, stdin io.Reader, args ...string) ([]byte, error) {
	return RunCommand(ctx, r.indexCommand(ctx, index, args...), args[0], stdin)
}

// ReadTree runs git read-tree on another index file.
func (r *Repo) ReadTree(ctx context.Context, index string, args ...string) error {
	_, err := r.WithIndex(ctx, index, nil, append([]string{"read-tree"}, args...)...)
	return err
}

// CopyIndex copies an index for git to edit; one that does not exist has no copy.
// Git replaces an index and never changes it, so that a second name does, and
// keeps the time by which git tells which entries to look at again.
func CopyIndex(from, to string) error {
	if err := os.Link(from, to); err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o666)
}

// keepFSMonitor returns a value for core.fsmonitor under which git runs no
// program and leaves the extension in the index alone: an index that is written
// with the value "false" loses it, one that is written with a value gets it.
func (r *Repo) keepFSMonitor() string {
	c, err := r.LoadConfig()
	if value := c.Get("core.fsmonitor"); err != nil || parseFalse(value) {
		return "false"
	}
	return os.DevNull
}

// Finish waits until the copy is complete.
func (e *IndexEdit) Finish() error {
	if e.wait == nil {
		return nil
	}
	wait := e.wait
	e.wait = nil
	return wait()
}

// FillLock makes the copy the content of index.lock.
func (e *IndexEdit) FillLock() error { return plainfile.Rename(e.Copy, e.Lock.Path()) }

// IndexChecksum returns what tells an index file from every other: its last
// bytes, the hash of all others. Where index.skipHash has left them zero, the
// whole file is hashed.
func IndexChecksum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() < indexHeaderSize+IndexChecksumSize {
		return "", &odb.DamagedError{Path: path, Err: errors.New("not an index file")}
	}
	var sum plumbing.Hash
	if _, err := file.ReadAt(sum[:], info.Size()-IndexChecksumSize); err != nil || !sum.IsZero() {
		return sum.String(), err
	}
	whole := sha1.New()
	_, err = io.Copy(whole, file)
	return hex.EncodeToString(whole.Sum(nil)), err
}

// Stop ends an edit and removes what is left of the copy.
func (e *IndexEdit) Stop() error {
	if e == nil {
		return nil
	}
	e.Cancel()
	_ = e.Finish() // it was ended, and what it wrote goes
	return RemoveIndexCopy(e.Copy)
}

// RemoveIndexCopy removes a copy, and the lock that a git which was killed
// leaves beside it.
func RemoveIndexCopy(path string) error {
	return errors.Join(plainfile.RemoveFile(path), plainfile.RemoveFile(path+".lock"))
}

// SparsePatterns say which files a sparse checkout has in the work tree. Nil is
// an ordinary checkout, which has all.
type SparsePatterns []string

// ReadSparse reads the patterns of the sparse checkout, when there is one.
func (r *Repo) ReadSparse() (SparsePatterns, error) {
	c, err := r.LoadConfig()
	if err != nil || !c.IsTrue("core.sparsecheckout") {
		return nil, err
	}
	name := filepath.Join(r.dir, "info", "sparse-checkout")
	data, err := os.ReadFile(name)
	if plainfile.IsAbsent(name, err) {
		return nil, nil
	}
	patterns := SparsePatterns{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && line[0] != '#' {
			patterns = append(patterns, strings.TrimRight(line, " "))
		}
	}
	return patterns, err
}

// Includes reports whether the work tree has the file name. The last pattern
// that matches the file or, if none does, the nearest directory above it
// decides.
func (s SparsePatterns) Includes(name string) bool {
	if s == nil {
		return true
	}
	for at, isDir := name, false; at != "."; at, isDir = path.Dir(at), true {
		for _, pattern := range slices.Backward(s) {
			pattern, not := strings.CutPrefix(pattern, "!")
			if text.PathPattern(pattern).Matches(at, isDir) {
				return !not
			}
		}
	}
	return false
}
