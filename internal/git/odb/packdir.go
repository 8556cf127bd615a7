package odb

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// objectDir is one directory of loose objects and packs: the repository's own
// or an alternate.
type objectDir struct {
	path    string
	scanned bool
	known   map[string]*packFile // every pack of the last scan, by base
	single  []*packFile          // packs without a place in multi, last hit first
	multi   *openMultiIndex      // nil if there is none
}

// openMultiIndex is a multi-pack-index in use.
type openMultiIndex struct {
	*multiIndex
	path  string
	file  *os.File
	packs []*packFile // by number
}

// scan lists the packs of d, if that is due. A directory without packs, or no
// directory at all, is no error.
func (o *Objects) scan(d *objectDir) error {
	if d.scanned {
		return nil
	}
	bases, err := packBases(filepath.Join(d.path, "pack"))
	if err != nil {
		return err
	}
	known := make(map[string]*packFile, len(bases))
	for _, base := range bases {
		known[base] = d.known[base]
		if known[base] == nil {
			known[base] = newPackFile(base)
		}
	}
	d.known = known
	d.openMulti()
	covered := map[*packFile]bool{}
	if d.multi != nil {
		for _, p := range d.multi.packs {
			covered[p] = true
		}
	}
	d.single = nil
	for _, base := range bases {
		if p := known[base]; !covered[p] {
			d.single = append(d.single, p)
		}
	}
	d.scanned = true
	return nil
}

// packBases returns the paths, without extension, of the packs in dir that
// have an index.
func packBases(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !plainfile.IsAbsent(dir, err) {
		return nil, err
	}
	packs := map[string]bool{}
	for _, e := range entries {
		if base, ok := strings.CutSuffix(e.Name(), ".pack"); ok {
			packs[base] = true
		}
	}
	var bases []string
	for _, e := range entries {
		if base, ok := strings.CutSuffix(e.Name(), ".idx"); ok && packs[base] {
			bases = append(bases, filepath.Join(dir, base))
		}
	}
	return bases, nil
}

// openMulti opens the multi-pack-index of d, if there is one that can be used.
// It says nothing that the packs' own indexes do not, so one that is damaged,
// of an unknown version or older than the packs is left aside, as git does.
func (d *objectDir) openMulti() {
	path := filepath.Join(d.path, "pack", "multi-pack-index")
	file, err := os.Open(path)
	if err != nil {
		return
	}
	multi, packs := d.readMulti(file)
	if multi == nil {
		file.Close()
		return
	}
	d.multi = &openMultiIndex{multiIndex: multi, path: path, file: file, packs: packs}
}

// readMulti returns nil for a multi-pack-index that cannot be used.
func (d *objectDir) readMulti(file *os.File) (*multiIndex, []*packFile) {
	info, err := file.Stat()
	if err != nil {
		return nil, nil
	}
	multi, err := readMultiIndex(file, info.Size())
	if err != nil {
		return nil, nil
	}
	var packs []*packFile
	for _, name := range multi.packs {
		p := d.known[filepath.Join(d.path, "pack", name)]
		if p == nil {
			return nil, nil
		}
		packs = append(packs, p)
	}
	return multi, packs
}

func (d *objectDir) closeMulti() {
	if d.multi != nil {
		d.multi.file.Close()
		d.multi = nil
	}
}

// packedCopies yields the packs of d that hold h, and what is wrong with
// indexes. It returns false if the consumer wants no more.
func (o *Objects) packedCopies(d *objectDir, h plumbing.Hash, yield func(objectCopy, error) bool) bool {
	if err := o.scan(d); err != nil {
		return yield(objectCopy{}, err)
	}
	if m := d.multi; m != nil {
		pack, at, ok, err := m.find(m.file, h)
		switch {
		case err != nil && !yield(objectCopy{}, damaged(m.path, err)):
			return false
		case ok && !yield(objectCopy{pack: m.packs[pack], at: at}, nil):
			return false
		}
	}
	for i, p := range d.single {
		at, ok, err := o.findInPack(p, h)
		if !ok && err == nil {
			continue
		}
		if ok {
			// Objects that are read together are mostly in one pack.
			copy(d.single[1:], d.single[:i])
			d.single[0] = p
		}
		if !yield(objectCopy{pack: p, at: at}, err) {
			return false
		}
	}
	return true
}
