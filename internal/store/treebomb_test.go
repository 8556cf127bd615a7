package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// TestChangesOfTreeBomb compares nothing with more files than any memory holds.
func TestChangesOfTreeBomb(t *testing.T) {
	r := gittest.NewObjects(t)
	repo, err := Open(t.Context(), r.Dir, gittest.Isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Changes(t.Context(), "", r.CommitOf(r.TreeBomb(20)).String()); !errors.Is(err, odb.ErrTreeChanges) {
		t.Errorf("%.80v", err)
	}
}

// TestDaysOfTreeBomb has a hundred years of months and days that are the same.
func TestDaysOfTreeBomb(t *testing.T) {
	r := gittest.NewObjects(t)
	tree := r.RawTree(gittest.EntryOf(0o100644, "file", r.BlobOf("text")))
	for _, level := range []struct {
		name string
		n    int
	}{{"%02d", 31}, {"%02d", 12}, {"20%02d", 100}} {
		var entries []gittest.RawEntry
		for i := range level.n {
			entries = append(entries, gittest.EntryOf(filemode.Dir, fmt.Sprintf(level.name, i), tree))
		}
		tree = r.RawTree(entries...)
	}
	repo, err := Open(t.Context(), r.Dir, gittest.Isolated(t))
	if err != nil {
		t.Fatal(err)
	}
	days, faults, err := repo.Days(t.Context(), []git.Ref{{Name: "main", Hash: r.CommitOf(tree).String()}}, "")
	if err != nil || len(days) == 0 || len(days) > odb.MaxTreePaths {
		t.Errorf("%d days, %v", len(days), err)
	}
	if len(faults) == 0 || !faults[0].Lasting() {
		t.Errorf("%d faults: what is passed over is not said", len(faults))
	}
}
