package query

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// LogPart is the part of a state of which [Log] and the whole state make the
// same.
func LogPart(q Query) fold.Part {
	switch {
	case !q.Since.IsZero():
		return fold.Part{Since: q.Since}
	case q.Limit > 0 && len(q.Terms) == 0 && q.Until.IsZero():
		return fold.Part{Newest: q.Limit}
	}
	return fold.Part{All: true}
}

// Log returns the records that a query fits, the newest first: the time span
// and the terms are those of every question, asked of the records themselves. A
// record is about an item that it names, and about those of the blocker,
// question or handoff that it is a word on. It is addressed to whom a handoff,
// question, escalation, assignment or route is for.
func Log(q Query, s *fold.View, env Env) []*handoff.Record {
	r := newRunner(q, s, env)
	var about map[string][]string
	found := []*handoff.Record{}
	for _, record := range slices.Backward(s.Known()) {
		if q.Limit > 0 && len(found) == q.Limit {
			break
		}
		if !within(q, record.At.Time) {
			continue
		}
		if len(q.Terms) > 0 {
			if about == nil {
				about = r.itemsOfRecords()
			}
			if !r.fits(r.logFacets(record, about[record.ID])) {
				continue
			}
		}
		found = append(found, record)
	}
	return found
}

// logFacets are what terms can ask of a record.
func (r *runner) logFacets(record *handoff.Record, items []string) facets {
	f := r.recordFacets(record.ID)
	to := handoff.AddresseesOf(record.Body)
	f.put(To, to...)
	f.put(To, filter(r.expandFrom(record.By, to...), func(who string) bool { return who != record.By })...)
	f.putItems(r, items)
	return f
}

// itemsOfRecords are the items that each record is about, by its id.
func (r *runner) itemsOfRecords() map[string][]string {
	about := make(map[string][]string)
	note := func(records []string, items ...string) {
		for _, id := range records {
			about[id] = append(about[id], items...)
		}
	}
	for _, id := range sortedKeys(r.state.Items) {
		note(r.state.Items[id].History, id)
	}
	for _, id := range sortedKeys(r.state.Blockers) {
		b := r.state.Blockers[id]
		note(b.History, b.Blocks...)
	}
	for _, key := range sortedKeys(r.state.Questions) {
		q := r.state.Questions[key]
		note(q.History, questionThread{q}.items()...)
	}
	for _, d := range r.allDecisions() {
		note([]string{d.Record}, d.Items...)
	}
	for id, h := range r.state.Handoffs {
		for _, item := range h.Items {
			for _, reply := range r.replies[id] {
				note([]string{reply.ID}, item.ID)
			}
			for _, key := range h.Questions {
				if q := r.state.Questions[key]; q != nil {
					note(q.History, item.ID)
				}
			}
		}
	}
	return about
}
