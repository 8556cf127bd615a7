package row

import (
	"fmt"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Gap is a handoff that failed, and how the team recovered.
type Gap struct {
	Typed
	ID       string `json:"id"`
	Subject  string `json:"subject"` // a reference
	Class    string `json:"class"`
	Impact   string `json:"impact"`
	Recovery string `json:"recovery"`
	By       string `json:"by"`
	Citation
}

// Cells are gap, subject, class, impact and recovery, and those of the source.
func (r *Gap) Cells() []string {
	return append([]string{r.ID, r.Subject, r.Class, r.Impact, r.Recovery}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Gap) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Gap) Sentence(Clock) string {
	return text.JoinNonEmpty(": ", fmt.Sprintf("%s had a gap, %s, by %s", r.Subject, Spoken(r.Class), r.By), text.OneLine(r.Recovery))
}

// Short is the row in a list.
func (r *Gap) Short(Clock) string { return r.ID }

// Record is a record that is a word on something else, such as an ack.
type Record struct {
	Typed
	ID      string       `json:"id"`
	Kind    handoff.Kind `json:"kind"`
	By      string       `json:"by"`
	Subject string       `json:"subject"` // a reference
	Says    string       `json:"says"`
	Citation
}

// Cells are record, kind, subject and says, and those of the source.
func (r *Record) Cells() []string {
	return append([]string{r.ID, string(r.Kind), r.Subject, r.Says}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Record) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Record) Sentence(Clock) string {
	return fmt.Sprintf("%s by %s on %s: %s", r.Kind, r.By, r.Subject, text.OneLine(r.Says))
}

// Short is the row in a list.
func (r *Record) Short(Clock) string { return r.ID }
