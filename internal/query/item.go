package query

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// itemThread is the thread of an item through the records.
type itemThread struct{ *fold.Item }

func (t itemThread) records() []string { return t.History }

func (t itemThread) latest() string {
	if t.Live() {
		return t.Declared
	}
	return t.ClosedBy
}

// itemEntry is what a record says about one item.
type itemEntry struct {
	Items     []handoff.Item
	Shipped   []handoff.Shipped
	Dropped   []handoff.Reasoned
	Unchanged []handoff.Reasoned
}

func (t itemThread) entry(record *handoff.Record) any {
	switch body := record.Body.(type) {
	case *handoff.Handoff:
		entry := itemEntry{
			Items:     filter(body.Items, func(i handoff.Item) bool { return i.ID == t.ID }),
			Shipped:   filter(body.Shipped, func(s handoff.Shipped) bool { return s.ID == t.ID }),
			Dropped:   filter(body.Dropped, func(d handoff.Reasoned) bool { return d.ID == t.ID }),
			Unchanged: filter(body.Unchanged, func(u handoff.Reasoned) bool { return u.ID == t.ID }),
		}
		if len(entry.Items)+len(entry.Shipped)+len(entry.Dropped) == 0 {
			return nil
		}
		return entry
	case *handoff.Ack:
		return struct {
			Readback []handoff.Readback
			Gaps     []handoff.GapNote
		}{
			filter(body.Readback, func(b handoff.Readback) bool { return b.Item == t.ID }),
			filter(body.Gaps, func(g handoff.GapNote) bool { return g.Item == t.ID }),
		}
	case *handoff.DecisionRecord, *handoff.Question:
		return nil
	}
	return record.Body
}

// closing is what the record that closed the item says of it, and the
// references that it gives.
func (t itemThread) closing(r *runner) (string, []handoff.Ref) {
	record := r.state.Records[t.ClosedBy]
	if record == nil {
		return "", nil
	}
	if t.Closed == fold.ItemContinued {
		return "goes on as " + strings.Join(t.Became, ", "), nil
	}
	entry, _ := t.entry(record).(itemEntry)
	switch {
	case len(entry.Shipped) > 0:
		return entry.Shipped[0].What, entry.Shipped[0].Refs
	case len(entry.Dropped) > 0:
		return entry.Dropped[0].Why, nil
	}
	return "", nil
}

func (t itemThread) cite(r *runner, id string) candidate {
	line := &row.Item{
		Typed: row.Typed{Type: row.TypeItem}, ID: t.ID, Status: t.Status, Severity: cmp.Or(t.Severity, handoff.SeverityRoutine), State: t.State,
		Holder: t.Holder, Owner: t.Owner, OfferedTo: []string{}, Next: steps(t.Next),
		BlockedBy: row.List(r.openBlockers(t.Item)), Due: row.Stamp(t.Due.Time), Title: t.Title, Intent: t.Intent,
		WaitsFor: r.waitsFor(t), Escalation: noteOf(&t.Escalated), Citation: row.Citation{Source: r.source(id)},
	}
	if held := r.state.Records[t.HeldBy]; held != nil {
		line.Since = row.Stamp(held.At.Time)
		line.Source.Doubt(held.Source)
	}
	if t.Offer != nil {
		line.OfferedTo = row.List(t.Offer.To)
	}
	if !t.Live() { // how it ended, not what was to be done
		closed := r.source(t.ClosedBy)
		line.Status, line.ClosedBy, line.Since = t.Closed, closed.By, closed.At
		line.Next, line.BlockedBy, line.WaitsFor, line.Due = []row.NextStep{}, []string{}, []row.Wait{}, nil
		line.State, _ = t.closing(r)
	}
	line.Source.Superseded = id != t.HeldBy && id != t.ClosedBy && r.outdated(t, id, t.Declared)
	return candidate{row: line, facets: t.facets(r, id), thread: t, severity: line.Severity, since: t.At}
}

// waitsFor is what stops an item: open blockers with who is to remove them, and
// reviews.
func (r *runner) waitsFor(t itemThread) []row.Wait {
	waits := []row.Wait{}
	for _, id := range r.openBlockers(t.Item) {
		who := []string{}
		if b := r.state.Blockers[id]; b != nil {
			who = append(who, cmp.Or(blockerThread{b}.asks(r).To, b.Resolver))
		}
		waits = append(waits, row.Wait{Who: who, On: string(handoff.RefBlocker) + ":" + id})
	}
	for _, ref := range t.Refs {
		if ref.Type == "pr" && len(ref.WaitingOn) > 0 {
			waits = append(waits, row.Wait{Who: reviewers(ref), On: "pr:" + strings.TrimPrefix(ref.ID, "#")})
		}
	}
	return waits
}

