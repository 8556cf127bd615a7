package odb

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
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// lsTree returns what `git ls-tree -r` says is below path.
func lsTree(r gittest.Objects, rev, path string) []TreeFile {
	r.T.Helper()
	var files []TreeFile
	for line := range strings.SplitSeq(r.Git("ls-tree", "-rz", rev, path), "\x00") {
		if line == "" {
			continue
		}
		head, name, _ := strings.Cut(line, "\t")
		f := strings.Fields(head)
		mode, err := strconv.ParseUint(f[0], 8, 32)
		if err != nil {
			r.T.Fatal(err)
		}
		files = append(files, TreeFile{Path: name, Mode: filemode.FileMode(mode), Hash: plumbing.NewHash(f[2])})
	}
	return files
}

func TestTreeWalkListsAsGit(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(30)
	o := openRaw(r)
	for _, dir := range []string{"", "dir1", "dir2/sub0", "link", "run.sh", "sub", "long.txt", "nothing", "dir1/nothing", "link/below", "long.txt/below"} {
		got, err := NewTreeWalk(o, dir).Files(r.Hash("main"))
		if err != nil {
			t.Fatal(err)
		}
		path := dir
		if path == "" {
			path = "."
		}
		if want := lsTree(r, "main", path); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", dir, got, want)
		}
	}
	if _, err := NewTreeWalk(o, "dir1").Files(r.Hash("main^{tree}")); !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Errorf("a tree for a commit: %v", err)
	}
}

