package git

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// stackLock is a lock of git's on a stack of tables. A git that was killed
// leaves it, and then no git writes a reference any more.
type stackLock struct {
	Path  string `json:"path"`
	Inode uint64 `json:"inode,omitempty"` // 0 until it is held
	Time  int64  `json:"time,omitempty"`  // of its last change, in nanoseconds since 1970
}

// locks returns the locks that git takes for the move, not held yet.
func (g *gitMove) locks() []stackLock {
	var locks []stackLock
	for _, name := range g.chain {
		path := filepath.Join(g.refs.refDir(name), "reftable", "tables.list.lock")
		if !slices.ContainsFunc(locks, func(l stackLock) bool { return l.Path == path }) {
			locks = append(locks, stackLock{Path: path})
		}
	}
	return locks
}

// announce writes down which locks git is about to take.
func (g *gitMove) announce() error {
	g.marker.Stacks = g.locks()
	return g.marker.Write()
}

// noteLocks writes down which locks git has taken.
func (g *gitMove) noteLocks() error {
	for i := range g.marker.Stacks {
		held := &g.marker.Stacks[i]
		info, err := os.Stat(held.Path)
		if err != nil {
			return err
		}
		held.Inode, held.Time = inode(info), info.ModTime().UnixNano()
	}
	return g.marker.Write()
}

// RemoveStackLocks removes the locks that the git of m has left. It is dead, and
// so is every other process that the marker is shared with.
func RemoveStackLocks(m *Marker) error {
	if len(m.Stacks) == 0 {
		return nil
	}
	marked, err := m.File.Stat()
	if err != nil {
		return err
	}
	var errs []error
	for _, lock := range m.Stacks {
		// Beside the lock of the stack are those of tables that git joins.
		paths, err := filepath.Glob(filepath.Join(EscapeGlob(filepath.Dir(lock.Path)), "*.lock"))
		errs = append(errs, err)
		for _, path := range paths {
			errs = append(errs, lock.removeDead(path, marked.ModTime()))
		}
	}
	return errors.Join(errs...)
}

// removeDead removes a lock file if it is the one that was noted, or if it was
// made after the last note, in the moment in which git takes a lock and we write
// that down, and no process has it open. Every other one is somebody's.
func (l stackLock) removeDead(path string, noted time.Time) error {
	info, err := os.Stat(path)
	if err != nil {
		return plainfile.UnlessMissing(err)
	}
	same := path == l.Path && l.Inode != 0 && l.Inode == inode(info) && l.Time == info.ModTime().UnixNano()
	if !same && (info.ModTime().Before(noted) || !ownedByCaller(path) || !isAbandoned(info)) {
		return nil
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(info, now) || !info.ModTime().Equal(now.ModTime()) {
		return plainfile.UnlessMissing(err)
	}
	return plainfile.RemoveFile(path)
}

// isAbandoned reports whether no process has a file of the caller's open. Where
// processes cannot be looked at, it does not know, and says no.
func isAbandoned(info fs.FileInfo) bool {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		return false
	}
	open, err := filepath.Glob("/proc/[0-9]*/fd/*")
	return err == nil && !slices.ContainsFunc(open, func(path string) bool {
		other, err := os.Stat(path)
		return err == nil && os.SameFile(info, other)
	})
}
