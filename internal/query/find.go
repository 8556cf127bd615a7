package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// items are the live items, cited from their latest declaration.
func (r *runner) items() []candidate {
	return r.itemsCited(func(it *fold.Item) string { return it.Declared })
}

// itemsCited are the live items for which record returns a record to cite.
func (r *runner) itemsCited(record func(*fold.Item) string) []candidate {
	var found []candidate
	for _, it := range r.state.Items {
		if !it.Live() {
			continue
		}
		if id := record(it); id != "" {
			found = append(found, itemThread{it}.cite(r, id))
		}
	}
	return found
}

// offered are the live items that wait for somebody, cited from the offer.
func (r *runner) offered() []candidate {
	var found []candidate
	for _, it := range r.state.Items {
		if it.Live() && it.Offer != nil {
			c := itemThread{it}.cite(r, it.Offer.Record)
			c.since = it.Offer.At
			found = append(found, c)
		}
	}
	return found
}

func (r *runner) holds() []candidate {
	concerns := r.concerns()
	return r.itemsCited(func(it *fold.Item) string {
		if concerns("", it.Holder) {
			return it.HeldBy
		}
		return ""
	})
}

func (r *runner) blocked() []candidate {
	var found []candidate
	for _, b := range r.state.Blockers {
		if b.Open() {
			found = append(found, r.latest(blockerThread{b}))
		}
	}
	return found
}

func (r *runner) questions() []candidate {
	var found []candidate
	for _, q := range r.state.Questions {
		if t := (questionThread{q}); t.Pending() {
			found = append(found, r.latest(t))
		}
	}
	return found
}

func (r *runner) unacked() []candidate {
	var found []candidate
	for _, h := range r.state.Handoffs {
		if t := r.handoffThread(h); t.unacked() {
			found = append(found, r.latest(t))
		}
	}
	return found
}

func (r *runner) handoffThread(h *fold.Handoff) handoffThread {
	return handoffThread{h, r.replies[h.Record.ID]}
}

// latest cites the record that says how a thread stands.
func (r *runner) latest(t citable) candidate { return t.cite(r, t.latest()) }

// besides is whom something asks now, "" where an escalation that nobody took up
// asks them itself.
func besides(raised bool, a row.AskedNow) string {
	if raised {
		return ""
	}
	return a.Asked
}

// waitingLong are the handoffs and the escalations that nobody has answered.
func (r *runner) waitingLong() []candidate {
	return append(r.unacked(), filter(r.escalations(), func(c candidate) bool { return c.is(fold.EscalationOpen) })...)
}

func (r *runner) waitingOn() []candidate {
	concerns := r.concerns()
	found := filter(r.escalations(), func(c candidate) bool {
		t, line := c.thread.(escalationThread), c.row.(*row.Escalation)
		return line.State == fold.EscalationOpen && concerns(t.By, t.To, line.Asked)
	})
	found = append(found, filter(r.blocked(), func(c candidate) bool {
		b := c.thread.(blockerThread)
		return concerns(b.DeclaredBy, b.Resolver, besides(b.State == fold.BlockerEscalated && b.Escalation().TakenUp == nil, c.row.(*row.Blocker).AskedNow))
	})...)
	found = append(found, filter(r.questions(), func(c candidate) bool {
		q := c.thread.(questionThread)
		return q.Open() && concerns(q.By, q.To, besides(q.Escalation().Stands() && q.Escalation().TakenUp == nil, c.row.(*row.Question).AskedNow)) || !q.Open() && concerns("", q.By)
	})...)
	for _, h := range r.state.Handoffs {
		if h.State == fold.HandoffChangesRequested && concerns("", h.Record.By) {
			found = append(found, r.handoffThread(h).cite(r, h.Verdict.ID))
		}
	}
	found = append(found, filter(r.unacked(), func(c candidate) bool {
		t := c.thread.(handoffThread)
		return t.Record.By != r.who() && concerns(t.Record.By, t.receivers()...) && !t.AnsweredBy(r.who())
	})...)
	found = append(found, filter(r.offered(), func(c candidate) bool {
		offer := c.thread.(itemThread).Offer
		return offer.From != r.who() && concerns(offer.From, offer.To...) && !r.passed(offer)
	})...)
	return append(found, filter(r.openPulls(), func(c candidate) bool { return concerns("", c.row.(*row.Review).WaitingOn...) })...)
}

// passed reports whether the person whom the question is about has answered the
// handoff that offers an item, and not taken it. Its sender knows: it came back.
func (r *runner) passed(offer *fold.Offer) bool {
	h := r.state.Handoffs[offer.Record]
	return h != nil && h.AnsweredBy(r.who())
}

