package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// fileRefs are references in loose files and packed-refs. They are moved under
// git's own lock files.
type fileRefs struct{ *gitRepo }

func (r fileRefs) where(name string) string { return r.refPath(name) }

func (r fileRefs) logged(name string) (int, error) {
	path := r.logPath(name)
	if info, err := os.Stat(path); err == nil && info.IsDir() || isAbsent(path, err) || isNotDirectory(err) {
		return 0, nil
	}
	log, err := ReadPlain(path)
	if err != nil {
		return 0, &DamagedError{Path: path, Err: err} // it may have entries
	}
	entries := bytes.Count(log, []byte("\n"))
	if len(log) > 0 && log[len(log)-1] != '\n' {
		entries++
	}
	return entries, nil
}

func (r fileRefs) checkedOut(_ context.Context, ref string) (string, error) {
	dirs, err := r.workTreeDirs()
	if err != nil {
		return "", err
	}
	for _, dir := range dirs {
		head, err := readLine(filepath.Join(dir, "HEAD"))
		if err != nil {
			return "", err
		}
		if head == "ref: "+ref {
			return dir, nil
		}
	}
	return "", nil
}

// begin takes the lock of base, and of what it points at.
func (r fileRefs) begin(ctx context.Context, base string, m *marker) (refMove, Commit, error) {
	f := &fileMove{refs: r, base: base}
	commit, err := f.lock(ctx, m.Token)
	if err != nil {
		return nil, Commit{}, errors.Join(err, f.release())
	}
	return f, commit, nil
}

// fileMove is a reference that is locked, and HEAD with it if it is reached
// through HEAD.
type fileMove struct {
	refs         fileRefs
	base         string
	head, branch *lock    // head only where it is not the branch
	chain        []string // base, through symbolic references, to the one that is locked
	tip, hash    string   // from, to
}

// lock takes the locks and reads the tip under them.
func (f *fileMove) lock(ctx context.Context, token string) (_ Commit, err error) {
	r := f.refs
	if f.base == "HEAD" {
		if f.head, err = r.lockFile(ctx, r.refPath("HEAD"), token); err != nil {
			return Commit{}, err
		}
	}
	chain, _, err := r.resolve(f.base)
	if err != nil {
		return Commit{}, err
	}
	target := chain[len(chain)-1]
	if target == "HEAD" {
		f.branch, f.head = f.head, nil
	} else if f.branch, err = r.lockFile(ctx, r.refPath(target), token); err != nil {
		return Commit{}, err
	}
	if f.chain, f.tip, err = r.resolve(f.base); err != nil {
		return Commit{}, err
	}
	if !slices.Equal(chain, f.chain) {
		return Commit{}, errMoved
	}
	return Commit{Ref: target, Parent: f.tip}, nil
}

func (f *fileMove) prepare(hash string) error {
	f.hash = hash
	if err := f.branch.setHash(hash); err != nil {
		return err
	}
	return f.branch.sync()
}

// commit looks once more, for somebody without locks.
func (f *fileMove) commit(context.Context, logEntry) error {
	chain, tip, err := f.refs.resolve(f.base)
	if err != nil {
		return err
	}
	if tip != f.tip || !slices.Equal(chain, f.chain) {
		return errMoved
	}
	removeEmptyDirs(f.branch.target)
	return f.branch.commit()
}

func (f *fileMove) finish(entry logEntry) error {
	return errors.Join(syncDir(filepath.Dir(f.branch.target)), f.refs.logUpdate(f.chain, f.tip, f.hash, entry))
}

func (f *fileMove) release() error { return errors.Join(f.branch.release(), f.head.release()) }
