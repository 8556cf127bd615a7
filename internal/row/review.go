package row

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Review is a pull request that an item names, as its record knows it.
type Review struct {
	Typed
	ID        string     `json:"id"` // as the item writes it
	Item      string     `json:"item"`
	State     string     `json:"state"`      // as the forge calls it, "" when nobody asked
	Approvals string     `json:"approvals"`  // as "2/3"
	WaitingOn []string   `json:"waiting_on"` // handles
	ProbedAt  *time.Time `json:"probed_at"`
	Citation
}

// Cells are review, item, state, approvals, waiting on and probed at, and those of
// the source.
func (r *Review) Cells() []string {
	return append([]string{r.ID, r.Item, r.State, r.Approvals, ListCell(r.WaitingOn), dateCell(r.ProbedAt)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Review) Key() string { return r.Item + " " + r.ID }

// Approved reports whether everybody approves who has to.
func (r *Review) Approved() bool {
	given, needed, ok := strings.Cut(r.Approvals, "/")
	return ok && given == needed && needed != "0" && needed != ""
}

// Sentence is the row in a sentence.
func (r *Review) Sentence(c Clock) string {
	name := PullName(r.ID)
	if r.State == "" && r.Approvals == "" && len(r.WaitingOn) == 0 {
		return "nobody has recorded the state of " + name + " (" + r.Item + ")"
	}
	say := name + " (" + r.Item + ") is " + cmp.Or(r.State, "in a state that nobody recorded")
	if r.Approvals != "" {
		say += ", with " + approvals(r.Approvals)
	}
	if len(r.WaitingOn) > 0 {
		say += "; it waits for " + ListCell(r.WaitingOn)
	}
	if r.ProbedAt != nil {
		say += ", asked " + c.At(*r.ProbedAt)
	}
	return say
}

// Standing says in words how something outside of the records stands, as far as a
// reference says so: "open", "2 of 3 approvals", "waits for james".
func Standing(ref handoff.Ref) []string {
	words := []string{ref.State, approvals(ref.Approvals)}
	if len(ref.WaitingOn) > 0 {
		words = append(words, "waits for "+ListCell(ref.WaitingOn))
	}
	return slices.DeleteFunc(words, func(word string) bool { return word == "" })
}

// approvals is "2/3" in words.
func approvals(count string) string {
	if count == "" {
		return ""
	}
	return strings.Replace(count, "/", " of ", 1) + " approvals"
}

// PullName is a pull request in a sentence.
func PullName(id string) string {
	if id != "" && strings.Trim(id, "0123456789") == "" {
		id = "#" + id
	}
	return "PR " + id
}

// Short is the row in a list: the pull request, with who it waits for.
func (r *Review) Short(Clock) string {
	return r.ID + " (" + cmp.Or(ListCell(r.WaitingOn), r.State, r.Item) + ")"
}
