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

	"github.com/handoff-cli/handoff/internal/handoff"
)

// indexEdit adds entries to a copy of the index that becomes the content of
// index.lock. Git does the work where it is installed, as it keeps every format
// and extension; it runs while the caller goes on.
type indexEdit struct {
	copy   string // path of the copy, in our part of the git directory
	lock   *lock
	cmd    *exec.Cmd // nil without git, and once it has ended
	stderr bytes.Buffer
	cancel context.CancelFunc
}

// indexPath returns where the index of this work tree is.
func (r *Repo) indexPath() string { return filepath.Join(r.dir, "index") }

// indexCopyPath returns where the writer with that token edits its copy.
func (r *Repo) indexCopyPath(token string) string {
	return filepath.Join(r.dir, "handoff", "index-"+token)
}

// startIndexEdit copies index and begins to add files to the copy. Files
// outside the sparse checkout get the skip-worktree flag. The caller holds lock
// and m.
func (r *Repo) startIndexEdit(ctx context.Context, lock *lock, m *marker, index *indexFile, files []newFile, sparse sparsePatterns) (*indexEdit, error) {
	edit := &indexEdit{copy: r.indexCopyPath(m.Token), lock: lock, cancel: func() {}}
	var err error
	if r.git.installed() {
		err = edit.start(ctx, r, m, index, files, sparse)
	} else {
		err = edit.editAlone(r, index, files, sparse)
	}
	if err != nil {
		return nil, errors.Join(err, edit.stop())
	}
	return edit, nil
}

// start lets git add the entries.
func (e *indexEdit) start(ctx context.Context, r *Repo, m *marker, index *indexFile, files []newFile, sparse sparsePatterns) error {
	// Git replaces an index and never changes it, so that a second name of the
	// file does for a copy.
	if err := os.Link(index.path, e.copy); err != nil {
		if err := os.WriteFile(e.copy, index.data, 0o666); err != nil {
			return err
		}
	}
	args := []string{"update-index", "--add"}
	var skipped []string
	for _, file := range files {
		args = append(args, "--cacheinfo", fmt.Sprintf("%o,%s,%s", modeFile, file.Hash, file.Path))
		if !sparse.includes(file.Path) {
			skipped = append(skipped, file.Path)
		}
	}
	if len(skipped) > 0 {
		args = append(append(args, "--skip-worktree", "--"), skipped...)
	}
	ctx, e.cancel = context.WithCancel(ctx)
	e.cmd = r.git.command(ctx, r.keepFSMonitor(), args...)
	e.cmd.Dir = r.worktree
	e.cmd.Env = append(e.cmd.Env, "GIT_INDEX_FILE="+e.copy, "GIT_DIR="+r.dir, "GIT_WORK_TREE="+r.worktree)
	e.cmd.Stderr = &e.stderr
	shareLock(e.cmd, m.file) // git may outlive us by a moment, and nobody may tidy up under it
	if err := e.cmd.Start(); err != nil {
		e.cmd = nil
		return err
	}
	return nil
}

// editAlone adds the entries without git.
func (e *indexEdit) editAlone(r *Repo, index *indexFile, files []newFile, sparse sparsePatterns) (err error) {
	for _, file := range files {
		if !sparse.includes(file.Path) {
			return &UnsupportedError{What: "sparse checkout", Why: "only git can add a file outside it", WayOut: "install git"}
		}
		data, err := index.insert(file.Path, file.Hash)
		if err != nil {
			return err
		}
		if index, err = parseIndex(index.path, data, func(indexEntry, int) {}); err != nil {
			return err
		}
	}
	return errors.Join(os.WriteFile(e.copy, index.data, 0o666), r.share(e.copy))
}

// keepFSMonitor returns a value for core.fsmonitor under which git runs no
// program and leaves the extension in the index alone: an index that is written
// with the value "false" loses it, one that is written with a value gets it.
func (r *Repo) keepFSMonitor() string {
	c, err := r.loadConfig()
	if value := c.get("core.fsmonitor"); err != nil || value == "" || parseFalse(value) {
		return "false"
	}
	return os.DevNull
}

// parseFalse reports whether value is one that git reads as false.
func parseFalse(value string) bool {
	switch strings.ToLower(value) {
	case "", "false", "no", "off", "0":
		return true
	}
	return false
}

// finish waits until the copy is complete.
func (e *indexEdit) finish(ctx context.Context) error {
	if e.cmd == nil {
		return nil
	}
	cmd := e.cmd
	e.cmd = nil
	err := cmd.Wait()
	return commandError(ctx, "update-index", e.stderr.String(), err)
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
	if e.cmd != nil {
		_ = e.cmd.Wait() // it was killed
		e.cmd = nil
	}
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
func (r *Repo) readSparse() (sparsePatterns, error) {
	c, err := r.loadConfig()
	if err != nil || !c.isTrue("core.sparsecheckout") {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(r.dir, "info", "sparse-checkout"))
	if errors.Is(err, fs.ErrNotExist) {
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
			if handoff.PathPattern(pattern).Matches(at, isDir) {
				return !not
			}
		}
	}
	return false
}
