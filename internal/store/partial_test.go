package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// partialClone clones a repository with records on five branches, some below a
// directory of two parts, without what filter leaves out.
func partialClone(t *testing.T, filter string) (source, clone *testRepo) {
	t.Helper()
	source = seeded(t)
	source.git("config", "uploadpack.allowFilter", "true")
	for i := range 5 {
		source.git("checkout", "-q", "-b", fmt.Sprint("branch", i))
		for j := range 4 {
			source.write(recordPath(fmt.Sprintf("100%d%d0Z-ack-ana-a%d%d00000", i, j, i, j)), fmt.Sprintf("record %d %d\n", i, j))
			source.write(fmt.Sprintf("team/notes/2026/11/20/%d%d.yaml", i, j), fmt.Sprintf("note %d %d\n", i, j))
		}
		source.git("add", "-A")
		source.git("commit", "-q", "-m", "records")
	}
	dir := filepath.Join(t.TempDir(), "clone")
	source.git("clone", "-q", "-n", "--filter="+filter, "file://"+source.dir, dir)
	clone = source.in(dir)
	clone.git("config", "fetch.unpackLimit", "1") // a pack for each fetch
	return source, clone
}

func (r *testRepo) packs() int {
	r.t.Helper()
	packs, err := filepath.Glob(r.path(".git/objects/pack/*.pack"))
	if err != nil {
		r.t.Fatal(err)
	}
	return len(packs)
}

func TestFetchMissingTakesFewFetches(t *testing.T) {
	for _, test := range []struct {
		filter, dir string
		fetches     int
	}{
		{"blob:none", ".handoffs", 1},
		{"blob:none", "team/notes", 1},
		{"tree:0", ".handoffs", 2}, // of the roots, of all that is below
		{"tree:0", "team/notes", 3},
		{"tree:1", "team/notes", 2},
	} {
		t.Run(test.filter+" "+test.dir, func(t *testing.T) {
			t.Parallel()
			_, clone := partialClone(t, test.filter)
			repo, before, tips := clone.open(), clone.packs(), clone.git("for-each-ref")
			refs, err := repo.Refs(t.Context(), Scope{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := readBelow(t, repo, refs, test.dir); !isMissing(err) || n > 0 {
				t.Fatalf("%d files were there, %v", n, err)
			}
			if clone.packs() != before {
				t.Fatal("reading has fetched")
			}
			if n, err := repo.FetchMissing(t.Context(), refs, test.dir); err != nil || n == 0 {
				t.Fatalf("%d objects, %v", n, err)
			}
			if got := clone.packs() - before; got != test.fetches {
				t.Errorf("%d fetches, want %d", got, test.fetches)
			}
			if got := clone.git("for-each-ref"); got != tips {
				t.Errorf("references have moved:\n%s\n%s", tips, got)
			}
			if n, err := readBelow(t, repo, refs, test.dir); err != nil || n < 20 {
				t.Errorf("%d files, %v", n, err)
			}
			if n, err := repo.FetchMissing(t.Context(), refs, test.dir); err != nil || n != 0 {
				t.Errorf("again: %d objects, %v", n, err)
			}
			clone.git("fsck", "--strict")
		})
	}
}

// readBelow reads all files below dir, and returns how many there were.
func readBelow(t *testing.T, repo *Repo, refs []Ref, dir string) (n int, err error) {
	t.Helper()
	files, _, treesErr := repo.Records(t.Context(), refs, dir)
	var blobs []string
	for _, f := range files {
		blobs = append(blobs, f.Blob)
	}
	read := make([]bool, len(blobs))
	err = repo.ReadAll(t.Context(), blobs, 1000, func(i int, _ []byte, err error) error {
		read[i] = err == nil
		return err
	})
	for _, ok := range read {
		if ok {
			n++
		}
	}
	if err == nil {
		err = treesErr
	}
	return n, err
}

func TestMissingHidesNothingElse(t *testing.T) {
	_, clone := partialClone(t, "blob:none")
	clone.git("checkout", "-q", "branch0") // fetches the files of that branch
	repo := clone.open()
	refs, err := repo.Refs(t.Context(), Scope{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := readBelow(t, repo, refs, ".handoffs")
	if want := "16 of 20 records are not here, but with origin: this is a partial clone"; n != 4 || err == nil || err.Error() != want {
		t.Errorf("%d files, %v", n, err)
	}
	if !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Error("not an object that is not found")
	}
}

// TestMissingForGood has a remote that lacks what it promised: it is asked once.
func TestMissingForGood(t *testing.T) {
	source, clone := partialClone(t, "blob:none")
	source.git("checkout", "-q", "--orphan", "new")
	source.git("commit", "-q", "-m", "new")
	for i := range 5 {
		source.git("branch", "-q", "-D", fmt.Sprint("branch", i))
	}
	source.git("branch", "-q", "-D", "main")
	source.git("rm", "-rq", "--cached", ".")
	source.git("commit", "-q", "-m", "nothing")
	source.git("reflog", "expire", "--expire=now", "--all")
	source.git("checkout", "-q", "--orphan", "newer")
	source.git("commit", "-q", "--allow-empty", "-m", "newer")
	source.git("branch", "-q", "-D", "new")
	source.git("reflog", "expire", "--expire=now", "--all")
	source.git("gc", "-q", "--prune=now")
	repo := clone.open()
	refs, err := repo.Refs(t.Context(), Scope{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = repo.FetchMissing(t.Context(), refs, ".handoffs")
	if failed, ok := errors.AsType[*RemoteError](err); !ok || failed.Remote != "origin" {
		t.Errorf("error %v", err)
	}
}

func TestWholeCloneMissesNothing(t *testing.T) {
	r := seeded(t)
	repo := r.open()
	refs, err := repo.Refs(t.Context(), Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := repo.FetchMissing(t.Context(), refs, ".handoffs"); n != 0 || err != nil {
		t.Errorf("%d objects, %v", n, err)
	}
	// An object that is nowhere is damage here, and no matter of a remote.
	if _, err := repo.Read(strings.Repeat("1", 40), 10); isMissing(err) || !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Errorf("error %v", err)
	}
}
