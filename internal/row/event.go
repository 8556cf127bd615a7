package row

import "github.com/handoff-cli/handoff/internal/handoff"

// Event is a record in the history of a thing.
type Event struct {
	Typed
	ID      string       `json:"id"`
	Subject string       `json:"subject"` // the id of the thing
	Kind    handoff.Kind `json:"kind"`
	By      string       `json:"by"`
	Say     string       `json:"say"`
	Citation
}

// Cells is the row under [Header].
func (r *Event) Cells() []string {
	return append([]string{r.ID, r.Subject, string(r.Kind), r.Say}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Event) Key() string { return r.ID }
