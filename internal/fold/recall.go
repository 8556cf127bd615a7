package fold

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/compact"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Part says how much of a state somebody needs. Whatever it is, the present is
// in it: live items, open blockers, pending questions and handoffs, the newest
// handoffs of everybody, and what these name, with the records that say how
// they stand. Refs, Words and Since add entries with all records that name them.
type Part struct {
	All       bool
	Decisions bool      // also those that stand
	Decided   []string  // also the decisions that say all of these texts, as search folds them
	Histories bool      // also all records that name what is present
	Names     bool      // also the names of everything, and nothing else of it
	Alike     []string  // also the names of which these may be slips, and nothing else of it
	Refs      []string  // also what these may mean: references, ids and their beginnings
	Words     []string  // also the entries whose records say all of these texts, as search folds them
	Saying    []string  // also what the records name that say all of these texts themselves, without its history
	By        []string  // also the handoffs of these people, with what they name
	Since     time.Time // also what the records from this time on name; zero is none
	Recent    time.Time // also the records from this time on, with what they changed as it is now; zero is none
	Said      []string  // also the records that were said at these addresses, and nothing that they name
	Newest    int       // also so many of the last records, in fold order
	Back      string    // also what came back to this person, and what that names
	Before    string    // also the handoff that the sender of this one had published before its versions, rollups left out
}

// Recall builds the part of a state that some entries are. Add the entries, fill
// in the records that they cite, then take the View.
type Recall struct {
	view   *View
	awaits map[string]*handoff.Record // cited and not filled in, by id
}

// NewRecall returns an empty one.
func NewRecall() *Recall {
	return &Recall{view: newFold("").View, awaits: make(map[string]*handoff.Record)}
}

// Has reports whether an entry has been added.
func (c *Recall) Has(kind EntryKind, key string) bool {
	shelf, ok := shelves[kind]
	return ok && shelf.has(c.view, key)
}

// Add takes an entry in. One that is there already stays as it is.
func (c *Recall) Add(kind EntryKind, key string, data []byte) error {
	shelf, ok := shelves[kind]
	if !ok || shelf.has(c.view, key) {
		return nil
	}
	return shelf.load(c.view, key, data, c.Cite)
}

// Precedes reports whether one handoff, which is filled in, can be what the sender
// of another had published before: it is no version of it, and no rollup.
func (c *Recall) Precedes(id, other string) bool {
	a, b := c.view.Handoffs[id], c.view.Handoffs[other]
	if a == nil || b == nil {
		return false
	}
	body, ok := a.Record.Body.(*handoff.Handoff)
	return ok && body.Rollup == nil && a.First != b.First
}

// AddNames takes in all names of a kind, sorted.
func (c *Recall) AddNames(kind EntryKind, names []string) { c.view.names[kind] = names }

// Cite notes that a record is needed and returns it, empty until it is filled
// in.
func (c *Recall) Cite(id string) *handoff.Record {
	r := c.view.Records[id]
	if r == nil {
		r = &handoff.Record{ID: id}
		c.view.Records[id] = r
		c.awaits[id] = r
	}
	return r
}

// Records returns the ids of the records that are to be filled in, sorted:
// those that are cited, and those that say how the entries came to stand as
// they do.
func (c *Recall) Records() []string {
	for _, it := range c.view.Items {
		c.citeAll(it.Declared, it.HeldBy, it.ClosedBy)
		if it.Offer != nil {
			c.citeAll(it.Offer.Record)
		}
	}
	for _, b := range c.view.Blockers {
		c.citeAll(b.Declared)
	}
	for _, list := range c.view.Watched {
		for _, w := range list {
			c.citeAll(w.Declared, w.HeldBy)
		}
	}
	for _, q := range c.view.Questions {
		c.citeAll(q.Record)
	}
	for _, backs := range c.view.Backs {
		for _, b := range backs {
			if handoff.ValidID(b.Subject) {
				c.citeAll(b.Subject)
			}
		}
	}
	for _, d := range c.view.Decisions {
		c.citeAll(d.Record)
		for _, one := range d.Story()[1:] {
			c.citeAll(one.Record)
		}
	}
	return slices.Sorted(maps.Keys(c.awaits))
}

func (c *Recall) citeAll(ids ...string) {
	for _, id := range ids {
		if id != "" {
			c.Cite(id)
		}
	}
}

// CiteHistories notes that all records that name an entry are needed, for those
// that are wanted.
func (c *Recall) CiteHistories(wanted func(kind EntryKind, key string) bool) {
	for key, it := range c.view.Items {
		if wanted(EntryItem, key) {
			c.citeAll(it.History...)
		}
	}
	for key, b := range c.view.Blockers {
		if wanted(EntryBlocker, key) {
			c.citeAll(b.History...)
		}
	}
	for key, q := range c.view.Questions {
		if wanted(EntryQuestion, key) {
			c.citeAll(q.History...)
		}
	}
}

