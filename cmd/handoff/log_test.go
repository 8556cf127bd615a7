//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
)

// TestDecisionLogOnATerminal reads the decision log of a chain in a window of 80
// columns: every line fits, nothing is cut, and words say what no longer holds.
func TestDecisionLogOnATerminal(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.decide("2026-11-16", "Sessions end after 15 minutes on web and app -- the audit asks for at most 15 minutes, as it did the year before", "")
	r.decide("2026-11-17", "Sessions end after 30 minutes, with a warning before the end -- support shows that nobody finishes the long forms in 15 minutes", "session-length")

	out := filepath.Join(t.TempDir(), "paged")
	r.env = append(r.env, "HANDOFF_PAGER=tee "+out)
	x := r.start(80, 24, "handoff", "log", "--decisions")
	x.see("accepted: ana", "superseded: ana", "as it did the year")
	if status := x.status(); status != 0 {
		t.Errorf("status %d", status)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a text that fits the window was paged")
	}
	for line := range strings.Lines(x.screen.String()) {
		if width := uniseg.StringWidth(strings.TrimRight(line, "\n")); width >= 80 {
			t.Errorf("%d columns: %s", width, line)
		}
	}

	small := r.start(80, 6, "handoff", "log", "--decisions")
	small.see("superseded: ana")
	if status := small.status(); status != 0 {
		t.Errorf("status %d", status)
	}
	paged, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(paged), "accepted") || !strings.Contains(string(paged), "superseded") {
		t.Errorf("the pager got %q, %v", paged, err)
	}
}

// decide records a decision on the length of sessions at noon of a day.
func (r *repository) decide(day, text, supersedes string) {
	r.t.Helper()
	noon, err := time.Parse(time.RFC3339, day+"T12:00:00Z")
	if err != nil {
		r.t.Fatal(err)
	}
	r.clock(noon)
	args := []string{"decide", text, "--topic", "session-length"}
	if supersedes != "" {
		args = append(args, "--supersedes", supersedes)
	}
	r.run("handoff", args...)
	r.clock(moment())
}
