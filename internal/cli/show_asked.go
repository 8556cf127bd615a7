package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// asks says whom something asks now and until when. That who was asked first is
// asked, without a deadline, goes without saying.
func (s storyPrinter) asks(a config.Asked, first string) {
	if a.To == "" || a.To == first && a.Due.IsZero() && a.Note == "" {
		return
	}
	why := a.Note
	if why == "" && a.Because != config.BecausePrimary {
		why = a.Because
	}
	if s.width > 0 {
		why = row.AskedBecause(why, first)
	}
	if a.Note == config.NoteNobody {
		why = "nobody is there in time"
	}
	if why != "" {
		why = " (" + why + ")"
	}
	s.field("  asks now", a.To+why+s.wantedBy(a.Due))
}

func (s storyPrinter) wantedBy(due time.Time) string {
	if due.IsZero() {
		return ""
	}
	return ", wanted by " + s.clock(due.Truncate(time.Second))
}

// escalations say to whom something was raised, and what came of it.
func (s storyPrinter) escalations(of *fold.Escalated) {
	for _, e := range of.Escalations {
		body := e.Record.Body.(*handoff.Escalation)
		s.field("  escalated", fmt.Sprintf("%s → %s, level %d, %s, %s: %s", e.By, e.To, e.Level, s.ago(e.Record.At.Time), became(e), body.Ask+s.wantedBy(body.Deadline.Time)))
	}
}

// became is what came of an escalation.
func became(e *fold.Escalation) string {
	words := strings.ReplaceAll(e.State(), "_", " ")
	for _, by := range []*handoff.Record{e.TakenUp, e.Declined, e.Over} {
		if by != nil {
			return words + " by " + by.By + " in " + by.ID + remarks(by)
		}
	}
	return words
}

// escalation says how an escalation stands whose subject is not settled.
func (s storyPrinter) escalation(row *row.Escalation) {
	s.field("state", strings.ReplaceAll(row.State, "_", " "))
	s.field("asks now", text.JoinNonEmpty(", ", row.Asked, strings.ReplaceAll(row.Because, "_", " ")))
	if row.Deadline != nil {
		s.field("wanted by", s.clock(row.Deadline.Truncate(time.Second)))
	}
}
