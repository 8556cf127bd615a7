package query

import (
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// Kinds are the kinds of things that [States] knows, in the order in which an
// export has them.
var Kinds = []fold.EntryKind{
	fold.EntryItem, fold.EntryBlocker, fold.EntryQuestion, fold.EntryDecision, fold.EntryHandoff,
}

// States returns the rows of things of a kind as they stand, closed and
// superseded ones included, in the order of their keys: those from the time span
// of a query that meet its terms. Of a topic there are the decision that stands,
// what is proposed in its place, and the earlier ones.
func States(q Query, s *fold.View, env Env, kind fold.EntryKind, keys []string) []row.Row {
	r := newRunner(q, s, env)
	var rows []row.Row
	for _, key := range keys {
		for _, t := range r.threadsOf(kind, key) {
			if c := r.latest(t); r.meets(c) {
				rows = append(rows, c.row)
			}
		}
	}
	return rows
}

// threadsOf are the threads under a key: several where a topic was decided more
// than once, the one that stands first, and none for what is not there.
func (r *runner) threadsOf(kind fold.EntryKind, key string) []citable {
	var threads []citable
	switch s := r.state; kind {
	case fold.EntryItem:
		if it := s.Items[key]; it != nil {
			threads = append(threads, itemThread{it})
		}
	case fold.EntryBlocker:
		if b := s.Blockers[key]; b != nil {
			threads = append(threads, blockerThread{b})
		}
	case fold.EntryQuestion:
		if q := s.Questions[key]; q != nil {
			threads = append(threads, questionThread{q})
		}
	case fold.EntryDecision:
		if d := s.Decisions[key]; d != nil {
			for _, one := range d.Story() {
				threads = append(threads, decisionThread{one})
			}
		}
	case fold.EntryHandoff:
		if h := s.Handoffs[key]; h != nil {
			threads = append(threads, r.handoffThread(h))
		}
	}
	return threads
}

// RecordsOf returns a test whether a record is from the time span of a query and
// meets its terms, as far as it says so itself: it is addressed to whom it names,
// owned is what it declares, about an item is what names it. The state need hold
// the present only.
func RecordsOf(q Query, s *fold.View, env Env) func(*handoff.Record) bool {
	r := newRunner(q, s, env)
	return func(record *handoff.Record) bool {
		return within(q, record.At.Time) && (len(q.Terms) == 0 || r.fits(r.saidBy(record)))
	}
}

// saidBy are the facets that a record has by itself.
func (r *runner) saidBy(record *handoff.Record) facets {
	f := make(facets)
	f.put(OfKind, string(record.Kind))
	f.put(By, record.By)
	f.put(Team, r.teams[record.By])
	f.put(To, r.expandFrom(record.By, handoff.AddresseesOf(record.Body)...)...)
	for _, ref := range fold.Mentions(record) {
		if typ, name := handoff.SplitRef(ref); typ == handoff.RefItem || typ == handoff.RefAny {
			f.put(InItem, name)
		}
	}
	if body, ok := record.Body.(*handoff.Handoff); ok {
		for _, item := range body.Items {
			f.put(Owner, item.Owner)
			f.put(HasRef, refs(item.Refs)...)
		}
	}
	return f
}
