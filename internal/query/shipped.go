package query

import (
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

func (r *runner) shipped() []candidate {
	var found []candidate
	for _, it := range r.state.Items {
		if it.Closed == fold.ItemShipped {
			found = append(found, r.latest(itemThread{it}))
		}
	}
	return append(found, r.shippedOnly()...)
}

// shippedOnly is what was finished without having been an item.
func (r *runner) shippedOnly() []candidate {
	var found []candidate
	for _, h := range r.state.Handoffs {
		if h.State == fold.HandoffWithdrawn || h.Rollup != nil || r.amended(h) {
			continue
		}
		for _, s := range h.Shipped {
			if r.state.Items[s.ID] == nil {
				found = append(found, r.shippedWork(h, s))
			}
		}
	}
	return found
}

// amended reports whether a later version of the handoff says everything anew.
func (r *runner) amended(h *fold.Handoff) bool {
	next := r.state.Handoffs[h.SupersededBy]
	return next != nil && next.Amends == h.Record.ID
}

// shippedWork is something finished that never was an item.
func (r *runner) shippedWork(h *fold.Handoff, s handoff.Shipped) candidate {
	id := h.Record.ID
	line := &row.Item{
		Typed: row.Typed{Type: row.TypeItem}, ID: s.ID, Status: fold.ItemShipped, Severity: handoff.SeverityRoutine, State: s.What,
		Holder: h.Record.By, Owner: h.Record.By, OfferedTo: []string{}, Next: []row.NextStep{}, BlockedBy: []string{},
		Since: row.Stamp(h.Record.At.Time), ClosedBy: h.Record.By, WaitsFor: []row.Wait{}, Citation: row.Citation{Source: r.source(id)},
	}
	f := r.recordFacets(id)
	f.put(Is, string(row.TypeItem), row.IsClosed, fold.ItemShipped)
	f.put(Owner, line.Owner)
	f.put(Holder, line.Holder)
	f.put(InItem, s.ID)
	f.put(Severity, line.Severity)
	f.put(HasRef, refs(s.Refs)...)
	return candidate{row: line, facets: f, thread: remark{id, s}, since: h.Record.At.Time}
}
