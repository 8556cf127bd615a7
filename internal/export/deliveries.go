package export

import (
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// The states of a delivery.
const (
	deliverySent    = "sent"
	deliveryInDoubt = "in_doubt"
	deliveryFailed  = "failed"
)

func (w *repository) deliveries(t *table) {
	var list []any
	add := func(kind row.Type, subject string, of fold.Delivered) {
		for _, d := range of.Deliveries {
			line := deliveryRow{
				Repo: w.Repo, Kind: string(kind), Subject: subject, Target: d.To, Service: d.Via, State: deliverySent,
				Told: d.Told, FirstAt: d.First, SentAt: at(d.Sent), URL: d.URL,
			}
			switch n := len(d.Sending); {
			case n > 0:
				line.State, line.TriedAt = deliveryInDoubt, d.Sending[n-1].At.Time
			case d.Sent == nil:
				line.State = deliveryFailed
			}
			list = append(list, line)
		}
	}
	for _, id := range w.state.Keys(fold.EntryHandoff) {
		add(row.TypeHandoff, id, w.state.Handoffs[id].Delivered)
	}
	for _, id := range w.state.Keys(fold.EntryBlocker) {
		add(row.TypeBlocker, id, w.state.Blockers[id].Delivered)
	}
	for _, id := range w.state.Keys(fold.EntryQuestion) {
		add(row.TypeQuestion, id, w.state.Questions[id].Delivered)
	}
	for _, id := range w.state.Keys(fold.EntryDecision) {
		add(row.TypeDecision, id, w.state.Decisions[id].Delivered)
	}
	w.add(t, list)
}

func (w *repository) closures(t *table) {
	var list []any
	for _, id := range w.state.Keys(fold.EntryHandoff) {
		h := w.state.Handoffs[id]
		next := w.state.Handoffs[h.SupersededBy]
		speaks := h.State != fold.HandoffWithdrawn && h.Rollup == nil && (next == nil || next.Amends != id)
		add := func(how, item, what string, refs []handoff.Ref) {
			it := w.state.Items[item]
			line := closureRow{
				Repo: w.Repo, Record: id, Nth: 1, Item: item, How: how, What: what, By: h.Record.By, At: h.Record.At.Time,
				Counts: it != nil && it.ClosedBy == id && it.Closed == how || it == nil && speaks && how == fold.ItemShipped,
			}
			if n := len(list); n > 0 && list[n-1].(closureRow).Record == id {
				line.Nth = list[n-1].(closureRow).Nth + 1
			}
			for _, ref := range refs {
				line.Refs = append(line.Refs, ref.Type+":"+ref.ID)
			}
			list = append(list, line)
		}
		for _, s := range h.Shipped {
			add(fold.ItemShipped, s.ID, s.What, s.Refs)
		}
		for _, d := range h.Dropped {
			add(fold.ItemDropped, d.ID, d.Why, nil)
		}
	}
	w.add(t, list)
}
