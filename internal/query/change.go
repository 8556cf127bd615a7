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
			found = append(found, r.changes(t.cite(r, id), id, since))
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

// changes adds how a thing is not as it was at a time, nor as what it took the place of.
func (r *runner) changes(c candidate, cited string, since time.Time) candidate {
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
	var records []*handoff.Record // nil for what is not recalled
	for _, id := range append([]string{prior}, names[:slices.Index(names, cited)+1]...) {
		records = append(records, r.state.Records[id])
	}
	c.changes = []row.Change{}
	for _, change := range story.ChangedSince(since, cmp.Or(kindOf[string(c.row.RowType())], fold.EntryHandoff), c.row.Key(), prior, records) {
		c.changes = append(c.changes, row.Change(change))
	}
	return c
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
