package store

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/memory"
)

// goGit opens go-git on an object database of ours, with the references that git
// lists.
func (r *testRepo) goGit(o *objects) *git.Repository {
	r.t.Helper()
	rest := memory.NewStorage()
	head, err := r.tryGit("symbolic-ref", "-q", "HEAD")
	tip := plumbing.NewSymbolicReference(plumbing.HEAD, plumbing.ReferenceName(head))
	if err != nil { // detached
		tip = plumbing.NewHashReference(plumbing.HEAD, plumbing.NewHash(r.git("rev-parse", "HEAD")))
	}
	err = rest.SetReference(tip)
	for line := range strings.Lines(r.git("for-each-ref", "--format=%(objectname) %(refname)")) {
		hash, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		err = errors.Join(err, rest.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(name), plumbing.NewHash(hash))))
	}
	repo, openErr := git.Open(struct {
		storer.EncodedObjectStorer
		storer.ReferenceStorer
		storer.ShallowStorer
		storer.IndexStorer
		*memory.ConfigStorage
		memory.ModuleStorage
	}{o, rest, rest, rest, &rest.ConfigStorage, rest.ModuleStorage}, nil)
	if err := errors.Join(err, openErr); err != nil {
		r.t.Fatal(err)
	}
	return repo
}

// mustBeReadByGoGit sees that go-git, opened on our object database, reads the tip
// as git does: the commit, its trees and its blobs, as far as they are here, and
// the history where that is whole.
func (r *testRepo) mustBeReadByGoGit() {
	r.t.Helper()
	if _, err := r.tryGit("rev-parse", "-q", "--verify", "HEAD^{commit}"); err != nil {
		return // unborn
	}
	objects, err := r.open().newObjects()
	if err != nil {
		r.t.Fatal(err)
	}
	defer objects.Close()
	repo := r.goGit(objects)
	head, err := repo.Head()
	if err != nil {
		r.t.Fatal(err)
	}
	commit, err := repo.CommitObject(head.Hash())
	if err != nil {
		r.t.Fatal(err)
	}
	var text plumbing.MemoryObject
	if err := commit.Encode(&text); err != nil || text.Hash().String() != r.git("rev-parse", "HEAD") {
		r.t.Errorf("go-git reads the commit as %s, %v", text.Hash(), err)
	}
	partial, _ := r.tryGit("config", "extensions.partialClone")
	if partial == "" {
		r.mustListAsGit(commit)
	}
	if r.git("rev-parse", "--is-shallow-repository") == "false" {
		r.mustLogAsGit(repo)
	}
}

// mustListAsGit compares the files of a commit.
func (r *testRepo) mustListAsGit(commit *object.Commit) {
	r.t.Helper()
	var listed strings.Builder
	files, err := commit.Files()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := files.ForEach(func(f *object.File) error {
		content, err := f.Contents()
		hash := plumbing.ComputeHash(plumbing.BlobObject, []byte(content))
		listed.WriteString(hash.String() + "\t" + f.Name + "\n")
		return err
	}); err != nil {
		r.t.Errorf("go-git: %v", err)
	}
	var want strings.Builder
	for line := range strings.Lines(r.git("ls-tree", "-r", "HEAD") + "\n") {
		what, name, ok := strings.Cut(line, "\t")
		if fields := strings.Fields(what); ok && fields[1] == "blob" { // go-git passes over submodules
			want.WriteString(fields[2] + "\t" + name)
		}
	}
	if listed.String() != want.String() {
		r.t.Errorf("go-git lists\n%s\ngit\n%s", listed.String(), want.String())
	}
}

// mustLogAsGit compares the history of the tip.
func (r *testRepo) mustLogAsGit(repo *git.Repository) {
	r.t.Helper()
	log, err := repo.Log(&git.LogOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	var logged []string
	if err := log.ForEach(func(c *object.Commit) error {
		logged = append(logged, c.Hash.String())
		return nil
	}); err != nil {
		r.t.Errorf("go-git: %v", err)
	}
	want := strings.Split(r.git("--no-replace-objects", "rev-list", "HEAD"), "\n")
	slices.Sort(logged) // of commits of one moment either may be first
	slices.Sort(want)
	if !slices.Equal(logged, want) {
		r.t.Errorf("go-git logs\n%s\ngit\n%s", strings.Join(logged, "\n"), strings.Join(want, "\n"))
	}
}

// TestStorer uses the database as go-git does.
func TestStorer(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(20)
	r.blobOf("loose, too")
	o := r.open()
	for kind, name := range map[plumbing.ObjectType]string{
		plumbing.CommitObject: "commit", plumbing.TreeObject: "tree", plumbing.BlobObject: "blob", plumbing.TagObject: "tag", plumbing.AnyObject: "",
	} {
		want := 0
		for _, obj := range r.allObjects() {
			if name == "" || obj.kind == kind {
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
	if err != nil || r.git("cat-file", "-p", hash.String()) != "by go-git" {
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
	if _, err := o.EncodedObject(plumbing.TreeObject, hash); err != plumbing.ErrObjectNotFound { // go-git compares so
		t.Errorf("a blob as a tree: %v", err)
	}
	if _, err := o.EncodedObject(plumbing.AnyObject, plumbing.NewHash("1")); err != plumbing.ErrObjectNotFound {
		t.Errorf("what is not there: %v", err)
	}
	if err := o.AddAlternate("elsewhere"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an alternate: %v", err)
	}
}
