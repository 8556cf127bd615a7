package query

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// handoffThread is a handoff with the records about it.
type handoffThread struct {
	*fold.Handoff
	replies []*handoff.Record // acks, gaps and others that name it
}

func (t handoffThread) records() []string {
	ids := []string{t.Record.ID}
	for _, reply := range t.replies {
		ids = append(ids, reply.ID)
	}
	return ids
}

func (t handoffThread) latest() string { return t.Record.ID }

// entry leaves out what has threads of its own.
func (t handoffThread) entry(record *handoff.Record) any {
	switch body := record.Body.(type) {
	case *handoff.Handoff:
		own := *body
		own.Items, own.Blockers, own.Decisions, own.Questions = nil, nil, nil, nil
		return own
	case *handoff.Ack:
		own := *body
		own.Readback = nil
		own.Gaps = filter(own.Gaps, func(g handoff.GapNote) bool { return g.Item == "" })
		return own
	}
	return record.Body
}

func (t handoffThread) cite(r *runner, id string) candidate {
	line := &row.Handoff{
		Typed: row.Typed{Type: row.TypeHandoff}, ID: t.Record.ID, By: t.Record.By, To: row.List(t.To), Summary: t.Summary, State: t.State,
		Flags: row.List(t.flags(r)), At: row.Stamp(t.Record.At.Time), ReturnsAt: row.Stamp(t.ReturnsAt.Time), Amends: t.Amends,
		Items: []string{}, Taken: []string{}, Escalation: noteOf(&t.Escalated), Delivered: row.Deliveries(&t.Delivered), Citation: row.Citation{Source: r.source(id)},
	}
	severity := t.Severity()
	for _, item := range t.Items {
		line.Items = append(line.Items, item.ID)
		if t.Taken[item.ID] != "" {
			line.Taken = append(line.Taken, item.ID)
		}
	}
	line.Source.Superseded = !t.Current()
	for _, ack := range t.Acks { // the state is theirs
		line.Source.Doubt(ack.Source)
	}

	f := t.facets(r, id)
	f.put(Is, line.Flags...)
	f.put(Severity, severity)
	f.putItems(r, line.Items)
	return candidate{row: line, facets: f, thread: t, severity: severity, since: t.Record.At.Time}
}

// facets are what terms can ask of the handoff, but for what its row holds.
func (t handoffThread) facets(r *runner, record string) facets {
	f := r.recordFacets(record)
	f.put(Is, string(row.TypeHandoff), t.State, openOrClosed(t.Current() && t.State != fold.HandoffClosed))
	if t.unacked() {
		f.put(Is, row.IsUnacked)
	}
	if t.Escalation().Stands() {
		f.put(Is, fold.BlockerEscalated)
	}
	f.put(To, t.To...)
	f.put(To, t.addressees(r)...)
	for _, item := range t.Items {
		f.put(HasRef, refs(item.Refs)...)
	}
	for _, shipped := range t.Shipped {
		f.put(InItem, shipped.ID)
		f.put(HasRef, refs(shipped.Refs)...)
	}
	for _, dropped := range t.Dropped {
		f.put(InItem, dropped.ID)
	}
	return f
}

// unacked reports whether somebody else is asked for a verdict and has given
// none.
func (t handoffThread) unacked() bool {
	return t.State == fold.HandoffPublished && len(t.receivers()) > 0
}

// receivers are the handles and addresses that the handoff is for, but for its
// sender.
func (t handoffThread) receivers() []string {
	return filter(t.To, func(address string) bool { return address != t.Record.By })
}

// addressees are the receivers and those for whom they stand. A sender who is
// one of the group is not asked.
func (t handoffThread) addressees(r *runner) []string {
	return filter(r.expandFrom(t.Record.By, t.receivers()...), func(who string) bool { return who != t.Record.By })
}

// flags are the derived flags of the protocol.
func (t handoffThread) flags(r *runner) []string {
	var flags []string
	if t.Shift != nil && t.Record.At.After(t.Shift.End.Add(r.env.Config.Timing.PublishGrace.Wall())) {
		flags = append(flags, row.IsLate)
	}
	if t.overdue(r) {
		flags = append(flags, row.IsOverdue)
	}
	if t.limbo(r) {
		flags = append(flags, row.IsLimbo)
	}
	if t.drifted() {
		flags = append(flags, row.IsDrifted)
	}
	if t.Partial() {
		flags = append(flags, row.IsPartial)
	}
	return flags
}

func (t handoffThread) overdue(r *runner) bool {
	if !t.unacked() {
		return false
	}
	due, ok := r.env.Config.AckDue(t.Handoff)
	return ok && due.Before(r.env.Now)
}

// limbo reports whether every receiver has had a whole shift to answer in. A
// receiver whose hours are unknown may not have had one.
func (t handoffThread) limbo(r *runner) bool {
	if !t.unacked() {
		return false
	}
	people := filter(t.addressees(r), func(who string) bool { return !handoff.IsScope(who) })
	return len(people) > 0 && !slices.ContainsFunc(people, func(who string) bool {
		calendar, _ := r.env.Config.Calendar(who) // without hours there is no shift in it
		shift, known := calendar.NextShift(t.Record.At.Time)
		return !known || shift.To.After(r.env.Now)
	})
}

// drifted reports whether the work moved between the handoff and its verdict.
func (t handoffThread) drifted() bool {
	if t.Verdict == nil {
		return false
	}
	ack, ok := t.Verdict.Body.(*handoff.Ack)
	return ok && ack.Drift != nil && ack.Drift.Commits > 0
}
