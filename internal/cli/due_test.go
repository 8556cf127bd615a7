package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

const twoSitesConfig = `format: 1
people:
  ana: {emails: [ana@example.com], tz: Asia/Singapore, hours: "09:00-18:00"}
  ben: {emails: [ben@example.com], tz: Europe/London, hours: "09:00-17:30"}
  sarah: {emails: [sarah@example.com], tz: Europe/London, hours: "09:00-17:30"}
sla: {ack: {routine: 1h}, blocker_ack: 4h, blocker_resolve: 2d}
`

// What is due is counted on the clock of the person who is to act: the London
// morning begins after the Singapore evening, and the weekend does not count.
func TestCheckDue(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", twoSitesConfig)
	w.commitFile("today.yaml", string(examples.TwoSites))
	w.run(0, "declare", "-f", "today.yaml") // Friday 18:02 in Singapore, 10:02 in London

	tests := []struct {
		at   string // UTC, which London has in November
		want string
	}{
		{"2026-11-20T11:00:00Z", ""},
		{"2026-11-20T11:10:00Z", "DUE01"},
		{"2026-11-20T14:10:00Z", "DUE01 DUE02"},
		{"2026-11-22T12:00:00Z", "DUE01 DUE02"},
		// Two days are 16 hours: 7:28 on Friday, 8:30 on Monday, two minutes.
		{"2026-11-24T09:02:00Z", "DUE01 DUE02"},
		{"2026-11-24T09:03:00Z", "DUE01 DUE03"},
	}
	for _, test := range tests {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		w.as("ana", at)
		status := 0
		if test.want != "" {
			status = 3
		}
		out, _ := w.run(status, "check", "--due", "--json")
		var doc struct{ Findings []handoff.Finding }
		if err := json.Unmarshal([]byte(out), &doc); err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, f := range doc.Findings {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != test.want {
			t.Errorf("at %s: %q, want %q", test.at, got, test.want)
		}
	}

	w.as("ben", w.now)
	w.run(0, "ack")
	w.as("sarah", w.now.Add(time.Minute))
	w.run(0, "resolve", "session-policy", "--how", "Sessions end after 15 minutes, decided in the call")
	w.run(0, "check", "--due")
}

// A condition that does not say when it ends, as no rule but the schema's
// forbids, has not ended.
func TestStandingWithoutEnd(t *testing.T) {
	at := time.Date(2026, 11, 20, 18, 2, 0, 0, time.UTC)
	h := &handoff.Handoff{Standing: []handoff.Standing{{What: "alerts are off"}, {What: "login is off", Until: handoff.Time{Time: at}}}}
	ws := &workspace.Workspace{TeamConfig: config.Default(), Moment: at.Add(time.Hour)}
	ws.Hold(fold.Of([]*handoff.Record{handoff.New("k3f9q2m7", at, "ana", h)}, ""))
	if due := check.Due(ws); len(due) != 1 || !strings.Contains(due[0].Message, "login is off") {
		t.Errorf("due: %v", due)
	}
}

// The commands that are proposed can be pasted, whatever a record calls things.
func TestProposedCommandsAreQuoted(t *testing.T) {
	at := time.Date(2026, 11, 20, 18, 2, 0, 0, time.UTC)
	long := handoff.Time{Time: at.Add(-time.Hour)}
	h := &handoff.Handoff{
		Blockers:  []handoff.Blocker{{ID: "b; id", Resolver: "ben", NeededBy: long}},
		Questions: []handoff.OpenQuestion{{ID: "$(id)", Ask: "Which?", To: "ben", NeededBy: long}},
	}
	ws := &workspace.Workspace{TeamConfig: config.Default(), Moment: at}
	ws.Hold(fold.Of([]*handoff.Record{handoff.New("k3f9q2m7", at, "ana", h)}, ""))
	var fixes []string
	for _, f := range check.Due(ws) {
		fixes = append(fixes, f.Fix)
	}
	want := []string{"handoff resolve 'b; id', or handoff escalate 'b; id'", "handoff answer '$(id)'"}
	if !slices.Equal(fixes, want) {
		t.Errorf("%q, want %q", fixes, want)
	}
	if _, hint := explain(&git.UnsafeError{Dir: "/src/$(id)"}); !strings.HasSuffix(hint, " '/src/$(id)'") {
		t.Errorf("hint %q", hint)
	}
}
