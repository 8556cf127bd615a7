package row

import "time"

// Person is somebody: whether they are there, and whether they have handed
// over today.
type Person struct {
	Typed
	ID       string     `json:"id"` // handle
	Team     string     `json:"team"`
	State    string     `json:"state"`    // away, off (between shifts, or until the time of their handoff), here, unknown
	Back     *time.Time `json:"back"`     // when they are expected back, null when they are here or nobody knows
	Cover    string     `json:"cover"`    // who stands in while they are not here, "" for nobody
	Expected bool       `json:"expected"` // they have a shift today
	Declared *time.Time `json:"declared"` // when they handed over today, null when they did not
	Citation
}

// Cells is the row under [Header].
func (r *Person) Cells() []string {
	expected := ""
	if r.Expected {
		expected = IsExpected
	}
	return append([]string{r.ID, r.Team, r.State, dateCell(r.Back), r.Cover, expected, dateCell(r.Declared)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Person) Key() string { return r.ID }

// Team is a team of the configuration. It cites no record.
type Team struct {
	Typed
	ID     string   `json:"id"`
	Lead   string   `json:"lead"`
	Zone   string   `json:"zone"`
	People []string `json:"people"`
	Citation
}

// Cells is the row under [Header].
func (r *Team) Cells() []string {
	return append([]string{r.ID, r.Lead, r.Zone, ListCell(r.People)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Team) Key() string { return r.ID }
