package odb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

const (
	packHeaderSize = 12 // "PACK", version, number of objects

	// maxEntryHeader is a 64-bit size in groups of 4 and 7 bits, and the
	// longer of a base's hash and its distance in groups of 7 bits.
	maxEntryHeader = 10 + HashSize

	// maxDeltaDepth is the deepest chain that git writes: fast-import stops
	// at 8191, pack-objects at 4095.
	maxDeltaDepth = 8191
)

// packFile is one pack and its index. Both files are opened when they are
// first needed.
type packFile struct {
	base                string // path without extension
	indexPath, packPath string

	index *packIndex
	table *offsetTable // of the index, where there is a BlockCache

	// The open files that index was read from, and that was seen to be the
	// pack that it describes. After a file was closed and opened again, that
	// is to be done again.
	indexFile, checked *openFile
}

func newPackFile(base string) *packFile {
	return &packFile{base: base, indexPath: base + ".idx", packPath: base + ".pack"}
}

// packEntry is the header of one entry of a pack, gitformat-pack(5).
type packEntry struct {
	at       int64 // offset in the pack
	kind     plumbing.ObjectType
	size     int64         // of what is compressed: the object, or the delta
	data     int64         // offset of the compressed bytes
	base     int64         // kind OFSDeltaObject: offset of the base's entry
	baseHash plumbing.Hash // kind REFDeltaObject: the base
}

// readPackEntry reads the header of the entry at offset at, in a pack whose
// entries end at end.
func readPackEntry(r io.ReaderAt, end, at int64) (packEntry, error) {
	if at < packHeaderSize || at >= end {
		return packEntry{}, fmt.Errorf("offset %d is outside the pack", at)
	}
	var raw [maxEntryHeader]byte
	head := raw[:min(maxEntryHeader, end-at)]
	if err := readFullAt(r, head, at); err != nil {
		return packEntry{}, err
	}
	e := packEntry{at: at}
	rest, err := e.parseSize(head)
	if err != nil {
		return packEntry{}, err
	}
	switch e.kind {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
	case plumbing.OFSDeltaObject:
		rest, err = e.parseDistance(rest)
	case plumbing.REFDeltaObject:
		if len(rest) < HashSize {
			return packEntry{}, io.ErrUnexpectedEOF
		}
		rest = rest[copy(e.baseHash[:], rest):]
	default:
		err = fmt.Errorf("entry of unknown type %d", e.kind)
	}
	e.data = at + int64(len(head)-len(rest))
	return e, err
}

// parseSize reads type and size: 3 bits and 4 bits, then 7 bits a byte, least
// significant first.
func (e *packEntry) parseSize(b []byte) (rest []byte, err error) {
	e.kind = plumbing.ObjectType(b[0] >> 4 & 7)
	e.size = int64(b[0] & 0x0f)
	shift, i := 4, 0
	for b[i]&0x80 != 0 {
		i++
		if i == len(b) {
			return nil, io.ErrUnexpectedEOF
		}
		if shift > 63-7 {
			return nil, errors.New("entry size is too long")
		}
		e.size |= int64(b[i]&0x7f) << shift
		shift += 7
	}
	return b[i+1:], nil
}

// parseDistance reads how far the base lies before the entry: 7 bits a byte,
// most significant first, one added for each further byte.
func (e *packEntry) parseDistance(b []byte) (rest []byte, err error) {
	distance := int64(-1)
	for i, c := range b {
		distance = (distance+1)<<7 | int64(c&0x7f)
		if distance > e.at {
			break
		}
		if c&0x80 != 0 {
			continue
		}
		e.base = e.at - distance
		if distance == 0 || e.base < packHeaderSize {
			break
		}
		return b[i+1:], nil
	}
	return nil, errors.New("delta base is outside the pack")
}

// packData is an open pack.
type packData struct {
	io.ReaderAt
	end int64 // where the entries end and the checksum begins
}

// inflate returns what is compressed at e.
func (f *inflater) inflate(r packData, e packEntry) ([]byte, error) {
	return f.inflateInto(nil, r, e)
}

// inflateInto does so in the memory of buf where that is enough.
func (f *inflater) inflateInto(buf []byte, r packData, e packEntry) ([]byte, error) {
	if err := checkInflation(e.size, r.end-e.data); err != nil {
		return nil, err
	}
	if err := f.start(io.NewSectionReader(r, e.data, r.end-e.data), e.size); err != nil {
		return nil, noEOF(err)
	}
	if int64(cap(buf)) < e.size {
		buf = make([]byte, e.size)
	}
	return f.fill(buf[:e.size], 0)
}