// facets are what terms can ask of the item, cited from a record.
func (t itemThread) facets(r *runner, record string) facets {
	f := r.recordFacets(record)
	if team := r.teams[t.Holder]; team != "" {
		delete(f, Team)
		f.put(Team, team)
	}
	if t.Offer != nil {
		f.put(To, filter(r.expandFrom(t.Offer.From, t.Offer.To...), func(who string) bool { return who != t.Offer.From })...)
	}
	f.put(Is, t.flags(r)...)
	f.put(Owner, t.Owner)
	f.put(Holder, t.Holder)
	f.put(InItem, t.ID)
	f.put(Severity, cmp.Or(t.Severity, handoff.SeverityRoutine))
	f.put(HasRef, refs(t.Refs)...)
	_, last := t.closing(r)
	f.put(HasRef, refs(last)...)
	for _, id := range r.openBlockers(t.Item) {
		if b := r.state.Blockers[id]; b != nil {
			f.put(Resolver, r.expandFrom(b.DeclaredBy, b.Resolver)...)
		}
	}
	return f
}

// steps are the next steps as a row holds them.
func steps(from []handoff.Next) []row.NextStep {
	list := make([]row.NextStep, 0, len(from))
	for _, n := range from {
		list = append(list, row.NextStep{Do: n.Do, Owner: n.Owner, When: n.When})
	}
	return list
}

// flags are the values of "is:" that the item has.
func (t itemThread) flags(r *runner) []string {
	if !t.Live() {
		return []string{string(row.TypeItem), row.IsClosed, t.Closed}
	}
	flags := []string{string(row.TypeItem), row.IsOpen, t.Status}
	if t.Offer != nil {
		flags = append(flags, row.IsOffered)
		if slices.ContainsFunc(t.Offer.To, handoff.IsScope) {
			flags = append(flags, row.IsUnclaimed)
		}
	}
	if t.Status != handoff.StatusBlocked && len(r.openBlockers(t.Item)) > 0 {
		flags = append(flags, handoff.StatusBlocked)
	}
	if r.env.Now.Sub(t.At) >= row.StaleAfter {
		flags = append(flags, row.IsStale)
	}
	if t.Escalation().Stands() {
		flags = append(flags, fold.BlockerEscalated)
	}
	if t.atRisk(r) {
		flags = append(flags, row.IsAtRisk)
	}
	return flags
}

// riskMargin is how long before a deadline, less the effort, an item is at
// risk.
const riskMargin = day

// atRisk reports whether a deadline is near for the work that is left, or a
// critical blocker is open.
func (t itemThread) atRisk(r *runner) bool {
	doer := t.doer()
	near := r.isNear(t.Due.Time, t.Effort, doer)
	for _, n := range t.Next {
		near = near || r.isNear(n.Due.Time, t.Effort, cmp.Or(n.Owner, doer))
	}
	for _, id := range r.openBlockers(t.Item) {
		if b := r.state.Blockers[id]; b != nil {
			near = near || b.Severity == handoff.SeverityCritical || r.isNear(b.NeededBy.Time, t.Effort, doer)
		}
	}
	return near
}

// doer is who is to go on with the item: to whom it is offered, else who holds
// it.
func (t itemThread) doer() string {
	if t.Offer != nil {
		return t.Offer.To[0]
	}
	return t.Holder
}

// isNear reports whether a deadline has passed or is so near that somebody who
// begins a day from now has just the time for the effort, in their working
// hours. Of somebody whose hours are unknown every hour counts.
func (r *runner) isNear(deadline time.Time, effort, who string) bool {
	work, _ := calendar.ParseDuration(effort) // what cannot be read counts as none
	from := r.env.Now.Add(riskMargin)
	hours, known := r.env.Config.Calendar(who)
	switch {
	case deadline.IsZero():
		return false
	case !deadline.After(from):
		return true
	case !known:
		return !deadline.Add(-work.Work()).After(from)
	}
	left, ok := hours.Capacity(from, deadline, work.Work()+time.Minute)
	return ok && left <= work.Work()
}

// refs are references as terms name them: the id, and the id with its type.
func refs(from []handoff.Ref) []string {
	var list []string
	for _, ref := range from {
		id := foldRef(ref.ID)
		list = append(list, id, ref.Type+":"+id)
	}
	return list
}
