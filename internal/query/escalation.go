package query

import (
	"cmp"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

func newAsked(a config.Asked) row.AskedNow {
	because := a.Because
	if a.Note == config.NoteNobody {
		because = a.Note
	}
	return row.AskedNow{Asked: a.To, Because: because, Deadline: row.Stamp(a.Due)}
}

// noteOf is the escalation that a subject stands under, nil without one.
func noteOf(of *fold.Escalated) *row.EscalationNote {
	e := of.Escalation()
	if e == nil {
		return nil
	}
	return &row.EscalationNote{ID: e.Record.ID, Ask: escalationBody(e).Ask, By: e.By, To: e.To, Level: e.Level, State: e.State()}
}

// escalationBody is what the record of an escalation says.
func escalationBody(e *fold.Escalation) *handoff.Escalation {
	body, _ := e.Record.Body.(*handoff.Escalation) // it is of that kind: the fold saw to it
	return body
}

// raised is a subject with what asks somebody about it.
type raised struct {
	*fold.Escalated
	like  handoff.Blocker   // the blocker, or one that is as severe
	sla   calendar.Duration // how long whoever it is raised to may take
	items []string          // that it is about
}

// escalationThread is an escalation as a thing of its own.
type escalationThread struct {
	*fold.Escalation
	of raised
}

func (t escalationThread) records() []string { return []string{t.Record.ID} }

func (t escalationThread) latest() string { return t.Record.ID }

func (t escalationThread) entry(record *handoff.Record) any { return record.Body }

func (t escalationThread) cite(r *runner, id string) candidate {
	body := escalationBody(t.Escalation)
	var asks config.Asked // nobody once it is over
	if t.Over == nil {
		asks = r.env.Config.EscalationAsks(t.Escalation, t.of.like, t.of.sla, r.env.Now)
	}
	line := &row.Escalation{
		Typed: row.Typed{Type: row.TypeEscalation}, ID: t.Record.ID, Subject: body.Subject, Reason: body.Reason, Ask: body.Ask,
		To: t.To, By: t.By, Level: t.Level, State: t.State(), AskedNow: newAsked(asks), Citation: row.Citation{Source: r.source(id)},
	}
	f := r.recordFacets(id)
	f.put(Is, string(row.TypeEscalation), t.State())
	if t.Over != nil {
		f.put(Is, row.IsClosed)
	}
	if line.State == fold.EscalationOpen && !asks.Due.IsZero() && asks.Due.Before(r.env.Now) {
		f.put(Is, row.IsOverdue)
	}
	f.put(To, r.expandFrom(t.By, t.To, asks.To)...)
	severity := cmp.Or(t.of.like.Severity, handoff.SeverityRoutine)
	f.put(Severity, severity)
	f.putItems(r, t.of.items)
	return candidate{row: line, facets: f, thread: t, severity: severity, since: t.Record.At.Time}
}

// escalations are those that are not over, of all that is live.
func (r *runner) escalations() []candidate {
	var found []candidate
	for _, of := range r.raised() {
		for _, e := range of.Escalations {
			if e.Over == nil {
				found = append(found, r.latest(escalationThread{e, of}))
			}
		}
	}
	return found
}

// raised are the subjects that were raised and of which the state still knows it.
func (r *runner) raised() []raised {
	var list []raised
	sla := r.env.Config.SLA
	for _, b := range r.state.Blockers {
		if len(b.Escalations) > 0 {
			list = append(list, raised{&b.Escalated, b.Blocker, cmp.Or(sla.BlockerAck, sla.BlockerResolve), b.Blocks})
		}
	}
	for _, q := range r.state.Questions {
		if len(q.Escalations) > 0 {
			like := handoff.Blocker{Resolver: q.To, NeededBy: handoff.Time{Time: q.NeededBy}}
			list = append(list, raised{&q.Escalated, like, sla.Answer, questionThread{q}.items()})
		}
	}
	for _, it := range r.state.Items {
		if len(it.Escalations) > 0 {
			list = append(list, raised{&it.Escalated, handoff.Blocker{Severity: it.Severity}, calendar.Duration{}, []string{it.ID}})
		}
	}
	for _, h := range r.state.Handoffs {
		if len(h.Escalations) > 0 {
			list = append(list, r.raisedHandoff(h))
		}
	}
	return list
}

// raisedHandoff is a handoff: whoever it is raised to has as long as a receiver
// for a verdict.
func (r *runner) raisedHandoff(h *fold.Handoff) raised {
	of := raised{&h.Escalated, handoff.Blocker{Severity: h.Severity()}, r.env.Config.AckTime(h), nil}
	for _, item := range h.Items {
		of.items = append(of.items, item.ID)
	}
	return of
}
