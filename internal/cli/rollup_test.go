package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const rollupConfig = `format: 1
people:
  ana: {emails: [ana@example.com], team: core, tz: Asia/Singapore, hours: "09:00-18:00"}
  cleo: {emails: [cleo@example.com], team: core, tz: Asia/Singapore, hours: "09:00-17:00", days: mon-thu}
  lea: {emails: [lea@example.com], team: core, tz: Asia/Singapore, hours: "09:00-18:00"}
  raj: {emails: [raj@example.com], team: core, tz: Asia/Singapore, hours: "09:00-17:00"}
  ben: {emails: [ben@example.com], team: web, tz: Europe/London, hours: "09:00-17:30"}
  dan: {emails: [dan@example.com], team: web, tz: Europe/London, hours: "09:00-17:30"}
teams: {core: {lead: lea, zone: apac}, web: {lead: ben, zone: emea}}
zones: [apac, emea]
timing: {publish_grace: 30m}
sla: {ack: {routine: 2h}}
`

// friday is a time of Friday, 20 November 2026, in Singapore.
func friday(hour, minute int) time.Time {
	return time.Date(2026, 11, 20, hour, minute, 0, 0, time.FixedZone("", 8*3600))
}

// declares lets somebody offer one item to a group.
func (w *world) declares(who string, at time.Time, item, to string) {
	w.t.Helper()
	w.as(who, at)
	w.run(0, "declare", "--to", to, "--returns", at.Add(72*time.Hour).Format(time.RFC3339),
		"--summary", "The work on "+item+" can be taken over by the others",
		"--item", item+";ready;PR #1842 holds the plan of "+item+";Write the parser of PR #1842 for "+item,
		"--intent", item+";Shops cannot open in new countries without it",
		"--accept", item+";3 of 3 shops of the fixture open", "--give", "all", "--none", "shipped,blockers,decisions")
}

func (w *world) rollup(status int, more ...string) (stdout, stderr string) {
	w.t.Helper()
	return w.run(status, append([]string{"rollup", "--returns", "2026-11-24T09:00:00+08:00",
		"--summary", "The plan for new countries can be taken over"}, more...)...)
}

// Who is missing depends on the hour: Cleo has no shift on Fridays, Raj's ended
// at 17:00, and half an hour of grace is not late yet. Lea leads, and holds
// nothing that she could hand over.
func TestRollupSaysWhoIsMissing(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", rollupConfig)
	w.declares("ana", friday(16, 30), "new-countries", "team:web")
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{friday(16, 59), "missing: raj (late)\n"},
		{friday(17, 30), "missing: raj (late)\n"},
		{friday(17, 31), "missing: raj (none)\n"},
		{friday(18, 31), "missing: raj (none)\n"},
	} {
		w.as("lea", test.at)
		if _, stderr := w.rollup(0, "--team", "core", "--to", "ben", "--dry-run"); !strings.HasPrefix(stderr, test.want) {
			t.Errorf("at %s: %q, want %q", test.at, stderr, test.want)
		}
	}
	w.as("lea", friday(18, 32))
	w.rollup(0, "--team", "core", "--to", "ben")
	monday := friday(18, 32).AddDate(0, 0, 3)
	w.declares("raj", monday, "old-countries", "team:web")
	w.as("lea", monday.Add(time.Minute))
	if _, stderr := w.rollup(0, "--team", "core", "--to", "ben"); !strings.HasPrefix(stderr, "missing: ana (none), cleo (none)\n") {
		t.Errorf("on Monday: %q", stderr)
	}
}

// A handoff that is distributed through a rollup is answered by the acks of the
// assignees; until all of it is taken, its SLA runs.
func TestAssignedWorkIsNotOverdue(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", rollupConfig)
	w.declares("ana", friday(17, 50), "new-countries", "team:web") // 9:50 in London
	w.as("lea", friday(17, 55))
	w.rollup(0, "--team", "core", "--to", "ben")

	due := func(status int, at time.Time, want int) {
		t.Helper()
		w.as("ben", at)
		out, _ := w.run(status, "check", "--due", "--json", "--jq", ".findings | length")
		if out != fmt.Sprintln(want) {
			t.Errorf("at %s %s are due, want %d", at, strings.TrimSpace(out), want)
		}
	}
	due(0, friday(19, 50), 0)
	due(3, friday(19, 56), 2)

	w.as("ben", friday(20, 0))
	w.run(0, "ack", "@lea")
	w.run(0, "assign", "new-countries", "--to", "dan", "--via", "@lea")
	due(3, friday(20, 1), 1)
	w.as("dan", friday(20, 2))
	w.run(0, "ack", "new-countries")
	due(0, friday(20, 3), 0)
	out, _ := w.run(0, "query", "whois", "new-countries", "--jq", ".results[0].holder")
	if out != "dan\n" {
		t.Errorf("held by %q", out)
	}
}

// Without a roster everybody who has declared is the organisation, and "team"
// is everybody else.
func TestRollupWithoutRoster(t *testing.T) {
	w := newWorld(t)
	w.declares("ana", friday(17, 50), "new-countries", "team")
	w.declares("lea", friday(17, 55), "old-countries", "team")
	w.run(2, "rollup", "--team", "core")
	w.rollup(0, "--org", "--to", "ben")
	out, _ := w.run(0, "show", "@lea", "--jq", ".record.rollup | .scope, (.sources | length), .missing")
	if out != "org\n2\nnull\n" {
		t.Errorf("got %q", out)
	}
	w.as("ben", friday(18, 0))
	w.run(0, "ack", "@ana")
	_, stderr := w.rollup(3, "--org", "--to", "ana")
	if !strings.Contains(stderr, "missing: lea (none)") {
		t.Errorf("got %q", stderr)
	}
}

// Who made an old rollup's sources is said, although they no longer speak.
func TestShowOldRollup(t *testing.T) {
	w := newWorld(t)
	w.declares("ana", friday(10, 0), "new-countries", "team")
	w.as("lea", friday(11, 0))
	out, _ := w.rollup(0, "--org", "--to", "ben", "--jq", ".id")
	id := strings.TrimSpace(out)
	for hour := 12; hour < 15; hour++ {
		w.as("ana", friday(hour, 0))
		w.run(0, "declare", "--to", "team", "--returns", "2026-11-23T09:00:00+08:00", "--summary", fmt.Sprintf("The plan is at step %d of 20", hour),
			"--item", fmt.Sprintf("new-countries;in_progress;PR #1842 is at step %d of 20;Write step %d in PR #1842", hour, hour+1), "--none", "shipped,blockers,decisions")
	}
	if out, _ := w.run(0, "show", id); !strings.Contains(out, " by ana\n") {
		t.Errorf("got\n%s", out)
	}
}

// A rollup of more than a record can hold names the way out.
func TestRollupOfTooMuch(t *testing.T) {
	w := newWorld(t)
	w.declares("ana", friday(17, 50), "new-countries", "team")
	w.as("lea", friday(18, 0))
	more := []string{"--org", "--to", "ben"}
	for i := range 2000 {
		more = append(more, "--shipped", fmt.Sprintf("PR #%d is merged and deployed", i))
	}
	if _, stderr := w.rollup(3, more...); !strings.Contains(stderr, "HO910") || !strings.Contains(stderr, "hint: a record cannot hold as much: draw one for each team") {
		t.Errorf("got %q", stderr)
	}
}
