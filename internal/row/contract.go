package row

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// Contract is the contract at a boundary. It cites no record.
type Contract struct {
	Typed
	From       string   `json:"from"` // a team or zone
	To         string   `json:"to"`
	Trigger    string   `json:"trigger"`
	DoneWhen   []string `json:"done_when"`
	Conditions []string `json:"conditions"`
	Requires   []string `json:"requires"`   // keys of items
	OnMissing  string   `json:"on_missing"` // reject, warn, return:<handle>
	Ack        string   `json:"ack"`        // how long a verdict may take, "" as the SLA says
	Citation
}

// Cells are contract, trigger, done when, conditions, requires, on missing and ack,
// and those of the source.
func (r *Contract) Cells() []string {
	const sep = "; "
	return append([]string{
		r.Key(), r.Trigger, strings.Join(r.DoneWhen, sep), strings.Join(r.Conditions, sep), ListCell(r.Requires), r.OnMissing, r.Ack,
	}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Contract) Key() string { return r.From + " → " + r.To }

// Sentence is the row in a sentence.
func (r *Contract) Sentence(Clock) string {
	return text.JoinNonEmpty(": ", "contract "+r.Key(), text.OneLine(r.Trigger))
}

// Short is the row in a list.
func (r *Contract) Short(Clock) string { return r.Key() }
