package query

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/row"
)

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
		line := r.presence(who)
		found = append(found, r.personRow(line))
	}
	return found
}

func (r *runner) presence(who string) *row.Person {
	line := r.person(who)
	now := r.env.Now
	h := r.state.Latest(who)
	if away, back, ok := r.env.Config.AwayAt(who, now); ok {
		line.State, line.Back, line.Cover = row.PersonAway, row.Stamp(back), away.Cover
		line.Citation = r.configured()
		return line
	}
	if h != nil && h.ReturnsAt.After(now) {
		line.State, line.Back, line.Cover = row.PersonOff, row.Stamp(h.ReturnsAt.Time), h.Cover
		line.Citation = row.Citation{Source: r.source(h.Record.ID)}
		return line
	}
	if hours, ok := r.env.Config.Calendar(who); ok {
		line.Citation = r.configured()
		if _, working := hours.Shift(now); working {
			line.State = row.PersonHere
			return line
		}
		line.State = row.PersonOff
		if shift, ok := hours.NextShift(now); ok {
			line.Back = row.Stamp(shift.From)
		}
		return line
	}
	if _, listed := r.env.Config.People[who]; h != nil && (listed || len(r.env.Config.People) == 0) {
		line.State, line.Citation = row.PersonHere, row.Citation{Source: r.source(h.Record.ID)}
		return line
	}
	line.State, line.Citation = row.PersonUnknown, r.configured()
	return line
}

func (r *runner) person(who string) *row.Person {
	return &row.Person{Typed: row.Typed{Type: row.TypePerson}, ID: who, Team: r.teams[who]}
}

// configured cites the configuration.
func (r *runner) configured() row.Citation {
	return row.Citation{Source: row.Source{Kind: "config", Path: r.env.ConfigFile}}
}

// personRow finishes a row of somebody.
func (r *runner) personRow(line *row.Person) candidate {
	f := make(facets)
	f.put(Is, string(row.TypePerson))
	switch line.State {
	case row.PersonAway, row.PersonOff:
		f.put(Is, row.PersonAway)
	case row.PersonHere:
		f.put(Is, row.PersonHere)
	}
	if line.Expected {
		f.put(Is, row.IsExpected)
	}
	switch {
	case line.Declared != nil:
		f.put(Is, row.IsDeclared)
	case line.Expected:
		f.put(Is, row.IsMissing)
	}
	f.put(To, line.Cover)
	f.put(Owner, line.ID)
	f.put(By, line.ID)
	f.put(Team, line.Team)
	c := candidate{row: line, facets: f, thread: remark{record: line.Source.Record}}
	if line.Back != nil {
		c.since = *line.Back
	}
	return c
}

// declared are the people who are expected to hand over today, or have done so.
func (r *runner) declared() []candidate {
	var found []candidate
	for _, who := range r.people() {
		line := r.presence(who)
		from, expected := r.today(who)
		line.Expected = expected && line.State != row.PersonAway
		if h := r.ownLatest(who); h != nil && !h.Record.At.Before(from) && !h.Record.At.After(r.env.Now) {
			line.Declared = row.Stamp(h.Record.At.Time)
			line.Citation = row.Citation{Source: r.source(h.Record.ID)}
		}
		if line.Expected || line.Declared != nil || r.query.Arg == who {
			found = append(found, r.personRow(line))
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

func (r *runner) team(name string, t config.Team) candidate {
	line := &row.Team{
		Typed: row.Typed{Type: row.TypeTeam}, ID: name, Lead: t.Lead, Zone: t.Zone,
		People: row.List(r.env.Config.Members("team:"+name, "")), Citation: r.configured(),
	}
	f := make(facets)
	f.put(Is, string(row.TypeTeam))
	f.put(Owner, t.Lead)
	f.put(Team, name)
	return candidate{row: line, facets: f, thread: remark{}}
}