// deltaTarget returns the size of the object that the delta at e makes,
// without decompressing more than the delta's first bytes.
func (f *inflater) deltaTarget(r packData, e packEntry) (int64, error) {
	if err := f.start(io.NewSectionReader(r, e.data, r.end-e.data), e.size); err != nil {
		return 0, noEOF(err)
	}
	head := make([]byte, min(2*binary.MaxVarintLen64, max(e.size, 0)))
	if _, err := io.ReadFull(f.z, head); err != nil {
		return 0, noEOF(err)
	}
	return deltaTargetSize(head)
}

// deltaTargetSize reads the second of the two sizes that a delta begins with.
func deltaTargetSize(delta []byte) (int64, error) {
	_, n := binary.Uvarint(delta)
	if n <= 0 {
		return 0, packfile.ErrInvalidDelta
	}
	size, n := binary.Uvarint(delta[n:])
	if n <= 0 || int64(size) < 0 {
		return 0, packfile.ErrInvalidDelta
	}
	return int64(size), nil
}

// packedAt names an entry, as the key of the cache of delta bases.
type packedAt struct {
	pack *packFile
	at   int64
}

// readPacked returns the object at offset at of p. Its hash is not checked.
// h is for errors. An object of more than limit bytes is a *TooLargeError, and
// so is a base of more than baseLimit(limit).
func (o *Objects) readPacked(p *packFile, at int64, h plumbing.Hash, limit int64) (RawObject, error) {
	if obj, ok := o.bases.get(packedAt{p, at}); ok {
		return obj, tooLarge(h, int64(len(obj.Data)), limit)
	}
	r, err := o.packData(p)
	if err != nil {
		return RawObject{}, err
	}
	e, err := readPackEntry(r, r.end, at)
	if err != nil {
		return RawObject{}, err
	}
	size, whole, err := o.begin(r, e)
	if err != nil {
		return RawObject{}, err
	}
	if err := tooLarge(h, size, limit); err != nil {
		return RawObject{}, err
	}
	obj, deltas, err := o.readBase(p, r, e, h, limit)
	for i, d := range slices.Backward(deltas) {
		if err != nil {
			break
		}
		if i > 0 {
			obj, err = o.applyDelta(p, r, d, nil, obj, h, limit)
		} else {
			obj, err = o.applyDelta(p, r, d, whole, obj, h, limit)
		}
	}
	return obj, err
}

// shortDelta is up to how many bytes a delta is decompressed whole when only
// the size of what it makes is asked for.
const shortDelta = 64 << 10

// begin returns the size of the object that e is or makes, and e's delta when
// that is short. It is valid until the next call.
func (o *Objects) begin(r packData, e packEntry) (size int64, delta []byte, err error) {
	switch {
	case !e.kind.IsDelta():
		return e.size, nil, nil
	case e.size > shortDelta:
		size, err = o.inflater.deltaTarget(r, e)
		return size, nil, err
	}
	if delta, err = o.inflater.inflateInto(o.delta, r, e); err != nil {
		return 0, nil, err
	}
	o.delta = delta
	size, err = deltaTargetSize(delta)
	return size, delta, err
}

// readBase follows the deltas from e down to an object that is whole or in the
// cache, and returns that with the deltas on the way, the last to apply first.
func (o *Objects) readBase(p *packFile, r packData, e packEntry, h plumbing.Hash, limit int64) (obj RawObject, deltas []packEntry, err error) {
	for e.kind.IsDelta() {
		deltas = append(deltas, e)
		if len(deltas) > maxDeltaDepth {
			return RawObject{}, nil, errors.New("delta chain is too deep")
		}
		at, err := o.baseOffset(p, e)
		if err != nil {
			return RawObject{}, nil, err
		}
		if obj, ok := o.bases.get(packedAt{p, at}); ok {
			return obj, deltas, nil
		}
		if e, err = readPackEntry(r, r.end, at); err != nil {
			return RawObject{}, nil, err
		}
	}
	if err := tooLarge(h, e.size, baseLimit(limit)); err != nil {
		return RawObject{}, nil, err
	}
	data, err := o.inflater.inflate(r, e)
	if err != nil {
		return RawObject{}, nil, err
	}
	obj = RawObject{Kind: e.kind, Data: data}
	o.bases.put(packedAt{p, e.at}, obj)
	return obj, deltas, nil
}

