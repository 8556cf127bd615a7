package query

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// runner answers one query from one state.
type runner struct {
	query Query
	state *fold.View
	env   Env

	teams    map[string]string            // handle → team: as configured, else as their latest handoff says
	everyone []string                     // handles, sorted: everybody with a team or a record; then who asks
	blocking map[string][]string          // item → ids of its open blockers, sorted
	replies  map[string][]*handoff.Record // id of a record → the records about it, in fold order
	members  map[[2]string][]string       // address and who wrote it → the people for whom it stands
}

func newRunner(q Query, s *fold.View, env Env) *runner {
	env.Config = cmp.Or(env.Config, new(config.Config))
	r := &runner{
		query: q, state: s, env: env,
		teams: make(map[string]string), blocking: make(map[string][]string), replies: make(map[string][]*handoff.Record),
		members: make(map[[2]string][]string),
	}
	for _, record := range s.Known() {
		if subject := handoff.SubjectOf(record.Body); subject != "" {
			r.replies[subject] = append(r.replies[subject], record)
		}
	}
	maps.Copy(r.teams, s.Teams)
	for who, p := range env.Config.People {
		if p.Team != "" {
			r.teams[who] = p.Team
		}
	}
	r.everyone = sortedKeys(r.teams)
	if q.Me != "" && !slices.Contains(r.everyone, q.Me) {
		r.everyone = append(r.everyone, q.Me) // who asks is there, too
	}
	for _, id := range sortedKeys(s.Blockers) {
		b := s.Blockers[id]
		for _, item := range b.Blocks {
			if b.Open() {
				_, item = handoff.SplitRef(item)
				r.blocking[item] = append(r.blocking[item], id)
			}
		}
	}
	return r
}

// expand adds to the addresses of a question the handles for which they stand,
// as who asks sees them, themselves included; "team" is everybody there.
func (r *runner) expand(addresses ...string) []string {
	all := r.expandFrom(r.query.Me, addresses...)
	if slices.ContainsFunc(addresses, func(group string) bool { return slices.Contains(r.membersOf(group, ""), r.query.Me) }) {
		all = append(all, r.query.Me)
	}
	if slices.Contains(addresses, everyoneAddress) {
		all = append(all, r.everyone...)
	}
	return all
}

// expandFrom adds to the addresses that somebody wrote the handles for which
// they stand: "team" is their own team, and everybody where nothing is known of
// teams.
func (r *runner) expandFrom(from string, addresses ...string) []string {
	var all []string
	for _, address := range addresses {
		all = append(all, address)
		if area, isArea := strings.CutPrefix(address, areaPrefix); isArea {
			if row, ok := r.env.Config.Authority(area); ok {
				all = append(all, row.Primary)
			}
			continue
		}
		members := r.membersOf(address, from)
		if len(members) == 0 && address == everyoneAddress {
			members = filter(r.everyone, func(who string) bool { return who != from })
		}
		all = append(all, members...)
	}
	return all
}

func (r *runner) membersOf(address, from string) []string {
	if !handoff.IsScope(address) {
		return nil
	}
	key := [2]string{address, from}
	members, known := r.members[key]
	if !known {
		members = r.env.Config.Members(address, from)
		r.members[key] = members
	}
	return members
}

// everyoneAddress is the address that stands for everybody.
const everyoneAddress = "team"

// who is the person, group or area that the question is about: its argument,
// else who asks, else everybody.
func (r *runner) who() string {
	return cmp.Or(r.query.Arg, r.query.Me, everyoneAddress)
}

// concerns returns a test whether one of the addresses that somebody wrote
// stands for, or is one of, those whom the question is about.
func (r *runner) concerns() func(from string, addresses ...string) bool {
	who := r.who()
	if who == everyoneAddress {
		return func(_ string, addresses ...string) bool {
			return slices.ContainsFunc(addresses, func(address string) bool { return address != "" })
		}
	}
	wanted := r.expand(who)
	return func(from string, addresses ...string) bool {
		return slices.ContainsFunc(r.expandFrom(from, addresses...), func(one string) bool { return slices.Contains(wanted, one) })
	}
}

