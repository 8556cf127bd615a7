package odb

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/gittest"
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
	from := gittest.NewObjects(t)
	from.Fill(20)
	want := allObjects(from)
	to := gittest.NewObjects(t)
	o := openRaw(to)
	for _, w := range want {
		if err := o.WriteAll(w.RawObject); err != nil {
			t.Fatalf("%s: %v", w.hash, err)
		}
	}
	to.Git("update-ref", "refs/heads/main", from.Git("rev-parse", "main"))
	if out := to.Git("fsck", "--strict", "--full"); strings.Contains(out, "error") {
		t.Error(out)
	}
	checkObjects(t, openRaw(to), allObjects(to))
	checkObjects(t, o, want)
	if n := len(filesBelow(t, to.ObjectsDir())); n != len(want) {
		t.Errorf("%d files for %d objects", n, len(want))
	}
	info, err := os.Stat(loosePath(to.ObjectsDir(), want[0].hash))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o222 != 0 || info.Mode().Perm()&0o400 == 0 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestExistingObjectIsNotWritten(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(5)
	text := r.Git("cat-file", "blob", "main:long.txt") + "\n"
	packed := RawObject{Kind: plumbing.BlobObject, Data: []byte(text)}
	loose := RawObject{Kind: plumbing.BlobObject, Data: []byte("loose")}
	looseHash := r.BlobOf("loose")
	old := time.Unix(1_000_000_000, 0)
	before := filesBelow(t, r.ObjectsDir())
	for path := range before {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	o := openRaw(r)
	for _, obj := range []RawObject{packed, loose} {
		if err := o.WriteAll(obj); err != nil {
			t.Fatal(err)
		}
	}
	after := filesBelow(t, r.ObjectsDir())
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
	if len(young) != 2 || after[loosePath(r.ObjectsDir(), looseHash)].Equal(old) {
		t.Errorf("files made young: %q", young)
	}

	borrower := gittest.NewObjects(t)
	if err := openRaw(borrower, r.ObjectsDir()).WriteAll(loose); err != nil {
		t.Fatal(err)
	}
	if files := filesBelow(t, borrower.ObjectsDir()); len(files) != 0 {
		t.Errorf("wrote what the alternate has: %v", files)
	}
}

func TestDamagedObjectIsWrittenAgain(t *testing.T) {
	r := gittest.NewObjects(t)
	h := r.BlobOf("text")
	damageLoose(t, r, h)
	if err := openRaw(r).WriteAll(RawObject{Kind: plumbing.BlobObject, Data: []byte("text")}); err != nil {
		t.Fatal(err)
	}
	if got := r.Git("cat-file", "blob", h.String()); got != "text" {
		t.Errorf("git reads %q", got)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	obj := RawObject{Kind: plumbing.BlobObject, Data: []byte("text")}
	h := plumbing.ComputeHash(obj.Kind, obj.Data)
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
			r := gittest.NewObjects(t)
			o := openRaw(r)
			obstruct(t, r.ObjectsDir())
			before := filesBelow(t, r.ObjectsDir())
			if err := o.WriteAll(obj); err == nil {
				t.Error("no error")
			}
			if after := filesBelow(t, r.ObjectsDir()); len(after) != len(before) {
				t.Errorf("files %v, were %v", after, before)
			}
		})
	}
}

func TestSharedPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such permissions")
	}
	r := gittest.NewObjects(t)
	o := openRaw(r)
	o.Shared = Sharing{Perm: 0o660, Exact: true}
	obj := RawObject{Kind: plumbing.BlobObject, Data: []byte("text")}
	if err := o.WriteAll(obj); err != nil {
		t.Fatal(err)
	}
	path := loosePath(r.ObjectsDir(), plumbing.ComputeHash(obj.Kind, obj.Data))
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
