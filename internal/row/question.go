package row

import (
	"cmp"
	"fmt"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/text"
)

// Question is a question.
type Question struct {
	Typed
	ID       string `json:"id"` // slug, or the id of its record
	Ask      string `json:"ask"`
	To       string `json:"to"`
	By       string `json:"by"`
	State    string `json:"state"`
	Rounds   int    `json:"rounds"`
	Answer   string `json:"answer"` // the latest one, "" without one
	AskedNow        // nobody unless it is open

	Escalation *EscalationNote `json:"escalation"` // null without one that stands or was declined
	Delivered  []Delivery      `json:"delivered"`
	Citation
}

// Cells are question, state, from, to, ask, asks now and due, and those of the
// source.
func (r *Question) Cells() []string {
	return append([]string{r.ID, r.State, r.By, r.To, r.Ask, r.cell(r.To), dateCell(r.Deadline)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Question) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Question) Sentence(Clock) string {
	say := fmt.Sprintf("%s asks %s: %s", r.By, r.To, text.OneLine(r.Ask))
	switch r.State {
	case fold.QuestionOpen:
		return say + " (no answer yet)"
	case fold.QuestionWithdrawn:
		return say + " (withdrawn)"
	}
	return say + " (" + cmp.Or(text.OneLine(r.Answer), r.State) + ")"
}

// Short is the row in a list: the question, with who is to answer it.
func (r *Question) Short(Clock) string { return r.ID + " (" + cmp.Or(r.Asked, r.To) + ")" }
