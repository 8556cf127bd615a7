package cli

import (
	"strings"
	"testing"
	"time"
)

const shiftConfig = `format: 1
people:
  ana: {emails: [ana@example.com, ana@home.example], tz: Asia/Singapore, hours: "09:00-18:00"}
hook: {before_shift_end: 90m, commits: 0, hours: 0}
`

// TestReminderKnowsTheShift pushes at several times of ana's day. What she wrote
// under her other address is hers as well.
func TestReminderKnowsTheShift(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", shiftConfig)
	w.git("commit", "-q", "--allow-empty", "-m", "work", "--author=ana <ana@home.example>")
	for clock, want := range map[string]string{
		"16:00": "",
		"17:00": "your shift ends in 1 hour and 3 of your commits are in no handoff",
		"17:45": "your shift ends in 15 minutes",
		"18:30": "your shift ended 30 minutes ago",
		"20:00": "",
	} {
		now, err := time.Parse(time.RFC3339, "2026-11-23T"+clock+":00+08:00")
		if err != nil {
			t.Fatal(err)
		}
		w.as("ana", now)
		stdout, stderr := w.run(StatusDone, "hook", "run", "pre-push", "--no-stdin")
		if stdout != "" || (want == "") != (stderr == "") || !strings.Contains(stderr, want) {
			t.Errorf("%s: %q, want %q", clock, stderr, want)
		}
	}
}
