package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestWrongNameCostsNoMoreThanARightOne asks, and writes, about names that
// nobody declared, among ten thousand records. What was probably meant is said,
// and found without reading them all: that took almost thrice the memory.
func TestWrongNameCostsNoMoreThanARightOne(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const records = 10_000
	team := newTeam(records)
	team.stream++
	var stream bytes.Buffer
	for range records / 50 {
		team.commit(&stream, "records", 50)
	}
	importing := s.command("git", "fast-import", "--quiet")
	importing.Stdin = &stream
	if out, err := importing.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.git("update-ref", "refs/heads/main", "refs/heads/records")
	if out, status := s.try("handoff", "query", "whois", "#1009"); status != 0 { // makes the index, with its texts
		t.Fatalf("status %d\n%s", status, out)
	}
	s.cost(0, "show", "item-3-1-2") // looks once whether verdicts are proven
	right, out := s.cost(0, "show", "item-3-1-2")
	if !strings.Contains(out, "Import of the rows") {
		t.Fatalf("show: %s", out)
	}
	for _, wrong := range []struct {
		status int
		says   string
		args   []string
	}{
		{2, "did you mean item-3-1-25?", []string{"show", "itme-3-1-25"}},
		{2, "did you mean blk:policy-30?", []string{"resolve", "blk:polisy-30", "--how", "Decided in the review of the week"}},
		{2, "did you mean @p3?", []string{"show", "@p3p"}},
		{3, "did you mean policy-30?", []string{"query", "whois", "polisy-30"}},
		{3, "did you mean policy-30?", []string{"query", "why", "polisy-30"}},
		{3, "write item-3-1-25", []string{"decide", "The import waits for the audit -- its rows are what the audit is about", "--item", "itme-3-1-25"}},
	} {
		cost, out := s.cost(wrong.status, wrong.args...)
		if !strings.Contains(out, wrong.says) {
			t.Errorf("handoff %q says %s\nwant %s", wrong.args, out, wrong.says)
		}
		if float64(cost) > 1.2*float64(right) {
			t.Errorf("handoff %q takes %d MB, one of a right name %d MB", wrong.args, cost>>20, right>>20)
		}
	}
}

// cost runs the program, which must end with a status, and returns its peak
// memory in bytes and what it printed.
func (s *site) cost(status int, args ...string) (memory int64, out string) {
	s.t.Helper()
	forgetPeak()
	cmd := s.command("handoff", args...)
	text, err := cmd.CombinedOutput()
	if got := s.status(err); got != status {
		s.t.Fatalf("handoff %q: status %d, want %d\n%s", args, got, status, text)
	}
	return peakMemory(cmd.ProcessState), string(text)
}
