package query

import (
	"cmp"
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// EscalationRow is an escalation.
type EscalationRow struct {
	typed
	ID      string `json:"id"`      // of its record
	Subject string `json:"subject"` // a reference: the id of a handoff, item:x, blk:x, q:x
	Reason  string `json:"reason"`
	Ask     string `json:"ask"`
	To      string `json:"to"`
	By      string `json:"by"`
	Level   int    `json:"level"`
	State   string `json:"state"` // open, taken_up, declined, over, withdrawn
	askedNow
	cited
}

// Cells is the row under [Header].
func (r *EscalationRow) Cells() []string {
	return append([]string{r.ID, r.Subject, strconv.Itoa(r.Level), r.State, r.To, r.Ask, r.cell(r.To), dateCell(r.Deadline)}, r.Source.cells()...)
}

func (r *EscalationRow) key() string { return r.ID }

// askedNow is whom something asks now, in the rows of what asks somebody.
type askedNow struct {
	Asked    string     `json:"asked"`         // handle; "" when nobody is asked
	Because  string     `json:"asked_because"` // primary, cover, alternate, ladder, escalated, taken; no_one_in_window for a primary who is absent as everybody is
	Deadline *time.Time `json:"deadline"`      // on their clock; null without one
}

func newAsked(a config.Asked) askedNow {
	because := a.Because
	if a.Note == config.NoteNobody {
		because = a.Note
	}
	return askedNow{a.To, because, stamp(a.Due)}
}

// cell says who is asked now, where that is somebody else than who was asked.
func (a askedNow) cell(primary string) string {
	switch {
	case a.Because == config.NoteNobody:
		return "nobody is there in time"
	case a.Asked == "" || a.Asked == primary:
		return a.Asked
	}
	return a.Asked + " (" + a.Because + ")"
}

// escalationNote is the escalation in the row of what is escalated.
type escalationNote struct {
	ID    string `json:"id"` // of its record
	Ask   string `json:"ask"`
	By    string `json:"by"`
	To    string `json:"to"`
	Level int    `json:"level"`
	State string `json:"state"`
}

// noteOf is the escalation that a subject stands under, nil without one.
func noteOf(of *fold.Escalated) *escalationNote {
	e := of.Escalation()
	if e == nil {
		return nil
	}
	return &escalationNote{ID: e.Record.ID, Ask: escalationBody(e).Ask, By: e.By, To: e.To, Level: e.Level, State: e.State()}
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
	row := &EscalationRow{
		typed: typed{Type: TypeEscalation}, ID: t.Record.ID, Subject: body.Subject, Reason: body.Reason, Ask: body.Ask,
		To: t.To, By: t.By, Level: t.Level, State: t.State(), askedNow: newAsked(asks), cited: cited{Source: r.source(id)},
	}
	f := r.recordFacets(id)
	f.put(Is, string(TypeEscalation), t.State())
	if t.Over != nil {
		f.put(Is, isClosed)
	}
	if row.State == fold.EscalationOpen && !asks.Due.IsZero() && asks.Due.Before(r.env.Now) {
		f.put(Is, isOverdue)
	}
	f.put(To, r.expandFrom(t.By, t.To, asks.To)...)
	severity := cmp.Or(t.of.like.Severity, handoff.SeverityRoutine)
	f.put(Severity, severity)
	f.putItems(r, t.of.items)
	return candidate{row: row, facets: f, thread: t, severity: severity, since: t.Record.At.Time}
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
