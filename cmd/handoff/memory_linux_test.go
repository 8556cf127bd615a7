package main

import (
	"strings"
	"testing"
)

// TestOutOfMemory takes the memory away: the runtime ends the process, and not
// with the status of a command that was asked wrongly.
func TestOutOfMemory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	out, status := s.try("sh", "-c", `ulimit -c 0; ulimit -v 1800000; exec handoff log --json --jq '[range(1000000000)]'`)
	// -1 is the end by a signal. What there was no memory for may be the heap, its
	// books, or a thread.
	said := strings.Contains(out, "out of memory") || strings.Contains(out, "cannot allocate memory") || strings.Contains(out, "pthread_create failed")
	if status != -1 || !said {
		t.Errorf("status %d\n%.300s", status, out)
	}
}
