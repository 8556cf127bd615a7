package git

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Lock is a lock file of git's protocol: while "FILE.lock" exists nobody else
// may replace FILE, and renaming it onto FILE is the only way that FILE changes.
// Until it gets its content a lock of ours holds a token, by which
// [store.Repo.Recover] knows it when the writer was killed.
type Lock struct {
	Target string // FILE
	Held   bool   // FILE.lock is ours: neither renamed nor removed yet
}

// BusyError says that somebody else held Path for longer than we wait. Nothing
// was written; trying again is safe.
type BusyError struct{ Path string }

func (e *BusyError) Error() string {
	return e.Path + ": held by another process, or left over from one that was killed"
}

// LockFile takes the lock of target, waiting up to r.LockWait for whoever has
// it, and puts token in it. A lock that does not clear is a *BusyError; it is
// never removed, because nothing tells a slow owner from a dead one.
func (r *Repo) LockFile(ctx context.Context, target, token string) (*Lock, error) {
	draft := r.LockDraftPath(token)
	defer os.Remove(draft) // if that fails, whoever gives up the marker sees to it
	if err := errors.Join(os.WriteFile(draft, []byte(token+"\n"), 0o666), r.Share(draft)); err != nil {
		return nil, err
	}
	err := r.untilFree(ctx, func() error {
		err := r.createLock(draft, target+".lock")
		if errors.Is(err, fs.ErrExist) {
			return &BusyError{Path: target + ".lock"}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Lock{Target: target, Held: true}, nil
}

// untilFree tries something again as long as it is a *BusyError, for r.LockWait.
func (r *Repo) untilFree(ctx context.Context, try func() error) error {
	deadline := time.Now().Add(r.LockWait)
	for pause := time.Millisecond; ; pause = min(2*pause, 16*time.Millisecond) {
		err := try()
		if !odb.IsError[*BusyError](err) || time.Now().After(deadline) {
			return err
		}
		// Writers that started together must not come back together.
		if err := wait(ctx, pause/2+rand.N(pause)); err != nil {
			return err
		}
	}
}

// LockDraftPath returns where the writer with that token prepares a lock file.
func (r *Repo) LockDraftPath(token string) string {
	return filepath.Join(r.dir, "handoff", "lock-"+token)
}

// createLock creates the lock file path as a second name of draft, so that it
// has its token from its first moment. One that exists is fs.ErrExist.
func (r *Repo) createLock(draft, path string) error {
	err := os.Link(draft, path)
	// Git removes directories of references when they become empty, perhaps
	// just now: try again a few times.
	for tries := 0; errors.Is(err, fs.ErrNotExist) && tries < 3; tries++ {
		if err := r.MakeDir(filepath.Dir(path)); err != nil {
			return err
		}
		err = os.Link(draft, path)
	}
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return r.copyLock(draft, path)
}

// copyLock creates the lock file path as a copy of draft, for file systems that
// give a file one name only.
func (r *Repo) copyLock(draft, path string) error {
	token, err := os.ReadFile(draft)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(token)
	if err := errors.Join(err, file.Close(), r.Share(path)); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// Path returns the name of the lock file.
func (l *Lock) Path() string { return l.Target + ".lock" }

// setHash replaces the token in the lock file of a reference by a hash.
func (l *Lock) setHash(hash string) error {
	file, err := os.OpenFile(l.Path(), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(hash + "\n")
	return errors.Join(err, file.Close())
}

// Sync brings the content of the lock file to disk.
func (l *Lock) Sync() error {
	file, err := os.OpenFile(l.Path(), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Commit renames the lock file onto its target, which releases the lock.
func (l *Lock) Commit() error {
	if err := plainfile.Rename(l.Path(), l.Target); err != nil {
		return err
	}
	l.Held = false
	return nil
}

// Release removes the lock file when it is still ours. After commit the name
// may already be somebody else's lock.
func (l *Lock) Release() error {
	if l == nil || !l.Held {
		return nil
	}
	l.Held = false
	return plainfile.RemoveFile(l.Path())
}

// wait pauses for d, or less when ctx ends; then its cause is the error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// LockFiles returns the lock files in the git directory.
func (r *Repo) LockFiles() []string {
	var found []string
	for _, dir := range []string{r.dir, r.common} {
		for _, pattern := range []string{"*.lock", "reftable/*.lock"} {
			names, _ := filepath.Glob(filepath.Join(EscapeGlob(dir), filepath.FromSlash(pattern)))
			found = append(found, names...)
		}
	}
	_ = filepath.WalkDir(filepath.Join(r.common, "refs"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".lock") {
			found = append(found, path)
		}
		return nil
	})
	slices.Sort(found)
	return slices.Compact(found)
}
