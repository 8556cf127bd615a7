package index_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
)

// What is read in pieces is the same when another process brings the file to
// other refs in between, and when the file is lost and the rest comes from
// memory.
func TestPiecesGoOn(t *testing.T) {
	ctx := context.Background()
	w := newWorldWith(t, t.TempDir(), 1)
	for n := range 1_100 {
		w.put("main", handoff.New(fmt.Sprintf("%08d", n), day.Add(time.Duration(n)*time.Minute), "ana",
			&handoff.DecisionRecord{Topic: "api", DecisionFields: handoff.DecisionFields{Decision: "release the cache", Supersedes: "api"}}))
	}
	w.write()
	want := describeAll(w.folded().Order())
	refs := w.options()

	for name, disturb := range map[string]func(){
		"not at all": func() {},
		"refreshed for other refs": func() {
			other := refs
			other.Refs = nil
			ix, err := index.Open(ctx, w.repo, other)
			if err != nil {
				t.Fatal(err)
			}
			ix.Close()
		},
		"lost": func() {
			if err := os.Truncate(w.file(), 100); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ix, err := index.Open(ctx, w.repo, refs)
			if err != nil {
				t.Fatal(err)
			}
			defer ix.Close()
			var records []*handoff.Record
			pieces := 0
			for ; ; pieces++ {
				some, err := ix.Records(ctx, len(records))
				if err != nil {
					t.Fatal(err)
				}
				if len(some) == 0 {
					break
				}
				records = append(records, some...)
				disturb()
			}
			if pieces != 3 {
				t.Errorf("%d pieces", pieces)
			}
			if describeAll(records) != want {
				t.Errorf("%d records are not those of memory", len(records))
			}
		})
	}
}
