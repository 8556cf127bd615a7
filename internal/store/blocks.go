package store

import (
	"errors"
	"io"
	"os"
	"sync"
)

const (
	blockSize  = 32 << 10
	packBlocks = 32
)

// blockCache reads packs in blocks and keeps some of them, so that a walk
// through history, which reads a few bytes here and there a million times, asks
// the system once for each block. An index is read all over, as hashes are: of
// that it keeps what is needed. It is safe for concurrent use.
type blockCache struct {
	// bases is how many bytes of delta bases each of those who read through it
	// keeps.
	bases int64

	mu      sync.Mutex
	readers map[string]*blockReader // by path of the pack
	tables  map[string]*offsetTable // by path of the index
}

func newBlockCache(bases int64) *blockCache {
	return &blockCache{bases: bases, readers: map[string]*blockReader{}, tables: map[string]*offsetTable{}}
}

// table returns the table of the index at path.
func (c *blockCache) table(path string) *offsetTable {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.tables[path]
	if !ok {
		t = new(offsetTable)
		c.tables[path] = t
	}
	return t
}

// reader returns what reads the pack at path.
func (c *blockCache) reader(path string) (*blockReader, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.readers[path]; ok {
		return r, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &blockReader{file: file, slots: make([]block, packBlocks)}
	c.readers[path] = r
	return r, nil
}

// close closes the files. The cache must not be used any more.
func (c *blockCache) close() {
	for _, r := range c.readers {
		r.file.Close()
	}
}

// blockReader reads one file. Each of its blocks has one slot that it shares
// with others.
type blockReader struct {
	file *os.File

	mu    sync.Mutex
	slots []block
}

// block is a part of a file, shorter than blockSize at its end.
type block struct {
	number int64
	data   []byte // nil in an empty slot
}

// ReadAt reads as io.ReaderAt says.
func (r *blockReader) ReadAt(p []byte, at int64) (n int, err error) {
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
func (r *blockReader) block(number int64) ([]byte, error) {
	slot := &r.slots[number%int64(len(r.slots))]
	if slot.data != nil && slot.number == number {
		return slot.data, nil
	}
	buffer := slot.data[:cap(slot.data)]
	if buffer == nil {
		buffer = make([]byte, blockSize)
	}
	slot.data = nil
	n, err := r.file.ReadAt(buffer, number*blockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	*slot = block{number: number, data: buffer[:n]}
	return slot.data, nil
}