// TestTreeWalkReturnsEachOnce walks all commits: what it returns is the union
// of what git lists.
func TestTreeWalkReturnsEachOnce(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(30)
	w := NewTreeWalk(openRaw(r), "dir1")
	want := map[TreeFile]bool{}
	got := map[TreeFile]bool{}
	for _, rev := range strings.Fields(r.Git("rev-list", "main")) {
		for _, f := range lsTree(r, rev, "dir1") {
			want[f] = true
		}
		files, err := w.Files(plumbing.NewHash(rev))
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
	r := gittest.NewObjects(t)
	blob := r.BlobOf("text")
	sub := r.RawTree(gittest.EntryOf(0o100664, "odd", blob), gittest.EntryOf(0o100644, "..", blob))
	absent := plumbing.NewHash("00000000000000000000000000000000deadbeef")
	top := r.RawTree(
		gittest.EntryOf(0o40755, "z", sub),
		gittest.EntryOf(filemode.Dir, "gone", absent),
		gittest.EntryOf(0o100644, "a/b", blob),
		gittest.EntryOf(0o100644, "a", blob),
		gittest.EntryOf(0o100644, "a/b", blob))
	got, err := NewTreeWalk(openRaw(r), "d").Files(r.CommitOf(r.RawTree(gittest.EntryOf(filemode.Dir, "d", top))))
	want := []TreeFile{
		{"d/z/odd", 0o100664, blob}, {"d/z/..", 0o100644, blob},
		{"d/a/b", 0o100644, blob}, {"d/a", 0o100644, blob},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	tree, ok := errors.AsType[*TreeError](err)
	if !ok || tree.Path != "d/gone" || tree.Hash != absent || !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Errorf("error %v", err)
	}
}

func TestMalformedTrees(t *testing.T) {
	hash := strings.Repeat("h", HashSize)
	for _, data := range []string{
		"100644", "100644 a", "100644 a\x00", "100644 a\x00short", "100644 \x00" + hash, " a\x00" + hash,
		"10064x a\x00" + hash, "12345678 a\x00" + hash, "100644 a\x00" + hash + "1",
	} {
		var last error
		for _, err := range TreeEntries([]byte(data)) {
			last = err
		}
		if !errors.Is(last, ErrTree) {
			t.Errorf("%q: %v", data, last)
		}
	}
}

// TestTreeBombs has few small trees that make very many or very long paths. What
// is not listed of them is there as directories, and nothing of other commits is
// missing.
func TestTreeBombs(t *testing.T) {
	r := gittest.NewObjects(t)
	wide, deep := r.TreeBomb(20), r.TreeBomb(0)
	for range maxTreeDepth + 1 {
		deep = r.RawTree(gittest.EntryOf(filemode.Dir, "d", deep))
	}
	o := openRaw(r)
	for name, bomb := range map[string]plumbing.Hash{"wide": wide, "deep": deep} {
		walk := NewTreeWalk(o, "")
		files, err := walk.Files(r.CommitOf(bomb))
		listed := slices.DeleteFunc(slices.Clone(files), func(f TreeFile) bool { return IsDirMode(f.Mode) })
		if err != nil || len(files) == len(listed) || len(files) > 20*10*MaxTreePaths || len(listed) > MaxTreePaths {
			t.Errorf("%s: %d files, %d of them listed, %v", name, len(files), len(listed), err)
		}
		if files, err = walk.Files(r.CommitOf(r.TreeBomb(0))); err != nil || len(files) != 1 || files[0].Path != "file" {
			t.Errorf("another commit than %s: %v, %v", name, files, err)
		}
	}
}

// withIndex returns the tree that git makes when it adds files to root.
func withIndex(r gittest.Objects, root plumbing.Hash, files []TreeFile) plumbing.Hash {
	r.T.Helper()
	if root.IsZero() {
		r.Git("read-tree", "--empty")
	} else {
		r.Git("read-tree", root.String())
	}
	var info strings.Builder
	for _, f := range files {
		fmt.Fprintf(&info, "%o %s\t%s\n", uint32(f.Mode), f.Hash, f.Path)
	}
	r.GitIn(info.String(), "update-index", "--add", "--index-info")
	return plumbing.NewHash(r.Git("write-tree", "--missing-ok"))
}

func TestInsertFilesAsGit(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(10)
	blob := r.BlobOf("new")
	file := func(path string) TreeFile { return TreeFile{Path: path, Mode: filemode.Regular, Hash: blob} }
	tests := map[string]struct {
		root  plumbing.Hash
		files []TreeFile
	}{
		"into nothing":         {plumbing.ZeroHash, []TreeFile{file(".handoffs/2026/11/20/a.yaml")}},
		"nothing into nothing": {plumbing.ZeroHash, nil},
		"nothing":              {r.Hash("main^{tree}"), nil},
		"new directory":        {r.Hash("main^{tree}"), []TreeFile{file(".handoffs/2026/11/20/a.yaml"), file(".handoffs/2026/11/21/b.yaml")}},
		"old directory":        {r.Hash("main^{tree}"), []TreeFile{file("dir1/sub0/a"), file("dir1/sub0/zzz"), file("dir1/x/y")}},
		"at the root":          {r.Hash("main^{tree}"), []TreeFile{file("a"), file("zzz")}},
		"beside directories":   {r.Hash("main^{tree}"), []TreeFile{file("dir1."), file("dir1-"), file("dir10"), file("dir1 "), file("dir1.d/x"), file("dir/x")}},
		"the same twice":       {r.Hash("main^{tree}"), []TreeFile{file("b"), file("b")}},
		"a link":               {r.Hash("main^{tree}"), []TreeFile{{Path: "dir0/l", Mode: filemode.Symlink, Hash: blob}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := withIndex(r, test.root, test.files)
			o := openRaw(r)
			got, err := o.writeFiles(test.root, test.files)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("root %s, want %s\n%s", got, want, r.Git("ls-tree", "-r", got.String()))
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
	r := gittest.NewObjects(t)
	blob := r.BlobOf("new")
	o := openRaw(r)
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "a.", "a-", "a0", "aa", "b", "ab", "A", "a~", "é"}
	for range 12 {
		root := plumbing.ZeroHash
		var all []TreeFile
		for range 4 {
			var files []TreeFile
			for range 6 {
				// A file's name has an f, a directory's has none.
				path := names[random.IntN(len(names))]
				for range random.IntN(3) {
					path += "/" + names[random.IntN(len(names))]
				}
				files = append(files, TreeFile{Path: path + "/" + names[random.IntN(len(names))] + "f", Mode: filemode.Regular, Hash: blob})
			}
			all = append(all, files...)
			var err error
			if root, err = o.writeFiles(root, files); err != nil {
				t.Fatal(err)
			}
		}
		if want := withIndex(r, plumbing.ZeroHash, all); root != want {
			t.Fatalf("root %s, want %s\n%s", root, want, r.Git("ls-tree", "-r", root.String()))
		}
	}
	r.Git("fsck", "--strict")
}

// TestInsertKeepsOddEntries has a tree that git would write in another way.
func TestInsertKeepsOddEntries(t *testing.T) {
	r := gittest.NewObjects(t)
	blob := r.BlobOf("text")
	sub := r.RawTree(gittest.EntryOf(0o100664, "old", blob))
	entries := []gittest.RawEntry{
		gittest.EntryOf(0o40755, "dir", sub),
		gittest.EntryOf(0o100664, "z", blob),
		gittest.EntryOf(0o100600, "m", blob),
		gittest.EntryOf(0o100644, "m", blob),
		gittest.EntryOf(0o160000, "x", blob),
	}
	root := r.RawTree(entries...)
	got, err := openRaw(r).writeFiles(root, []TreeFile{
		{Path: "dir/new", Mode: filemode.Regular, Hash: blob},
		{Path: "n", Mode: filemode.Regular, Hash: blob},
	})
	if err != nil {
		t.Fatal(err)
	}
	entries[0].Hash = r.RawTree(gittest.EntryOf(filemode.Regular, "new", blob), gittest.EntryOf(0o100664, "old", blob))
	want := r.RawTree(slices.Insert(entries, 1, gittest.EntryOf(filemode.Regular, "n", blob))...)
	if got != want {
		t.Errorf("root %s, want %s\n%s", got, want, r.Git("cat-file", "-p", got.String()))
	}
}

func TestInsertConflicts(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(10)
	blob := r.BlobOf("new")
	file := func(path string) TreeFile { return TreeFile{Path: path, Mode: filemode.Regular, Hash: blob} }
	old := r.Hash("main:long.txt")
	twice := r.RawTree(gittest.EntryOf(0o100644, "d", blob), gittest.EntryOf(filemode.Dir, "d", r.Hash("main:dir1")))
	tests := map[string]struct {
		root  plumbing.Hash
		files []TreeFile
		want  PathConflictError
	}{
		"other content":  {r.Hash("main^{tree}"), []TreeFile{file("long.txt")}, PathConflictError{"long.txt", 0o100644, old}},
		"other mode":     {r.Hash("main^{tree}"), []TreeFile{{"long.txt", filemode.Executable, old}}, PathConflictError{"long.txt", 0o100644, old}},
		"below a file":   {r.Hash("main^{tree}"), []TreeFile{file("zz/new"), file("long.txt/a/b")}, PathConflictError{"long.txt", 0o100644, old}},
		"below a link":   {r.Hash("main^{tree}"), []TreeFile{file("link/a")}, PathConflictError{"link", 0o120000, r.Hash("main:link")}},
		"below a module": {r.Hash("main^{tree}"), []TreeFile{file("sub/a")}, PathConflictError{"sub", 0o160000, plumbing.NewHash(strings.Repeat("1", 40))}},
		"a directory":    {r.Hash("main^{tree}"), []TreeFile{file("dir1/sub0")}, PathConflictError{"dir1/sub0", 0o40000, r.Hash("main:dir1/sub0")}},
		"a name twice":   {twice, []TreeFile{file("d/new")}, PathConflictError{"d", 0o40000, r.Hash("main:dir1")}},
		"each other":     {plumbing.ZeroHash, []TreeFile{file("a/b"), file("a/b/c")}, PathConflictError{"a/b", 0o100644, blob}},
		"each other, reversed": {plumbing.ZeroHash, []TreeFile{file("a/b/c"), file("a/b")},
			PathConflictError{"a/b", 0o40000, plumbing.ZeroHash}},
		"contents": {plumbing.ZeroHash, []TreeFile{file("a"), {"a", filemode.Regular, old}}, PathConflictError{"a", 0o100644, blob}},
	}
	o := openRaw(r)
	before := len(filesBelow(t, r.ObjectsDir()))
	for name, test := range tests {
		_, err := o.writeFiles(test.root, test.files)
		conflict, ok := errors.AsType[*PathConflictError](err)
		if !ok || *conflict != test.want {
			t.Errorf("%s: %v, want %v", name, err, &test.want)
		}
	}
	for _, path := range []string{"", ".", "..", "/a", "a/", "a//b", "a/../b", "./a", "a\x00b"} {
		if _, err := o.writeFiles(plumbing.ZeroHash, []TreeFile{file(path)}); err == nil {
			t.Errorf("path %q: no error", path)
		}
	}
	if _, err := o.writeFiles(plumbing.ZeroHash, []TreeFile{{"a", filemode.Dir, old}}); err == nil {
		t.Error("directory as a file: no error")
	}
	if after := len(filesBelow(t, r.ObjectsDir())); after != before {
		t.Errorf("%d files, were %d", after, before)
	}
}

// writeFiles makes the trees of insertFiles and writes them.
func (o *Objects) writeFiles(root plumbing.Hash, files []TreeFile) (plumbing.Hash, error) {
	root, trees, err := o.InsertFiles(root, files)
	if err != nil {
		return root, err
	}
	return root, o.WriteAll(trees...)
}
