package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// names returns the names of refs, those with an error marked.
func names(refs []git.Ref) string {
	var all []string
	for _, ref := range refs {
		name := ref.Name
		if ref.Err != nil {
			name += "!"
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

// withBranches returns a repository with loose, packed and symbolic references,
// all at different commits.
func withBranches(t *testing.T) *gittest.Repo {
	r := gittest.Seeded(t)
	for _, ref := range []string{"refs/heads/packed", "refs/heads/both", "refs/heads/feature/loose", "refs/remotes/origin/main", "refs/remotes/origin/x"} {
		r.Git("update-ref", ref, r.Git("commit-tree", "HEAD^{tree}", "-m", ref))
	}
	r.Git("pack-refs", "--all")
	r.Git("update-ref", "refs/heads/both", r.Git("commit-tree", "HEAD^{tree}", "-m", "newer than packed"))
	r.Git("update-ref", "refs/heads/feature/loose", r.Git("commit-tree", "HEAD^{tree}", "-m", "loose"))
	r.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	r.Git("tag", "-am", "a tag", "v1", "packed")
	return r
}

func TestRefs(t *testing.T) {
	r := withBranches(t)
	for _, test := range []struct {
		scope git.Scope
		want  string
	}{
		{git.Scope{}, "refs/heads/main refs/heads/both refs/heads/feature/loose refs/heads/packed refs/remotes/origin/main refs/remotes/origin/x"},
		{git.Scope{Current: true}, "refs/heads/main"},
		{git.Scope{Revs: []string{"packed", "origin/x", "packed", "nothing"}}, "packed nothing! origin/x"},
	} {
		refs, err := mustOpen(r).Refs(context.Background(), test.scope)
		if err != nil || names(refs) != test.want {
			t.Errorf("%+v: %s, %v, want %s", test.scope, names(refs), err, test.want)
		}
		for _, ref := range refs {
			if want, err := (&gittest.Repo{T: t, Dir: r.Dir, Env: gittest.Isolated(t)}).TryGit("rev-parse", "-q", "--verify", ref.Name); err == nil && ref.Hash != want {
				t.Errorf("%s: %s, want %s", ref.Name, ref.Hash, want)
			}
		}
	}
}

func TestRefsReportsBrokenOnes(t *testing.T) {
	gittest.RefsInFiles(t)
	r := withBranches(t)
	r.Write(".git/refs/heads/empty", "")
	r.Write(".git/refs/heads/both", "rubbish\n")
	refs, err := mustOpen(r).Refs(context.Background(), git.Scope{})
	want := "refs/heads/main refs/heads/both! refs/heads/empty! refs/heads/feature/loose refs/heads/packed refs/remotes/origin/main refs/remotes/origin/x"
	if err != nil || names(refs) != want {
		t.Errorf("%s, %v, want %s", names(refs), err, want)
	}
}

func TestRefsOfAnUnbornBranch(t *testing.T) {
	r := gittest.New(t)
	refs, err := mustOpen(r).Refs(context.Background(), git.Scope{})
	if len(refs) != 0 || err != nil {
		t.Errorf("%s, %v, want none", names(refs), err)
	}
	head, err := mustOpen(r).Head()
	if want := (git.Head{Ref: "refs/heads/main", Unborn: true}); head != want || err != nil {
		t.Errorf("head %+v, %v, want %+v", head, err, want)
	}
}

func TestHead(t *testing.T) {
	r := gittest.Seeded(t)
	hash := r.Git("rev-parse", "HEAD")
	check := func(name string, want git.Head) {
		t.Helper()
		if head, err := mustOpen(r).Head(); head != want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", name, head, err, want)
		}
	}
	check("loose", git.Head{Ref: "refs/heads/main", Hash: hash})
	r.Git("pack-refs", "--all")
	check("packed", git.Head{Ref: "refs/heads/main", Hash: hash})
	r.Git("branch", "main2")
	r.Git("symbolic-ref", "refs/heads/alias", "refs/heads/main2")
	r.Git("symbolic-ref", "HEAD", "refs/heads/alias")
	check("through an alias", git.Head{Ref: "refs/heads/main2", Hash: hash})
	r.Git("checkout", "-q", "--detach")
	check("detached", git.Head{Ref: "HEAD", Hash: hash, Detached: true})
	r.Git("config", "core.preferSymlinkRefs", "true")
	r.Git("symbolic-ref", "HEAD", "refs/heads/main")
	check("symlink", git.Head{Ref: "refs/heads/main", Hash: hash})
}

func TestRefsOfManyPackedBranches(t *testing.T) {
	gittest.RefsInFiles(t)
	r := gittest.Seeded(t)
	hash := r.Git("rev-parse", "HEAD")
	r.PackRefs(5000)
	refs, err := mustOpen(r).Refs(context.Background(), git.Scope{})
	if err != nil || len(refs) != 5001 || refs[0].Hash != hash || refs[5000].Name != "refs/heads/b004999" {
		t.Errorf("%d references, %v", len(refs), err)
	}
}

func TestRecordsAreTheUnionOverTips(t *testing.T) {
	r := gittest.Seeded(t)
	mustAppend(r, change("aaaaaaaa"))
	r.Git("checkout", "-qb", "side")
	mustAppend(r, change("bbbbbbbb"))
	r.Write(recordPath("aaaaaaaa"), "edited\n")
	r.Git("commit", "-qam", "edit")
	r.Git("checkout", "-q", "main")
	mustAppend(r, change("cccccccc"))
	os.Symlink("/etc/passwd", r.Path(".handoffs/link"))
	r.Git("add", ".handoffs/link")
	r.Git("commit", "-qm", "link")
	r.Write(recordPath("dddddddd"), "not committed\n")

	repo := mustOpen(r)
	refs, err := repo.Refs(context.Background(), git.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	files, _, err := repo.Records(context.Background(), refs, ".handoffs")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range files {
		line := strings.TrimPrefix(file.Path, ".handoffs/") + " " + strings.TrimPrefix(file.Ref, "refs/heads/")
		if !odb.IsFileMode(filemode.FileMode(file.Mode)) {
			line += " not regular"
		}
		got = append(got, line)
		if want := r.Git("rev-parse", file.Commit+":"+file.Path); file.Blob != want {
			t.Errorf("%s: blob %s, want %s", file.Path, file.Blob, want)
		}
	}
	want := []string{
		"2026/11/20/aaaaaaaa.yaml main", "2026/11/20/aaaaaaaa.yaml side", "2026/11/20/bbbbbbbb.yaml side",
		"2026/11/20/cccccccc.yaml main", "link main not regular",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestReadFile(t *testing.T) {
	r := gittest.Seeded(t)
	os.Symlink("README", r.Path("link"))
	r.Git("add", "link")
	r.Git("commit", "-qm", "link")
	repo, head := mustOpen(r), r.Git("rev-parse", "HEAD")
	data, err := repo.ReadFile(context.Background(), head, "src/b.txt", 100)
	if string(data) != "b\n" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	for path, want := range map[string]error{"src/none": fs.ErrNotExist, "README/x": fs.ErrNotExist, "link": fs.ErrInvalid, "src": fs.ErrInvalid} {
		if _, err := repo.ReadFile(context.Background(), head, path, 100); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", path, err, want)
		}
	}
	var large *odb.TooLargeError
	if _, err := repo.ReadFile(context.Background(), head, "src/a.txt", 3); !errors.As(err, &large) {
		t.Errorf("error %v, want *TooLargeError", err)
	}
	if _, err := repo.Read(r.Git("rev-parse", "HEAD:README"), 100); err != nil {
		t.Error(err)
	}
}
