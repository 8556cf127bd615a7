package store

import (
	"errors"
	"slices"
	"strings"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/memory"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// goGit opens go-git on an object database of ours, with a HEAD at that commit.
func goGit(o *odb.Objects, head string) (*gogit.Repository, error) {
	rest := memory.NewStorage()
	err := rest.SetReference(plumbing.NewHashReference(plumbing.HEAD, plumbing.NewHash(head)))
	repo, openErr := gogit.Open(struct {
		storer.EncodedObjectStorer
		storer.ReferenceStorer
		storer.ShallowStorer
		storer.IndexStorer
		*memory.ConfigStorage
		memory.ModuleStorage
	}{o, rest, rest, rest, &rest.ConfigStorage, rest.ModuleStorage}, nil)
	return repo, errors.Join(err, openErr)
}

// mustBeReadByGoGit sees that go-git, opened on our object database, reads the tip
// as git does: the commit, its trees and its blobs, unless a partial clone has left
// some elsewhere, and the history where that is whole.
func mustBeReadByGoGit(r *gittest.Repo) {
	r.T.Helper()
	known, err := r.TryGit("rev-parse", "--is-shallow-repository", "--verify", "HEAD^{commit}")
	if err != nil {
		return // unborn
	}
	shallow, head, _ := strings.Cut(known, "\n")
	objects, err := mustOpen(r).NewObjects()
	if err != nil {
		r.T.Fatal(err)
	}
	defer objects.Close()
	repo, err := goGit(objects, head)
	if err != nil {
		r.T.Fatal(err)
	}
	commit, err := repo.CommitObject(plumbing.NewHash(head))
	if err != nil {
		r.T.Fatal(err)
	}
	var text plumbing.MemoryObject
	if err := commit.Encode(&text); err != nil || text.Hash() != commit.Hash {
		r.T.Errorf("go-git writes the commit as %s, %v", text.Hash(), err)
	}
	if _, err := r.TryGit("config", "--get-regexp", "^remote[.].*[.]promisor$"); err != nil { // nothing is left elsewhere
		mustListAsGit(r, commit)
	}
	if shallow == "false" {
		mustLogAsGit(r, repo)
	}
}

// mustListAsGit compares the files of a commit.
func mustListAsGit(r *gittest.Repo, commit *object.Commit) {
	r.T.Helper()
	var listed strings.Builder
	files, err := commit.Files()
	if err != nil {
		r.T.Fatal(err)
	}
	if err := files.ForEach(func(f *object.File) error {
		content, err := f.Contents()
		hash := plumbing.ComputeHash(plumbing.BlobObject, []byte(content))
		listed.WriteString(hash.String() + "\t" + f.Name + "\n")
		return err
	}); err != nil {
		r.T.Errorf("go-git: %v", err)
	}
	var want strings.Builder
	for line := range strings.Lines(r.Git("ls-tree", "-r", "HEAD") + "\n") {
		what, name, ok := strings.Cut(line, "\t")
		if fields := strings.Fields(what); ok && fields[1] == "blob" { // go-git passes over submodules
			want.WriteString(fields[2] + "\t" + name)
		}
	}
	if listed.String() != want.String() {
		r.T.Errorf("go-git lists\n%s\ngit\n%s", listed.String(), want.String())
	}
}

// mustLogAsGit compares the history of the tip.
func mustLogAsGit(r *gittest.Repo, repo *gogit.Repository) {
	r.T.Helper()
	log, err := repo.Log(&gogit.LogOptions{})
	if err != nil {
		r.T.Fatal(err)
	}
	var logged []string
	if err := log.ForEach(func(c *object.Commit) error {
		logged = append(logged, c.Hash.String())
		return nil
	}); err != nil {
		r.T.Errorf("go-git: %v", err)
	}
	want := strings.Split(r.Git("--no-replace-objects", "rev-list", "HEAD"), "\n")
	slices.Sort(logged) // of commits of one moment either may be first
	slices.Sort(want)
	if !slices.Equal(logged, want) {
		r.T.Errorf("go-git logs\n%s\ngit\n%s", strings.Join(logged, "\n"), strings.Join(want, "\n"))
	}
}
