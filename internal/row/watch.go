package row

import (
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// Watch is something to keep an eye on, or a temporary condition.
type Watch struct {
	Typed
	Kind    string     `json:"kind"` // watch, standing
	What    string     `json:"what"`
	Signal  string     `json:"signal"`
	Link    string     `json:"link"`
	Until   *time.Time `json:"until"`
	Expired bool       `json:"expired"`
	Holder  string     `json:"holder"` // who sees to it
	Citation
}

// Cells are watch, kind, what, signal, until and holder, and those of the source.
func (r *Watch) Cells() []string {
	state := "current"
	if r.Expired {
		state = IsExpired
	}
	return append([]string{state, r.Kind, r.What, r.Signal, dateCell(r.Until), r.Holder}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Watch) Key() string { return r.Kind + " " + r.What }

// Sentence is the row in a sentence.
func (r *Watch) Sentence(Clock) string {
	if r.Expired {
		return "to watch until it ended: " + text.OneLine(r.What)
	}
	return "to watch: " + text.OneLine(r.What)
}

// Short is the row in a list.
func (r *Watch) Short(Clock) string { return text.OneLine(r.What) }

// Area is a row of the authority table. It cites no record.
type Area struct {
	Typed
	ID         string     `json:"id"`
	Primary    string     `json:"primary"`
	Alternates []string   `json:"alternates"`
	Expires    *time.Time `json:"expires"`
	Expired    bool       `json:"expired"`
	Citation
}

// Cells are area, primary, alternates and expires, and those of the source.
func (r *Area) Cells() []string {
	return append([]string{r.ID, r.Primary, ListCell(r.Alternates), dateCell(r.Expires)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Area) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Area) Sentence(Clock) string {
	return text.JoinNonEmpty(", else ", r.Primary+" decides about "+r.ID, ListCell(r.Alternates))
}

// Short is the row in a list.
func (r *Area) Short(Clock) string { return r.ID }
