package odb

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// ReadChunk is how many objects a worker of [git.Repo.ReadAll] takes at a time. Neighbours
// are deltas of one another, so a worker wants many of them.
const ReadChunk = 512

// wanted is a blob, and where a pack was seen to have it.
type wanted struct {
	Hash plumbing.Hash
	Pos  int    // among those that were asked for
	Pack string // path without extension; "" when it was seen in none
	at   int64
}

// InPackOrder looks blobs, in hex digits, up. What no pack has, and what cannot be
// looked up, is at the front, to be read as any other object.
func (o *Objects) InPackOrder(ctx context.Context, blocks *BlockCache, blobs []string) ([]wanted, error) {
	order := make([]wanted, len(blobs))
	for i, blob := range blobs {
		var digits [2 * HashSize]byte
		n := copy(digits[:], blob)
		if _, err := hex.Decode(order[i].Hash[:], digits[:]); err != nil || n != len(blob) {
			return nil, fmt.Errorf("object %q: not a hash", blob)
		}
		order[i].Pos = i
	}
	const chunk = 8 * ReadChunk
	if err := o.InChunks(ctx, blocks, runtime.GOMAXPROCS(0), len(order), chunk, func(o *Objects) func(begin, end int) error {
		return func(begin, end int) error {
			for i := begin; i < end; i++ {
				order[i].locate(o)
			}
			return nil
		}
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(order, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(a.Pack, b.Pack), cmp.Compare(a.at, b.at))
	})
	return order, nil
}

// locate finds the first pack that has the blob.
func (w *wanted) locate(o *Objects) {
	for _, d := range o.dirs {
		o.packedCopies(d, w.Hash, func(c objectCopy, err error) bool {
			if err == nil && c.pack != nil {
				w.Pack, w.at = c.pack.base, c.at
			}
			return w.Pack == ""
		})
		if w.Pack != "" {
			return
		}
	}
}

// BlobAt reads a blob from where it was seen, or else from wherever it is.
func (o *Objects) BlobAt(w wanted, max int64) ([]byte, error) {
	if p := o.packAt(w.Pack); p != nil {
		o.mu.Lock()
		obj, err := o.readCopy(objectCopy{pack: p, at: w.at}, w.Hash, max)
		o.mu.Unlock()
		if err == nil && obj.Kind == plumbing.BlobObject {
			return obj.Data, nil
		}
	}
	return o.Blob(w.Hash, max)
}

// packAt returns the pack of that path, nil when there is none now.
func (o *Objects) packAt(base string) *packFile {
	if base == "" {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.dirs {
		if err := o.scan(d); err != nil {
			return nil // reading the object says what is wrong
		}
		if p := d.known[base]; p != nil {
			return p
		}
	}
	return nil
}

// fresh opens the same object database, with nothing cached.
func (o *Objects) fresh() (*Objects, error) {
	var borrowed []string
	for _, d := range o.dirs[1:] {
		borrowed = append(borrowed, d.path)
	}
	own, err := Open(o.dir(), borrowed...)
	if err != nil {
		return nil, err
	}
	own.Promisor, own.Shared = o.Promisor, o.Shared
	return own, nil
}

// InChunks calls work with the parts of 0 to n, each of at most chunk, on so many
// processors. Each worker has its own object database and what newWorker makes
// of it.
func (o *Objects) InChunks(ctx context.Context, blocks *BlockCache, processors, n, chunk int, newWorker func(*Objects) func(begin, end int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	workers := min(processors, (n+chunk-1)/chunk)
	return Together(workers, func(int) error {
		own, err := o.fresh()
		if err != nil {
			return err
		}
		defer own.Close()
		own.ReadThrough(blocks)
		work := newWorker(own)
		for {
			begin := int(next.Add(int64(chunk))) - chunk
			if begin >= n || failed.Load() {
				return nil
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := work(begin, min(begin+chunk, n)); err != nil {
				failed.Store(true) // the others need not go on
				return err
			}
		}
	})
}

// InTurns is [Objects.InChunks] for results that are used in the order of the chunks. A
// worker whose turn has not come waits: no more results are in memory than there
// are workers.
func InTurns[T any](ctx context.Context, o *Objects, blocks *BlockCache, processors, n, chunk int,
	newWorker func(*Objects) func(begin, end int) (T, error), use func(begin int, result T) error,
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turns := newTurns(n/chunk + 2)
	err := o.InChunks(ctx, blocks, processors, n, chunk, func(o *Objects) func(begin, end int) error {
		work := newWorker(o)
		return func(begin, end int) error {
			result, err := work(begin, end)
			if err == nil {
				err = turns.take(ctx, begin/chunk, func() error { return use(begin, result) })
			}
			if err != nil {
				cancel(err) // nobody waits for this turn to end
			}
			return err
		}
	})
	if ctx.Err() != nil {
		return context.Cause(ctx) // once, not from every worker
	}
	return err
}

// turns are those of chunks, in their order: each is closed when it begins.
type turns []chan struct{}

// newTurns returns n turns, of which the first has begun.
func newTurns(n int) turns {
	t := make(turns, n)
	for i := range t {
		t[i] = make(chan struct{})
	}
	close(t[0])
	return t
}

// take waits for the turn of a chunk, uses it, and lets the next one begin.
func (t turns) take(ctx context.Context, chunk int, use func() error) error {
	select {
	case <-t[chunk]:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := use(); err != nil {
		return err
	}
	close(t[chunk+1])
	return nil
}

// ParseHash reads a hash in hex, zero for what is none.
func ParseHash(digits []byte) (hash plumbing.Hash) {
	if len(digits) == 2*HashSize {
		if _, err := hex.Decode(hash[:], digits); err != nil {
			return plumbing.ZeroHash
		}
	}
	return hash
}
