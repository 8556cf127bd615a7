package fold

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// handoff publishes a version and declares what it lists. Of a rollup, items
// and blockers are a view of what members declared: they change nothing.
func (f *fold) handoff(r *handoff.Record, h *handoff.Handoff) {
	hs := f.publish(r, h)
	if h.Rollup == nil {
		f.declareWork(hs)
	} else {
		f.citeWork(hs)
	}
	for i, d := range h.Decisions {
		f.decide(r, i, d)
	}
	for _, q := range h.Questions {
		f.leaveQuestion(r, q)
	}
	f.replaceIdle(hs)
}

// publish enters a version, as the next one of its chain when it may amend.
func (f *fold) publish(r *handoff.Record, h *handoff.Handoff) *Handoff {
	hs := &Handoff{Record: r, Handoff: h, State: HandoffPublished, First: r.ID, place: f.count}
	if old := f.amendable(r, h); old != nil {
		f.revokeOffers(old)
		old.State, old.SupersededBy = HandoffSuperseded, r.ID
		old.settle(r)
		hs.First, hs.Replaces = old.First, []string{old.Record.ID}
		hs.inheritQuestions(old)
		hs.Deliveries, old.Deliveries = old.Deliveries, nil
	}
	f.Handoffs[r.ID] = hs
	f.first(hs).newest = r.ID
	return hs
}

// amendable returns the version that h replaces. An amendment that is not
// allowed leaves a handoff that stands by itself.
func (f *fold) amendable(r *handoff.Record, h *handoff.Handoff) *Handoff {
	if h.Amends == "" {
		return nil
	}
	old := f.findHandoff(h.Amends)
	switch {
	case old == nil:
		f.problem(r, "HO320", "amends %s, which is no handoff that is known", h.Amends)
	case old.Record.By != r.By:
		f.problem(r, "HO320", "amends %s, which is a handoff by %s", h.Amends, old.Record.By)
	case f.latest(old) != old:
		f.problem(r, "HO320", "amends %s, which %s has amended already", h.Amends, old.SupersededBy)
	case old.State == HandoffWithdrawn:
		f.problem(r, "HO320", "amends %s, which is withdrawn", h.Amends)
	default:
		return old
	}
	return nil
}

// inheritQuestions hands the questions about a chain on to its next version.
// The one that is replaced keeps its own: if each kept all before it, a chain
// would take room that grows with the square of its length.
func (h *Handoff) inheritQuestions(old *Handoff) {
	h.Questions, h.inherited = old.Questions, len(old.Questions)
	old.Questions, old.inherited = slices.Clone(old.Questions[old.inherited:]), 0
}

func (f *fold) declareWork(hs *Handoff) {
	for _, item := range hs.Items {
		f.declareItem(hs, item)
	}
	for _, s := range hs.Shipped {
		if s.ID != "" {
			f.closeItem(hs, s.ID, ItemShipped)
		}
	}
	for _, d := range hs.Dropped {
		f.closeItem(hs, d.ID, ItemDropped)
	}
	for _, b := range hs.Blockers {
		f.declareBlocker(hs.Record, b)
	}
	f.watch(hs)
}

// citeWork enters a rollup in the histories of what it shows.
func (f *fold) citeWork(hs *Handoff) {
	for _, item := range hs.Items {
		if it := f.findItem(item.ID); it != nil {
			mention(&it.History, hs.Record)
		}
	}
	for _, b := range hs.Blockers {
		if bs := f.findBlocker(b.ID); bs != nil {
			mention(&bs.History, hs.Record)
		}
	}
}

// IsRollup reports whether the record only shows what the handoffs of others say.
func IsRollup(r *handoff.Record) bool {
	h, ok := r.Body.(*handoff.Handoff)
	return ok && h.Rollup != nil
}

// series returns the handoffs among which hs replaces another.
func (h *Handoff) series() series {
	s := series{by: h.Record.By}
	if h.Rollup != nil {
		s.level, s.scope = h.Rollup.Level, h.Rollup.Scope
	}
	return s
}

// pending reports whether a verdict on the handoff still changes its state.
func (h *Handoff) pending() bool {
	return h.State == HandoffPublished || h.State == HandoffChangesRequested || h.State == HandoffDeclined
}

// first returns the first version of hs's chain, which keeps the books of all.
func (f *fold) first(hs *Handoff) *Handoff { return f.findHandoff(hs.First) }

// latest returns the latest version of hs's chain.
func (f *fold) latest(hs *Handoff) *Handoff { return f.findHandoff(f.first(hs).newest) }

// sameChain reports whether the record called id is a version of hs's chain.
func (f *fold) sameChain(id string, hs *Handoff) bool {
	other := f.findHandoff(id)
	return other != nil && other.First == hs.First
}

// conclude draws the consequence for the handoff that declared an item last,
// after the item was declared again, closed or moved by r.
func (f *fold) conclude(hs *Handoff, r *handoff.Record) {
	if hs == nil {
		return
	}
	if hs.State == HandoffAccepted && hs.standing == 0 && len(hs.declared) > 0 {
		hs.State = HandoffClosed
		hs.settle(r)
	}
	if hs.stillHeld == 0 {
		s := hs.series()
		f.idle[s] = append(f.findIdle(s), hs.Record.ID)
	}
}

// replaceIdle lets the sender's next handoff end the earlier ones that say
// nothing any more: none of their items is left to the sender.
func (f *fold) replaceIdle(next *Handoff) {
	s := next.series()
	for _, id := range f.findIdle(s) {
		switch old := f.findHandoff(id); {
		case old == next || old.stillHeld > 0:
		case old.pending():
			old.State, old.SupersededBy = HandoffSuperseded, next.Record.ID
			next.Replaces = append(next.Replaces, id)
			old.settle(next.Record)
		case old.State == HandoffAccepted && old.standing == 0:
			old.State = HandoffClosed
			old.settle(next.Record)
		}
	}
	f.idle[s] = nil
	if next.stillHeld == 0 {
		f.idle[s] = []string{next.Record.ID}
	}
}

// revokeOffers ends the offers that hs made and nobody took.
func (f *fold) revokeOffers(hs *Handoff) {
	for _, id := range hs.declared {
		if it := f.findItem(id); it.offeredBy(hs.Record.ID) {
			it.Offer = nil
		}
	}
}
