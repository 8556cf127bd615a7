package store

import (
	"context"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// TestDiagnoseKilledAppend has an append die between branch and index: looking
// repairs nothing, repairing does.
func TestDiagnoseKilledAppend(t *testing.T) {
	ctx := context.Background()
	r := gittest.Seeded(t)
	repo := mustOpen(r)
	a := &appending{Repo: repo, change: change("one")}
	for _, step := range []func(context.Context) error{
		a.openMarker, a.lockIndex, a.lockBranch, a.checkPaths, a.startIndex, a.writeObjects, a.readBack,
		a.finishIndex, a.fillMarker, a.fillLocks, a.stageFiles, a.syncAll, a.placeFiles, a.moveBranch,
	} {
		if err := step(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if faults, err := mustOpen(r).Diagnose(ctx, ".handoffs"); err != nil || len(faults) > 0 && faults[0].Path == repo.MarkerPath() {
		t.Errorf("while the writer lives: %v, %v", faults, err)
	}
	a.marker.Close() // as the death of the process does

	again := mustOpen(r)
	faults, err := again.Diagnose(ctx, ".handoffs")
	if err != nil || len(faults) == 0 || !strings.Contains(faults[0].Message, "killed while it committed") {
		t.Fatalf("%v, %v", faults, err)
	}
	if status := r.Git("status", "--porcelain"); status == "" {
		t.Error("looking has repaired the index")
	}
	if err := faults[0].Repair(ctx); err != nil {
		t.Fatal(err)
	}
	if status := r.Git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	if faults, err := mustOpen(r).Diagnose(ctx, ".handoffs"); err != nil || len(faults) > 0 {
		t.Errorf("after the repair: %v, %v", faults, err)
	}
	mustBeSound(r)
}
