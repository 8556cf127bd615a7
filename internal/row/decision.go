package row

import (
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/text"
)

// Decision is a decision.
type Decision struct {
	Typed
	ID           string     `json:"id"` // the topic
	Decision     string     `json:"decision"`
	Rationale    string     `json:"rationale"`
	By           string     `json:"by"` // who decided: decided_by, else the author
	At           *time.Time `json:"at"`
	Status       string     `json:"status"`
	Supersedes   string     `json:"supersedes"`    // a topic
	SupersededBy string     `json:"superseded_by"` // a topic
	Delivered    []Delivery `json:"delivered"`
	Citation
}

// Cells are decision, status, decided and because, and those of the source.
func (r *Decision) Cells() []string {
	return append([]string{r.ID, r.Status, r.Decision, r.Rationale}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Decision) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Decision) Sentence(Clock) string {
	say := r.ID + ": " + text.OneLine(r.Decision)
	if r.Rationale != "" {
		say += ", because " + text.OneLine(r.Rationale)
	}
	switch r.Status {
	case fold.DecisionAccepted:
		return say + "; decided by " + r.By
	case fold.DecisionProposed:
		return say + "; only proposed, by " + r.By
	}
	return say + "; " + r.Status
}

// Short is the row in a list.
func (r *Decision) Short(Clock) string { return r.ID }
