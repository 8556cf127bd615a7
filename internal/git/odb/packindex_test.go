package odb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// countingReader counts the reads that reach r.
type countingReader struct {
	r     io.ReaderAt
	reads int
}

func (c *countingReader) ReadAt(p []byte, at int64) (int, error) {
	c.reads++
	return c.r.ReadAt(p, at)
}

// tableOf returns a table of the given names and its bytes.
func tableOf(names []plumbing.Hash) (*nameTable, []byte) {
	slices.SortFunc(names, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	data := appendFanout(nil, names)
	t := &nameTable{first: int64(len(data)), stride: HashSize}
	for _, h := range names {
		data = append(data, h[:]...)
	}
	if err := t.readFanout(bytes.NewReader(data), 0); err != nil {
		panic(err)
	}
	return t, data
}

func appendFanout(data []byte, names []plumbing.Hash) []byte {
	for b := range 256 {
		n := 0
		for _, h := range names {
			if int(h[0]) <= b {
				n++
			}
		}
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	return data
}

// TestNameTable finds names in large tables, and counts the reads: under two
// for hashes, a binary search for names that somebody made up.
func TestNameTable(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	var hashes, crowded []plumbing.Hash
	for i := range 200_000 {
		var h plumbing.Hash
		random.Read(h[:])
		h[0] &= 1 // two buckets, as large as those of 25 million objects
		hashes = append(hashes, h)
		crowded = append(crowded, plumbing.Hash{16: byte(i >> 16), 17: byte(i >> 8), 18: byte(i)})
	}
	for name, test := range map[string]struct {
		names []plumbing.Hash
		mean  float64
		most  int
	}{
		"hashes":  {hashes, 2, 11},
		"crowded": {crowded, 11, 12},
		"one":     {hashes[:1:1], 1, 1},
	} {
		table, data := tableOf(test.names)
		r := &countingReader{r: bytes.NewReader(data)}
		most, looks := 0, 0
		for i := 0; i < len(test.names); i += 97 {
			before := r.reads
			pos, ok, err := table.find(r, test.names[i])
			if !ok || err != nil || pos != int64(i) {
				t.Fatalf("%s: name %d at %d, %v, %v", name, i, pos, ok, err)
			}
			most, looks = max(most, r.reads-before), looks+1
			absent := test.names[i]
			absent[19] ^= 0x55
			if _, ok, err := table.find(bytes.NewReader(data), absent); ok || err != nil {
				t.Fatalf("%s: absent name: %v, %v", name, ok, err)
			}
		}
		if mean := float64(r.reads) / float64(looks); mean > test.mean || most > test.most {
			t.Errorf("%s: %.2f reads a name, at most %d", name, mean, most)
		}
	}
}

// multiIndexOf returns a multi-pack-index of one pack, in which every name has
// the given 4-byte offset, and a table of large ones.
func multiIndexOf(names []plumbing.Hash, offset uint32, large ...uint64) []byte {
	pairs, wide := []byte{}, []byte{}
	for range names {
		pairs = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(pairs, 0), offset)
	}
	for _, l := range large {
		wide = binary.BigEndian.AppendUint64(wide, l)
	}
	chunks := []struct {
		id   string
		data []byte
	}{
		{"PNAM", []byte("pack-a.idx\x00\x00")},
		{"OIDF", appendFanout(nil, names)},
		{"OIDL", slices.Concat(sliceAll(names)...)},
		{"OOFF", pairs},
		{"LOFF", wide},
	}
	if large == nil {
		chunks = chunks[:4]
	}
	data := append(bytes.Clone(midxMagic), byte(len(chunks)), 0, 0, 0, 0, 1)
	at := uint64(midxHeaderSize + (len(chunks)+1)*midxChunkSize)
	for _, c := range chunks {
		data = binary.BigEndian.AppendUint64(append(data, c.id...), at)
		at += uint64(len(c.data))
	}
	data = binary.BigEndian.AppendUint64(append(data, 0, 0, 0, 0), at)
	for _, c := range chunks {
		data = append(data, c.data...)
	}
	return append(data, make([]byte, HashSize)...)
}

func sliceAll(names []plumbing.Hash) [][]byte {
	var all [][]byte
	for _, h := range names {
		all = append(all, h[:])
	}
	return all
}

// TestMultiIndexLargeOffsets has offsets that only packs over 2 GiB have.
func TestMultiIndexLargeOffsets(t *testing.T) {
	name := plumbing.Hash{7, 8, 9}
	tests := map[string]struct {
		offset uint32
		large  []uint64
		want   int64 // 0: an error
	}{
		"small":              {12, []uint64{1}, 12},
		"over 4 GiB":         {largeOffset + 1, []uint64{1, 5 << 32}, 5 << 32},
		"over 2 GiB, narrow": {largeOffset + 1, nil, largeOffset + 1},
		"outside":            {largeOffset + 2, []uint64{1, 5 << 32}, 0},
		"negative":           {largeOffset, []uint64{1 << 63}, 0},
	}
	for label, test := range tests {
		r := bytes.NewReader(multiIndexOf([]plumbing.Hash{name}, test.offset, test.large...))
		m, err := readMultiIndex(r, r.Size())
		if err != nil {
			t.Fatalf("%s: %v", label, err)
		}
		pack, at, ok, err := m.find(r, name)
		if ok != (test.want != 0) || at != test.want || pack != 0 {
			t.Errorf("%s: pack %d, offset %d, %v, %v", label, pack, at, ok, err)
		}
		if !ok && !errors.Is(err, errOffsetTable) {
			t.Errorf("%s: error %v", label, err)
		}
	}
}

func TestMultiIndexIsRefused(t *testing.T) {
	sound := multiIndexOf([]plumbing.Hash{{1}, {2}}, 12, 1)
	for label, change := range map[string]func([]byte) []byte{
		"version 2":        func(b []byte) []byte { b[4] = 2; return b },
		"SHA-256":          func(b []byte) []byte { b[5] = 2; return b },
		"of a chain":       func(b []byte) []byte { b[7] = 1; return b },
		"two packs":        func(b []byte) []byte { b[11] = 2; return b },
		"no table":         func(b []byte) []byte { return b[:midxHeaderSize] },
		"cut":              func(b []byte) []byte { return b[:len(b)-HashSize] },
		"chunks reordered": func(b []byte) []byte { b[midxHeaderSize+10]++; return b },
		"path for a name":  func(b []byte) []byte { return bytes.Replace(b, []byte("pack-a.idx"), []byte("../p-a.idx"), 1) },
		"unsorted fan-out": func(b []byte) []byte { b[midxHeaderSize+6*midxChunkSize+12+3] = 9; return b },
	} {
		data := change(bytes.Clone(sound))
		if _, err := readMultiIndex(bytes.NewReader(data), int64(len(data))); err == nil {
			t.Errorf("%s: no error", label)
		}
	}
}
