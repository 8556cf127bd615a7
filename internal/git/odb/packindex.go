package odb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// The layouts in this file are those of gitformat-pack(5): pack-*.idx version
// 1 and 2, and multi-pack-index version 1, all for SHA-1. Nothing is loaded
// but the fan-out table (1 KiB) and the few names around the one looked for.

// HashSize is the length of a name of an object in bytes.
const HashSize = 20

const (
	fanoutSize = 256 * 4

	// largeOffset marks a 4-byte offset as a position in the table of 8-byte
	// offsets, for packs over 2 GiB.
	largeOffset = 1 << 31

	// nameWindow is how many names one read takes. Hashes are uniform, so a
	// name's place in a bucket of n is off by about √n/2 from where it should
	// be: this window holds it in nearly all packs at the first read.
	nameWindow = 256
)

var (
	idxV2Magic = []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}
	midxMagic  = []byte{'M', 'I', 'D', 'X', 1, 1} // version 1, hash 1: SHA-1

	errFileSize    = errors.New("size does not match the number of objects")
	errNameOrder   = errors.New("object names are out of order")
	errOffsetTable = errors.New("large offset is outside its table")
)

// nameTable finds a hash in a sorted table of records on disk. It is not safe
// for concurrent use.
type nameTable struct {
	fanout [256]uint32 // fanout[b]: how many names begin with a byte ≤ b
	first  int64       // file offset of the first record
	stride int64       // bytes from record to record
	skip   int64       // offset of the name in its record
	last   nameWindowAt
}

// count is the number of names in the table.
func (t *nameTable) count() int64 { return int64(t.fanout[255]) }

// readFanout fills the fan-out table from file offset at.
func (t *nameTable) readFanout(r io.ReaderAt, at int64) error {
	var raw [fanoutSize]byte
	if err := readFullAt(r, raw[:], at); err != nil {
		return err
	}
	var last uint32
	for i := range t.fanout {
		t.fanout[i] = binary.BigEndian.Uint32(raw[4*i:])
		if t.fanout[i] < last {
			return errors.New("fan-out table is out of order")
		}
		last = t.fanout[i]
	}
	return nil
}

// nameWindowAt is a part of a table that has been read.
type nameWindowAt struct {
	start, end int64
	records    []byte
}

// find returns the position of h in the table. It looks first into what was
// read last: hashes that are looked for in their order are mostly there.
func (t *nameTable) find(r io.ReaderAt, h plumbing.Hash) (pos int64, ok bool, err error) {
	lo, hi := int64(0), int64(t.fanout[h[0]])
	if h[0] > 0 {
		lo = int64(t.fanout[h[0]-1])
	}
	w := &t.last
	if lo < w.end && w.start < hi {
		if i, ok := t.search(h); ok || i > 0 && i < w.end-w.start {
			return w.start + i, ok, nil
		}
	}
	for guess := true; lo < hi; guess = false {
		start, end := t.window(lo, hi, h, guess)
		if err := t.readWindow(r, start, end); err != nil {
			return 0, false, err
		}
		switch i, ok := t.search(h); {
		case ok:
			return start + i, true, nil
		case i == 0:
			hi = start
		case i == end-start:
			lo = end
		default:
			return 0, false, nil
		}
	}
	return 0, false, nil
}

// search returns how many of the records that were read last come before h, and
// whether h is the next.
func (t *nameTable) search(h plumbing.Hash) (before int64, ok bool) {
	n := int(t.last.end - t.last.start)
	i := sort.Search(n, func(i int) bool { return bytes.Compare(t.name(t.last.records, i), h[:]) >= 0 })
	return int64(i), i < n && bytes.Equal(t.name(t.last.records, i), h[:])
}

// readWindow reads the records from start to end.
func (t *nameTable) readWindow(r io.ReaderAt, start, end int64) error {
	size := int((end - start) * t.stride)
	if cap(t.last.records) < size {
		t.last.records = make([]byte, size)
	}
	t.last = nameWindowAt{start, end, t.last.records[:size]}
	err := readFullAt(r, t.last.records, t.first+start*t.stride)
	if err != nil {
		t.last = nameWindowAt{}
	}
	return err
}

// window picks the records to read next among [lo, hi): with guess, around
// the place where a uniformly distributed name should be, else in the middle,
// so that a table of contrived names costs no more than a binary search.
func (t *nameTable) window(lo, hi int64, h plumbing.Hash, guess bool) (start, end int64) {
	if hi-lo <= nameWindow {
		return lo, hi
	}
	mid := lo + (hi-lo)/2
	if guess {
		mid = lo + (hi-lo)*int64(binary.BigEndian.Uint32(h[1:]))>>32
	}
	start = min(max(lo, mid-nameWindow/2), hi-nameWindow)
	return start, start + nameWindow
}

