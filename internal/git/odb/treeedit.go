package odb

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// PathConflictError says that a file cannot be put into a tree, because of what
// is at Path: the same file with another content, a directory in its place, or
// something that is not a directory on the way to it.
type PathConflictError struct {
	Path string
	Mode filemode.FileMode // of what is there, as stored
	Hash plumbing.Hash
}

func (e *PathConflictError) Error() string {
	return fmt.Sprintf("%s: in the way in the tree, mode %o, object %s", e.Path, uint32(e.Mode), e.Hash)
}

// InsertFiles makes the trees that turn root into one with files added, of which
// none is a directory. It returns the new root and the trees to be written for
// it. The zero hash stands for an empty root. Only trees on the way to the files
// are made, and in these every other entry stays byte for byte as and where it
// was, whatever its mode and order. Files that are in the tree already are no
// change; without any change the result is root.
func (o *Objects) InsertFiles(root plumbing.Hash, files []TreeFile) (plumbing.Hash, []RawObject, error) {
	edit, err := planTreeEdit(files)
	if err != nil {
		return plumbing.ZeroHash, nil, err
	}
	e := treeEditor{objects: o}
	root, err = e.apply("", root, edit)
	return root, e.trees, err
}

// treeEdit is what to add to one tree, by name.
type treeEdit struct {
	files map[string]TreeFile
	dirs  map[string]*treeEdit
}

func newTreeEdit() *treeEdit {
	return &treeEdit{files: map[string]TreeFile{}, dirs: map[string]*treeEdit{}}
}

