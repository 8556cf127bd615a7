package config

import (
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Asked is whom something asks at a moment. A route record says whom it was
// delivered to when that was written; this is worked out when somebody reads.
type Asked struct {
	Routing           // Because is primary, cover, alternate, ladder, escalated or taken
	Due     time.Time // on the clock of the one who is asked, zero without a deadline
}

// BlockerAsks says whom an open blocker asks: whoever took it up or acknowledged
// it, else to whom it was raised, else its resolver; and who stands in for them
// where they are absent for longer than the next SLA, or until it is needed.
func (c *Config) BlockerAsks(b *fold.Blocker, now time.Time) Asked {
	ask := asking{
		request: request{to: b.Resolver, from: b.DeclaredBy, subject: b.Blocker},
		since:   b.Opened, sla: c.SLA.BlockerAck, needed: b.NeededBy.Time, wall: b.Severity == handoff.SeverityCritical,
	}
	if ask.sla.IsZero() {
		ask.sla = c.SLA.BlockerResolve
	}
	switch e := b.Escalation(); {
	case e.Stands() && (e.TakenUp != nil || b.State == fold.BlockerEscalated):
		ask.raise(e)
	case b.Acknowledged != nil:
		ask.take(b.Acknowledged)
	}
	if ask.taken { // what is left is to resolve it, in the time since it was opened
		ask.sla, ask.since = c.SLA.BlockerResolve, b.Opened
	}
	return c.ask(ask, now)
}

// QuestionAsks says whom an open question asks: to whom it was raised, else to
// whom it is, and who stands in for them where they are absent for longer than
// an answer may take.
func (c *Config) QuestionAsks(q *fold.Question, now time.Time) Asked {
	ask := asking{
		request: request{to: q.To, from: q.By, subject: handoff.Blocker{Resolver: q.To}},
		since:   q.At, sla: c.SLA.Answer, needed: q.NeededBy,
	}
	if e := q.Escalation(); e.Stands() {
		ask.raise(e)
	}
	return c.ask(ask, now)
}

// EscalationAsks says whom an escalation asks that is not over: whoever took it
// up, else to whom it went, and who stands in for them. The subject is the
// blocker that is raised; of anything else it says how severe it is, and sla is
// how long it may take.
func (c *Config) EscalationAsks(e *fold.Escalation, subject handoff.Blocker, sla calendar.Duration, now time.Time) Asked {
	ask := asking{
		request: request{from: e.By, subject: subject},
		sla:     sla, needed: subject.NeededBy.Time, wall: subject.Severity == handoff.SeverityCritical,
	}
	ask.raise(e)
	return c.ask(ask, now)
}

// asking is a request with the time that it may take.
type asking struct {
	request
	because string // instead of primary
	since   time.Time
	sla     calendar.Duration
	wall    bool      // the SLA runs on the wall
	needed  time.Time // zero for no fixed time
}

// raise asks to whom something was raised, from then on, and by the deadline
// that was set there.
func (a *asking) raise(e *fold.Escalation) {
	a.to, a.because, a.raised, a.since = e.To, BecauseEscalated, true, e.Record.At.Time
	if body, ok := e.Record.Body.(*handoff.Escalation); ok && !body.Deadline.IsZero() {
		a.needed = body.Deadline.Time
	}
	if e.TakenUp != nil {
		a.take(e.TakenUp)
	}
}

// take asks whoever said that it is theirs.
func (a *asking) take(r *handoff.Record) {
	a.to, a.because, a.taken = r.By, BecauseTaken, true
}

func (c *Config) ask(a asking, now time.Time) Asked {
	a.due = window(a.needed, now, a.sla.Wall())
	asked := Asked{Routing: c.choose(a.request, now)}
	if a.because != "" && asked.Because == BecausePrimary {
		asked.Because = a.because
	}
	asked.Due, _ = c.Deadline(asked.To, a.since, a.sla, a.wall, a.needed)
	return asked
}

// Deadline is the earlier of a fixed time and the end of an SLA, on the clock of
// a person or an area or on the wall; false without either. Where nobody's hours
// are known the wall is the only clock. It is in their zone, unless it is the
// fixed time.
func (c *Config) Deadline(who string, from time.Time, sla calendar.Duration, wall bool, fixed time.Time) (time.Time, bool) {
	if sla.IsZero() {
		return fixed, !fixed.IsZero()
	}
	at := from.Add(sla.Wall())
	if hours, ok := c.Calendar(c.Resolver(who)); ok {
		if due, ok := hours.Due(from, sla.Work()); ok && !wall {
			at = due
		}
		at = at.In(hours.Location)
	}
	if !fixed.IsZero() && fixed.Before(at) {
		at = fixed
	}
	return at, true
}
