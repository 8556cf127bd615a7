package query

import (
	"cmp"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// deadlines are all that run, and those that have passed and still count.
func (r *runner) deadlines() []candidate {
	var found []candidate
	sla := r.env.Config.SLA
	for _, c := range r.unacked() {
		h := c.thread.(handoffThread).Handoff
		if due, ok := r.env.Config.AckDue(h); ok {
			found = append(found, r.deadline(h.Record.ID, "ack", strings.Join(r.env.Config.Receivers(h), ", "), due, h.Record.ID, c))
		}
	}
	for _, c := range r.blocked() {
		b := c.thread.(blockerThread)
		ref, asks := fold.Target{Type: fold.TargetBlocker, Name: b.ID}.Ref(), b.asks(r)
		who, wall := cmp.Or(asks.To, b.Resolver), b.Severity == handoff.SeverityCritical
		if due, ok := r.env.Config.Deadline(asks.To, b.Opened, sla.BlockerResolve, wall, b.NeededBy.Time); ok {
			found = append(found, r.deadline(ref, "resolve", who, due, b.Declared, c))
		}
		if b.Acknowledged == nil && !asks.Due.IsZero() && !asks.Due.Equal(b.NeededBy.Time) {
			found = append(found, r.deadline(ref, "acknowledge", who, asks.Due, b.Declared, c))
		}
	}
	for _, c := range r.questions() {
		q := c.thread.(questionThread)
		if asks := q.asks(r); !asks.Due.IsZero() {
			found = append(found, r.deadline(fold.Target{Type: fold.TargetQuestion, Name: q.Key}.Ref(), "answer", cmp.Or(asks.To, q.To), asks.Due, q.Record, c))
		}
	}
	for _, c := range r.escalations() {
		if line := c.row.(*row.Escalation); line.Deadline != nil && line.State == row.IsOpen {
			found = append(found, r.deadline(line.Subject, "take up", cmp.Or(line.Asked, line.To), *line.Deadline, line.ID, c))
		}
	}
	for _, c := range r.items() {
		it := c.thread.(itemThread)
		ref := fold.Target{Type: fold.TargetItem, Name: it.ID}.Ref()
		if !it.Due.IsZero() {
			found = append(found, r.deadline(ref, "item", it.Owner, it.Due.Time, it.Declared, c))
		}
		for _, n := range it.Next {
			if !n.Due.IsZero() {
				found = append(found, r.deadline(ref, "step", n.Owner, n.Due.Time, it.Declared, c))
			}
		}
	}
	if r.query.Arg == "" {
		return found
	}
	wanted := make(map[string]bool)
	for _, t := range r.about() {
		wanted[r.latest(t).row.Key()] = true
	}
	return filter(found, func(c candidate) bool {
		_, name := handoff.SplitRef(c.row.(*row.Deadline).ID)
		return wanted[name]
	})
}

// deadline is the row of one, of what another row is about.
func (r *runner) deadline(ref, what, who string, due time.Time, record string, of candidate) candidate {
	line := &row.Deadline{
		Typed: row.Typed{Type: row.TypeDeadline}, ID: ref, What: what, Who: who, Due: row.Stamp(due), Late: due.Before(r.env.Now), Citation: row.Citation{Source: r.source(record)},
	}
	f := r.recordFacets(record)
	f.put(Is, string(row.TypeDeadline))
	if line.Late {
		f.put(Is, row.IsOverdue)
	}
	f.put(To, r.expandFrom(line.Source.By, strings.Split(who, ", ")...)...)
	f.put(Severity, of.severity)
	for _, q := range []Qualifier{InItem, Owner, Holder, HasRef} {
		f.put(q, of.facets[q]...)
	}
	return candidate{row: line, facets: f, thread: of.thread, since: due, when: &due}
}