// openBlockers are the blockers that stop an item: those that it names and
// those that name it. One that is named but declared nowhere is not known to be
// gone.
func (r *runner) openBlockers(it *fold.Item) []string {
	ids := slices.Clone(r.blocking[it.ID])
	for _, ref := range it.BlockedBy {
		_, id := handoff.SplitRef(ref)
		if b := r.state.Blockers[id]; b == nil || b.Open() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// source cites a record.
func (r *runner) source(id string) row.Source {
	record := r.state.Records[id]
	if record == nil {
		return row.Source{}
	}
	source := row.SourceOf(record, r.env.Now)
	if record.Kind.IsVerdict() && r.env.Unproven != nil {
		source.Unproven = r.env.Unproven(record)
	}
	return source
}

// facets are what terms ask for: the values that a row has, by qualifier.
type facets map[Qualifier][]string

// put adds values. Empty ones say nothing.
func (f facets) put(name Qualifier, values ...string) {
	for _, value := range values {
		if value != "" {
			f[name] = append(f[name], strings.ToLower(value))
		}
	}
}

// putItems adds what a row has because of the items that it is about.
func (f facets) putItems(r *runner, ids []string) {
	for _, id := range ids {
		_, id = handoff.SplitRef(id)
		f.put(InItem, id)
		if it := r.state.Items[id]; it != nil {
			f.put(Owner, it.Owner)
			f.put(Holder, it.Holder)
			f.put(HasRef, refs(it.Refs)...)
		}
	}
}

// recordFacets are what a row has because of the record that it cites.
func (r *runner) recordFacets(id string) facets {
	f := make(facets)
	if record := r.state.Records[id]; record != nil {
		f.put(OfKind, string(record.Kind))
		f.put(By, record.By)
		f.put(Team, r.teams[record.By])
	}
	return f
}

// thread is everything that the records say about one thing.
type thread interface {
	// records are the ids of the records that name the thing, the oldest first.
	records() []string

	// latest is the id of the record that says how the thing stands.
	latest() string

	// entry is the part of a record that is about the thing, nil when there is
	// none, or when that part is a thing of its own.
	entry(*handoff.Record) any
}

// citable is a thread that can be a row, cited from any of its records.
type citable interface {
	thread
	cite(r *runner, record string) candidate
}

// candidate is a row with what terms, words and the order ask of it.
type candidate struct {
	row      row.Row
	facets   facets
	thread   thread
	severity string
	since    time.Time    // how long it has been so
	idle     bool         // a step that has to wait
	when     *time.Time   // the time that a span is about, where it is not that of the record
	changes  []row.Change // nil where nobody asked what has changed
}

func (c candidate) is(flag string) bool { return slices.Contains(c.facets[Is], flag) }

// meets reports whether a candidate is in the time span and meets the terms. A
// row that cites no record is from any time.
func (r *runner) meets(c candidate) bool {
	at := c.row.Cited().At
	if c.when != nil {
		at = c.when
	}
	return (at == nil || within(r.query, *at)) && r.fits(c.facets)
}

// fits reports whether there is everything that the terms ask for.
func (r *runner) fits(f facets) bool {
	return !slices.ContainsFunc(r.query.Terms, func(t Term) bool { return r.has(f, t) == t.Not })
}

// within reports whether an instant is in the time span of the query.
func within(q Query, at time.Time) bool {
	return (q.Since.IsZero() || !at.Before(q.Since)) && (q.Until.IsZero() || at.Before(q.Until))
}

// has reports whether there is one of the values that a term names. A group
// means anybody in it.
func (r *runner) has(f facets, t Term) bool {
	values := t.values()
	switch t.Qualifier {
	case By, To, Owner, Holder, Resolver, Decider:
		values = r.expand(values...)
	}
	return slices.ContainsFunc(values, func(one string) bool { return slices.Contains(f[t.Qualifier], one) })
}

// sortedKeys makes the order of what is read from a map the same every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// some is a list as an entry: nil when it is empty.
func some[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func filter[S ~[]E, E any](from S, keep func(E) bool) []E {
	var kept []E
	for _, e := range from {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}
