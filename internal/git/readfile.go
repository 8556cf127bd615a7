package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/text"
)

// Read returns the content of a blob, which must not be changed. More than max
// bytes are a [odb.TooLargeError], found out before anything is decompressed, and
// what is no blob is a [odb.KindError].
func (r *Repo) Read(blob string, max int64) ([]byte, error) {
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, err
	}
	return objects.Blob(plumbing.NewHash(blob), max)
}

// HasPath reports whether there is a file or a directory in the tree of a commit.
func (r *Repo) HasPath(commit, path string) (bool, error) {
	_, _, ok, err := r.FindPath(commit, path)
	return ok, err
}

// FindPath returns what is at a path in the tree of a commit, and where it can be
// read.
func (r *Repo) FindPath(commit, path string) (*odb.Objects, odb.TreeFile, bool, error) {
	objects, root, err := r.TreeOf(commit)
	if err != nil {
		return nil, odb.TreeFile{}, false, err
	}
	f, ok, err := objects.TreeEntryAt(root, path)
	return objects, f, ok, err
}

// TreeOf returns the tree of a commit, and where it can be read.
func (r *Repo) TreeOf(commit string) (*odb.Objects, plumbing.Hash, error) {
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, plumbing.ZeroHash, err
	}
	root, err := objects.CommitTree(plumbing.NewHash(commit))
	return objects, root, err
}

// PathHash returns the hash of the file or directory in the tree of a commit, ""
// where there is none. Other modes give other hashes.
func (r *Repo) PathHash(commit, path string) (string, error) {
	_, entry, ok, err := r.FindPath(commit, path)
	if err != nil || !ok {
		return "", err
	}
	return fmt.Sprintf("%o %s", entry.Mode, entry.Hash), nil
}

// ReadFile returns the content of one file in the tree of a commit. Where there
// is none the error is fs.ErrNotExist; where there is something that is not a
// regular file, fs.ErrInvalid. A file of which the tree speaks and whose content
// is gone is a [odb.DamagedError], not absent.
func (r *Repo) ReadFile(ctx context.Context, commit, path string, max int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	objects, entry, ok, err := r.FindPath(commit, path)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	case !odb.IsFileMode(entry.Mode):
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	data, err := objects.Blob(entry.Hash, max)
	if err != nil && errors.Is(err, plumbing.ErrObjectNotFound) && !odb.IsUnreadable(err) && !odb.IsMissing(err) {
		err = &odb.DamagedError{Path: path, Err: fmt.Errorf("its object %s is missing", entry.Hash)}
	}
	return data, err
}

// ReadAll reads blobs on all processors, in the order in which the packs hold
// them, and calls use with the position, the content and the error of each, as
// [Repo.Read] returns them. Several calls come at the same time, each with a
// content that must not be changed. The first error of use ends the reading.
//
// Blobs that a partial clone has left with a remote are not used. Once all
// others have been, they are a [odb.MissingError].
func (r *Repo) ReadAll(ctx context.Context, blobs []string, max int64, use func(i int, data []byte, err error) error) error {
	all, err := r.LoadObjects()
	if err != nil {
		return err
	}
	blocks := odb.NewBlockCache(odb.MaxCachedBase)
	order, err := all.InPackOrder(ctx, blocks, blobs)
	if err != nil {
		return err
	}
	var missing atomic.Int64
	err = all.InChunks(ctx, blocks, runtime.GOMAXPROCS(0), len(order), odb.ReadChunk, func(o *odb.Objects) func(begin, end int) error {
		return func(begin, end int) error {
			for _, want := range order[begin:end] {
				data, err := o.BlobAt(want, max)
				if odb.IsMissing(err) {
					missing.Add(1)
					continue
				}
				if err := use(want.Pos, data, err); err != nil {
					return err
				}
			}
			return nil
		}
	})
	if n := int(missing.Load()); err == nil && n > 0 {
		return &odb.MissingError{Remote: all.Promisor, What: fmt.Sprintf("%d of %s are", n, text.Count(len(blobs), "record"))}
	}
	return err
}
