package odb

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// TestStorer uses the database as go-git does.
func TestStorer(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(20)
	r.BlobOf("loose, too")
	o := openRaw(r)
	for kind, name := range map[plumbing.ObjectType]string{
		plumbing.CommitObject: "commit", plumbing.TreeObject: "tree", plumbing.BlobObject: "blob", plumbing.TagObject: "tag", plumbing.AnyObject: "",
	} {
		want := 0
		for _, obj := range allObjects(r) {
			if name == "" || obj.Kind == kind {
				want++
			}
		}
		iter, err := o.IterEncodedObjects(kind)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if err := iter.ForEach(func(obj plumbing.EncodedObject) error {
			got++
			size, err := o.EncodedObjectSize(obj.Hash())
			if size != obj.Size() {
				t.Errorf("%s has %d bytes, not %d", obj.Hash(), obj.Size(), size)
			}
			return errors.Join(err, o.HasEncodedObject(obj.Hash()))
		}); err != nil || got != want {
			t.Errorf("%d objects of kind %q, want %d, %v", got, name, want, err)
		}
	}

	obj := o.NewEncodedObject()
	obj.SetType(plumbing.BlobObject)
	w, err := obj.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("by go-git\n")); err != nil {
		t.Fatal(err)
	}
	hash, err := o.SetEncodedObject(obj)
	if err != nil || r.Git("cat-file", "-p", hash.String()) != "by go-git" {
		t.Errorf("%s, %v", hash, err)
	}
	found, err := o.EncodedObject(plumbing.BlobObject, hash)
	if err != nil {
		t.Fatal(err)
	}
	content, err := found.Reader()
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(content); err != nil || !bytes.Equal(data, []byte("by go-git\n")) {
		t.Errorf("%q, %v", data, err)
	}
	for what, ask := range map[string]func() (plumbing.EncodedObject, error){
		"a blob as a tree": func() (plumbing.EncodedObject, error) { return o.EncodedObject(plumbing.TreeObject, hash) },
		"what is not there": func() (plumbing.EncodedObject, error) {
			return o.EncodedObject(plumbing.AnyObject, plumbing.NewHash("1"))
		},
	} {
		if obj, err := ask(); obj != nil || !errors.Is(err, plumbing.ErrObjectNotFound) || errors.Unwrap(err) != nil { // go-git compares without unwrapping
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := o.AddAlternate("elsewhere"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an alternate: %v", err)
	}
}