func (t *nameTable) name(records []byte, i int) []byte {
	at := int64(i)*t.stride + t.skip
	return records[at : at+HashSize]
}

// each calls f with every name, in order, until f returns an error.
func (t *nameTable) each(r io.ReaderAt, f func(plumbing.Hash) error) error {
	var last plumbing.Hash
	buf := make([]byte, nameWindow*t.stride)
	for start := int64(0); start < t.count(); start += nameWindow {
		n := min(nameWindow, t.count()-start)
		records := buf[:n*t.stride]
		if err := readFullAt(r, records, t.first+start*t.stride); err != nil {
			return err
		}
		for i := range int(n) {
			h := plumbing.Hash(t.name(records, i))
			if bytes.Compare(h[:], last[:]) < 0 {
				return errNameOrder
			}
			last = h
			if err := f(h); err != nil {
				return err
			}
		}
	}
	return nil
}

// packIndex is a pack-*.idx file: which objects a pack holds, and where.
type packIndex struct {
	names   nameTable
	offsets int64 // file offset of the first object's 4-byte pack offset
	stride  int64 // from offset to offset
	large   largeOffsets
	packSum plumbing.Hash // the pack's own trailing checksum
}

// readPackIndex reads the head of an .idx file of the given size and checks
// that the size is one that the number of objects allows. The checksum over
// the whole file is not computed: that would read all of it, and every object
// found through it is checked against its hash anyway.
func readPackIndex(r io.ReaderAt, size int64) (*packIndex, error) {
	x := &packIndex{}
	var magic [8]byte
	if err := readFullAt(r, magic[:], 0); err != nil {
		return nil, err
	}
	if bytes.Equal(magic[:], idxV2Magic) {
		return x, x.readV2(r, size)
	}
	if bytes.Equal(magic[:4], idxV2Magic[:4]) {
		return nil, fmt.Errorf("pack index version %d is unknown", binary.BigEndian.Uint32(magic[4:]))
	}
	return x, x.readV1(r, size)
}

// readV1 reads: fan-out, records of offset and name, two checksums.
func (x *packIndex) readV1(r io.ReaderAt, size int64) error {
	if err := x.names.readFanout(r, 0); err != nil {
		return err
	}
	x.names.first, x.names.stride, x.names.skip = fanoutSize, 4+HashSize, 4
	x.offsets, x.stride = fanoutSize, 4+HashSize
	x.large.none = true
	if size != fanoutSize+x.names.count()*x.names.stride+2*HashSize {
		return errFileSize
	}
	return readFullAt(r, x.packSum[:], size-2*HashSize)
}

// readV2 reads: magic, fan-out, names, CRCs, 4-byte offsets, 8-byte offsets,
// two checksums.
func (x *packIndex) readV2(r io.ReaderAt, size int64) error {
	if err := x.names.readFanout(r, int64(len(idxV2Magic))); err != nil {
		return err
	}
	n := x.names.count()
	x.names.first, x.names.stride = int64(len(idxV2Magic))+fanoutSize, HashSize
	x.offsets, x.stride = x.names.first+n*(HashSize+4), 4
	x.large.at = x.offsets + n*4
	large := size - 2*HashSize - x.large.at
	if large < 0 || large%8 != 0 || large/8 > n {
		return errFileSize
	}
	x.large.count = large / 8
	return readFullAt(r, x.packSum[:], size-2*HashSize)
}

// find returns the offset of h's entry in the pack.
func (x *packIndex) find(r io.ReaderAt, h plumbing.Hash) (offset int64, ok bool, err error) {
	pos, ok, err := x.names.find(r, h)
	if !ok || err != nil {
		return 0, false, err
	}
	var raw [4]byte
	if err := readFullAt(r, raw[:], x.offsets+pos*x.stride); err != nil {
		return 0, false, err
	}
	offset, err = x.large.resolve(r, binary.BigEndian.Uint32(raw[:]))
	return offset, err == nil, err
}

// largeOffsets is the table of offsets of 2 GiB and more.
type largeOffsets struct {
	at    int64 // file offset of the table
	count int64
	none  bool // there is no such table: all 32 bits are the offset
}

// resolve returns the offset that the 4 bytes at an object's position mean.
func (l largeOffsets) resolve(r io.ReaderAt, raw uint32) (int64, error) {
	if l.none || raw < largeOffset {
		return int64(raw), nil
	}
	pos := int64(raw - largeOffset)
	if pos >= l.count {
		return 0, errOffsetTable
	}
	var wide [8]byte
	if err := readFullAt(r, wide[:], l.at+pos*8); err != nil {
		return 0, err
	}
	offset := binary.BigEndian.Uint64(wide[:])
	if offset > math.MaxInt64 {
		return 0, errOffsetTable
	}
	return int64(offset), nil
}

