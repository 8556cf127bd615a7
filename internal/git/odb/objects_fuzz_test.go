package odb

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// packFiles returns the content of the files in a fresh repository's pack
// directory, by extension ("" is the multi-pack-index), made with the given
// options to repack.
func packFiles(t testing.TB, options ...string) map[string][]byte {
	r := gittest.NewObjects(t)
	r.Fill(3)
	r.Git(append([]string{"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"}, options...)...)
	r.Git("multi-pack-index", "write")
	paths, err := filepath.Glob(filepath.Join(r.ObjectsDir(), "pack", "*"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[filepath.Ext(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// probes returns every hash that data may name at a likely position, and some
// that it does not.
func probes(data []byte) []plumbing.Hash {
	all := []plumbing.Hash{{}, {0xff}, {0x7f, 0xff}}
	for at := len(data) % HashSize; at+HashSize <= len(data) && len(all) < 100; at += HashSize {
		all = append(all, plumbing.Hash(data[at:at+HashSize]))
	}
	return all
}

func FuzzPackIndex(f *testing.F) {
	f.Add(packFiles(f)[".idx"])
	r := gittest.NewObjects(f)
	r.Fill(3)
	packs, err := filepath.Glob(filepath.Join(r.ObjectsDir(), "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		f.Fatalf("packs %v, %v", packs, err)
	}
	for _, version := range []string{"1", "2,0x100"} {
		path := filepath.Join(f.TempDir(), "pack.idx")
		r.Git("index-pack", "--index-version="+version, "-o", path, packs[0])
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		x, err := readPackIndex(r, r.Size())
		if err != nil {
			return
		}
		checkNameTable(t, &x.names, r, data)
		for _, h := range probes(data) {
			if at, ok, err := x.find(r, h); ok && (err != nil || at < 0) {
				t.Errorf("%s at %d, %v", h, at, err)
			}
		}
	})
}

func FuzzMultiIndex(f *testing.F) {
	f.Add(packFiles(f)[""])
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		m, err := readMultiIndex(r, r.Size())
		if err != nil {
			return
		}
		checkNameTable(t, &m.names, r, data)
		for _, h := range probes(data) {
			if pack, at, ok, err := m.find(r, h); ok && (err != nil || at < 0 || pack >= len(m.packs)) {
				t.Errorf("%s at %d of pack %d, %v", h, at, pack, err)
			}
		}
	})
}

// checkNameTable checks that a name that is found is where it is said to be.
func checkNameTable(t *testing.T, names *nameTable, r io.ReaderAt, data []byte) {
	for _, h := range probes(data) {
		pos, ok, err := names.find(r, h)
		if !ok || err != nil {
			continue
		}
		at := names.first + pos*names.stride + names.skip
		if !bytes.Equal(data[at:at+HashSize], h[:]) {
			t.Errorf("%s is not at position %d", h, pos)
		}
	}
}

// openBytes makes an objects of one pack that is in memory.
func openBytes(t testing.TB, pack, index []byte) (*Objects, *packFile) {
	o, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := newPackFile("pack")
	for path, data := range map[string][]byte{p.packPath: pack, p.indexPath: index} {
		o.files.put(path, &openFile{ReaderAt: bytes.NewReader(data), Closer: io.NopCloser(nil), size: int64(len(data))})
	}
	return o, p
}

// FuzzPackEntry reads an entry of a pack that its index does not fit any more.
func FuzzPackEntry(f *testing.F) {
	files := packFiles(f)
	index := bytes.NewReader(files[".idx"])
	x, err := readPackIndex(index, index.Size())
	if err != nil {
		f.Fatal(err)
	}
	err = x.names.each(index, func(h plumbing.Hash) error {
		at, _, err := x.find(index, h)
		f.Add(files[".pack"], at)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, pack []byte, at int64) {
		const limit = 1 << 20
		o, p := openBytes(t, pack, files[".idx"])
		p.checked, _ = o.files.get(p.packPath) // else hardly any would be read
		obj, err := o.readPacked(p, at, plumbing.ZeroHash, limit)
		if err == nil && len(obj.Data) > limit {
			t.Errorf("%d bytes, over the limit", len(obj.Data))
		}
	})
}

func FuzzTreeEntries(f *testing.F) {
	r := gittest.NewObjects(f)
	r.Fill(3)
	for _, obj := range allObjects(r) {
		if obj.Kind == plumbing.TreeObject {
			f.Add(obj.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var whole []byte
		malformed := false
		for e, err := range TreeEntries(data) {
			malformed = malformed || err != nil
			whole = append(whole, e.Raw...)
		}
		if !malformed && !bytes.Equal(whole, data) {
			t.Errorf("entries %q of %q", whole, data)
		}
		if malformed && !bytes.HasPrefix(data, whole) {
			t.Errorf("entries %q are no beginning of %q", whole, data)
		}
	})
}
