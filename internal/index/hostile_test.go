package index_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The ways in which a branch is there to hide what others have, or is damaged.
const (
	manyPlaces  = iota // days of main lie at seventy other places
	longMode           // a mode of more digits than any has, among the records
	disorder           // entries twice, in the wrong order, and with other modes
	lostTree           // a day that is not there
	lostCommit         // a commit that is not there
	notACommit         // a ref to a tree
	deepDays           // days below days
	hostileWays        // how many there are
)

// entry is an entry of a tree.
type entry struct{ mode, name, hash string }

// object writes an object as it is, whether git would or not, and returns its
// hash.
func (w *world) object(kind string, data []byte) string {
	w.t.Helper()
	whole := append(fmt.Appendf(nil, "%s %d\x00", kind, len(data)), data...)
	sum := sha1.Sum(whole)
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(whole); err != nil {
		w.t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		w.t.Fatal(err)
	}
	hash := hex.EncodeToString(sum[:])
	file := w.loose(hash)
	if _, err := os.Stat(file); err == nil {
		return hash
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, packed.Bytes(), 0o444); err != nil {
		w.t.Fatal(err)
	}
	return hash
}

// loose is the file of an object.
func (w *world) loose(hash string) string {
	return filepath.Join(w.dir, ".git", "objects", hash[:2], hash[2:])
}

func blobHash(data []byte) string {
	sum := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(data)), data...))
	return hex.EncodeToString(sum[:])
}

// tree writes a tree with entries in the order given.
func (w *world) tree(entries ...entry) string {
	w.t.Helper()
	var data []byte
	for _, e := range entries {
		raw, err := hex.DecodeString(e.hash)
		if err != nil {
			w.t.Fatal(err)
		}
		data = append(fmt.Appendf(data, "%s %s\x00", e.mode, e.name), raw...)
	}
	return w.object("tree", data)
}

// dir writes the trees above one at a path.
func (w *world) dirTo(name, tree string) string {
	for _, part := range slices.Backward(strings.Split(name, "/")) {
		tree = w.tree(entry{"40000", part, tree})
	}
	return tree
}

// harm makes a branch that is hostile in a way, out of a day of main. It has no
// record that main has not.
func (w *world) harm(branch string, way int) {
	w.t.Helper()
	byDay := make(map[string][]entry)
	for _, name := range slices.Sorted(maps.Keys(w.branches["main"])) {
		byDay[path.Dir(name)] = append(byDay[path.Dir(name)], entry{"100644", path.Base(name), blobHash(w.branches["main"][name])})
	}
	days := slices.Sorted(maps.Keys(byDay))
	if len(days) == 0 {
		return
	}
	day, good := days[0], byDay[days[0]]
	lost := strings.Repeat("12", 20)
	var root string
	switch way {
	case manyPlaces:
		var many []entry
		for n := range 70 {
			many = append(many, entry{"40000", fmt.Sprint(10 + n), w.tree(good...)})
		}
		month := w.tree(many...)
		top := []entry{{"40000", "!", month}, {"40000", "1000", w.tree(entry{"40000", "10", month})}}
		rel := strings.TrimPrefix(day, ".handoffs/")
		year, rest, _ := strings.Cut(rel, "/")
		top = append(top, entry{"40000", year, w.dirTo(rest, w.tree(good...))})
		root = w.dirTo(".handoffs", w.tree(top...))
	case longMode:
		root = w.dirTo(day, w.tree(append(slices.Clone(good), entry{"0000000100644", "zz", good[0].hash})...))
	case disorder:
		odd := slices.Concat(good, []entry{{"100755", good[0].name, good[0].hash}, {"120000", "..", good[0].hash}, {"160000", "A", lost}}, good)
		slices.Reverse(odd)
		root = w.dirTo(day, w.tree(odd...))
	case lostTree:
		root = w.dirTo(day, lost)
	case notACommit:
		w.point(branch, w.tree(good...))
		return
	case deepDays:
		root = w.dirTo(day+"/16/16", w.tree(good...))
	case lostCommit:
		w.point(branch, lost)
		return
	}
	w.point(branch, w.object("commit", fmt.Appendf(nil, "tree %s\nauthor M <m@b.c> 1700000000 +0000\ncommitter M <m@b.c> 1700000000 +0000\n\nharm\n", root)))
}

// point makes a branch what git would not make it.
func (w *world) point(branch, hash string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, ".git", "refs", "heads", branch), []byte(hash+"\n"), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// lose takes away the object of a file, where it is loose. The next write brings
// it back.
func (w *world) loseObject(data []byte) {
	w.t.Helper()
	if err := os.Remove(w.loose(blobHash(data))); err != nil {
		w.t.Fatal(err)
	}
}
