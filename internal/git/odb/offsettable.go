package odb

import (
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// offsetTable is a pack index in memory, in 8 of its 28 bytes an object. It says
// where an object is if it is in the pack; who reads it there sees by its hash
// whether it is. It is safe for concurrent use.
type offsetTable struct {
	made    atomic.Bool
	fanout  [256]uint32
	keys    []uint32 // bytes 1 to 4 of the names, in their order
	offsets []uint32 // as in the index

	mu      sync.Mutex // guards all of it until it is made
	lookups int64
}

// offsetTablePays is after how many lookups the table is made: one lookup in the
// file takes as long as so many objects of it.
const offsetTablePays = 100

// find returns the offset of an object in the pack, or that it is not there. It
// is not sure before the table is worth its making, and about the few objects
// that it cannot tell from others.
func (t *offsetTable) find(h plumbing.Hash) (offset int64, ok, sure bool) {
	if !t.made.Load() {
		return 0, false, false
	}
	begin, end := 0, int(t.fanout[h[0]])
	if h[0] > 0 {
		begin = int(t.fanout[h[0]-1])
	}
	keys, key := t.keys[begin:end], binary.BigEndian.Uint32(h[1:])
	i, ok := slices.BinarySearch(keys, key)
	if !ok {
		return 0, false, true
	}
	offset = int64(t.offsets[begin+i])
	return offset, true, offset < largeOffset && (i+1 == len(keys) || keys[i+1] != key)
}

// count counts a lookup in the index, and makes the table when that is worth it.
func (t *offsetTable) count(x *packIndex, r io.ReaderAt) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lookups++; t.made.Load() || t.lookups <= x.names.count()/offsetTablePays {
		return nil
	}
	err := t.load(x, r)
	t.made.Store(err == nil)
	return err
}

// load reads an index.
func (t *offsetTable) load(x *packIndex, r io.ReaderAt) error {
	n := x.names.count()
	t.fanout, t.keys, t.offsets = x.names.fanout, make([]uint32, 0, n), make([]uint32, 0, n)
	if err := x.names.each(r, func(h plumbing.Hash) error {
		t.keys = append(t.keys, binary.BigEndian.Uint32(h[1:]))
		return nil
	}); err != nil {
		return err
	}
	rows := make([]byte, min(n, 1024)*x.stride)
	for int64(len(t.offsets)) < n {
		rows = rows[:min(int64(len(rows)), (n-int64(len(t.offsets)))*x.stride)]
		if err := readFullAt(r, rows, x.offsets+int64(len(t.offsets))*x.stride); err != nil {
			return err
		}
		for at := int64(0); at < int64(len(rows)); at += x.stride {
			t.offsets = append(t.offsets, binary.BigEndian.Uint32(rows[at:]))
		}
	}
	return nil
}
