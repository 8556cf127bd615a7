package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// ModeFile is the mode of a regular file in an index.
const ModeFile = 0o100644

// IndexFile is the content of an index file, parsed no further than needed:
// all of it stays as it was written.
type IndexFile struct {
	path    string
	data    []byte
	version uint32
	count   uint32
	entries int           // offset behind the entries, where extensions begin
	Shared  plumbing.Hash // the file that a split index builds on, else zero

	extensions []indexExtension
}

// indexExtension is a part of an index behind its entries.
type indexExtension struct {
	name string // four letters
	data []byte
}

// IndexEntry is what one entry says. Its path is valid during a visit only, and
// empty for an entry of a split index that changes one of the shared file.
type IndexEntry struct {
	Path  []byte
	stage int // 0 for an entry that is merged
}

// IndexChecksumSize is the length of the checksum at the end of an index, in bytes.
const IndexChecksumSize = sha1.Size

const (
	indexHeaderSize = 12     // "DIRC", version, number of entries
	entryHeaderSize = 62     // stat data, object name, flags
	flagExtended    = 0x4000 // two more bytes of flags follow
	flagStage       = 0x3000

	maxPath = 4096 // bytes of a path in the cached trees; Linux opens no longer one
)

// newIndex returns the content of an index without entries.
func newIndex() []byte {
	header := append([]byte("DIRC"), 0, 0, 0, 2, 0, 0, 0, 0)
	sum := sha1.Sum(header)
	return append(header, sum[:]...)
}

// ReadIndex reads the index file path and looks at each of its entries as visit
// does. A missing file reads as one without entries, which is what it means to
// git.
func ReadIndex(path string, look func(entry IndexEntry, offset int)) (*IndexFile, error) {
	data, err := os.ReadFile(path)
	if plainfile.IsAbsent(path, err) {
		data, err = newIndex(), nil
	}
	if err != nil {
		return nil, err
	}
	return parseIndex(path, data, look)
}

