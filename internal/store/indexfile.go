package store

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// modeFile is the mode of a regular file in an index.
const modeFile = 0o100644

// indexFile is the content of an index file, parsed no further than needed:
// all of it stays as it was written.
type indexFile struct {
	path    string
	data    []byte
	version uint32
	count   uint32
	entries int               // offset behind the entries, where extensions begin
	shared  plumbing.Hash     // the file that a split index builds on, else zero
	extra   map[string][]byte // extensions by their four letters
}

// indexEntry is what one entry says. Its path is valid during a visit only, and
// empty for an entry of a split index that changes one of the shared file.
type indexEntry struct {
	path  []byte
	stage int // 0 for an entry that is merged
}

const (
	indexHeaderSize   = 12 // "DIRC", version, number of entries
	indexChecksumSize = sha1.Size
	entryHeaderSize   = 62     // stat data, object name, flags
	flagExtended      = 0x4000 // two more bytes of flags follow
	flagStage         = 0x3000
)

// newIndex returns the content of an index without entries.
func newIndex() []byte {
	header := append([]byte("DIRC"), 0, 0, 0, 2, 0, 0, 0, 0)
	sum := sha1.Sum(header)
	return append(header, sum[:]...)
}

// readIndex reads the index file path and looks at each of its entries as visit
// does. A missing file reads as one without entries, which is what it means to
// git.
func readIndex(path string, look func(entry indexEntry, offset int)) (*indexFile, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = newIndex(), nil
	}
	if err != nil {
		return nil, err
	}
	return parseIndex(path, data, look)
}

// parseIndex finds the parts of an index file. Like git it leaves the checksum to
// fsck: verifying it takes longer than all the rest.
func parseIndex(path string, data []byte, look func(entry indexEntry, offset int)) (*indexFile, error) {
	if len(data) < indexHeaderSize+indexChecksumSize || string(data[:4]) != "DIRC" {
		return nil, &DamagedError{Path: path, Err: errors.New("not an index file")}
	}
	x := &indexFile{
		path: path, data: data, extra: map[string][]byte{},
		version: binary.BigEndian.Uint32(data[4:]), count: binary.BigEndian.Uint32(data[8:]),
	}
	if x.version < 2 || x.version > 4 {
		return nil, &UnsupportedError{What: "index format", Why: "it is none of versions 2, 3 and 4"}
	}
	if err := x.visit(look); err != nil {
		return nil, err
	}
	return x, x.readExtensions()
}

// readExtensions finds the extensions, which follow the entries.
func (x *indexFile) readExtensions() error {
	for rest := x.data[x.entries : len(x.data)-indexChecksumSize]; len(rest) > 0; {
		if len(rest) < 8 || uint64(binary.BigEndian.Uint32(rest[4:])) > uint64(len(rest)-8) {
			return &DamagedError{Path: x.path, Err: errors.New("extensions are cut short")}
		}
		end := 8 + int(binary.BigEndian.Uint32(rest[4:]))
		x.extra[string(rest[:4])] = rest[8:end]
		rest = rest[end:]
	}
	copy(x.shared[:], x.extra["link"])
	return nil
}

// visit calls f for each entry in the order of the file, with the offset at
// which the entry begins.
func (x *indexFile) visit(f func(entry indexEntry, offset int)) error {
	short := &DamagedError{Path: x.path, Err: errors.New("entries are cut short")}
	end := len(x.data) - indexChecksumSize
	at := indexHeaderSize
	var previous []byte // the path before, which version 4 abbreviates from
	for range x.count {
		start := at
		if at+entryHeaderSize > end {
			return short
		}
		flags := binary.BigEndian.Uint16(x.data[at+60:])
		at += entryHeaderSize
		if flags&flagExtended != 0 {
			at += 2
		}
		if x.version == 4 {
			drop, size := pathDrop(x.data[min(at, end):end])
			if size == 0 || drop > uint64(len(previous)) {
				return short
			}
			at += size
			previous = previous[:len(previous)-int(drop)]
		} else {
			previous = previous[:0]
		}
		length := bytes.IndexByte(x.data[min(at, end):end], 0)
		if length < 0 {
			return short
		}
		previous = append(previous, x.data[at:at+length]...)
		at += length + 1
		if x.version < 4 {
			at = start + (at-1-start+8)&^7 // 1 to 8 zeros bring it to a multiple of 8
		}
		if at > end {
			return short
		}
		f(indexEntry{path: previous, stage: int(flags&flagStage) >> 12}, start)
	}
	x.entries = at
	return nil
}