func (r *runner) nextSteps() []candidate {
	concerns := r.concerns()
	var found []candidate
	for _, it := range r.state.Items {
		if !it.Live() {
			continue
		}
		mine := r.stepsOf(it, concerns)
		if len(mine) == 0 {
			continue
		}
		c := itemThread{it}.cite(r, it.Declared)
		c.row.(*row.Item).Next = steps(mine)
		c.idle = it.Status == handoff.StatusBlocked || !slices.ContainsFunc(mine, handoff.Next.StartsNow)
		found = append(found, c)
	}
	return found
}

// stepsOf returns the steps of an item that fall to somebody. All of them do
// when none is for them by name, but the item is: they hold it and nobody else
// is asked to take it, or they are the one who is asked.
func (r *runner) stepsOf(it *fold.Item, concerns func(string, ...string) bool) []handoff.Next {
	mine := filter(it.Next, func(n handoff.Next) bool { return r.falls(it, n.Owner, concerns) })
	if len(mine) > 0 {
		return mine
	}
	if it.Offer == nil && concerns("", it.Holder) || it.Offer != nil && concerns(it.Offer.From, it.Offer.To...) {
		return it.Next
	}
	return nil
}

// falls reports whether a step that names owner falls to somebody. A step that
// was offered and then declined does not fall to its owner; one that was
// offered to a group falls to who took the item.
func (r *runner) falls(it *fold.Item, owner string, concerns func(string, ...string) bool) bool {
	sender := r.source(it.Declared).By
	taken := it.Holder != sender
	switch {
	case owner == it.Holder, it.Offer != nil && slices.Contains(it.Offer.To, owner):
		return concerns(sender, owner)
	case handoff.IsScope(owner):
		return taken && concerns("", it.Holder)
	}
	return taken && concerns(sender, owner)
}

func (r *runner) whois() []candidate {
	var found []candidate
	for _, it := range itemsNamed(r.state, r.query.Arg) {
		id := it.HeldBy
		if !it.Live() {
			id = it.ClosedBy
		}
		found = append(found, itemThread{it}.cite(r, id))
	}
	for _, area := range r.env.Config.Authorities {
		if FoldCase(area.Area) == strings.TrimPrefix(r.query.Arg, areaPrefix) {
			found = append(found, r.area(area))
		}
	}
	if len(found) == 0 {
		return r.finished()
	}
	return found
}

// itemsNamed are the items that a name means: the one of that id, else those
// that refer to it.
func itemsNamed(s *fold.View, name string) []*fold.Item {
	typ, id := handoff.SplitRef(name)
	if typ != handoff.RefAny && typ != handoff.RefItem {
		return nil
	}
	if it := s.Items[id]; it != nil {
		return []*fold.Item{it}
	}
	var found []*fold.Item
	for _, it := range s.Items {
		if slices.Contains(refs(it.Refs), foldRef(name)) {
			found = append(found, it)
		}
	}
	return found
}

func (r *runner) area(a config.Authority) candidate {
	expires := a.ExpiresAt()
	line := &row.Area{
		Typed: row.Typed{Type: row.TypeArea}, ID: a.Area, Primary: a.Primary, Alternates: row.List(a.Alternates), Expires: row.Stamp(expires),
		Expired:  !expires.IsZero() && expires.Before(r.env.Now),
		Citation: row.Citation{Source: row.Source{Kind: "config", Path: r.env.ConfigFile}},
	}
	f := make(facets)
	f.put(Is, string(row.TypeArea))
	f.put(Owner, a.Primary)
	f.put(Team, r.teams[a.Primary])
	return candidate{row: line, facets: f, thread: remark{said: a}}
}

func (r *runner) why() []candidate {
	var found []candidate
	about := make(map[string]bool) // blockers and items that the question is about
	for _, it := range itemsNamed(r.state, r.query.Arg) {
		about[it.ID] = true
		for _, id := range it.Was {
			about[id] = true
		}
		found = append(found, r.latest(itemThread{it}))
	}
	typ, name := handoff.SplitRef(r.query.Arg)
	for _, b := range r.state.Blockers {
		named := b.ID == name && (typ == handoff.RefAny || typ == handoff.RefBlocker)
		if named || blocksAny(b, about) {
			found = append(found, r.latest(blockerThread{b}))
		}
	}
	for _, c := range found {
		about[c.row.Key()] = true
	}
	for _, d := range r.allDecisions() {
		named := d.ID == name && (typ == handoff.RefAny || typ == handoff.RefDecision)
		_, answers := handoff.SplitRef(d.Answers)
		touches := slices.ContainsFunc(d.Items, func(id string) bool { return about[id] })
		if named || touches || about[answers] {
			found = append(found, r.latest(decisionThread{d}))
		}
	}
	return found
}

func blocksAny(b *fold.Blocker, items map[string]bool) bool {
	return slices.ContainsFunc(b.Blocks, func(ref string) bool {
		_, id := handoff.SplitRef(ref)
		return items[id]
	})
}
