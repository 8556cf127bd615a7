package row

import (
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
)

// Blocker is a blocker.
type Blocker struct {
	Typed
	ID         string     `json:"id"`
	Needs      string     `json:"needs"`
	Because    string     `json:"because"`
	Resolver   string     `json:"resolver"`
	Blocks     []string   `json:"blocks"`
	State      string     `json:"state"`
	Since      *time.Time `json:"since"`
	Age        int64      `json:"age_s"` // seconds that it has been open, or was
	Workaround string     `json:"workaround"`
	Severity   string     `json:"severity"`
	How        string     `json:"how"` // how it was resolved, "" while it is open
	AskedNow              // nobody once it is closed

	Escalation *EscalationNote `json:"escalation"` // null without one that stands or was declined
	Delivered  []Delivery      `json:"delivered"`
	Citation
}

// Cells is the row under [Header].
func (r *Blocker) Cells() []string {
	return append([]string{
		r.ID, r.Severity, r.State, r.Resolver, r.Needs, r.Because, ListCell(r.Blocks), calendar.Age(time.Duration(r.Age) * time.Second), r.cell(r.Resolver), dateCell(r.Deadline),
	}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Blocker) Key() string { return r.ID }