// pathDrop reads how many bytes of the previous path an entry of version 4
// drops: the variable-width number that packs use for offsets. size is how many
// bytes it takes, 0 when it is cut short.
func pathDrop(data []byte) (drop uint64, size int) {
	for i, b := range data {
		if i > 8 {
			return 0, 0
		}
		drop |= uint64(b & 0x7f)
		if b&0x80 == 0 {
			return drop, i + 1
		}
		drop = (drop + 1) << 7
	}
	return 0, 0
}

// indexFindings is what an index says about the paths that are to be added.
type indexFindings struct {
	unmerged string          // a path with a conflict, "" when there is none
	present  map[string]bool // which of the paths are in the index
	inTheWay map[string]bool // entries that are a parent of a path, or below one
}

// examineIndex reads the index file path and looks for paths in it, and in the
// shared file that a split index builds on. An entry of the shared file that
// the split index deletes counts as present.
func examineIndex(path string, paths []string) (*indexFile, indexFindings, error) {
	found := indexFindings{present: map[string]bool{}, inTheWay: map[string]bool{}}
	wanted, parents := map[string]bool{}, map[string]bool{}
	for _, path := range paths {
		wanted[path] = true
		for _, parent := range parentsOf(path) {
			parents[parent] = true
		}
	}
	look := func(entry indexEntry, _ int) {
		if entry.stage != 0 {
			found.unmerged = string(entry.path)
		}
		if wanted[string(entry.path)] {
			found.present[string(entry.path)] = true
		}
		if parents[string(entry.path)] {
			found.inTheWay[string(entry.path)] = true
		}
		for _, path := range paths {
			if len(entry.path) > len(path) && entry.path[len(path)] == '/' && string(entry.path[:len(path)]) == path {
				found.inTheWay[string(entry.path)] = true
			}
		}
	}
	index, err := readIndex(path, look)
	if err == nil && !index.shared.IsZero() {
		_, err = readIndex(filepath.Join(filepath.Dir(path), "sharedindex."+index.shared.String()), look)
	}
	return index, found, err
}

// insert returns the content of x with one more entry for a file, and without
// the extensions that only speed git up and would no longer be true. It serves
// where git is not installed, and refuses formats in which entries depend on
// each other.
func (x *indexFile) insert(path string, blob plumbing.Hash) ([]byte, error) {
	for name := range x.extra {
		if !strings.Contains("TREE UNTR EOIE IEOT REUC", name) {
			return nil, &UnsupportedError{What: "index with " + name, Why: "only git can edit it", WayOut: "install git"}
		}
	}
	if x.version == 4 {
		return nil, &UnsupportedError{What: "index version 4", Why: "only git can edit it", WayOut: "install git"}
	}
	at := x.entries
	err := x.visit(func(entry indexEntry, offset int) {
		if at == x.entries && string(entry.path) > path {
			at = offset
		}
	})
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(x.data)+len(path)+entryHeaderSize+8)
	out = append(out, x.data[:at]...)
	out = append(out, newEntry(path, blob)...)
	out = append(out, x.data[at:x.entries]...)
	if undo, ok := x.extra["REUC"]; ok {
		out = append(out, "REUC"...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(undo)))
		out = append(out, undo...)
	}
	binary.BigEndian.PutUint32(out[8:], x.count+1)
	sum := sha1.Sum(out)
	return append(out, sum[:]...), nil
}

// newEntry encodes an entry of versions 2 and 3. Its stat data is zero, which
// makes git compare the content.
func newEntry(path string, blob plumbing.Hash) []byte {
	entry := make([]byte, entryHeaderSize, entryHeaderSize+len(path)+8)
	binary.BigEndian.PutUint32(entry[24:], modeFile)
	copy(entry[40:], blob[:])
	binary.BigEndian.PutUint16(entry[60:], uint16(min(len(path), 0xfff)))
	entry = append(entry, path...)
	return append(entry, make([]byte, 8-len(entry)%8)...)
}
