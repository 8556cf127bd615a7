package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// lsTree returns what `git ls-tree -r` says is below path.
func (r objectsRepo) lsTree(rev, path string) []treeFile {
	r.t.Helper()
	var files []treeFile
	for line := range strings.SplitSeq(r.git("ls-tree", "-rz", rev, path), "\x00") {
		if line == "" {
			continue
		}
		head, name, _ := strings.Cut(line, "\t")
		f := strings.Fields(head)
		mode, err := strconv.ParseUint(f[0], 8, 32)
		if err != nil {
			r.t.Fatal(err)
		}
		files = append(files, treeFile{Path: name, Mode: filemode.FileMode(mode), Hash: plumbing.NewHash(f[2])})
	}
	return files
}

// rawTree writes a tree of the given entries, in the given order and whatever
// is wrong with it.
func (r objectsRepo) rawTree(entries ...treeEntry) plumbing.Hash {
	r.t.Helper()
	var data []byte
	for _, e := range entries {
		data = e.appendTo(data)
	}
	return plumbing.NewHash(r.gitIn(string(data), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"))
}

func rawEntry(mode filemode.FileMode, name string, h plumbing.Hash) treeEntry {
	return treeEntry{mode: mode, name: []byte(name), hash: h}
}

func (r objectsRepo) commitOf(tree plumbing.Hash) plumbing.Hash {
	r.t.Helper()
	return plumbing.NewHash(r.git("commit-tree", "-m", "test", tree.String()))
}

func TestTreeWalkListsAsGit(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(30)
	o := r.open()
	for _, dir := range []string{"", "dir1", "dir2/sub0", "link", "run.sh", "sub", "long.txt", "nothing", "dir1/nothing", "link/below", "long.txt/below"} {
		got, err := newTreeWalk(o, dir).files(r.hash("main"))
		if err != nil {
			t.Fatal(err)
		}
		path := dir
		if path == "" {
			path = "."
		}
		if want := r.lsTree("main", path); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", dir, got, want)
		}
	}
	if _, err := newTreeWalk(o, "dir1").files(r.hash("main^{tree}")); !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Errorf("a tree for a commit: %v", err)
	}
}

