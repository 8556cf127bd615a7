package odb

import (
	"errors"
	"io"
	"os"
	"sync"
)

const (
	blockSize  = 32 << 10
	packBlocks = 32

	// maxBlockedPacks is how many packs have packBlocks blocks; of each further
	// one a single block is kept.
	maxBlockedPacks = 64
)

// BlockCache reads packs in blocks and keeps some of them, so that a walk
// through history, which reads a few bytes here and there a million times, asks
// the system once for each block. An index is read all over, as hashes are: of
// that it keeps what is needed. It is safe for concurrent use.
type BlockCache struct {
	// bases is how many bytes of delta bases each of those who read through it
	// keeps.
	bases int64

	mu     sync.Mutex
	packs  map[string]*packCache   // by path of the pack
	tables map[string]*offsetTable // by path of the index
}

// NewBlockCache returns an empty cache that keeps so many bytes of bases.
func NewBlockCache(bases int64) *BlockCache {
	return &BlockCache{bases: bases, packs: map[string]*packCache{}, tables: map[string]*offsetTable{}}
}

// table returns the table of the index at path.
func (c *BlockCache) table(path string) *offsetTable {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.tables[path]
	if !ok {
		t = new(offsetTable)
		c.tables[path] = t
	}
	return t
}

// reader returns what reads the pack at path, from a file that the caller has
// opened, where the cache has not.
func (c *BlockCache) reader(path string, file *os.File, size int64) io.ReaderAt {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.packs[path]
	if !ok {
		slots := packBlocks
		if len(c.packs) >= maxBlockedPacks {
			slots = 1
		}
		p = &packCache{size: size, slots: make([]block, slots)}
		c.packs[path] = p
	}
	return blockReader{file, p}
}

// packCache is what is kept of one pack. Each block has one slot that it shares
// with others.
type packCache struct {
	size int64 // of the pack, in bytes

	mu    sync.Mutex
	slots []block
}

// block is a part of a file, shorter than blockSize at its end.
type block struct {
	number int64
	data   []byte // nil in an empty slot
}

// blockReader reads a file of one reader through what all of them keep.
type blockReader struct {
	file *os.File
	*packCache
}

// ReadAt reads as io.ReaderAt says.
func (r blockReader) ReadAt(p []byte, at int64) (n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n < len(p) {
		data, err := r.block((at + int64(n)) / blockSize)
		if err != nil {
			return n, err
		}
		begin := int((at + int64(n)) % blockSize)
		if begin >= len(data) {
			return n, io.EOF
		}
		n += copy(p[n:], data[begin:])
	}
	return n, nil
}

// block returns the content of a block, which is valid until the next call.
func (r blockReader) block(number int64) ([]byte, error) {
	slot := &r.slots[number%int64(len(r.slots))]
	if slot.data != nil && slot.number == number {
		return slot.data, nil
	}
	buffer := slot.data[:cap(slot.data)]
	if length := max(0, min(blockSize, r.size-number*blockSize)); int64(len(buffer)) < length {
		buffer = make([]byte, length)
	}
	slot.data = nil
	n, err := r.file.ReadAt(buffer, number*blockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	*slot = block{number: number, data: buffer[:n]}
	return slot.data, nil
}
