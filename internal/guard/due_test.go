package guard

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
)

func TestDue(t *testing.T) {
	now := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	hour := func(n float64) time.Time { return now.Add(time.Duration(n * float64(time.Hour))) }
	limits := config.Hook{BeforeShiftEnd: calendar.Duration{Clock: 90 * time.Minute}, Commits: 10, Hours: 12}
	tests := []struct {
		name   string
		work   Work
		limits config.Hook
		want   string // "" is not due
	}{
		{"nothing of mine", Work{Since: 40, First: hour(-40), ShiftEnd: hour(0.5)}, limits, ""},
		{"a little work", Work{Pushed: 1, Since: 9, First: hour(-11.9)}, limits, ""},
		{"enough commits", Work{Pushed: 1, Since: 10, First: hour(-1)}, limits, "10 of your commits are in no handoff"},
		{"enough commits since", Work{Pushed: 1, Since: 10, First: hour(-1), Last: hour(-8)}, limits,
			"10 of your commits are younger than your last handoff (2026-11-20 09:00)"},
		{"enough hours", Work{Pushed: 1, Since: 1, First: hour(-12)}, limits, "1 of your commits is in no handoff, the first 12 hours old"},
		{"days", Work{Pushed: 1, Since: 2, First: hour(-72)}, limits, "2 of your commits are in no handoff, the first 3 days old"},
		{"hours of commits, not of the handoff", Work{Pushed: 1, Since: 1, First: hour(-1), Last: hour(-30)}, limits, ""},
		{"shift ends", Work{Pushed: 1, Since: 1, First: hour(-1), ShiftEnd: hour(1)}, limits, "your shift ends in 1 hour and 1 of your commits is in no handoff"},
		{"shift ends later", Work{Pushed: 1, Since: 1, First: hour(-1), ShiftEnd: hour(1.6)}, limits, ""},
		{"shift has ended", Work{Pushed: 1, Since: 1, First: hour(-1), ShiftEnd: hour(-0.5)}, limits, "your shift ended 30 minutes ago and 1 of your commits is in no handoff"},
		{"shift ended long ago", Work{Pushed: 1, Since: 1, First: hour(-1), ShiftEnd: hour(-2)}, limits, ""},
		{"all off", Work{Pushed: 99, Since: 99, First: hour(-99), ShiftEnd: hour(0)}, config.Hook{}, ""},
	}
	for _, test := range tests {
		test.work.Now = now
		if why := Due(test.work, test.limits); why != test.want {
			t.Errorf("%s: %q; want %q", test.name, why, test.want)
		}
	}
}

func TestReminderHasThreeLines(t *testing.T) {
	lines := Reminder("why")
	if len(lines) != 3 || !strings.Contains(strings.Join(lines, "\n"), "handoff declare") {
		t.Errorf("%q", lines)
	}
}

func TestParsePush(t *testing.T) {
	zero, a, b := strings.Repeat("0", 40), strings.Repeat("a", 40), strings.Repeat("b", 40)
	in := strings.Join([]string{
		"refs/heads/main " + a + " refs/heads/main " + b,
		"(delete) " + zero + " refs/heads/old " + b,
		"refs/tags/v1 " + a + " refs/tags/v1 " + zero,
		"refs/notes/commits " + a + " refs/notes/commits " + zero,
		"HEAD~1 " + a + " refs/for/main " + zero,
		"what is this",
		"",
	}, "\n")
	want := []Update{{a, "refs/heads/main", b}, {a, "refs/for/main", ""}}
	if got := ParsePush(strings.NewReader(in)); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestParsePushGivesUpOnAMirror(t *testing.T) {
	var in strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&in, "refs/heads/b%d %040x refs/heads/b%d %040x\n", i, i+1, i, i)
	}
	if updates := ParsePush(strings.NewReader(in.String())); updates != nil {
		t.Errorf("%d updates", len(updates))
	}
}
