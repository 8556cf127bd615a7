package query

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

func (r *runner) changed() []candidate {
	since := r.changedSince()
	var found []candidate
	for _, t := range r.threads() {
		if id := r.lastChange(t, since); id != "" {
			c := t.cite(r, id)
			c.changes = r.changes(c, id, since)
			found = append(found, c)
		}
	}
	if !r.query.Until.IsZero() {
		return found // what was news then may be replaced by now
	}
	return filter(found, func(c candidate) bool { return !c.row.Cited().Superseded })
}

// changedSince is the time of the question, else that of the asker's latest
// handoff, else a day ago.
func (r *runner) changedSince() time.Time {
	if !r.query.Since.IsZero() {
		return r.query.Since
	}
	if h := r.state.Latest(r.query.Me); h != nil {
		return h.Record.At.Add(1) // what that handoff says is known to who wrote it
	}
	return r.env.Now.Add(-day)
}

// lastChange is the latest record since a time that says something new about a
// thread, "" when there is none.
func (r *runner) lastChange(t thread, since time.Time) string {
	var change string
	var before any
	for _, id := range t.records() {
		record := r.state.Records[id]
		if record == nil {
			continue
		}
		entry := t.entry(record)
		if entry == nil || fold.IsRollup(record) && id != t.latest() {
			continue // a rollup is news of itself only
		}
		if !r.query.Until.IsZero() && !record.At.Before(r.query.Until) {
			continue
		}
		_, isHandoff := record.Body.(*handoff.Handoff)
		if !record.At.Before(since) && !(isHandoff && sameEntry(before, entry)) {
			change = id
		}
		if isHandoff {
			before = entry
		}
	}
	return change
}

// changes says in which respects a thing is not as it was at a time, as the records up
// to the one that is cited have it. A decision is compared with the one whose place it
// took, a version of a handoff with the one that it replaces.
func (r *runner) changes(c candidate, cited string, since time.Time) []row.Change {
	names, prior := c.thread.records(), ""
	switch t := c.thread.(type) {
	case decisionThread:
		if earlier := t.Earlier(); len(earlier) > 0 {
			prior = earlier[0].Record
		}
	case handoffThread:
		if slices.Contains(t.Replaces, t.Amends) { // else it only says so
			prior = t.Amends
		}
	}
	var before, after []*handoff.Record
	for _, id := range append([]string{prior}, names[:slices.Index(names, cited)+1]...) {
		record := r.state.Records[id]
		switch {
		case record == nil || fold.IsRollup(record) && id != cited:
		case record.At.Before(since) || id == prior:
			before = append(before, record)
		default:
			after = append(after, record)
		}
	}
	changes, kind := []row.Change{}, cmp.Or(kindOf[string(c.row.RowType())], fold.EntryHandoff)
	for _, change := range story.Changed(kind, c.row.Key(), before, after) {
		changes = append(changes, row.Change(change))
	}
	return changes
}

// sameEntry reports whether two declarations of a thing say the same. An intent
// that is left out is inherited.
func sameEntry(before, entry any) bool {
	was, ok := before.(itemEntry)
	is, _ := entry.(itemEntry)
	if ok && len(was.Items) == 1 && len(is.Items) == 1 {
		is.Items = slices.Clone(is.Items)
		is.Items[0].Intent = cmp.Or(is.Items[0].Intent, was.Items[0].Intent)
		is.Unchanged, was.Unchanged = nil, nil
		return reflect.DeepEqual(was, is)
	}
	return reflect.DeepEqual(before, entry)
}

// outdated reports whether a handoff says something of a thread that a later
// declaration no longer says.
func (r *runner) outdated(t thread, id, declared string) bool {
	record, current := r.state.Records[id], r.state.Records[declared]
	if id == declared || record == nil || current == nil {
		return false
	}
	_, isHandoff := record.Body.(*handoff.Handoff)
	return isHandoff && !fold.IsRollup(record) && !sameEntry(t.entry(record), t.entry(current))
}
