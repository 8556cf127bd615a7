package row

import (
	"strings"
	"time"
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

// Cells is the row under [Header].
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
