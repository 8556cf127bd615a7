package row

import (
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/text"
)

// Handoff is one version of a handoff.
type Handoff struct {
	Typed
	ID        string     `json:"id"`
	By        string     `json:"by"`
	To        []string   `json:"to"`
	Summary   string     `json:"summary"`
	State     string     `json:"state"`
	Flags     []string   `json:"flags"` // out of late, overdue, limbo, drifted, partial
	At        *time.Time `json:"at"`
	ReturnsAt *time.Time `json:"returns_at"`
	Amends    string     `json:"amends"`
	Items     []string   `json:"items"`
	Taken     []string   `json:"taken"` // items that somebody took from this version

	Escalation *EscalationNote `json:"escalation"` // null without one that stands or was declined
	Delivered  []Delivery      `json:"delivered"`
	Citation
}

// Cells are handoff, to, state, flags and summary, and those of the source.
func (r *Handoff) Cells() []string {
	return append([]string{r.ID, ListCell(r.To), r.State, ListCell(r.Flags), r.Summary}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Handoff) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Handoff) Sentence(c Clock) string {
	notes := append([]string{r.ID, r.StateWords()}, r.Flags...)
	return fmt.Sprintf("%s handed over to %s %s (%s): %s", r.By, ListCell(r.To), c.At(*r.At), ListCell(notes), text.OneLine(r.Summary))
}

// Short is the row in a list: the handoff, with who wrote it.
func (r *Handoff) Short(Clock) string { return r.ID + " (" + r.By + ")" }

// StateWords is the state in words.
func (r *Handoff) StateWords() string { return HandoffState(r.State) }

// HandoffState is the state of a handoff in words.
func HandoffState(state string) string {
	if state == fold.HandoffPublished {
		return "no verdict yet"
	}
	return Spoken(state)
}

// FlagWords is a flag of a handoff in words.
func FlagWords(flag string) string {
	switch flag {
	case IsLate:
		return "written after the end of the shift"
	case IsOverdue:
		return "the verdict is overdue"
	case IsLimbo:
		return "unanswered for a whole shift"
	case IsDrifted:
		return "the work had moved on before the verdict"
	case IsPartial:
		return "taken in part"
	}
	return flag
}
