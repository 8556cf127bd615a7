package fold

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Escalated is what was raised about a subject: a part of the state of whatever
// can be escalated.
type Escalated struct {
	Escalations []*Escalation // since the subject was opened, or settled and then raised again, and not withdrawn, in fold order
}

// The states of an escalation.
const (
	EscalationOpen     = "open"
	EscalationTakenUp  = "taken_up"
	EscalationDeclined = "declined"
	EscalationOver     = "over"
)

// Escalation is one escalation and what came of it.
type Escalation struct {
	Record   *handoff.Record
	By, To   string          // as it says
	Level    int             // from 1 to 3
	Seen     []string        // who said that they have read it
	TakenUp  *handoff.Record // the first ack that accepts it, or act on the subject by whoever it went to
	Declined *handoff.Record // their refusal, nil without one and after they took it up all the same
	Over     *handoff.Record // what settled the subject, nil while that is open
}

// State is how the escalation stands.
func (e *Escalation) State() string {
	switch {
	case e.Over != nil:
		return EscalationOver
	case e.TakenUp != nil:
		return EscalationTakenUp
	case e.Declined != nil:
		return EscalationDeclined
	}
	return EscalationOpen
}

// Level is the highest level to which the subject was raised, 0 without one.
func (e *Escalated) Level() int {
	level := 0
	for _, one := range e.Escalations {
		level = max(level, one.Level)
	}
	return level
}

// Escalation is the last escalation that somebody is to act on or acts on, else
// the last one that was declined; nil when none is left or the subject is
// settled.
func (e *Escalated) Escalation() *Escalation {
	var last *Escalation
	for _, one := range slices.Backward(e.Escalations) {
		switch {
		case one.Stands():
			return one
		case one.Over == nil && last == nil:
			last = one
		}
	}
	return last
}

// Stands reports whether somebody is to act on the escalation or acts on it; nil
// does not stand.
func (e *Escalation) Stands() bool {
	return e != nil && e.Over == nil && e.Declined == nil
}

// find returns the state that a record began, nil when it is withdrawn.
func (e *Escalated) find(escalation *handoff.Record) *Escalation {
	i := slices.IndexFunc(e.Escalations, func(one *Escalation) bool { return one.Record.ID == escalation.ID })
	if i < 0 {
		return nil
	}
	return e.Escalations[i]
}

// asks reports whether the escalation went to somebody. Who is in a group is not
// known here, but that who raised it needs somebody else.
func (e *Escalation) asks(who string) bool {
	return e.Over == nil && (e.To == who || handoff.IsScope(e.To) && e.By != who)
}

// act notes what somebody did about the subject: that takes up what was raised
// to them.
func (e *Escalated) act(r *handoff.Record) {
	for _, one := range e.Escalations {
		if one.asks(r.By) {
			one.takeUp(r)
		}
	}
}

// judge applies the verdict of an ack on the subject to what was raised to its
// author.
func (e *Escalated) judge(r *handoff.Record, a *handoff.Ack) {
	for _, one := range e.Escalations {
		if one.asks(r.By) {
			one.judge(r, a)
		}
	}
}

// settle ends all escalations, as r settles the subject.
func (e *Escalated) settle(r *handoff.Record) {
	for _, one := range e.Escalations {
		if one.Over == nil {
			one.Over = r
		}
	}
}

func (e *Escalation) takeUp(r *handoff.Record) {
	if e.TakenUp == nil {
		e.TakenUp, e.Declined = r, nil
	}
}

func (e *Escalation) judge(r *handoff.Record, a *handoff.Ack) {
	switch {
	case a.Outcome == handoff.OutcomeSeen:
		if !slices.Contains(e.Seen, r.By) {
			e.Seen = append(e.Seen, r.By)
		}
	case e.Over != nil:
	case a.Outcome != handoff.OutcomeDeclined:
		e.takeUp(r)
	case e.asks(r.By): // nobody else can refuse for them
		e.TakenUp, e.Declined = nil, r
	}
}

// escalatable is a subject that can be escalated.
type escalatable struct {
	*Escalated
	blocker *Blocker  // nil for another subject
	history *[]string // nil for a handoff
	settled string    // why it cannot be escalated any more, "" while it can
}

// mention adds a record to the history of the subject.
func (e *escalatable) mention(r *handoff.Record) {
	if e.history != nil {
		mention(e.history, r)
	}
}