// multiIndex is a multi-pack-index file: one table for many packs.
type multiIndex struct {
	names   nameTable
	packs   []string // the packs' names without extension, by number
	offsets int64    // file offset of the pairs of pack number and offset
	large   largeOffsets
}

const (
	midxHeaderSize = 12
	midxChunkSize  = 12 // of a row in the chunk table

	// maxPackNames is the most bytes of pack names, about 300,000 packs.
	maxPackNames = 16 << 20
)

// midxChunk is where a chunk lies in the file.
type midxChunk struct{ at, size int64 }

// readMultiIndex reads the head of a multi-pack-index of the given size: the
// chunk table, the packs' names and the fan-out table.
func readMultiIndex(r io.ReaderAt, size int64) (*multiIndex, error) {
	var head [midxHeaderSize]byte
	if err := readFullAt(r, head[:], 0); err != nil {
		return nil, err
	}
	if !bytes.Equal(head[:len(midxMagic)], midxMagic) {
		return nil, errors.New("multi-pack-index version is unknown")
	}
	if head[7] != 0 {
		return nil, errors.New("multi-pack-index needs another one")
	}
	chunks, err := readChunks(r, int(head[6]), size)
	if err != nil {
		return nil, err
	}
	m := &multiIndex{}
	if err := m.readNames(r, chunks["PNAM"], int64(binary.BigEndian.Uint32(head[8:]))); err != nil {
		return nil, err
	}
	if chunks["OIDF"].size != fanoutSize {
		return nil, errFileSize
	}
	if err := m.names.readFanout(r, chunks["OIDF"].at); err != nil {
		return nil, err
	}
	n := m.names.count()
	if chunks["OIDL"].size != n*HashSize || chunks["OOFF"].size != n*8 || chunks["LOFF"].size%8 != 0 {
		return nil, errFileSize
	}
	m.names.first, m.names.stride = chunks["OIDL"].at, HashSize
	m.offsets = chunks["OOFF"].at
	large, ok := chunks["LOFF"]
	m.large = largeOffsets{at: large.at, count: large.size / 8, none: !ok}
	return m, nil
}

// readChunks reads the table of n chunks: name and offset, in file order, the
// last row giving the end.
func readChunks(r io.ReaderAt, n int, size int64) (map[string]midxChunk, error) {
	table := make([]byte, (n+1)*midxChunkSize)
	if err := readFullAt(r, table, midxHeaderSize); err != nil {
		return nil, err
	}
	chunks := map[string]midxChunk{}
	from, end := int64(midxHeaderSize+len(table)), size-HashSize
	for i := range n {
		row, next := table[i*midxChunkSize:], table[(i+1)*midxChunkSize:]
		at, to := binary.BigEndian.Uint64(row[4:]), binary.BigEndian.Uint64(next[4:])
		if at < uint64(from) || to < at || to > uint64(max(end, 0)) {
			return nil, errors.New("chunk table is out of order")
		}
		chunks[string(row[:4])] = midxChunk{at: int64(at), size: int64(to - at)}
		from = int64(to)
	}
	return chunks, nil
}

// readNames reads the n packs' names from their chunk, each ended by a zero.
func (m *multiIndex) readNames(r io.ReaderAt, c midxChunk, n int64) error {
	if c.size > maxPackNames {
		return errFileSize
	}
	raw := make([]byte, c.size)
	if err := readFullAt(r, raw, c.at); err != nil {
		return err
	}
	for range n {
		name, rest, ok := bytes.Cut(raw, []byte{0})
		if !ok {
			return errors.New("pack names end too early")
		}
		base, ok := strings.CutSuffix(string(name), ".idx")
		if !ok || base != filepath.Base(base) {
			return fmt.Errorf("pack name %q is not one", name)
		}
		m.packs = append(m.packs, base)
		raw = rest
	}
	return nil
}

// find returns the number of the pack that holds h, and the offset in it.
func (m *multiIndex) find(r io.ReaderAt, h plumbing.Hash) (pack int, offset int64, ok bool, err error) {
	pos, ok, err := m.names.find(r, h)
	if !ok || err != nil {
		return 0, 0, false, err
	}
	var raw [8]byte
	if err := readFullAt(r, raw[:], m.offsets+pos*8); err != nil {
		return 0, 0, false, err
	}
	number := binary.BigEndian.Uint32(raw[:])
	if int64(number) >= int64(len(m.packs)) {
		return 0, 0, false, fmt.Errorf("pack number %d of %d", number, len(m.packs))
	}
	offset, err = m.large.resolve(r, binary.BigEndian.Uint32(raw[4:]))
	return int(number), offset, err == nil, err
}

// readFullAt fills buf from file offset at. A file that ends before is
// io.ErrUnexpectedEOF.
func readFullAt(r io.ReaderAt, buf []byte, at int64) error {
	n, err := r.ReadAt(buf, at)
	switch {
	case n == len(buf):
		return nil
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return err
}
