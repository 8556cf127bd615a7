package cli

import (
	"slices"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// What a form offers as work is work: no record, whatever the team calls its
// commits, and every commit of the user's that is called like a record.
func TestPrefillOffersWork(t *testing.T) {
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", "format: 1\ncommit: {subject: 'chore(handoff): {by} to {to}'}\n")
	w.commitFile("today.yaml", string(examples.TwoSites))
	w.run(0, "declare", "-f", "today.yaml")
	w.as("ana", w.now.Add(time.Hour))
	w.git("commit", "-q", "--allow-empty", "-m", "handoff: the button is green")
	ws, err := newGlobals(w.env).openForWriting(t.Context(), fold.Part{})
	if err != nil {
		t.Fatal(err)
	}
	work := workspace.GatherFacts(t.Context(), ws.Repo.Repo, time.Time{}, ws.Emails(), fold.Trunks()) // which a form does not wait for so long
	var subjects []string
	for _, c := range withoutRecords(ws, work.Commits) {
		subjects = append(subjects, c.Subject)
	}
	if want := []string{"handoff: the button is green", "today.yaml", ".handoffs/config.yaml", "start"}; !slices.Equal(subjects, want) {
		t.Errorf("work: %q, want %q", subjects, want)
	}
}
