package row

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Escalation is an escalation.
type Escalation struct {
	Typed
	ID      string `json:"id"`      // of its record
	Subject string `json:"subject"` // a reference: the id of a handoff, item:x, blk:x, q:x
	Reason  string `json:"reason"`
	Ask     string `json:"ask"`
	To      string `json:"to"`
	By      string `json:"by"`
	Level   int    `json:"level"`
	State   string `json:"state"` // open, taken_up, declined, over, withdrawn
	AskedNow
	Citation
}

// About is the subject in words: by its name, where one says what it is.
func (r *Escalation) About() string {
	kind, name := handoff.SplitRef(r.Subject)
	if kind == handoff.RefQuestion {
		return "question " + name
	}
	return name
}

// Cells are escalation, subject, level, state, to, ask, asks now and due, and those
// of the source.
func (r *Escalation) Cells() []string {
	return append([]string{r.ID, r.Subject, strconv.Itoa(r.Level), r.State, r.To, r.Ask, r.cell(r.To), dateCell(r.Deadline)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Escalation) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Escalation) Sentence(c Clock) string {
	say := fmt.Sprintf("%s raised %s to %s, level %d, %s", r.By, r.About(), cmp.Or(r.Asked, r.To), r.Level, Spoken(r.State))
	if r.Deadline != nil {
		say += ", due " + c.At(*r.Deadline)
	}
	return say + ": " + text.OneLine(r.Ask)
}

// Short is the row in a list: what was raised, with who is asked.
func (r *Escalation) Short(Clock) string { return r.About() + " (" + cmp.Or(r.Asked, r.To) + ")" }

// AskedNow is whom something asks now, in the rows of what asks somebody.
type AskedNow struct {
	Asked    string     `json:"asked"`         // handle; "" when nobody is asked
	Because  string     `json:"asked_because"` // primary, cover, alternate, ladder, escalated, taken; no_one_in_window for a primary who is absent as everybody is
	Deadline *time.Time `json:"deadline"`      // on their clock; null without one
}

// cell says who is asked now, where that is somebody else than who was asked.
func (a AskedNow) cell(primary string) string {
	switch {
	case a.Because == config.NoteNobody:
		return "nobody is there in time"
	case a.Asked == "" || a.Asked == primary:
		return a.Asked
	}
	return a.Asked + " (" + a.Because + ")"
}

// EscalationNote is the escalation in the row of what is escalated.
type EscalationNote struct {
	ID    string `json:"id"` // of its record
	Ask   string `json:"ask"`
	By    string `json:"by"`
	To    string `json:"to"`
	Level int    `json:"level"`
	State string `json:"state"`
}

// Words say to whom something was escalated, and how that stands; "" for nil.
func (e *EscalationNote) Words() string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf("%s → %s, level %d, %s: %s", e.By, e.To, e.Level, Spoken(e.State), e.Ask)
}

// AskedBecause says why somebody is asked who was not asked first.
func AskedBecause(because, first string) string {
	switch because {
	case config.NoteNobody:
		return "nobody is there in time"
	case config.BecauseCover:
		return "who covers for " + first
	case config.BecauseAlternate:
		return "who stands in for " + first
	case config.BecauseLadder:
		return "who is next after " + first
	case config.BecauseEscalated:
		return "to whom it was raised"
	case config.BecauseTaken:
		return "who took it on"
	case config.BecausePrimary:
		return ""
	}
	return Spoken(because)
}
