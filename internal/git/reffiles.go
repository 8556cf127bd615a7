package git

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// fileRefs are references in loose files and packed-refs. They are moved under
// git's own lock files.
type fileRefs struct{ *Repo }

func (r fileRefs) Where(name string) string { return r.RefPath(name) }

func (r fileRefs) Logged(name string) (int, error) {
	path := r.LogPath(name)
	if info, err := os.Stat(path); err == nil && info.IsDir() || plainfile.IsAbsent(path, err) || IsNotDirectory(err) {
		return 0, nil
	}
	log, err := plainfile.Read(path)
	if err != nil {
		return 0, &odb.DamagedError{Path: path, Err: err} // it may have entries
	}
	return len(slices.Collect(bytes.Lines(log))), nil
}

func (r fileRefs) CheckedOut(_ context.Context, ref string) (string, error) {
	dirs, err := r.workTreeDirs()
	if err != nil {
		return "", err
	}
	for _, dir := range dirs {
		head, err := ReadLine(filepath.Join(dir, "HEAD"))
		if err != nil {
			return "", err
		}
		if head == "ref: "+ref {
			return dir, nil
		}
	}
	return "", nil
}

// Begin takes the lock of base, and of what it points at.
func (r fileRefs) Begin(ctx context.Context, base string, m *Marker) (ReferenceMove, Commit, error) {
	f := &fileMove{refs: r, base: base}
	commit, err := f.lock(ctx, m.Token)
	if err != nil {
		return nil, Commit{}, errors.Join(err, f.Release())
	}
	return f, commit, nil
}

// fileMove is a reference that is locked, and HEAD with it if it is reached
// through HEAD.
type fileMove struct {
	refs         fileRefs
	base         string
	head, branch *Lock    // head only where it is not the branch
	chain        []string // base, through symbolic references, to the one that is locked
	tip, hash    string   // from, to
}

// lock takes the locks and reads the tip under them.
func (f *fileMove) lock(ctx context.Context, token string) (_ Commit, err error) {
	r := f.refs
	if f.base == "HEAD" {
		if f.head, err = r.LockFile(ctx, r.RefPath("HEAD"), token); err != nil {
			return Commit{}, err
		}
	}
	chain, _, err := r.ResolveRef(f.base)
	if err != nil {
		return Commit{}, err
	}
	target := chain[len(chain)-1]
	if target == "HEAD" {
		f.branch, f.head = f.head, nil
	} else if f.branch, err = r.LockFile(ctx, r.RefPath(target), token); err != nil {
		return Commit{}, err
	}
	if f.chain, f.tip, err = r.ResolveRef(f.base); err != nil {
		return Commit{}, err
	}
	if !slices.Equal(chain, f.chain) {
		return Commit{}, ErrMoved
	}
	return Commit{Ref: target, Parent: f.tip}, nil
}

func (f *fileMove) Prepare(hash string) error {
	f.hash = hash
	if err := f.branch.setHash(hash); err != nil {
		return err
	}
	return f.branch.Sync()
}

// Commit looks once more, for somebody without locks.
func (f *fileMove) Commit(context.Context, LogEntry) error {
	chain, tip, err := f.refs.ResolveRef(f.base)
	if err != nil {
		return err
	}
	if tip != f.tip || !slices.Equal(chain, f.chain) {
		return ErrMoved
	}
	removeEmptyDirs(f.branch.Target)
	return f.branch.Commit()
}

func (f *fileMove) Finish(entry LogEntry) error {
	return errors.Join(odb.SyncDir(filepath.Dir(f.branch.Target)), f.refs.logUpdate(f.chain, f.tip, f.hash, entry))
}

func (f *fileMove) Release() error { return errors.Join(f.branch.Release(), f.head.Release()) }
