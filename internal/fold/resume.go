package fold

import (
	"cmp"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// A fold can stop and go on later: what it came to is kept as entries, and
// [Resume] reads only those that new records touch. Folding a history in parts
// gives what folding it at once does, as long as each part [Resumed.Follows]
// the ones before.

// Snapshot is where a fold that goes on finds what was folded before.
type Snapshot interface {
	// Entry returns the data of an entry, nil when there is none.
	Entry(kind EntryKind, key string) []byte
	// Record returns a record that was folded, nil when there is none.
	Record(id string) *handoff.Record
}

// Resumed is a fold that goes on. It holds what it has read of the snapshot and
// what the records since then have changed.
type Resumed struct {
	f     *fold
	clock foldClock
	names map[declaration]nameState
	wants []declaration // of the records to fold: what they name and what is not there
}

// foldClock says how far a fold has come.
type foldClock struct {
	Count    int          // records folded
	At       handoff.Time // of the latest record by time and id
	ID       string       // of that record
	Circular bool         // records name each other in a circle, so that no part of them can be folded alone
}

// nameState is what is known of a name beyond the entry of that name.
type nameState struct {
	Declared bool // by a record that made no entry
	Wanted   bool // by a record that found nothing of that name
}

// Resume goes on from the snapshot. The policy must be the one of before.
func Resume(snapshot Snapshot, policy AckPolicy) *Resumed {
	r := &Resumed{f: newFold(policy), names: make(map[declaration]nameState)}
	r.f.snapshot = &memory{snapshot: snapshot}
	r.f.snapshot.entry(EntryFold, "", &r.clock, snapshot.Record)
	r.f.count = r.clock.Count
	return r
}

// Err is the first damage that was met in the snapshot. Nothing that was folded
// after it counts.
func (r *Resumed) Err() error { return r.f.snapshot.err }

// Count is how many records have been folded.
func (r *Resumed) Count() int { return r.clock.Count }

// Follows reports whether records of different ids, of which none is part of the
// snapshot, come after everything in it and change nothing there: the fold of all is
// the fold of the snapshot and then theirs. ordered is the order in which to fold
// them. Everything follows a snapshot in which nothing was folded.
func (r *Resumed) Follows(records []*handoff.Record) (ordered []*handoff.Record, ok bool) {
	g := newGraph(records, r)
	ok = r.clock.Count == 0 || !r.clock.Circular && r.after(g)
	if !ok {
		return nil, false
	}
	g.linkAll()
	ordered, r.wants = g.sort(), g.wants
	if r.clock.Count == 0 {
		r.clock.Circular = g.circular
		return ordered, true
	}
	return ordered, !g.circular // a circle comes after everything else that there is
}

// after reports whether the records of a graph are all later than the snapshot,
// which names none of them and nothing that they declare.
func (r *Resumed) after(g *graph) bool {
	for _, rec := range g.records {
		if !r.clock.before(rec) || r.waits(declaration{handoff.RefAny, rec.ID}) {
			return false
		}
	}
	for d := range g.first {
		if r.waits(d) {
			return false
		}
	}
	return true
}

// Fold applies records in the order that Follows gave, and returns the problems
// that they have.
func (r *Resumed) Fold(records []*handoff.Record) []handoff.Problem {
	before := len(r.f.Problems)
	for _, rec := range records {
		r.f.Records[rec.ID] = rec
		r.clock.pass(rec)
	}
	for _, rec := range records {
		r.f.order = append(r.f.order, rec)
		r.f.apply(rec)
	}
	for _, rec := range records {
		r.noteDeclared(rec)
	}
	for _, d := range r.wants { // if it comes later, the record would have been folded after it
		state := r.name(d)
		state.Wanted = true
		r.names[d] = state
	}
	return r.f.Problems[before:]
}

// before reports whether the fold has come only to records before rec.
func (c *foldClock) before(rec *handoff.Record) bool {
	return c.Count == 0 || cmp.Or(c.At.Compare(rec.At.Time), cmp.Compare(c.ID, rec.ID)) < 0
}

func (c *foldClock) pass(rec *handoff.Record) {
	if c.before(rec) {
		c.At, c.ID = rec.At, rec.ID
	}
	c.Count++
}

// entryOf says which entries a declaration of a type makes.
var entryOf = map[handoff.RefType]EntryKind{
	handoff.RefItem: EntryItem, handoff.RefBlocker: EntryBlocker, handoff.RefQuestion: EntryQuestion, handoff.RefDecision: EntryDecision,
}

// exists reports whether the fold has made an entry of that name and type.
func (r *Resumed) exists(d declaration) bool {
	kind, ok := entryOf[d.typ]
	if !ok {
		return r.f.findRecord(d.slug) != nil
	}
	return shelves[kind].has(r.f.View, d.slug) || r.f.load(kind, d.slug)
}

// name returns what is known of a name beyond its entry.
func (r *Resumed) name(d declaration) nameState {
	state, ok := r.names[d]
	if !ok {
		r.f.snapshot.entry(EntryName, d.key(), &state, nil)
		r.names[d] = state
	}
	return state
}

func (d declaration) key() string { return string(d.typ) + ":" + d.slug }

// declared reports whether a record of the snapshot declares a slug.
func (r *Resumed) declared(d declaration) bool { return r.exists(d) || r.name(d).Declared }

// waits reports whether a record of the snapshot names what did not exist then.
func (r *Resumed) waits(d declaration) bool { return r.name(d).Wanted }

// noteDeclared keeps what a record declares without making it an entry.
func (r *Resumed) noteDeclared(rec *handoff.Record) {
	declarations(rec, func(d declaration) {
		if state := r.name(d); !state.Declared && !r.exists(d) {
			state.Declared = true
			r.names[d] = state
		}
	})
}
