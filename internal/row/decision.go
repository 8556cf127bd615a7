package row

import "time"

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

// Cells is the row under [Header].
func (r *Decision) Cells() []string {
	return append([]string{r.ID, r.Status, r.Decision, r.Rationale}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Decision) Key() string { return r.ID }
