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
)

// names returns the names of refs, those with an error marked.
func names(refs []Ref) string {
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
func withBranches(t *testing.T) *testRepo {
	r := seeded(t)
	for _, ref := range []string{"refs/heads/packed", "refs/heads/both", "refs/heads/feature/loose", "refs/remotes/origin/main", "refs/remotes/origin/x"} {
		r.git("update-ref", ref, r.git("commit-tree", "HEAD^{tree}", "-m", ref))
	}
	r.git("pack-refs", "--all")
	r.git("update-ref", "refs/heads/both", r.git("commit-tree", "HEAD^{tree}", "-m", "newer than packed"))
	r.git("update-ref", "refs/heads/feature/loose", r.git("commit-tree", "HEAD^{tree}", "-m", "loose"))
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	r.git("tag", "-am", "a tag", "v1", "packed")
	return r
}

func TestRefs(t *testing.T) {
	r := withBranches(t)
	for _, test := range []struct {
		scope Scope
		want  string
	}{
		{Scope{}, "refs/heads/main refs/heads/both refs/heads/feature/loose refs/heads/packed refs/remotes/origin/main refs/remotes/origin/x"},
		{Scope{Current: true}, "refs/heads/main"},
		{Scope{Revs: []string{"packed", "origin/x", "packed", "nothing"}}, "packed nothing! origin/x"},
	} {
		refs, err := r.open().Refs(context.Background(), test.scope)
		if err != nil || names(refs) != test.want {
			t.Errorf("%+v: %s, %v, want %s", test.scope, names(refs), err, test.want)
		}
		for _, ref := range refs {
			if want, err := (&testRepo{t: t, dir: r.dir, env: isolated(t)}).tryGit("rev-parse", "-q", "--verify", ref.Name); err == nil && ref.Hash != want {
				t.Errorf("%s: %s, want %s", ref.Name, ref.Hash, want)
			}
		}
	}
}

func TestRefsReportsBrokenOnes(t *testing.T) {
	refsInFiles(t)
	r := withBranches(t)
	r.write(".git/refs/heads/empty", "")
	r.write(".git/refs/heads/both", "rubbish\n")
	refs, err := r.open().Refs(context.Background(), Scope{})
	want := "refs/heads/main refs/heads/both! refs/heads/empty! refs/heads/feature/loose refs/heads/packed refs/remotes/origin/main refs/remotes/origin/x"
	if err != nil || names(refs) != want {
		t.Errorf("%s, %v, want %s", names(refs), err, want)
	}
}

func TestRefsOfAnUnbornBranch(t *testing.T) {
	r := newRepo(t)
	refs, err := r.open().Refs(context.Background(), Scope{})
	if len(refs) != 0 || err != nil {
		t.Errorf("%s, %v, want none", names(refs), err)
	}
	head, err := r.open().Head()
	if want := (Head{Ref: "refs/heads/main", Unborn: true}); head != want || err != nil {
		t.Errorf("head %+v, %v, want %+v", head, err, want)
	}
}

func TestHead(t *testing.T) {
	r := seeded(t)
	hash := r.git("rev-parse", "HEAD")
	check := func(name string, want Head) {
		t.Helper()
		if head, err := r.open().Head(); head != want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", name, head, err, want)
		}
	}
	check("loose", Head{Ref: "refs/heads/main", Hash: hash})
	r.git("pack-refs", "--all")
	check("packed", Head{Ref: "refs/heads/main", Hash: hash})
	r.git("branch", "main2")
	r.git("symbolic-ref", "refs/heads/alias", "refs/heads/main2")
	r.git("symbolic-ref", "HEAD", "refs/heads/alias")
	check("through an alias", Head{Ref: "refs/heads/main2", Hash: hash})
	r.git("checkout", "-q", "--detach")
	check("detached", Head{Ref: "HEAD", Hash: hash, Detached: true})
	r.git("config", "core.preferSymlinkRefs", "true")
	r.git("symbolic-ref", "HEAD", "refs/heads/main")
	check("symlink", Head{Ref: "refs/heads/main", Hash: hash})
}

func TestRefsOfManyPackedBranches(t *testing.T) {
	refsInFiles(t)
	r := seeded(t)
	hash := r.git("rev-parse", "HEAD")
	r.packRefs(5000)
	refs, err := r.open().Refs(context.Background(), Scope{})
	if err != nil || len(refs) != 5001 || refs[0].Hash != hash || refs[5000].Name != "refs/heads/b004999" {
		t.Errorf("%d references, %v", len(refs), err)
	}
}

func TestRecordsAreTheUnionOverTips(t *testing.T) {
	r := seeded(t)
	r.append(change("aaaaaaaa"))
	r.git("checkout", "-qb", "side")
	r.append(change("bbbbbbbb"))
	r.write(recordPath("aaaaaaaa"), "edited\n")
	r.git("commit", "-qam", "edit")
	r.git("checkout", "-q", "main")
	r.append(change("cccccccc"))
	os.Symlink("/etc/passwd", r.path(".handoffs/link"))
	r.git("add", ".handoffs/link")
	r.git("commit", "-qm", "link")
	r.write(recordPath("dddddddd"), "not committed\n")

	repo := r.open()
	refs, err := repo.Refs(context.Background(), Scope{})
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
		if !isFileMode(filemode.FileMode(file.Mode)) {
			line += " not regular"
		}
		got = append(got, line)
		if want := r.git("rev-parse", file.Commit+":"+file.Path); file.Blob != want {
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
	r := seeded(t)
	os.Symlink("README", r.path("link"))
	r.git("add", "link")
	r.git("commit", "-qm", "link")
	repo, head := r.open(), r.git("rev-parse", "HEAD")
	data, err := repo.ReadFile(context.Background(), head, "src/b.txt", 100)
	if string(data) != "b\n" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	for path, want := range map[string]error{"src/none": fs.ErrNotExist, "README/x": fs.ErrNotExist, "link": fs.ErrInvalid, "src": fs.ErrInvalid} {
		if _, err := repo.ReadFile(context.Background(), head, path, 100); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", path, err, want)
		}
	}
	var large *TooLargeError
	if _, err := repo.ReadFile(context.Background(), head, "src/a.txt", 3); !errors.As(err, &large) {
		t.Errorf("error %v, want *TooLargeError", err)
	}
	if _, err := repo.Read(r.git("rev-parse", "HEAD:README"), 100); err != nil {
		t.Error(err)
	}
}