// parseIndex finds the parts of an index file. Like git it leaves the checksum to
// fsck: verifying it takes longer than all the rest.
func parseIndex(path string, data []byte, look func(entry IndexEntry, offset int)) (*IndexFile, error) {
	if len(data) < indexHeaderSize+IndexChecksumSize || string(data[:4]) != "DIRC" {
		return nil, &odb.DamagedError{Path: path, Err: errors.New("not an index file")}
	}
	x := &IndexFile{
		path: path, data: data,
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
func (x *IndexFile) readExtensions() error {
	for rest := x.data[x.entries : len(x.data)-IndexChecksumSize]; len(rest) > 0; {
		if len(rest) < 8 || uint64(binary.BigEndian.Uint32(rest[4:])) > uint64(len(rest)-8) {
			return &odb.DamagedError{Path: x.path, Err: errors.New("extensions are cut short")}
		}
		end := 8 + int(binary.BigEndian.Uint32(rest[4:]))
		x.extensions = append(x.extensions, indexExtension{string(rest[:4]), rest[8:end]})
		if string(rest[:4]) == "link" {
			copy(x.Shared[:], rest[8:end])
		}
		rest = rest[end:]
	}
	return nil
}

// visit calls f for each entry in the order of the file, with the offset at
// which the entry begins.
func (x *IndexFile) visit(f func(entry IndexEntry, offset int)) error {
	short := &odb.DamagedError{Path: x.path, Err: errors.New("entries are cut short")}
	end := len(x.data) - IndexChecksumSize
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
		}
		length := bytes.IndexByte(x.data[min(at, end):end], 0)
		if length < 0 {
			return short
		}
		if name := x.data[at : at+length]; x.version == 4 {
			previous = append(previous, name...)
		} else {
			previous = name
		}
		at += length + 1
		if x.version < 4 {
			at = start + (at-1-start+8)&^7 // 1 to 8 zeros bring it to a multiple of 8
		}
		if at > end {
			return short
		}
		f(IndexEntry{Path: previous, stage: int(flags&flagStage) >> 12}, start)
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

// IndexFindings is what an index says about the paths that are to be added.
type IndexFindings struct {
	Unmerged string          // a path with a conflict, "" when there is none
	Present  map[string]bool // which of the paths are in the index
	InTheWay string          // an entry that is a parent of a path, or below one; "" when there is none
}

// ExamineIndex reads the index file path and looks for paths in it, and in the
// shared file that a split index builds on. An entry of the shared file that
// the split index deletes counts as present.
func ExamineIndex(path string, paths []string) (*IndexFile, IndexFindings, error) {
	found := IndexFindings{Present: map[string]bool{}}
	look := func(entry IndexEntry, _ int) {
		if entry.stage != 0 {
			found.Unmerged = string(entry.Path)
		}
		for _, path := range paths {
			switch {
			case string(entry.Path) == path:
				found.Present[path] = true
			case isParent(string(entry.Path), path) || isParent(path, string(entry.Path)):
				found.InTheWay = string(entry.Path)
			}
		}
	}
	index, err := ReadIndex(path, look)
	if err == nil && !index.Shared.IsZero() {
		_, err = ReadIndex(filepath.Join(filepath.Dir(path), "sharedindex."+index.Shared.String()), look)
	}
	return index, found, err
}

// isParent reports whether path is below dir.
func isParent(dir, path string) bool {
	return len(dir) > 0 && len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir
}

// needsGit reports whether only git can keep the index true when entries are
// added. It need not where entries are their own, of which none depends on another,
// and there is no extension but the cached trees and the resolved conflicts.
func (x *IndexFile) needsGit() bool {
	for _, extension := range x.extensions {
		if extension.name != "TREE" && extension.name != "REUC" {
			return true
		}
	}
	unchecked := bytes.Equal(x.data[len(x.data)-IndexChecksumSize:], make([]byte, IndexChecksumSize))
	return x.version == 4 || unchecked
}

// write writes x, which must not need git, with more entries to the file path:
// byte for byte what git update-index --add --cacheinfo makes of it.
func (x *IndexFile) write(path string, files []odb.TreeFile) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(x.writeTo(file, files), file.Close())
}

// writeTo does what write says.
func (x *IndexFile) writeTo(file io.Writer, files []odb.TreeFile) error {
	files = slices.SortedFunc(slices.Values(files), func(a, b odb.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	header := slices.Clone(x.data[:indexHeaderSize])
	binary.BigEndian.PutUint32(header[8:], x.count+uint32(len(files)))
	pieces, from, rest := [][]byte{header}, indexHeaderSize, files
	err := x.visit(func(entry IndexEntry, offset int) {
		for len(rest) > 0 && string(entry.Path) > rest[0].Path {
			pieces = append(pieces, x.data[from:offset], newEntry(rest[0]))
			from, rest = offset, rest[1:]
		}
	})
	if err != nil {
		return err
	}
	pieces = append(pieces, x.data[from:x.entries])
	for _, file := range rest {
		pieces = append(pieces, newEntry(file))
	}
	for _, extension := range x.extensions {
		data := extension.data
		if extension.name == "TREE" {
			if data, err = x.staleTrees(data, files); err != nil {
				return err
			}
		}
		pieces = append(pieces, binary.BigEndian.AppendUint32([]byte(extension.name), uint32(len(data))), data)
	}
	sum := sha1.New()
	both := io.MultiWriter(file, sum)
	for _, piece := range pieces {
		if _, err := both.Write(piece); err != nil {
			return err
		}
	}
	_, err = file.Write(sum.Sum(nil))
	return err
}

// newEntry encodes an entry of versions 2 and 3. Its stat data is zero, which
// makes git compare the content.
func newEntry(file odb.TreeFile) []byte {
	entry := make([]byte, entryHeaderSize, entryHeaderSize+len(file.Path)+8)
	binary.BigEndian.PutUint32(entry[24:], ModeFile)
	copy(entry[40:], file.Hash[:])
	binary.BigEndian.PutUint16(entry[60:], uint16(min(len(file.Path), 0xfff)))
	entry = append(entry, file.Path...)
	return append(entry, make([]byte, 8-len(entry)%8)...)
}

// staleTrees returns the data of a TREE extension (gitformat-index(5)) in which
// the trees on the way to files are invalid, so that the next commit computes
// these and no others.
func (x *IndexFile) staleTrees(data []byte, files []odb.TreeFile) ([]byte, error) {
	stale := map[string]bool{"": true}
	for _, file := range files {
		for _, parent := range ParentsOf(file.Path) {
			stale[parent] = true
		}
	}
	out, rest, ok := invalidate(nil, data, "", stale)
	if !ok || len(rest) > 0 {
		return nil, &odb.DamagedError{Path: x.path, Err: errors.New("the cached trees make no sense")}
	}
	return out, nil
}

// invalidate copies the cached tree at the start of data, and those below it, to
// out, without the object names of stale ones. dir is the path of the directory
// above, with a slash.
func invalidate(out, data []byte, dir string, stale map[string]bool) (copied, rest []byte, ok bool) {
	name, data, _ := bytes.Cut(data, []byte{0})
	line, data, found := bytes.Cut(data, []byte{'\n'})
	entries, below, _ := strings.Cut(string(line), " ")
	count, err := strconv.Atoi(entries)
	subtrees, errBelow := strconv.Atoi(below)
	path := dir + string(name)
	if !found || err != nil || errBelow != nil || len(path) > maxPath {
		return nil, nil, false
	}
	size := 0 // of the object name, which only a valid tree has
	if count >= 0 {
		size = sha1.Size
	}
	if len(data) < size {
		return nil, nil, false
	}
	out = append(append(out, name...), 0)
	if stale[path] {
		out = fmt.Appendf(out, "-1 %d\n", subtrees)
	} else {
		out = append(fmt.Appendf(out, "%d %d\n", count, subtrees), data[:size]...)
	}
	data = data[size:]
	if path != "" {
		path += "/"
	}
	for range subtrees {
		if out, data, ok = invalidate(out, data, path, stale); !ok {
			return nil, nil, false
		}
	}
	return out, data, true
}
