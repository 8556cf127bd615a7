package row

import (
	"cmp"
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Ack is what somebody said of what they were asked to take, or that they have
// said nothing yet.
type Ack struct {
	Typed
	ID       string     `json:"id"` // of the handoff, blocker, question that it is about
	Who      string     `json:"who"`
	Outcome  string     `json:"outcome"` // "" when they have said nothing
	Taken    []string   `json:"taken"`   // items
	At       *time.Time `json:"at"`
	Note     string     `json:"note"`
	Citation            // the ack; of who has said nothing, what asks them
}

// Cells are about, who, outcome, taken and note, and those of the source.
func (r *Ack) Cells() []string {
	return append([]string{r.ID, r.Who, cmp.Or(Spoken(r.Outcome), IsMissing), ListCell(r.Taken), r.Note}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Ack) Key() string { return r.ID + " " + r.Who }

// Sentence is the row in a sentence.
func (r *Ack) Sentence(c Clock) string {
	if r.Outcome == "" {
		return r.Who + " has not acked " + r.ID
	}
	say := fmt.Sprintf("%s has %s %s", r.Who, Spoken(r.Outcome), r.ID)
	if r.Outcome == handoff.OutcomeChangesRequested {
		say = r.Who + " has asked for changes of " + r.ID
	}
	if r.At != nil {
		say += " at " + c.At(*r.At)
	}
	if len(r.Taken) > 0 {
		say += ", and took " + ListCell(r.Taken)
	}
	return say
}

// Short is the row in a list.
func (r *Ack) Short(Clock) string { return r.Who + " " + cmp.Or(Spoken(r.Outcome), "has not acked") }
