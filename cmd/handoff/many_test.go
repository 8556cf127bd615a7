package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestManyRecordsAtOneMoment decides again and again while the clock stands, as
// it nearly does in a loop: each record is a moment after the one before, none
// lies in the future for more than clocks may differ, and what is written next
// is no later than that.
func TestManyRecordsAtOneMoment(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	// A second a record would be over the limit soon.
	if err := os.Mkdir(s.path(".handoffs"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write(".handoffs/config.yaml", "format: 1\ntiming: {clock_skew: 1m}\n")
	s.git("add", ".handoffs")
	s.git("commit", "-q", "-m", "team", ".handoffs")
	var want []string
	for i := range howOften(70, 1000) {
		topic := fmt.Sprint("rule-", i)
		out, status := s.try("handoff", "decide", fmt.Sprintf("Rule %d holds for all payments -- the audit of this year asks for it", i), "--topic", topic)
		if status != 0 {
			t.Fatalf("decision %d: status %d\n%s", i, status, out)
		}
		want = append(want, fmt.Sprintf("%s: Rule %d holds for all payments", topic, i))
	}
	slices.Reverse(want)
	logged, _ := s.try("handoff", "log", "--json", "--jq", ".results[].says")
	if got := strings.Split(strings.TrimSpace(logged), "\n"); !slices.Equal(got, want) {
		t.Errorf("the log has\n%s\nwant\n%s", logged, strings.Join(want, "\n"))
	}
	if out, _ := s.try("handoff", "log"); strings.Contains(out, "future") || strings.Count(out, "\tnow\t") != len(want) {
		t.Errorf("the ages are\n%s", out)
	}
	dates := strings.Fields(s.git("log", "--format=%aI", "-3"))
	if same := slices.Compact(dates); len(same) != 1 {
		t.Errorf("the authors wrote at %s", same)
	}
	s.mustDeclare()
	for _, args := range [][]string{{"check"}, {"verify"}} {
		if out, status := s.try("handoff", args...); status != 0 || strings.Contains(out, "HO905") || strings.Contains(out, "HO104") {
			t.Errorf("handoff %s: status %d\n%s", args[0], status, out)
		}
	}
	s.mustBeSound()
}
