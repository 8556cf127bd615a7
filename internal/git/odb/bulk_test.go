package odb

import (
	"errors"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// TestNameTableNear looks names up in their order and in another, so that what
// was read last is of use, or is not.
func TestNameTableNear(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(300)
	r.Git("repack", "-adq")
	o := openRaw(r)
	all := allObjects(r)
	for step := range len(all) {
		h := all[step*7919%len(all)].hash
		if step < len(all)/2 {
			h = all[step].hash
		}
		if err := o.CheckPresent(h); err != nil {
			t.Fatal(err)
		}
		absent := h
		absent[HashSize-1] ^= 1
		if err := o.CheckPresent(absent); !errors.Is(err, plumbing.ErrObjectNotFound) {
			t.Fatalf("%s: %v", absent, err)
		}
	}
}
