package row

import (
	"strings"
	"time"
)

// Item is an item.
type Item struct {
	Typed
	ID        string     `json:"id"`     // "" for something finished that never was an item
	Status    string     `json:"status"` // as declared, or shipped, or dropped
	Severity  string     `json:"severity"`
	State     string     `json:"state"` // one line; of a closed item, what was shipped or why it was dropped
	Holder    string     `json:"holder"`
	Owner     string     `json:"owner"`
	OfferedTo []string   `json:"offered_to"`
	Next      []NextStep `json:"next"`
	BlockedBy []string   `json:"blocked_by"` // open blockers
	Due       *time.Time `json:"due"`
	Title     string     `json:"title"`
	Intent    string     `json:"intent"`

	Escalation *EscalationNote `json:"escalation"` // null without one that stands or was declined
	Citation
}

// NextStep is a step that somebody is to do.
type NextStep struct {
	Do    string `json:"do"`
	Owner string `json:"owner"`
	When  string `json:"when"`
}

// Cells is the row under [Header].
func (r *Item) Cells() []string {
	var steps []string
	for _, n := range r.Next {
		steps = append(steps, n.Owner+": "+n.Do)
	}
	return append([]string{
		r.ID, r.Status, r.Severity, r.Holder, r.Owner, ListCell(r.OfferedTo), r.State, strings.Join(steps, "; "),
	}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Item) Key() string { return r.ID }
