package row

import "time"

// Deadline is a time by which somebody has to do something.
type Deadline struct {
	Typed
	ID   string     `json:"id"`   // a reference to what it is about
	What string     `json:"what"` // ack, answer, acknowledge, resolve, take up, item, step
	Who  string     `json:"who"`
	Due  *time.Time `json:"due"`
	Late bool       `json:"late"`
	Citation
}

// Cells is the row under [Header].
func (r *Deadline) Cells() []string {
	late := ""
	if r.Late {
		late = IsOverdue
	}
	return append([]string{r.ID, r.What, r.Who, dateCell(r.Due), late}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Deadline) Key() string { return r.ID + " " + r.What + " " + r.Who }
