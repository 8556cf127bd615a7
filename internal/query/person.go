package query

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
)

// PersonRow is somebody: whether they are there, and whether they have handed
// over today.
type PersonRow struct {
	typed
	ID       string     `json:"id"` // handle
	Team     string     `json:"team"`
	State    string     `json:"state"`    // away, off (between shifts, or until the time of their handoff), here, unknown
	Back     *time.Time `json:"back"`     // when they are expected back, null when they are here or nobody knows
	Cover    string     `json:"cover"`    // who stands in while they are not here, "" for nobody
	Expected bool       `json:"expected"` // they have a shift today
	Declared *time.Time `json:"declared"` // when they handed over today, null when they did not
	cited
}

// Cells is the row under [Header].
func (r *PersonRow) Cells() []string {
	expected := ""
	if r.Expected {
		expected = isExpected
	}
	return append([]string{r.ID, r.Team, r.State, dateCell(r.Back), r.Cover, expected, dateCell(r.Declared)}, r.Source.cells()...)
}

func (r *PersonRow) key() string { return r.ID }

// people are the handles that the question is about, of those whom anybody knows:
// the roster and the authors, sorted; all of them without an argument.
func (r *runner) people() []string {
	known := slices.Concat(r.everyone, sortedKeys(r.env.Config.People))
	slices.Sort(known)
	known = slices.Compact(known)
	if r.query.Arg == "" || r.query.Arg == everyoneAddress {
		return known
	}
	wanted := r.expand(r.query.Arg)
	return filter(known, func(who string) bool { return slices.Contains(wanted, who) })
}

// returns are the people with whether they are there, by the roster, their shifts
// and what their latest handoff says.
func (r *runner) returns() []candidate {
	var found []candidate
	for _, who := range r.people() {
		row := r.presence(who)
		found = append(found, r.personRow(row))
	}
	return found
}

func (r *runner) presence(who string) *PersonRow {
	row := r.person(who)
	now := r.env.Now
	h := r.state.Latest(who)
	if away, back, ok := r.env.Config.AwayAt(who, now); ok {
		row.State, row.Back, row.Cover = personAway, stamp(back), away.Cover
		row.cited = r.configured()
		return row
	}
	if h != nil && h.ReturnsAt.After(now) {
		row.State, row.Back, row.Cover = personOff, stamp(h.ReturnsAt.Time), h.Cover
		row.cited = cited{Source: r.source(h.Record.ID)}
		return row
	}
	if hours, ok := r.env.Config.Calendar(who); ok {
		row.cited = r.configured()
		if _, working := hours.Shift(now); working {
			row.State = personHere
			return row
		}
		row.State = personOff
		if shift, ok := hours.NextShift(now); ok {
			row.Back = stamp(shift.From)
		}
		return row
	}
	if h != nil {
		row.State, row.cited = personHere, cited{Source: r.source(h.Record.ID)}
		return row
	}
	row.State, row.cited = personUnknown, r.configured()
	return row
}

func (r *runner) person(who string) *PersonRow {
	return &PersonRow{typed: typed{Type: TypePerson}, ID: who, Team: r.teams[who]}
}

// configured cites the configuration.
func (r *runner) configured() cited {
	return cited{Source: Source{Kind: "config", Path: r.env.ConfigFile}}
}

// personRow finishes a row of somebody.
func (r *runner) personRow(row *PersonRow) candidate {
	f := make(facets)
	f.put(Is, string(TypePerson))
	switch row.State {
	case personAway, personOff:
		f.put(Is, personAway)
	case personHere:
		f.put(Is, personHere)
	}
	if row.Expected {
		f.put(Is, isExpected)
	}
	switch {
	case row.Declared != nil:
		f.put(Is, isDeclared)
	case row.Expected:
		f.put(Is, isMissing)
	}
	f.put(To, row.Cover)
	f.put(Owner, row.ID)
	f.put(By, row.ID)
	f.put(Team, row.Team)
	c := candidate{row: row, facets: f, thread: remark{record: row.Source.Record}}
	if row.Back != nil {
		c.since = *row.Back
	}
	return c
}

// declared are the people who are expected to hand over today, or have done so.
func (r *runner) declared() []candidate {
	var found []candidate
	for _, who := range r.people() {
		row := r.presence(who)
		from, expected := r.today(who)
		row.Expected = expected && row.State != personAway
		if h := r.ownLatest(who); h != nil && !h.Record.At.Before(from) && !h.Record.At.After(r.env.Now) {
			row.Declared = stamp(h.Record.At.Time)
			row.cited = cited{Source: r.source(h.Record.ID)}
		}
		if row.Expected || row.Declared != nil || r.query.Arg == who {
			found = append(found, r.personRow(row))
		}
	}
	return found
}

// ownLatest is the latest handoff by somebody that is no rollup.
func (r *runner) ownLatest(who string) *fold.Handoff {
	for h := range r.state.Newest() {
		if h.Record.By == who && h.State != fold.HandoffWithdrawn && h.Rollup == nil {
			return h
		}
	}
	return nil
}

// today is when the day of somebody began: the shift that they are in, else the
// midnight before now, where they are. It says whether they work on it.
func (r *runner) today(who string) (from time.Time, works bool) {
	hours, ok := r.env.Config.Calendar(who)
	location := cmp.Or(hours.Location, r.env.Location, r.env.Now.Location())
	now := r.env.Now.In(location)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, location)
	if !ok {
		return midnight, false
	}
	if shift, ok := hours.Shift(r.env.Now); ok && shift.From.Before(midnight) {
		return shift.From, true
	}
	shift, ok := hours.NextShift(midnight)
	return midnight, ok && shift.From.Before(midnight.AddDate(0, 0, 1))
}

// TeamRow is a team of the configuration. It cites no record.
type TeamRow struct {
	typed
	ID     string   `json:"id"`
	Lead   string   `json:"lead"`
	Zone   string   `json:"zone"`
	People []string `json:"people"`
	cited
}

// Cells is the row under [Header].
func (r *TeamRow) Cells() []string {
	return append([]string{r.ID, r.Lead, r.Zone, listCell(r.People)}, r.Source.cells()...)
}

func (r *TeamRow) key() string { return r.ID }

func (r *runner) team(name string, t config.Team) candidate {
	row := &TeamRow{
		typed: typed{Type: TypeTeam}, ID: name, Lead: t.Lead, Zone: t.Zone,
		People: list(r.env.Config.Members("team:"+name, "")), cited: r.configured(),
	}
	f := make(facets)
	f.put(Is, string(TypeTeam))
	f.put(Owner, t.Lead)
	f.put(Team, name)
	return candidate{row: row, facets: f, thread: remark{}}
}
