package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Who hands over for the first time is offered the owner of what they worked on,
// then the lead of the next zone, then nobody.
func TestReceiver(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", `format: 1
people:
  ana: {emails: [ana@example.com], team: payments}
  ben: {emails: [ben@example.com], team: payments, github: ben-gh}
  ines: {emails: [ines@example.com], team: web}
teams: {payments: {lead: ana, zone: apac}, web: {lead: ines, zone: emea}}
zones: [apac, emea]
`)
	w.as("ana", w.now)
	receiver := func() string {
		t.Helper()
		ws, err := newGlobals(w.env).openForWriting(t.Context(), fold.Part{})
		if err != nil {
			t.Fatal(err)
		}
		work := workspace.GatherFacts(t.Context(), ws.Repo.Repo, time.Time{}, ws.Emails(), fold.Trunks())
		return ws.Receiver(t.Context(), withoutRecords(ws, work.Commits))
	}
	w.commitFile("pay/refund.go", "package pay\n")
	if got := receiver(); got != "ines" {
		t.Errorf("without owners %q, want the lead of the next zone", got)
	}
	w.commitFile("CODEOWNERS", "* @somebody-else\n/pay/ @ben-gh\n")
	if got := receiver(); got != "ben" {
		t.Errorf("with owners %q, want who owns the path", got)
	}
}

// Of two people the other one takes over; and the commit by which init set the team up
// is no work of anybody.
func TestReceiverOfTwo(t *testing.T) {
	w := newWorld(t)
	w.as("ana", w.now)
	w.run(0, "init", "--person", "ana", "--person", "ben;london;09:00-17:30")
	w.commitFile("pay/refund.go", "package pay\n")
	ws, err := newGlobals(w.env).openForWriting(t.Context(), fold.Part{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := prefillOf(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.To, []string{"ben"}) {
		t.Errorf("it is offered to %q", p.To)
	}
	for _, c := range p.Work.Commits {
		if strings.HasPrefix(c.Subject, setUpSubject) {
			t.Errorf("%q is work", c.Subject)
		}
	}
	if len(p.Work.Commits) == 0 {
		t.Error("no work is found")
	}
}
