//go:build unix

package main

import (
	"strings"
	"testing"
)

// The board that is watched is drawn anew when somebody else writes a record and when the
// window changes, and Ctrl-C leaves the terminal as it was.
func TestBoardIsWatched(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(100, 30, "handoff", "board", "--watch")
	x.see("What needs somebody now", "session-policy", "ana holds 2 items", "Ctrl-C ends")
	r.run("handoff", "resolve", "session-policy", "--as", "ana", "Sessions last 15 minutes")
	x.until("the resolution", func(screen string) bool {
		return strings.Contains(screen, "resolved session-policy") && !strings.Contains(screen, "ana needs: Decide how long")
	})
	x.size(60, 8)
	x.see("more lines: handoff board")
	x.size(100, 30)
	x.gone("more lines")
	x.send(ctrlC)
	if status := x.status(); status != 130 {
		t.Errorf("status %d", status)
	}
	x.sane()
}
