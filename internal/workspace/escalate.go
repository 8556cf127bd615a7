package workspace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Raisable is something that can be escalated.
type Raisable struct {
	Ref string // as the escalation names it
	*fold.Escalated

	like handoff.Blocker   // whose resolver, who is asked as yet, and severity say who is above
	sla  calendar.Duration // how long whoever it is raised to may take
}

// Raisable returns what a reference means to somebody who escalates it: a handoff,
// an item, a blocker or a question; an assignment stands for its item, and an
// escalation for what it escalates.
func (ws *Workspace) Raisable(target fold.Target) (Raisable, error) {
	sla := ws.TeamConfig.SLA
	switch target.Type {
	case fold.TargetBlocker:
		b := ws.State.Blockers[target.Name]
		return Raisable{target.Ref(), &b.Escalated, b.Blocker, cmp.Or(sla.BlockerAck, sla.BlockerResolve)}, nil
	case fold.TargetQuestion:
		return ws.raisableQuestion(ws.State.Questions[target.Name]), nil
	case fold.TargetItem:
		return ws.raisableItem(ws.State.Items[target.Name]), nil
	case fold.TargetRecord:
		if r, ok := ws.raisableRecord(ws.State.Records[target.Name]); ok {
			return r, nil
		}
	}
	return Raisable{}, Usagef("ask about it with handoff ask --about "+target.Ref(), "%s is no handoff, item, blocker or question: nobody can act on it", target.Ref())
}

func (ws *Workspace) raisableQuestion(q *fold.Question) Raisable {
	ref := fold.Target{Type: fold.TargetQuestion, Name: q.Key}.Ref()
	return Raisable{ref, &q.Escalated, handoff.Blocker{Resolver: q.To}, ws.TeamConfig.SLA.Answer}
}

// raisableItem is an item, of which whoever it is offered to is asked, else its
// holder.
func (ws *Workspace) raisableItem(it *fold.Item) Raisable {
	asked := it.Holder
	if it.Offer != nil {
		asked = it.Offer.To[0]
	}
	ref := fold.Target{Type: fold.TargetItem, Name: it.ID}.Ref()
	return Raisable{ref, &it.Escalated, handoff.Blocker{Resolver: asked, Severity: it.Severity}, calendar.Duration{}}
}

// raisableHandoff is a handoff, of which the receivers who have not acked are
// asked, the first one for all.
func (ws *Workspace) raisableHandoff(h *fold.Handoff) Raisable {
	asked := h.Record.By // when all of them have
	for _, receiver := range ws.TeamConfig.Receivers(h) {
		acked := slices.ContainsFunc(h.Acks, func(r *handoff.Record) bool { return r.By == receiver })
		if receiver != ws.Me && !acked {
			asked = receiver
			break
		}
	}
	return Raisable{h.Record.ID, &h.Escalated, handoff.Blocker{Resolver: asked, Severity: h.Severity()}, ws.TeamConfig.AckTime(h)}
}

// raisableRecord is what a record stands for.
func (ws *Workspace) raisableRecord(r *handoff.Record) (Raisable, bool) {
	if h, ok := ws.State.Handoffs[r.ID]; ok {
		return ws.raisableHandoff(h), true
	}
	if q, ok := ws.State.Questions[r.ID]; ok {
		return ws.raisableQuestion(q), true
	}
	about := ""
	switch body := r.Body.(type) {
	case *handoff.Assignment:
		about = body.Item
	case *handoff.Escalation:
		about = body.Subject
	}
	target, err := ws.Resolve(about)
	if about == "" || err != nil {
		return Raisable{}, false
	}
	raisable, err := ws.Raisable(target)
	return raisable, err == nil
}

// NextOnLadder is who stands at a level of the ladder of something, the last one
// for levels beyond it: neither the user nor who is asked as yet. It is "" without
// a ladder.
func (ws *Workspace) NextOnLadder(r Raisable, level int) string {
	ladder := slices.DeleteFunc(ws.TeamConfig.Ladder(r.like), func(who string) bool {
		return who == ws.Me || who == ws.TeamConfig.Resolver(r.like.Resolver)
	})
	if len(ladder) == 0 {
		return ""
	}
	return ladder[min(level, len(ladder))-1]
}

// StandIn says who is asked in the place of the one to whom something is raised,
// "" where they are there in time themselves.
func (ws *Workspace) StandIn(of Raisable, r *handoff.Record) string {
	e := r.Body.(*handoff.Escalation)
	asks := ws.TeamConfig.EscalationAsks(&fold.Escalation{Record: r, By: r.By, To: e.To}, of.like, of.sla, ws.Moment)
	switch {
	case asks.Note == config.NoteNobody:
		return e.To + " is not there in time, and nobody stands in"
	case asks.Because == config.BecauseEscalated:
		return ""
	}
	return fmt.Sprintf("%s is not there in time: meanwhile it asks %s (%s)", e.To, asks.To, asks.Because)
}

// Exception is the escalation that goes with an ack of an exception class, and
// where the class goes unless the configuration names somebody else for it: to
// the lead of the sender. There is none for what comes back to the sender, as
// every ack does that accepts nothing.
func (ws *Workspace) Exception(a *handoff.Ack) (e *handoff.Escalation, say string) {
	if a.Exception == "" {
		return nil, ""
	}
	class := strings.ReplaceAll(a.Exception, "_", " ")
	subject, sender := ws.exceptionOf(a)
	routed := ws.TeamConfig.Exceptions[a.Exception]
	why := class + " is for nobody by the configuration"
	switch routed {
	case "":
	case config.ExceptionSender, sender:
		return nil, fmt.Sprintf("%s comes back to %s, as the configuration says", class, sender)
	case ws.Me:
		why = class + " is for you by the configuration"
	default:
		return &handoff.Escalation{Subject: subject, Reason: "disagreement", To: routed, Ask: exceptionAsk(a, class), Level: 1}, ""
	}
	switch lead := ws.TeamConfig.LeadOf(sender); lead {
	case "":
		return nil, fmt.Sprintf("%s, and nobody leads %s: it comes back to %s", why, sender, sender)
	case ws.Me:
		return nil, fmt.Sprintf("%s, and you lead %s: it comes back to %s", why, sender, sender)
	default:
		ask := exceptionAsk(a, class) + fmt.Sprintf(" (%s, and %s leads %s)", why, lead, sender)
		return &handoff.Escalation{Subject: subject, Reason: "disagreement", To: lead, Ask: ask, Level: 1}, fmt.Sprintf("%s: it goes to %s, who leads %s", why, lead, sender)
	}
}

// exceptionOf is what an exception is raised about, and whom it would come back
// to.
func (ws *Workspace) exceptionOf(a *handoff.Ack) (subject, sender string) {
	target, err := ws.Resolve(a.Subject)
	if err != nil {
		return a.Subject, "the sender"
	}
	subject, sender = a.Subject, ws.AuthorOf(target)
	if raisable, err := ws.Raisable(target); err == nil {
		subject = raisable.Ref
	}
	return subject, sender
}

// exceptionAsk is what whoever an exception goes to is to do.
func exceptionAsk(a *handoff.Ack, class string) string {
	if a.Note != "" {
		return a.Note
	}
	return "Decide how " + a.Subject + " goes on: " + class
}
