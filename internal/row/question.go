package row

// Question is a question.
type Question struct {
	Typed
	ID       string `json:"id"` // slug, or the id of its record
	Ask      string `json:"ask"`
	To       string `json:"to"`
	By       string `json:"by"`
	State    string `json:"state"`
	Rounds   int    `json:"rounds"`
	Answer   string `json:"answer"` // the latest one, "" without one
	AskedNow        // nobody unless it is open

	Escalation *EscalationNote `json:"escalation"` // null without one that stands or was declined
	Delivered  []Delivery      `json:"delivered"`
	Citation
}

// Cells is the row under [Header].
func (r *Question) Cells() []string {
	return append([]string{r.ID, r.State, r.By, r.To, r.Ask, r.cell(r.To), dateCell(r.Deadline)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Question) Key() string { return r.ID }
