package row

import "github.com/handoff-cli/handoff/internal/handoff"

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

// Cells is the row under [Header].
func (r *Gap) Cells() []string {
	return append([]string{r.ID, r.Subject, r.Class, r.Impact, r.Recovery}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Gap) Key() string { return r.ID }

// Record is a record that is a word on something else, such as an ack.
type Record struct {
	Typed
	ID      string       `json:"id"`
	Kind    handoff.Kind `json:"kind"`
	By      string       `json:"by"`
	Subject string       `json:"subject"` // a reference
	Say     string       `json:"say"`
	Citation
}

// Cells is the row under [Header].
func (r *Record) Cells() []string {
	return append([]string{r.ID, string(r.Kind), r.Subject, r.Say}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Record) Key() string { return r.ID }
