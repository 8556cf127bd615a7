package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// partialClone clones a repository with records on five branches, some below a
// directory of two parts, without what filter leaves out.
func partialClone(t *testing.T, filter string) (source, clone *gittest.Repo) {
	t.Helper()
	source = gittest.Seeded(t)
	source.Git("config", "uploadpack.allowFilter", "true")
	for i := range 5 {
		source.Git("checkout", "-q", "-b", fmt.Sprint("branch", i))
		for j := range 4 {
			source.Write(recordPath(fmt.Sprintf("100%d%d0Z-ack-ana-a%d%d00000", i, j, i, j)), fmt.Sprintf("record %d %d\n", i, j))
			source.Write(fmt.Sprintf("team/notes/2026/11/20/%d%d.yaml", i, j), fmt.Sprintf("note %d %d\n", i, j))
		}
		source.Git("add", "-A")
		source.Git("commit", "-q", "-m", "records")
	}
	dir := filepath.Join(t.TempDir(), "clone")
	source.Git("clone", "-q", "-n", "--filter="+filter, "file://"+source.Dir, dir)
	clone = source.In(dir)
	clone.Git("config", "fetch.unpackLimit", "1") // a pack for each fetch
	return source, clone
}

func packs(r *gittest.Repo) int {
	r.T.Helper()
	packs, err := filepath.Glob(r.Path(".git/objects/pack/*.pack"))
	if err != nil {
		r.T.Fatal(err)
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
			repo, before, tips := mustOpen(clone), packs(clone), clone.Git("for-each-ref")
			refs, err := repo.Refs(t.Context(), git.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := readBelow(t, repo, refs, test.dir); !odb.IsMissing(err) || n > 0 {
				t.Fatalf("%d files were there, %v", n, err)
			}
			if packs(clone) != before {
				t.Fatal("reading has fetched")
			}
			if n, err := repo.FetchMissing(t.Context(), refs, test.dir); err != nil || n == 0 {
				t.Fatalf("%d objects, %v", n, err)
			}
			if got := packs(clone) - before; got != test.fetches {
				t.Errorf("%d fetches, want %d", got, test.fetches)
			}
			if got := clone.Git("for-each-ref"); got != tips {
				t.Errorf("references have moved:\n%s\n%s", tips, got)
			}
			if n, err := readBelow(t, repo, refs, test.dir); err != nil || n < 20 {
				t.Errorf("%d files, %v", n, err)
			}
			if n, err := repo.FetchMissing(t.Context(), refs, test.dir); err != nil || n != 0 {
				t.Errorf("again: %d objects, %v", n, err)
			}
			clone.Git("fsck", "--strict")
		})
	}
}

// readBelow reads all files below dir, and returns how many there were.
func readBelow(t *testing.T, repo *Repo, refs []git.Ref, dir string) (n int, err error) {
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
	clone.Git("checkout", "-q", "branch0") // fetches the files of that branch
	repo := mustOpen(clone)
	refs, err := repo.Refs(t.Context(), git.Scope{})
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
	source.Git("checkout", "-q", "--orphan", "new")
	source.Git("commit", "-q", "-m", "new")
	for i := range 5 {
		source.Git("branch", "-q", "-D", fmt.Sprint("branch", i))
	}
	source.Git("branch", "-q", "-D", "main")
	source.Git("rm", "-rq", "--cached", ".")
	source.Git("commit", "-q", "-m", "nothing")
	source.Git("reflog", "expire", "--expire=now", "--all")
	source.Git("checkout", "-q", "--orphan", "newer")
	source.Git("commit", "-q", "--allow-empty", "-m", "newer")
	source.Git("branch", "-q", "-D", "new")
	source.Git("reflog", "expire", "--expire=now", "--all")
	source.Git("gc", "-q", "--prune=now")
	repo := mustOpen(clone)
	refs, err := repo.Refs(t.Context(), git.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = repo.FetchMissing(t.Context(), refs, ".handoffs")
	if failed, ok := errors.AsType[*git.RemoteError](err); !ok || failed.Remote != "origin" {
		t.Errorf("error %v", err)
	}
}

func TestWholeCloneMissesNothing(t *testing.T) {
	r := gittest.Seeded(t)
	repo := mustOpen(r)
	refs, err := repo.Refs(t.Context(), git.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := repo.FetchMissing(t.Context(), refs, ".handoffs"); n != 0 || err != nil {
		t.Errorf("%d objects, %v", n, err)
	}
	// An object that is nowhere is damage here, and no matter of a remote.
	if _, err := repo.Read(strings.Repeat("1", 40), 10); odb.IsMissing(err) || !errors.Is(err, plumbing.ErrObjectNotFound) {
		t.Errorf("error %v", err)
	}
}
