package store

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
	"github.com/handoff-cli/handoff/internal/text"
)

// indexEdit adds entries to a copy of the index that becomes the content of
// index.lock, while the caller goes on. A plain index is rewritten here, which
// takes a quarter of the time; every other one by git, which keeps all formats
// and extensions.
type indexEdit struct {
	copy   string // path of the copy, in our part of the git directory
	lock   *lock
	wait   func() error // for the copy to be complete; nil once it has been called
	cancel context.CancelFunc
}

// indexPath returns where the index of this work tree is.
func (r *gitRepo) indexPath() string { return filepath.Join(r.dir, "index") }

// hasIndex reports whether this work tree has an index.
func (r *gitRepo) hasIndex() (bool, error) {
	_, err := os.Lstat(r.indexPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// indexCopyPath returns where the writer with that token edits its copy.
func (r *gitRepo) indexCopyPath(token string) string {
	return filepath.Join(r.dir, "handoff", "index-"+token)
}

// startIndexEdit begins to write a copy of index with more entries. Files
// outside the sparse checkout get the skip-worktree flag. The caller holds lock
// and m.
func (r *gitRepo) startIndexEdit(ctx context.Context, lock *lock, m *marker, index *indexFile, files []treeFile, sparse sparsePatterns) (*indexEdit, error) {
	edit := &indexEdit{copy: r.indexCopyPath(m.Token), lock: lock, cancel: func() {}}
	var skipped []string
	for _, file := range files {
		if !sparse.includes(file.Path) {
			skipped = append(skipped, file.Path)
		}
	}
	if index.needsGit() || len(skipped) > 0 {
		if err := edit.startGit(ctx, r, m, index, files, skipped); err != nil {
			return nil, errors.Join(err, edit.stop())
		}
		return edit, nil
	}
	edit.startWriting(r, index, files)
	return edit, nil
}

// startWriting writes the copy.
func (e *indexEdit) startWriting(r *gitRepo, index *indexFile, files []treeFile) {
	done := make(chan error, 1)
	e.wait = func() error { return <-done }
	go func() { done <- errors.Join(index.write(e.copy, files), r.Share(e.copy)) }()
}

// startGit lets git add the entries.
func (e *indexEdit) startGit(ctx context.Context, r *gitRepo, m *marker, index *indexFile, files []treeFile, skipped []string) error {
	if err := copyIndex(index.path, e.copy); err != nil {
		return err
	}
	args := []string{"update-index", "--add"}
	for _, file := range files {
		args = append(args, "--cacheinfo", fmt.Sprintf("%o,%s,%s", modeFile, file.Hash, file.Path))
	}
	if len(skipped) > 0 {
		args = append(append(args, "--skip-worktree", "--"), skipped...)
	}
	running, cancel := context.WithCancel(ctx)
	e.cancel = cancel
	cmd := r.indexCommand(running, e.copy, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	shareLock(cmd, m.file) // git may outlive us by a moment, and nobody may tidy up under it
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
func (r *gitRepo) indexCommand(ctx context.Context, index string, args ...string) *exec.Cmd {
	cmd := r.git.command(ctx, r.keepFSMonitor(), args...)
	cmd.Dir = r.worktree
	cmd.Env = append(cmd.Env, "GIT_INDEX_FILE="+index, "GIT_DIR="+r.dir, "GIT_WORK_TREE="+r.worktree)
	return cmd
}

// withIndex runs such a command and returns what it wrote to standard output.
func (r *gitRepo) withIndex(ctx context.Context, index string, stdin io.Reader, args ...string) ([]byte, error) {
	return runCommand(ctx, r.indexCommand(ctx, index, args...), args[0], stdin)
}

// readTree runs git read-tree on another index file.
func (r *gitRepo) readTree(ctx context.Context, index string, args ...string) error {
	_, err := r.withIndex(ctx, index, nil, append([]string{"read-tree"}, args...)...)
	return err
}

// copyIndex copies an index for git to edit; one that does not exist has no copy.
// Git replaces an index and never changes it, so that a second name does, and
// keeps the time by which git tells which entries to look at again.
func copyIndex(from, to string) error {
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
func (r *gitRepo) keepFSMonitor() string {
	c, err := r.loadConfig()
	if value := c.get("core.fsmonitor"); err != nil || parseFalse(value) {
		return "false"
	}
	return os.DevNull
}

// finish waits until the copy is complete.
func (e *indexEdit) finish() error {
	if e.wait == nil {
		return nil
	}
	wait := e.wait
	e.wait = nil
	return wait()
}

// fillLock makes the copy the content of index.lock.
func (e *indexEdit) fillLock() error { return os.Rename(e.copy, e.lock.path()) }

// indexChecksum returns what tells an index file from every other: its last
// bytes, the hash of all others. Where index.skipHash has left them zero, the
// whole file is hashed.
func indexChecksum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() < indexHeaderSize+indexChecksumSize {
		return "", &DamagedError{Path: path, Err: errors.New("not an index file")}
	}
	var sum plumbing.Hash
	if _, err := file.ReadAt(sum[:], info.Size()-indexChecksumSize); err != nil || !sum.IsZero() {
		return sum.String(), err
	}
	whole := sha1.New()
	_, err = io.Copy(whole, file)
	return hex.EncodeToString(whole.Sum(nil)), err
}

// stop ends an edit and removes what is left of the copy.
func (e *indexEdit) stop() error {
	if e == nil {
		return nil
	}
	e.cancel()
	_ = e.finish() // it was ended, and what it wrote goes
	return removeIndexCopy(e.copy)
}

// removeIndexCopy removes a copy, and the lock that a git which was killed
// leaves beside it.
func removeIndexCopy(path string) error {
	return errors.Join(removeFile(path), removeFile(path+".lock"))
}

// sparsePatterns say which files a sparse checkout has in the work tree. Nil is
// an ordinary checkout, which has all.
type sparsePatterns []string

// readSparse reads the patterns of the sparse checkout, when there is one.
func (r *gitRepo) readSparse() (sparsePatterns, error) {
	c, err := r.loadConfig()
	if err != nil || !c.isTrue("core.sparsecheckout") {
		return nil, err
	}
	name := filepath.Join(r.dir, "info", "sparse-checkout")
	data, err := os.ReadFile(name)
	if isAbsent(name, err) {
		return nil, nil
	}
	patterns := sparsePatterns{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && line[0] != '#' {
			patterns = append(patterns, strings.TrimRight(line, " "))
		}
	}
	return patterns, err
}

// includes reports whether the work tree has the file name. The last pattern
// that matches the file or, if none does, the nearest directory above it
// decides.
func (s sparsePatterns) includes(name string) bool {
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
