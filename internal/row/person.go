package row

import (
	"cmp"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

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

// Cells are person, team, state, back, cover, expected and declared, and those of the
// source.
func (r *Person) Cells() []string {
	expected := ""
	if r.Expected {
		expected = IsExpected
	}
	return append([]string{r.ID, r.Team, r.State, dateCell(r.Back), r.Cover, expected, dateCell(r.Declared)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Person) Key() string { return r.ID }

// Sentence is the row in a sentence: whether somebody is there.
func (r *Person) Sentence(c Clock) string {
	say := r.ID + " is " + r.State
	switch r.State {
	case PersonHere:
		say = r.ID + " is back"
	case PersonUnknown:
		return "nothing says where " + r.ID + " is"
	}
	if r.Back != nil {
		say += ", back " + c.At(*r.Back)
	}
	if r.Cover != "" {
		return say + "; " + r.Cover + " covers"
	}
	if r.State == PersonAway {
		return say + "; nobody covers"
	}
	return say
}

// Short is the row in a list.
func (r *Person) Short(c Clock) string { return r.Sentence(c) }

// Handover says in a sentence whether somebody has handed over today.
func (r *Person) Handover(c Clock) string {
	switch {
	case r.Declared != nil:
		return r.ID + " has handed over at " + c.At(*r.Declared)
	case r.Expected:
		return r.ID + " has not handed over today"
	case r.State == PersonAway:
		return r.ID + " is away and not expected"
	}
	return r.ID + " has not handed over today and is not expected to"
}

// Team is a team of the configuration. It cites no record.
type Team struct {
	Typed
	ID     string   `json:"id"`
	Lead   string   `json:"lead"`
	Zone   string   `json:"zone"`
	People []string `json:"people"`
	Citation
}

// Cells are team, lead, zone and people, and those of the source.
func (r *Team) Cells() []string {
	return append([]string{r.ID, r.Lead, r.Zone, ListCell(r.People)}, r.Source.Cells()...)
}

// Key is the id of what the row is about.
func (r *Team) Key() string { return r.ID }

// Sentence is the row in a sentence.
func (r *Team) Sentence(Clock) string {
	return text.JoinNonEmpty("; it is ", cmp.Or(r.Lead, "nobody")+" leads the team "+r.ID, ListCell(r.People))
}

// Short is the row in a list.
func (r *Team) Short(Clock) string { return r.ID }
