package row

import (
	"cmp"
	"time"
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

// Cells is the row under [Header].
func (r *Ack) Cells() []string {
	return append([]string{r.ID, r.Who, cmp.Or(Spoken(r.Outcome), IsMissing), ListCell(r.Taken), r.Note}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Ack) Key() string { return r.ID + " " + r.Who }