// TestTreeWalkReturnsEachOnce walks all commits: what it returns is the union
// of what git lists.
func TestTreeWalkReturnsEachOnce(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(30)
	w := newTreeWalk(r.open(), "dir1")
	want := map[treeFile]bool{}
	got := map[treeFile]bool{}
	for _, rev := range strings.Fields(r.git("rev-list", "main")) {
		for _, f := range r.lsTree(rev, "dir1") {
			want[f] = true
		}
		files, err := w.files(plumbing.NewHash(rev))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if got[f] {
				t.Errorf("%s twice", f.Path)
			}
			got[f] = true
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for f := range want {
		if !got[f] {
			t.Errorf("%v is missing", f)
		}
	}
}

// TestOddTrees lists trees that git itself does not make.
func TestOddTrees(t *testing.T) {
	r := newObjectsRepo(t)
	blob := r.blobOf("text")
	sub := r.rawTree(rawEntry(0o100664, "odd", blob), rawEntry(0o100644, "..", blob))
	absent := plumbing.NewHash("00000000000000000000000000000000deadbeef")
	top := r.rawTree(
		rawEntry(0o40755, "z", sub),
		rawEntry(filemode.Dir, "gone", absent),
		rawEntry(0o100644, "a/b", blob),
		rawEntry(0o100644, "a", blob),
		rawEntry(0o100644, "a/b", blob))
	got, err := newTreeWalk(r.open(), "d").files(r.commitOf(r.rawTree(rawEntry(filemode.Dir, "d", top))))
	want := []treeFile{
		{"d/z/odd", 0o100664, blob}, {"d/z/..", 0o100644, blob},
		{"d/a/b", 0o100644, blob}, {"d/a", 0o100644, blob},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	tree, ok := errors.AsType[*treeError](err)
	if !ok || tree.Path != "d/gone" || tree.Hash != absent || !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Errorf("error %v", err)
	}
}

func TestMalformedTrees(t *testing.T) {
	hash := strings.Repeat("h", hashSize)
	for _, data := range []string{
		"100644", "100644 a", "100644 a\x00", "100644 a\x00short", "100644 \x00" + hash, " a\x00" + hash,
		"10064x a\x00" + hash, "12345678 a\x00" + hash, "100644 a\x00" + hash + "1",
	} {
		var last error
		for _, err := range treeEntries([]byte(data)) {
			last = err
		}
		if !errors.Is(last, errTree) {
			t.Errorf("%q: %v", data, last)
		}
	}
}

// TestTreeBombs has few small trees that make very many or very long paths. What
// is not listed of them is there as directories, and nothing of other commits is
// missing.
func TestTreeBombs(t *testing.T) {
	r := newObjectsRepo(t)
	wide, deep := r.treeBomb(20), r.treeBomb(0)
	for range maxTreeDepth + 1 {
		deep = r.rawTree(rawEntry(filemode.Dir, "d", deep))
	}
	o := r.open()
	for name, bomb := range map[string]plumbing.Hash{"wide": wide, "deep": deep} {
		walk := newTreeWalk(o, "")
		files, err := walk.files(r.commitOf(bomb))
		listed := slices.DeleteFunc(slices.Clone(files), func(f treeFile) bool { return isDirMode(f.Mode) })
		if err != nil || len(files) == len(listed) || len(files) > 20*10*maxTreePaths || len(listed) > maxTreePaths {
			t.Errorf("%s: %d files, %d of them listed, %v", name, len(files), len(listed), err)
		}
		if files, err = walk.files(r.commitOf(r.treeBomb(0))); err != nil || len(files) != 1 || files[0].Path != "file" {
			t.Errorf("another commit than %s: %v, %v", name, files, err)
		}
	}
}

// treeBomb makes a tree of 10 directories, in each of which are the same 10, and
// so on down to one file.
func (r objectsRepo) treeBomb(levels int) plumbing.Hash {
	r.t.Helper()
	tree := r.rawTree(rawEntry(0o100644, "file", r.blobOf("text")))
	for range levels {
		var entries []treeEntry
		for i := range 10 {
			entries = append(entries, rawEntry(filemode.Dir, fmt.Sprint("d", i), tree))
		}
		tree = r.rawTree(entries...)
	}
	return tree
}

// TestChangesOfTreeBomb compares nothing with more files than any memory holds.
func TestChangesOfTreeBomb(t *testing.T) {
	r := newObjectsRepo(t)
	repo, err := Open(t.Context(), r.dir, isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Changes(t.Context(), "", r.commitOf(r.treeBomb(20)).String()); !errors.Is(err, errTreeChanges) {
		t.Errorf("%.80v", err)
	}
}

// TestDaysOfTreeBomb has a hundred years of months and days that are the same.
func TestDaysOfTreeBomb(t *testing.T) {
	r := newObjectsRepo(t)
	tree := r.rawTree(rawEntry(0o100644, "file", r.blobOf("text")))
	for _, level := range []struct {
		name string
		n    int
	}{{"%02d", 31}, {"%02d", 12}, {"20%02d", 100}} {
		var entries []treeEntry
		for i := range level.n {
			entries = append(entries, rawEntry(filemode.Dir, fmt.Sprintf(level.name, i), tree))
		}
		tree = r.rawTree(entries...)
	}
	repo, err := Open(t.Context(), r.dir, isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	days, faults, err := repo.Days(t.Context(), []Ref{{Name: "main", Hash: r.commitOf(tree).String()}}, "")
	if err != nil || len(days) == 0 || len(days) > maxTreePaths {
		t.Errorf("%d days, %v", len(days), err)
	}
	if len(faults) == 0 || !faults[0].Lasting() {
		t.Errorf("%d faults: what is passed over is not said", len(faults))
	}
}

// withIndex returns the tree that git makes when it adds files to root.
func (r objectsRepo) withIndex(root plumbing.Hash, files []treeFile) plumbing.Hash {
	r.t.Helper()
	if root.IsZero() {
		r.git("read-tree", "--empty")
	} else {
		r.git("read-tree", root.String())
	}
	var info strings.Builder
	for _, f := range files {
		fmt.Fprintf(&info, "%o %s\t%s\n", uint32(f.Mode), f.Hash, f.Path)
	}
	r.gitIn(info.String(), "update-index", "--add", "--index-info")
	return plumbing.NewHash(r.git("write-tree", "--missing-ok"))
}

func TestInsertFilesAsGit(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(10)
	blob := r.blobOf("new")
	file := func(path string) treeFile { return treeFile{Path: path, Mode: filemode.Regular, Hash: blob} }
	tests := map[string]struct {
		root  plumbing.Hash
		files []treeFile
	}{
		"into nothing":         {plumbing.ZeroHash, []treeFile{file(".handoffs/2026/11/20/a.yaml")}},
		"nothing into nothing": {plumbing.ZeroHash, nil},
		"nothing":              {r.hash("main^{tree}"), nil},
		"new directory":        {r.hash("main^{tree}"), []treeFile{file(".handoffs/2026/11/20/a.yaml"), file(".handoffs/2026/11/21/b.yaml")}},
		"old directory":        {r.hash("main^{tree}"), []treeFile{file("dir1/sub0/a"), file("dir1/sub0/zzz"), file("dir1/x/y")}},
		"at the root":          {r.hash("main^{tree}"), []treeFile{file("a"), file("zzz")}},
		"beside directories":   {r.hash("main^{tree}"), []treeFile{file("dir1."), file("dir1-"), file("dir10"), file("dir1 "), file("dir1.d/x"), file("dir/x")}},
		"the same twice":       {r.hash("main^{tree}"), []treeFile{file("b"), file("b")}},
		"a link":               {r.hash("main^{tree}"), []treeFile{{Path: "dir0/l", Mode: filemode.Symlink, Hash: blob}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := r.withIndex(test.root, test.files)
			o := r.open()
			got, err := o.writeFiles(test.root, test.files)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("root %s, want %s\n%s", got, want, r.git("ls-tree", "-r", got.String()))
			}
			again, err := o.writeFiles(got, test.files)
			if err != nil || again != got {
				t.Errorf("once more: %s, %v, want %s", again, err, got)
			}
		})
	}
}

// TestInsertRandomFiles compares with git on names that are hard to sort.
func TestInsertRandomFiles(t *testing.T) {
	r := newObjectsRepo(t)
	blob := r.blobOf("new")
	o := r.open()
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "a.", "a-", "a0", "aa", "b", "ab", "A", "a~", "é"}
	for range 12 {
		root := plumbing.ZeroHash
		var all []treeFile
		for range 4 {
			var files []treeFile
			for range 6 {
				// A file's name has an f, a directory's has none.
				path := names[random.IntN(len(names))]
				for range random.IntN(3) {
					path += "/" + names[random.IntN(len(names))]
				}
				files = append(files, treeFile{Path: path + "/" + names[random.IntN(len(names))] + "f", Mode: filemode.Regular, Hash: blob})
			}
			all = append(all, files...)
			var err error
			if root, err = o.writeFiles(root, files); err != nil {
				t.Fatal(err)
			}
		}
		if want := r.withIndex(plumbing.ZeroHash, all); root != want {
			t.Fatalf("root %s, want %s\n%s", root, want, r.git("ls-tree", "-r", root.String()))
		}
	}
	r.git("fsck", "--strict")
}

// TestInsertKeepsOddEntries has a tree that git would write in another way.
func TestInsertKeepsOddEntries(t *testing.T) {
	r := newObjectsRepo(t)
	blob := r.blobOf("text")
	sub := r.rawTree(rawEntry(0o100664, "old", blob))
	entries := []treeEntry{
		rawEntry(0o40755, "dir", sub),
		rawEntry(0o100664, "z", blob),
		rawEntry(0o100600, "m", blob),
		rawEntry(0o100644, "m", blob),
		rawEntry(0o160000, "x", blob),
	}
	root := r.rawTree(entries...)
	got, err := r.open().writeFiles(root, []treeFile{
		{Path: "dir/new", Mode: filemode.Regular, Hash: blob},
		{Path: "n", Mode: filemode.Regular, Hash: blob},
	})
	if err != nil {
		t.Fatal(err)
	}
	entries[0].hash = r.rawTree(rawEntry(filemode.Regular, "new", blob), rawEntry(0o100664, "old", blob))
	want := r.rawTree(slices.Insert(entries, 1, rawEntry(filemode.Regular, "n", blob))...)
	if got != want {
		t.Errorf("root %s, want %s\n%s", got, want, r.git("cat-file", "-p", got.String()))
	}
}

func TestInsertConflicts(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(10)
	blob := r.blobOf("new")
	file := func(path string) treeFile { return treeFile{Path: path, Mode: filemode.Regular, Hash: blob} }
	old := r.hash("main:long.txt")
	twice := r.rawTree(rawEntry(0o100644, "d", blob), rawEntry(filemode.Dir, "d", r.hash("main:dir1")))
	tests := map[string]struct {
		root  plumbing.Hash
		files []treeFile
		want  pathConflictError
	}{
		"other content":  {r.hash("main^{tree}"), []treeFile{file("long.txt")}, pathConflictError{"long.txt", 0o100644, old}},
		"other mode":     {r.hash("main^{tree}"), []treeFile{{"long.txt", filemode.Executable, old}}, pathConflictError{"long.txt", 0o100644, old}},
		"below a file":   {r.hash("main^{tree}"), []treeFile{file("zz/new"), file("long.txt/a/b")}, pathConflictError{"long.txt", 0o100644, old}},
		"below a link":   {r.hash("main^{tree}"), []treeFile{file("link/a")}, pathConflictError{"link", 0o120000, r.hash("main:link")}},
		"below a module": {r.hash("main^{tree}"), []treeFile{file("sub/a")}, pathConflictError{"sub", 0o160000, plumbing.NewHash(strings.Repeat("1", 40))}},
		"a directory":    {r.hash("main^{tree}"), []treeFile{file("dir1/sub0")}, pathConflictError{"dir1/sub0", 0o40000, r.hash("main:dir1/sub0")}},
		"a name twice":   {twice, []treeFile{file("d/new")}, pathConflictError{"d", 0o40000, r.hash("main:dir1")}},
		"each other":     {plumbing.ZeroHash, []treeFile{file("a/b"), file("a/b/c")}, pathConflictError{"a/b", 0o100644, blob}},
		"each other, reversed": {plumbing.ZeroHash, []treeFile{file("a/b/c"), file("a/b")},
			pathConflictError{"a/b", 0o40000, plumbing.ZeroHash}},
		"contents": {plumbing.ZeroHash, []treeFile{file("a"), {"a", filemode.Regular, old}}, pathConflictError{"a", 0o100644, blob}},
	}
	o := r.open()
	before := len(filesBelow(t, r.objectsDir()))
	for name, test := range tests {
		_, err := o.writeFiles(test.root, test.files)
		conflict, ok := errors.AsType[*pathConflictError](err)
		if !ok || *conflict != test.want {
			t.Errorf("%s: %v, want %v", name, err, &test.want)
		}
	}
	for _, path := range []string{"", ".", "..", "/a", "a/", "a//b", "a/../b", "./a", "a\x00b"} {
		if _, err := o.writeFiles(plumbing.ZeroHash, []treeFile{file(path)}); err == nil {
			t.Errorf("path %q: no error", path)
		}
	}
	if _, err := o.writeFiles(plumbing.ZeroHash, []treeFile{{"a", filemode.Dir, old}}); err == nil {
		t.Error("directory as a file: no error")
	}
	if after := len(filesBelow(t, r.objectsDir())); after != before {
		t.Errorf("%d files, were %d", after, before)
	}
}

// writeFiles makes the trees of insertFiles and writes them.
func (o *objects) writeFiles(root plumbing.Hash, files []treeFile) (plumbing.Hash, error) {
	root, trees, err := o.insertFiles(root, files)
	if err != nil {
		return root, err
	}
	return root, o.writeAll(trees...)
}