// planTreeEdit sorts files into directories. Files that are in each other's way
// are a *PathConflictError.
func planTreeEdit(files []TreeFile) (*treeEdit, error) {
	root := newTreeEdit()
	for _, f := range files {
		if !fs.ValidPath(f.Path) || f.Path == "." || strings.ContainsRune(f.Path, 0) {
			return nil, fmt.Errorf("%q: no path for a file in a tree", f.Path)
		}
		if IsDirMode(f.Mode) || f.Mode == filemode.Empty {
			return nil, fmt.Errorf("%s: mode %o is no file's", f.Path, uint32(f.Mode))
		}
		if err := root.plan(f); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// plan adds f to the edit of the root.
func (t *treeEdit) plan(f TreeFile) error {
	names := strings.Split(f.Path, "/")
	last := len(names) - 1
	for i, name := range names[:last] {
		if other, ok := t.files[name]; ok {
			return &PathConflictError{Path: strings.Join(names[:i+1], "/"), Mode: other.Mode, Hash: other.Hash}
		}
		if t.dirs[name] == nil {
			t.dirs[name] = newTreeEdit()
		}
		t = t.dirs[name]
	}
	if t.dirs[names[last]] != nil {
		return &PathConflictError{Path: f.Path, Mode: filemode.Dir}
	}
	if other, ok := t.files[names[last]]; ok && other != f {
		return &PathConflictError{Path: f.Path, Mode: other.Mode, Hash: other.Hash}
	}
	t.files[names[last]] = f
	return nil
}

// treeEditor makes new trees in memory, those below before those that name them.
type treeEditor struct {
	objects *Objects
	trees   []RawObject
}

// apply returns the tree at path with the edit made.
func (e *treeEditor) apply(path string, tree plumbing.Hash, edit *treeEdit) (plumbing.Hash, error) {
	data, present, err := e.read(path, tree, edit)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	added, err := edit.missingFiles(present)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	replaced := map[string]plumbing.Hash{}
	for _, name := range slices.Sorted(maps.Keys(edit.dirs)) {
		sub, old := JoinTreePath(path, name), present[name]
		if old.Raw != nil && !old.IsDir() {
			return plumbing.ZeroHash, &PathConflictError{Path: sub, Mode: old.Mode, Hash: old.Hash}
		}
		hash, err := e.apply(sub, old.Hash, edit.dirs[name])
		switch {
		case err != nil:
			return plumbing.ZeroHash, err
		case old.Raw == nil:
			added = append(added, TreeEntry{Mode: filemode.Dir, Name: []byte(name), Hash: hash})
		case hash != old.Hash:
			replaced[name] = hash
		}
	}
	if len(added) == 0 && len(replaced) == 0 && !tree.IsZero() {
		return tree, nil
	}
	data, err = spliceTree(data, replaced, added)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	made := RawObject{Kind: plumbing.TreeObject, Data: data}
	e.trees = append(e.trees, made)
	return plumbing.ComputeHash(made.Kind, made.Data), nil
}

// missingFiles returns the files of the edit that are not present yet.
func (t *treeEdit) missingFiles(present map[string]TreeEntry) ([]TreeEntry, error) {
	var missing []TreeEntry
	for _, name := range slices.Sorted(maps.Keys(t.files)) {
		f := t.files[name]
		old, ok := present[name]
		switch {
		case !ok:
			missing = append(missing, TreeEntry{Mode: f.Mode, Name: []byte(name), Hash: f.Hash})
		case old.Mode != f.Mode || old.Hash != f.Hash:
			return nil, &PathConflictError{Path: f.Path, Mode: old.Mode, Hash: old.Hash}
		}
	}
	return missing, nil
}

// read returns the bytes of a tree, and those of its entries whose names are in
// the edit. It refuses a tree that has such a name twice: whichever entry was
// meant, the other hides it.
func (e *treeEditor) read(path string, tree plumbing.Hash, edit *treeEdit) ([]byte, map[string]TreeEntry, error) {
	if tree.IsZero() {
		return nil, nil, nil
	}
	data, err := e.objects.Tree(tree)
	if err != nil {
		return nil, nil, &TreeError{Path: path, Hash: tree, Err: err}
	}
	present := map[string]TreeEntry{}
	for entry, err := range TreeEntries(data) {
		if err != nil {
			return nil, nil, &TreeError{Path: path, Hash: tree, Err: err}
		}
		name := string(entry.Name)
		_, isFile := edit.files[name]
		if !isFile && edit.dirs[name] == nil {
			continue
		}
		if _, twice := present[name]; twice {
			return nil, nil, &PathConflictError{Path: JoinTreePath(path, name), Mode: entry.Mode, Hash: entry.Hash}
		}
		present[name] = entry
	}
	return data, present, nil
}

// spliceTree returns the tree data with the hashes of some entries
// replaced, by name, and others added in git's order: each before the first
// entry that sorts after it.
func spliceTree(data []byte, replaced map[string]plumbing.Hash, added []TreeEntry) ([]byte, error) {
	slices.SortFunc(added, compareEntries)
	out := make([]byte, 0, len(data)+len(added)*128)
	for e, err := range TreeEntries(data) {
		if err != nil {
			return nil, err
		}
		for len(added) > 0 && compareEntries(added[0], e) < 0 {
			out = added[0].appendTo(out)
			added = added[1:]
		}
		out = append(out, e.Raw...)
		if hash, ok := replaced[string(e.Name)]; ok {
			copy(out[len(out)-HashSize:], hash[:])
		}
	}
	for _, e := range added {
		out = e.appendTo(out)
	}
	return out, nil
}

// appendTo appends the stored form of e.
func (e TreeEntry) appendTo(b []byte) []byte {
	b = fmt.Appendf(b, "%o %s\x00", uint32(e.Mode), e.Name)
	return append(b, e.Hash[:]...)
}

// compareEntries orders entries as git does: by name, a directory's as if it
// ended in a slash.
func compareEntries(a, b TreeEntry) int {
	n := min(len(a.Name), len(b.Name))
	if c := bytes.Compare(a.Name[:n], b.Name[:n]); c != 0 {
		return c
	}
	return cmp.Compare(a.sortByte(n), b.sortByte(n))
}

// sortByte is the byte at position n of the name as it sorts, 0 after its end.
func (e TreeEntry) sortByte(n int) byte {
	switch {
	case n < len(e.Name):
		return e.Name[n]
	case e.IsDir():
		return '/'
	}
	return 0
}
