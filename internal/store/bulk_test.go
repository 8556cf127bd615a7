package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// TestReadAllReadsAsRead reads all blobs of a repository at once, and what is
// none, in several layouts: each comes as Read returns it.
func TestReadAllReadsAsRead(t *testing.T) {
	source := newObjectsRepo(t)
	source.fill(100)
	layouts := map[string]func(r objectsRepo){
		"as imported":        func(objectsRepo) {},
		"one pack":           func(r objectsRepo) { r.git("repack", "-adfq") },
		"loose":              func(r objectsRepo) { r.unpack() },
		"two packs":          func(r objectsRepo) { r.twoPacks() },
		"multi-pack-index":   func(r objectsRepo) { r.twoPacks(); r.git("multi-pack-index", "write") },
		"pack, damaged head": func(r objectsRepo) { r.git("repack", "-adfq"); r.damagePack() },
	}
	for name, change := range layouts {
		t.Run(name, func(t *testing.T) {
			r := source.clone(t)
			change(r)
			var blobs []string
			for _, o := range source.allObjects() {
				blobs = append(blobs, o.hash.String())
			}
			blobs = append(blobs, strings.Repeat("1", 40), blobs[0])
			compareReadAll(t, r, blobs)
		})
	}
}

func compareReadAll(t *testing.T, r objectsRepo, blobs []string) {
	t.Helper()
	repo, err := Open(t.Context(), r.dir, isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	const max = 1000 // bytes, which long.txt and others have not
	var mu sync.Mutex
	calls, sound := make([]int, len(blobs)), 0
	err = repo.ReadAll(t.Context(), blobs, max, func(i int, data []byte, err error) error {
		mu.Lock()
		defer mu.Unlock()
		calls[i]++
		want, wantErr := repo.Read(blobs[i], max)
		if !bytes.Equal(data, want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s: %d bytes, %v; want %d, %v", blobs[i], len(data), err, len(want), wantErr)
		}
		if err == nil {
			sound++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range calls {
		if n != 1 {
			t.Errorf("%s: %d calls", blobs[i], n)
		}
	}
	if sound == 0 && !strings.Contains(t.Name(), "damaged") {
		t.Error("nothing was read")
	}
}

func TestReadAllEndsAtTheFirstError(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(5)
	repo, err := Open(t.Context(), r.dir, isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	blob := r.hash("main:long.txt").String()
	calls := 0
	err = repo.ReadAll(t.Context(), []string{blob, blob, blob}, maxObject, func(int, []byte, error) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	if err := repo.ReadAll(t.Context(), []string{"main"}, maxObject, nil); err == nil {
		t.Error("a name was taken for a hash")
	}
	if err := repo.ReadAll(t.Context(), nil, maxObject, nil); err != nil {
		t.Errorf("nothing to read: %v", err)
	}
}

// unpack makes every object loose.
func (r objectsRepo) unpack() {
	r.t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.objectsDir(), "pack", "*.pack"))
	if err != nil || len(packs) == 0 {
		r.t.Fatal("no pack", err)
	}
	for _, pack := range packs {
		data, err := os.ReadFile(pack)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, ending := range []string{".pack", ".idx"} {
			if err := os.Remove(strings.TrimSuffix(pack, ".pack") + ending); err != nil {
				r.t.Fatal(err)
			}
		}
		r.gitIn(string(data), "unpack-objects", "-q")
	}
}

// twoPacks has the objects of half of the history in a pack of their own.
func (r objectsRepo) twoPacks() {
	r.t.Helper()
	r.unpack()
	r.gitIn("main~50\n", "pack-objects", "-q", "--revs", filepath.Join(r.objectsDir(), "pack", "pack"))
	r.git("prune-packed", "-q")
	r.git("repack", "-dq")
}

// damagePack breaks the magic of the only pack.
func (r objectsRepo) damagePack() {
	r.t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.objectsDir(), "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		r.t.Fatal(packs, err)
	}
	data, err := os.ReadFile(packs[0])
	if err == nil {
		err = errors.Join(os.Chmod(packs[0], 0o644), os.WriteFile(packs[0], append([]byte("KCAP"), data[4:]...), 0o644))
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestNameTableNear looks names up in their order and in another, so that what
// was read last is of use, or is not.
func TestNameTableNear(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(300)
	r.git("repack", "-adq")
	o := r.open()
	all := r.allObjects()
	for step := range len(all) {
		h := all[step*7919%len(all)].hash
		if step < len(all)/2 {
			h = all[step].hash
		}
		if err := o.checkPresent(h); err != nil {
			t.Fatal(err)
		}
		absent := h
		absent[hashSize-1] ^= 1
		if err := o.checkPresent(absent); !errors.Is(err, plumbing.ErrObjectNotFound) {
			t.Fatalf("%s: %v", absent, err)
		}
	}
}
