package row

import (
	"cmp"
	"fmt"
	"time"
)

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

// Cells are deadline, what, who, due and late, and those of the source.
func (r *Deadline) Cells() []string {
	late := ""
	if r.Late {
		late = IsOverdue
	}
	return append([]string{r.ID, r.What, r.Who, dateCell(r.Due), late}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Deadline) Key() string { return r.ID + " " + r.What + " " + r.Who }

// toMeet is what somebody does to meet a deadline, by what it is one for.
var toMeet = map[string]string{"item": "finish", "step": "do a step of"}

// Sentence is the row in a sentence.
func (r *Deadline) Sentence(c Clock) string {
	say := fmt.Sprintf("%s is to %s %s by %s", r.Who, cmp.Or(toMeet[r.What], r.What), r.ID, c.At(*r.Due))
	if r.Late {
		say += ", which is past"
	}
	return say
}

// Short is the row in a list: what is due, with who is to meet it, and when.
func (r *Deadline) Short(c Clock) string { return r.ID + " (" + r.Who + ", " + c.At(*r.Due) + ")" }
