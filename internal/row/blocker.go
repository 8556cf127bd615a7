package row

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/text"
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

// Cells are blocker, severity, state, resolver, needs, because, blocks, open for,
// asks now and due, and those of the source.
func (r *Blocker) Cells() []string {
	return append([]string{
		r.ID, r.Severity, r.State, r.Resolver, r.Needs, r.Because, ListCell(r.Blocks), calendar.Age(time.Duration(r.Age) * time.Second), r.cell(r.Resolver), dateCell(r.Deadline),
	}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Blocker) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Blocker) Sentence(c Clock) string {
	open := time.Duration(r.Age) * time.Second
	if !slices.Contains(fold.Resolutions, r.State) {
		say := fmt.Sprintf("%s blocks %s for %s", r.ID, cmp.Or(ListCell(r.Blocks), "nothing"), calendar.Span(open))
		if r.State != fold.BlockerDeclared && r.State != fold.BlockerRouted {
			say += ", " + r.State
		}
		return say + "; " + cmp.Or(r.Asked, r.Resolver) + " is to resolve it: " + text.OneLine(r.Needs)
	}
	say := fmt.Sprintf("%s is no longer open: %s by %s", r.ID, Spoken(r.State), r.Source.By)
	if r.Source.At != nil {
		say += " " + c.At(*r.Source.At)
	}
	return text.JoinNonEmpty(", ", say+" after "+calendar.Span(open), text.OneLine(r.How))
}

// Short is the row in a list: the blocker, with who is to resolve it.
func (r *Blocker) Short(Clock) string { return r.ID + " (" + cmp.Or(r.Asked, r.Resolver) + ")" }
