package row

import (
	"fmt"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Event is a record in the history of a thing.
type Event struct {
	Typed
	ID      string       `json:"id"`
	Subject string       `json:"subject"` // the id of the thing
	Kind    handoff.Kind `json:"kind"`
	By      string       `json:"by"`
	Says    string       `json:"says"`
	Citation
}

// Cells are record, about, kind and says, and those of the source.
func (r *Event) Cells() []string {
	return append([]string{r.ID, r.Subject, string(r.Kind), r.Says}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Event) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Event) Sentence(c Clock) string {
	return fmt.Sprintf("%s: %s by %s %s, %s", r.Subject, r.Kind, r.By, c.At(*r.Source.At), text.OneLine(r.Says))
}

// Short is the row in a list.
func (r *Event) Short(Clock) string { return string(r.Kind) + " by " + r.By }
