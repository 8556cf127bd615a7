package row

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
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
	Since     *time.Time `json:"since"`     // since when the holder holds it; of a closed item, when it was closed
	ClosedBy  string     `json:"closed_by"` // "" while it is live
	WaitsFor  []Wait     `json:"waits_for"` // what stops it: open blockers and reviews

	Escalation *EscalationNote `json:"escalation"` // null without one that stands or was declined
	Citation
}

// NextStep is a step that somebody is to do.
type NextStep struct {
	Do    string `json:"do"`
	Owner string `json:"owner"`
	When  string `json:"when"`
}

// Wait is something that has to happen before an item goes on.
type Wait struct {
	Who []string `json:"who"` // handles of those who are to do it; none where nobody knows
	On  string   `json:"on"`  // a reference: blk:x, pr:1842
}

// Cells are item, status, severity, holder, owner, offered to, state and next, and
// those of the source.
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

// Sentence is the row in a sentence.
func (r *Item) Sentence(c Clock) string {
	name := cmp.Or(r.ID, text.OneLine(r.State))
	if r.ClosedBy != "" {
		say := fmt.Sprintf("%s was %s by %s", name, r.Status, r.ClosedBy)
		if r.Since != nil {
			say += " " + c.At(*r.Since)
		}
		if r.ID == "" {
			return say
		}
		return text.JoinNonEmpty(": ", say, text.OneLine(r.State))
	}
	say := fmt.Sprintf("%s is %s, held by %s", name, inStatus(r.Status), r.Holder)
	if r.Since != nil {
		say += " since " + c.At(*r.Since)
	}
	if r.Owner != r.Holder {
		say += ", owned by " + r.Owner
	}
	if len(r.OfferedTo) > 0 {
		say += ", offered to " + ListCell(r.OfferedTo)
	}
	return text.JoinNonEmpty("; it waits for ", say, r.waits())
}

// Steps says in a sentence what is next on the item, and what that waits for.
func (r *Item) Steps() string {
	var steps []string
	for _, n := range r.Next {
		steps = append(steps, fmt.Sprintf("%s (%s)", text.OneLine(n.Do), n.Owner))
	}
	return text.JoinNonEmpty("; it waits for ", "next on "+r.ID+": "+strings.Join(steps, "; "), r.waits())
}

// inStatus is a status after "is".
func inStatus(status string) string {
	if status == handoff.StatusInProgress || status == handoff.StatusInReview {
		return Spoken(status)
	}
	return status
}

// waits is what stops the item, with who is to do something about it.
func (r *Item) waits() string {
	var waits []string
	for _, w := range r.WaitsFor {
		typ, name, _ := strings.Cut(w.On, ":")
		if typ == "pr" {
			name = PullName(name)
		}
		waits = append(waits, text.JoinNonEmpty(" on ", ListCell(w.Who), name))
	}
	return strings.Join(waits, " and for ")
}

// Short is the row in a list.
func (r *Item) Short(Clock) string { return cmp.Or(r.ID, text.OneLine(r.State)) }

// SeverityOf is the severity of what a row is about, routine where it has none.
func SeverityOf(r Row) string {
	switch r := r.(type) {
	case *Item:
		return r.Severity
	case *Blocker:
		return r.Severity
	}
	return handoff.SeverityRoutine
}
