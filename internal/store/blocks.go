package store

import (
	"errors"
	"io"
	"strings"
)

const (
	blockSize = 64 << 10

	// An index is read all over, as hashes are; a pack where the commits are
	// that are walked.
	indexBlocks = 512 // 32 MiB
	packBlocks  = 64  // 4 MiB
)

// blockReader reads a file in blocks and keeps some of them, so that a walk
// through history, which reads a few bytes here and there a million times, asks
// the system once for each block. Each block has one slot that it shares with
// others. It is not safe for concurrent use.
type blockReader struct {
	file  io.ReaderAt
	slots []block
}

// block is a part of a file, shorter than blockSize at its end.
type block struct {
	number int64
	data   []byte // nil in an empty slot
}

// newBlockReader reads the pack or the index at path.
func newBlockReader(file io.ReaderAt, path string) *blockReader {
	if strings.HasSuffix(path, ".pack") {
		return &blockReader{file: file, slots: make([]block, packBlocks)}
	}
	return &blockReader{file: file, slots: make([]block, indexBlocks)}
}

// ReadAt reads as io.ReaderAt says.
func (r *blockReader) ReadAt(p []byte, at int64) (n int, err error) {
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