// Versions returns the ids of the handoffs that the wanted entries were declared,
// closed or decided in: whoever amends one needs to know whether it is of the
// chain.
func (c *Recall) Versions(wanted func(kind EntryKind, key string) bool) []string {
	var ids []string
	add := func(kind EntryKind, key string, records ...string) {
		if wanted(kind, key) {
			ids = append(ids, slices.DeleteFunc(records, func(id string) bool { return id == "" })...)
		}
	}
	for key, it := range c.view.Items {
		add(EntryItem, key, it.Declared, it.ClosedBy)
	}
	for key, d := range c.view.Decisions {
		add(EntryDecision, key, d.Record)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Fill takes in records: those that are cited, and any other.
func (c *Recall) Fill(records ...*handoff.Record) {
	for _, r := range records {
		if awaited := c.awaits[r.ID]; awaited != nil {
			*awaited = *r
			delete(c.awaits, r.ID)
		} else if c.view.Records[r.ID] == nil {
			c.view.Records[r.ID] = r
		}
	}
}

// View returns what has been recalled, with its records in the order of place.
// It is the same view every time, and may grow with what is added later. A
// record that was never filled in is an error.
func (c *Recall) View(place func(id string) int) (*View, error) {
	for id := range c.awaits {
		return nil, fmt.Errorf("record %s is cited and missing: %w", id, compact.ErrDamaged)
	}
	s := c.view
	for id, h := range s.Handoffs {
		body, ok := h.Record.Body.(*handoff.Handoff)
		if !ok {
			return nil, fmt.Errorf("record %s is no handoff: %w", id, compact.ErrDamaged)
		}
		h.Handoff = body
	}
	for _, d := range s.Decisions {
		for _, one := range d.Story()[1:] {
			if one != d.Proposal {
				one.addTexts(s.Records[one.Record])
			}
		}
	}
	s.order = slices.SortedFunc(maps.Values(s.Records), func(a, b *handoff.Record) int {
		return cmp.Compare(place(a.ID), place(b.ID))
	})
	return s, nil
}

// addTexts adds to what was decided before what only its record says, see
// [savedEarlier].
func (d *Decision) addTexts(r *handoff.Record) {
	d.By, d.At = r.By, r.At.Time
	switch body := r.Body.(type) {
	case *handoff.DecisionRecord:
		d.DecisionFields = body.DecisionFields
	case *handoff.Handoff:
		if d.nth < len(body.Decisions) {
			d.Decision = body.Decisions[d.nth]
		}
	}
}

// Names returns references to what the entries name: the items of blockers and
// questions, the blockers of items, everything in handoffs but those of which no
// more than what became of them is wanted. The records of the handoffs must have
// been filled in.
func (c *Recall) Names(brief map[string]bool) []string {
	var refs []string
	add := func(typ handoff.RefType, names ...string) {
		for _, name := range names {
			if _, name = handoff.SplitRef(name); name != "" {
				refs = append(refs, declaration{typ, name}.key())
			}
		}
	}
	s := c.view
	for _, it := range s.Items {
		add(handoff.RefBlocker, it.BlockedBy...)
		add(handoff.RefItem, it.Was...)
		add(handoff.RefItem, it.Became...)
		for _, next := range it.Next {
			if after, waits := strings.CutPrefix(next.Start, "after:"); waits {
				refs = append(refs, after)
			}
		}
	}
	for _, b := range s.Blockers {
		add(handoff.RefItem, b.Blocks...)
	}
	for _, q := range s.Questions {
		add(handoff.RefItem, q.Blocks...)
		add(handoff.RefItem, q.About)
	}
	for _, d := range s.Decisions {
		add(handoff.RefItem, d.Items...)
	}
	for _, backs := range s.Backs {
		for _, b := range backs {
			refs = append(refs, b.Subject)
			add(handoff.RefItem, b.Items...)
		}
	}
	for id, h := range s.Handoffs {
		if brief[id] {
			continue
		}
		refs = append(refs, Mentions(h.Record)...)
		for _, key := range h.Questions {
			refs = append(refs, declaration{handoff.RefQuestion, key}.key())
		}
		if h.SupersededBy != "" {
			refs = append(refs, h.SupersededBy)
		}
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// Replaced returns the ids of the handoffs that those of some records replaced.
func (c *Recall) Replaced(records []string) []string {
	var ids []string
	for _, id := range records {
		if h := c.view.Handoffs[id]; h != nil {
			ids = append(ids, h.Replaces...)
		}
	}
	return ids
}

// Rounds returns references to the questions that records ask once more.
func (c *Recall) Rounds() []string {
	var refs []string
	for _, key := range c.view.rounds {
		refs = append(refs, declaration{handoff.RefQuestion, key}.key())
	}
	return refs
}

// Handoffs returns the ids of the handoffs, sorted.
func (c *Recall) Handoffs() []string { return slices.Sorted(maps.Keys(c.view.Handoffs)) }

// ProblemsOf folds records on top of a whole state and returns the problems
// that are theirs.
func ProblemsOf(s *State, records []*handoff.Record, policy AckPolicy) []handoff.Problem {
	after := Of(slices.Concat(s.order, records), policy)
	return slices.DeleteFunc(after.Problems, func(p handoff.Problem) bool {
		return !slices.ContainsFunc(records, func(r *handoff.Record) bool { return r.ID == p.Record })
	})
}
