package git

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// TestReadAllReadsAsRead reads all blobs of a repository at once, and what is
// none, in several layouts: each comes as Read returns it.
func TestReadAllReadsAsRead(t *testing.T) {
	source := gittest.NewObjects(t)
	source.Fill(100)
	layouts := map[string]func(r gittest.Objects){
		"as imported":        func(gittest.Objects) {},
		"one pack":           func(r gittest.Objects) { r.Git("repack", "-adfq") },
		"loose":              func(r gittest.Objects) { r.Unpack() },
		"two packs":          func(r gittest.Objects) { r.TwoPacks() },
		"multi-pack-index":   func(r gittest.Objects) { r.TwoPacks(); r.Git("multi-pack-index", "write") },
		"pack, damaged head": func(r gittest.Objects) { r.Git("repack", "-adfq"); r.DamagePack() },
	}
	for name, change := range layouts {
		t.Run(name, func(t *testing.T) {
			r := source.Clone(t)
			change(r)
			var blobs []string
			for line := range strings.Lines(source.Git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)") + "\n") {
				blobs = append(blobs, strings.TrimSpace(line))
			}
			blobs = append(blobs, strings.Repeat("1", 40), blobs[0])
			compareReadAll(t, r, blobs)
		})
	}
}

func compareReadAll(t *testing.T, r gittest.Objects, blobs []string) {
	t.Helper()
	repo, err := Open(t.Context(), r.Dir, gittest.Isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	const max = 1000 // bytes, which long.txt and others have not
	var mu sync.Mutex
	calls, sound := make([]int, len(blobs)), 0
	err = repo.ReadAll(t.Context(), blobs, max, func(i int, data []byte, err error) error {
		mu.Lock()
		defer mu.Unlock()
		calls[i]++
		want, wantErr := repo.Read(blobs[i], max)
		if !bytes.Equal(data, want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s: %d bytes, %v; want %d, %v", blobs[i], len(data), err, len(want), wantErr)
		}
		if err == nil {
			sound++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range calls {
		if n != 1 {
			t.Errorf("%s: %d calls", blobs[i], n)
		}
	}
	if sound == 0 && !strings.Contains(t.Name(), "damaged") {
		t.Error("nothing was read")
	}
}

func TestReadAllEndsAtTheFirstError(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(5)
	repo, err := Open(t.Context(), r.Dir, gittest.Isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	blob := r.Hash("main:long.txt").String()
	calls := 0
	err = repo.ReadAll(t.Context(), []string{blob, blob, blob}, odb.MaxObject, func(int, []byte, error) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	if err := repo.ReadAll(t.Context(), []string{"main"}, odb.MaxObject, nil); err == nil {
		t.Error("a name was taken for a hash")
	}
	if err := repo.ReadAll(t.Context(), nil, odb.MaxObject, nil); err != nil {
		t.Errorf("nothing to read: %v", err)
	}
}
