package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestWalkDays(t *testing.T) {
	r := gittest.New(t)
	names := []string{
		"2025/12/31/235959Z-handoff-ana-aaaaaaa1.yaml", "2026/01/01/000000Z-ack-ben-aaaaaaa2.yaml",
		"2026/01/01/000001Z-handoff-ana-aaaaaaa3.yaml", "2026/02/28/120000Z-handoff-ana-aaaaaaa4.yaml",
		"2026/02/28/notes/deep.yaml", "2026/templates/x.yaml", "2026/1/1/x.yaml", "config.yaml", "2026/03/readme", "20260/01/01/x.yaml",
	}
	for _, name := range names {
		r.Write(".handoffs/"+name, name)
	}
	commit := r.CommitAt(1, "records")
	repo := mustOpen(r)
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.Add(23 * time.Hour)
	}
	list := func(w *DayWalk, since, until string) (found []string) {
		for f, err := range w.Newest(commit, day(since), day(until)) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, strings.TrimPrefix(f.Path, ".handoffs/"))
		}
		return found
	}
	tests := []struct {
		since, until string
		want         []string
	}{
		{"2020-01-01", "2030-01-01", []string{names[3], names[2], names[1], names[0]}},
		{"2026-01-01", "2026-01-01", []string{names[2], names[1]}},
		{"2025-06-01", "2026-01-31", []string{names[2], names[1], names[0]}},
		{"2026-03-01", "2026-12-31", nil},
	}
	for _, test := range tests {
		if got := list(repo.WalkDays(".handoffs"), test.since, test.until); !slices.Equal(got, test.want) {
			t.Errorf("%s to %s: %q, want %q", test.since, test.until, got, test.want)
		}
	}
	w := repo.WalkDays(".handoffs/")
	if got := list(w, "2026-01-01", "2026-01-01"); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if got := list(w, "2026-01-01", "2026-01-01"); got != nil {
		t.Errorf("a tree was walked twice: %q", got)
	}
	for dir, want := range map[string]bool{".handoffs": true, "nothing": false, ".handoffs/config.yaml": false} {
		if has, err := repo.WalkDays(dir).Has(commit); err != nil || has != want {
			t.Errorf("%s: %v, %v", dir, has, err)
		}
	}
}