// applyDelta returns the object that the delta at d makes of base. delta is
// what is compressed at d, nil when that is not known.
func (o *Objects) applyDelta(p *packFile, r packData, d packEntry, delta []byte, base RawObject, h plumbing.Hash, limit int64) (RawObject, error) {
	if err := tooLarge(h, d.size, baseLimit(limit)); err != nil {
		return RawObject{}, err
	}
	if delta == nil {
		var err error
		if delta, err = o.inflater.inflate(r, d); err != nil {
			return RawObject{}, err
		}
	}
	size, err := deltaTargetSize(delta)
	if err != nil {
		return RawObject{}, err
	}
	if err := tooLarge(h, size, baseLimit(limit)); err != nil {
		return RawObject{}, err
	}
	data, err := packfile.PatchDelta(base.Data, delta)
	if err != nil {
		return RawObject{}, err
	}
	obj := RawObject{Kind: base.Kind, Data: data}
	o.bases.put(packedAt{p, d.at}, obj)
	return obj, nil
}

// baseOffset returns where the base of the delta e is. A base named by its
// hash is in the same pack: only packs in transit are without their bases.
func (o *Objects) baseOffset(p *packFile, e packEntry) (int64, error) {
	if e.kind == plumbing.OFSDeltaObject {
		return e.base, nil
	}
	at, ok, err := o.findInPack(p, e.baseHash)
	if err == nil && !ok {
		err = fmt.Errorf("delta base %s is not in the pack", e.baseHash)
	}
	return at, err
}

// findInPack looks h up in the index of p.
func (o *Objects) findInPack(p *packFile, h plumbing.Hash) (at int64, ok bool, err error) {
	if o.blocks != nil && !o.exact {
		if p.table == nil {
			p.table = o.blocks.table(p.indexPath)
		}
		if at, ok, sure := p.table.find(h); sure {
			return at, ok, nil
		}
	}
	f, err := o.openIndex(p)
	if err != nil {
		return 0, false, err
	}
	if p.table != nil {
		err = p.table.count(p.index, f)
	}
	if err == nil {
		at, ok, err = p.index.find(f, h)
	}
	return at, ok, damaged(p.indexPath, err)
}

// openIndex opens the index of p and sees that p.index is what it says.
func (o *Objects) openIndex(p *packFile) (*openFile, error) {
	f, err := o.open(p.indexPath)
	if err != nil || p.indexFile == f {
		return f, err
	}
	index, err := readPackIndex(f, f.size)
	if err != nil {
		return nil, damaged(p.indexPath, err)
	}
	p.index, p.indexFile = index, f
	return f, nil
}

// packData opens the pack p and sees that it is the one that the index was made
// for.
func (o *Objects) packData(p *packFile) (packData, error) {
	if f := p.checked; f != nil && !f.closed {
		return packData{ReaderAt: f, end: f.size - HashSize}, nil
	}
	f, err := o.open(p.packPath)
	if err != nil {
		return packData{}, err
	}
	r := packData{ReaderAt: f, end: f.size - HashSize}
	if _, err := o.openIndex(p); err != nil {
		return packData{}, err
	}
	if err := checkPack(r, p.index); err != nil {
		return packData{}, err
	}
	p.checked = f
	return r, nil
}

// checkPack compares the head and the trailing checksum of a pack with what
// its index says of them.
func checkPack(r packData, index *packIndex) error {
	var head [packHeaderSize]byte
	if err := readFullAt(r, head[:], 0); err != nil {
		return err
	}
	version := binary.BigEndian.Uint32(head[4:])
	if string(head[:4]) != "PACK" || version < 2 || version > 3 {
		return errors.New("not a pack of version 2 or 3")
	}
	if n := int64(binary.BigEndian.Uint32(head[8:])); n != index.names.count() {
		return fmt.Errorf("%d objects, but the index has %d", n, index.names.count())
	}
	var sum [HashSize]byte
	if err := readFullAt(r, sum[:], max(r.end, packHeaderSize)); err != nil {
		return err
	}
	if !bytes.Equal(sum[:], index.packSum[:]) {
		return errors.New("checksum is not the one in the index")
	}
	return nil
}