// escalatable returns what a reference to the subject of an escalation means,
// nil for something that has no such state: a blocker, a handoff in its latest
// version, an item or a question.
func (f *fold) escalatable(ref string) *escalatable {
	if b := f.blockerRef(ref); b != nil {
		return &escalatable{Escalated: &b.Escalated, blocker: b, history: &b.History, settled: b.closure()}
	}
	if hs := f.findHandoff(ref); hs != nil {
		hs = f.latest(hs)
		subject := &escalatable{Escalated: &hs.Escalated}
		if !hs.pending() && hs.State != HandoffAccepted {
			subject.settled = "escalates " + hs.Record.ID + ", which is " + hs.State
		}
		return subject
	}
	if it := f.itemRef(ref); it != nil {
		return &escalatable{Escalated: &it.Escalated, history: &it.History, settled: it.closure()}
	}
	if q := f.questionRef(ref); q != nil {
		subject := &escalatable{Escalated: &q.Escalated, history: &q.History}
		if !q.Pending() {
			subject.settled = "escalates the question " + q.Key + ", which is " + q.State
		}
		return subject
	}
	return nil
}

// escalation raises its subject. What has no escalated state has it in its
// history.
func (f *fold) escalation(r *handoff.Record, e *handoff.Escalation) {
	subject := f.escalatable(e.Subject)
	switch {
	case subject == nil:
		if !f.mentionSubject(r, e.Subject) {
			f.problem(r, "HO320", "escalates %q, of which no record speaks", e.Subject)
		}
		return
	case subject.settled != "":
		f.problem(r, "HO320", "%s", subject.settled)
		return
	}
	subject.act(r) // who raises it further has taken up what was raised to them
	if subject.Escalation() == nil {
		subject.Escalations = nil // they are over: this is a new start
	}
	subject.Escalations = append(subject.Escalations, &Escalation{Record: r, By: r.By, To: e.To, Level: min(max(e.Level, 1), 3)})
	if subject.blocker != nil {
		subject.blocker.State = BlockerEscalated
	}
	subject.mention(r)
}

// ackEscalation notes who has taken an escalation up, and who will not. Somebody
// may step in for another, but whoever raised it needs somebody else.
func (f *fold) ackEscalation(r *handoff.Record, a *handoff.Ack, escalation *handoff.Record, e *handoff.Escalation) {
	subject := f.escalatable(e.Subject)
	if subject == nil {
		return // about something that has no such state
	}
	one := subject.find(escalation)
	receipt := a.Outcome == handoff.OutcomeSeen
	switch {
	case one == nil && receipt:
		return
	case one == nil:
		_, name := handoff.SplitRef(e.Subject)
		f.problem(r, "HO702", "acks %s, which does not escalate %s any more", escalation.ID, name)
		return
	case !receipt && r.By == one.By && r.By != one.To:
		f.problem(r, "HO701", "acks %s, which is by %s too", escalation.ID, r.By)
		return
	case !receipt && one.Over != nil:
		f.problem(r, "HO320", "acks %s, which is over since %s", escalation.ID, one.Over.ID)
		return
	}
	one.judge(r, a)
	if one.Declined == r {
		f.refusalBack(r, a, one.By, f.subjectKey(e.Subject))
	}
	subject.mention(r)
	if subject.blocker != nil && !receipt {
		f.acknowledge(r, a, subject.blocker)
	}
}

// withdrawEscalation takes an escalation back.
func (f *fold) withdrawEscalation(r, escalation *handoff.Record, e *handoff.Escalation) {
	subject := f.escalatable(e.Subject)
	switch {
	case escalation.By != r.By:
		f.problem(r, "HO320", "withdraws %s, which is by %s", escalation.ID, escalation.By)
		return
	case subject == nil:
		f.mentionSubject(r, e.Subject)
		return
	}
	one := subject.find(escalation)
	if one == nil || one.Over != nil {
		_, name := handoff.SplitRef(e.Subject)
		f.problem(r, "HO320", "withdraws %s, which does not escalate %s any more", escalation.ID, name)
		return
	}
	subject.Escalations = slices.DeleteFunc(subject.Escalations, func(other *Escalation) bool { return other == one })
	if len(subject.Escalations) == 0 {
		subject.Escalations = nil
	}
	if subject.blocker != nil {
		subject.blocker.calm()
	}
	subject.mention(r)
}

// actOnItem takes up what was raised to the author of r about an item, or about
// the handoff that declares it.
func (f *fold) actOnItem(r *handoff.Record, it *Item) {
	it.act(r)
	if hs := f.findHandoff(it.Declared); hs != nil {
		hs.act(r)
	}
}
