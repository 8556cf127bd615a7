package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// filesBelow lists the files below dir, with the time of their last change.
func filesBelow(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	files := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files[path] = info.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWrittenObjectsAreGits(t *testing.T) {
	from := newObjectsRepo(t)
	from.fill(20)
	want := from.allObjects()
	to := newObjectsRepo(t)
	o := to.open()
	for _, w := range want {
		if err := o.writeAll(w.rawObject); err != nil {
			t.Fatalf("%s: %v", w.hash, err)
		}
	}
	to.git("update-ref", "refs/heads/main", from.git("rev-parse", "main"))
	if out := to.git("fsck", "--strict", "--full"); strings.Contains(out, "error") {
		t.Error(out)
	}
	checkObjects(t, to.open(), to.allObjects())
	checkObjects(t, o, want)
	if n := len(filesBelow(t, to.objectsDir())); n != len(want) {
		t.Errorf("%d files for %d objects", n, len(want))
	}
	info, err := os.Stat(loosePath(to.objectsDir(), want[0].hash))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o222 != 0 || info.Mode().Perm()&0o400 == 0 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestExistingObjectIsNotWritten(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(5)
	text := r.git("cat-file", "blob", "main:long.txt") + "\n"
	packed := rawObject{kind: plumbing.BlobObject, data: []byte(text)}
	loose := rawObject{kind: plumbing.BlobObject, data: []byte("loose")}
	looseHash := r.blobOf("loose")
	old := time.Unix(1_000_000_000, 0)
	before := filesBelow(t, r.objectsDir())
	for path := range before {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	o := r.open()
	for _, obj := range []rawObject{packed, loose} {
		if err := o.writeAll(obj); err != nil {
			t.Fatal(err)
		}
	}
	after := filesBelow(t, r.objectsDir())
	if len(after) != len(before) {
		t.Errorf("%d files, were %d", len(after), len(before))
	}
	// gc must see that they are wanted.
	var young []string
	for path, when := range after {
		if !when.Equal(old) {
			young = append(young, filepath.Ext(path))
		}
	}
	if len(young) != 2 || after[loosePath(r.objectsDir(), looseHash)].Equal(old) {
		t.Errorf("files made young: %q", young)
	}

	borrower := newObjectsRepo(t)
	if err := borrower.open(r.objectsDir()).writeAll(loose); err != nil {
		t.Fatal(err)
	}
	if files := filesBelow(t, borrower.objectsDir()); len(files) != 0 {
		t.Errorf("wrote what the alternate has: %v", files)
	}
}

func TestDamagedObjectIsWrittenAgain(t *testing.T) {
	r := newObjectsRepo(t)
	h := r.blobOf("text")
	damageLoose(t, r, h)
	if err := r.open().writeAll(rawObject{kind: plumbing.BlobObject, data: []byte("text")}); err != nil {
		t.Fatal(err)
	}
	if got := r.git("cat-file", "blob", h.String()); got != "text" {
		t.Errorf("git reads %q", got)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	obj := rawObject{kind: plumbing.BlobObject, data: []byte("text")}
	h := plumbing.ComputeHash(obj.kind, obj.data)
	obstacles := map[string]func(t *testing.T, dir string){
		"a file for the directory": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, h.String()[:2]), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a directory for the file": func(t *testing.T, dir string) {
			if err := os.MkdirAll(loosePath(dir, h), 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"no object directory": func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, obstruct := range obstacles {
		t.Run(name, func(t *testing.T) {
			r := newObjectsRepo(t)
			o := r.open()
			obstruct(t, r.objectsDir())
			before := filesBelow(t, r.objectsDir())
			if err := o.writeAll(obj); err == nil {
				t.Error("no error")
			}
			if after := filesBelow(t, r.objectsDir()); len(after) != len(before) {
				t.Errorf("files %v, were %v", after, before)
			}
		})
	}
}

func TestSharedPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such permissions")
	}
	r := newObjectsRepo(t)
	o := r.open()
	o.shared = sharing{perm: 0o660, exact: true}
	obj := rawObject{kind: plumbing.BlobObject, data: []byte("text")}
	if err := o.writeAll(obj); err != nil {
		t.Fatal(err)
	}
	path := loosePath(r.objectsDir(), plumbing.ComputeHash(obj.kind, obj.data))
	for path, want := range map[string]fs.FileMode{path: 0o440, filepath.Dir(path): 0o770 | fs.ModeSetgid | fs.ModeDir} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s: mode %v, want %v", path, info.Mode(), want)
		}
	}
}
