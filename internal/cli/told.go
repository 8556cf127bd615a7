package cli

import (
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// teller says who was told of something. Where neither the team nor the user has named
// a target, it says nothing of what was told to nobody: that is as it always was.
type teller struct {
	ws         *workspace.Workspace
	configured bool
}

// newTeller looks whether anybody has named a target. A configuration of the user that
// is wrong is said, and is no reason to read nothing.
func (g *globals) newTeller(ws *workspace.Workspace) teller {
	if box := g.openBox(ws); box != nil {
		return teller{ws, box.Configured()}
	}
	return teller{ws, !ws.TeamConfig.Deliver.IsZero()}
}

// told says who was told, and where a handoff was submitted, "" for nowhere: whoever it is
// for reads it there. It is "" for nothing to say.
func (t teller) told(deliveries []row.Delivery, submitted string) string {
	words := text.JoinNonEmpty("; ", submitted, row.WhoWasTold(deliveries, t.when))
	if words == "" && t.configured {
		return row.NobodyTold
	}
	return words
}

// submission is where a handoff was submitted, in a form, nil for nowhere.
func (t teller) submission(h *fold.Handoff) *handoff.Said {
	if first := t.ws.State.Records[h.First]; first != nil {
		return first.Said
	}
	return h.Record.Said
}

// whereSubmitted says where a handoff was submitted, "" for nowhere.
func whereSubmitted(said *handoff.Said) string {
	if said == nil {
		return ""
	}
	return "submitted " + row.Delivery{Service: said.Via}.Where()
}

// untold says of a handoff that was just committed that nobody was told, where the team
// names a target for some of it, or it was told before.
func (g *globals) untold(ws *workspace.Workspace, records []*handoff.Record) []string {
	h, ok := records[0].Body.(*handoff.Handoff)
	if !ok {
		return nil
	}
	box, err := outbox.Open(ws)
	if err != nil || !box.Configured() {
		return nil // route says what is wrong
	}
	words := row.NobodyTold
	if before := ws.State.Handoffs[h.Amends]; before != nil && len(before.Arrived()) > 0 {
		words = "what was told of it before is not up to date"
	} else if !box.HasTargetFor(records) {
		return nil
	}
	if len(box.Names()) > 0 {
		words += "; handoff route --all"
	}
	return []string{words}
}

// when is a time of today, else with its day.
func (t teller) when(at time.Time) string {
	at, now := at.In(t.ws.Location()), t.ws.Moment.In(t.ws.Location())
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// told prints who was told of a thing, with where that can be seen.
func (s storyPrinter) told(label string, of *fold.Delivered) {
	s.toldOf(label, of, nil)
}

// toldOf is told for a handoff, which may have been submitted somewhere.
func (s storyPrinter) toldOf(label string, of *fold.Delivered, said *handoff.Said) {
	deliveries := row.Deliveries(of)
	words := s.teller.told(deliveries, whereSubmitted(said))
	for _, d := range deliveries {
		words = text.JoinNonEmpty(", ", words, d.URL)
	}
	s.field(label, words)
}
