package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// The codes of what is due. They stand beside those of the rules and are as
// stable.
const (
	dueAck        = "DUE01" // a handoff without a verdict
	dueBlocker    = "DUE02" // a blocker that nobody acknowledged
	dueResolve    = "DUE03" // a blocker that is not resolved
	dueAnswer     = "DUE04" // a question without an answer
	dueStanding   = "DUE05" // a temporary condition that has ended
	dueEscalation = "DUE06" // an escalation that nobody took up
)

// Passed is a deadline that has passed.
type Passed struct {
	handoff.Finding
	Subject fold.Target // what waits: a handoff, blocker or question, of an escalation its subject; none for a temporary condition
	At      time.Time
	Who     []string // whom it waits for now, handles or addresses of groups

	// Say says what was wanted, in a sentence with the time written in its way.
	Say func(when string) string
}

// Due lists the deadlines that have passed. Nothing happens by itself: a person
// acts on them.
func Due(ws *workspace.Workspace) []handoff.Finding {
	var findings []handoff.Finding
	for _, p := range Deadlines(ws) {
		findings = append(findings, p.Finding)
	}
	return findings
}

// Deadlines are the deadlines that have passed. The present is enough of the state.
func Deadlines(ws *workspace.Workspace) []Passed {
	l := &list{ws: ws}
	overdue := query.Run(query.Query{Topic: query.Overdue}, ws.State, ws.QueryEnv())
	for _, row := range overdue.Rows {
		if h := ws.State.Handoffs[row.Cited().Record]; h != nil {
			l.handoff(h)
		}
	}
	for _, b := range open(ws.State.Blockers, fold.CompareBlockers) {
		l.blocker(b)
	}
	for _, q := range open(ws.State.Questions, func(a, b *fold.Question) int { return a.At.Compare(b.At) }) {
		l.question(q)
	}
	for _, line := range overdue.Rows {
		if e, ok := line.(*row.Escalation); ok {
			l.escalation(e)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(ws.State.Watched)) {
		for _, w := range ws.State.Watched[who] {
			if w.Standing && w.Over(ws.Moment) {
				l.add(dueStanding, w.Declared, Passed{At: w.Until.Time, Who: []string{who}},
					func(when string) string {
						return fmt.Sprintf("%q was to end at %s, and %s sees to it", w.What, when, who)
					}, "end it, or declare it with another end")
			}
		}
	}
	return l.passed
}

// list collects deadlines that have passed.
type list struct {
	ws     *workspace.Workspace
	passed []Passed
}

func (l *list) add(code, record string, p Passed, say func(when string) string, fix string) {
	p.Say = say
	p.Finding = located(l.ws, handoff.Finding{Code: code, Level: handoff.LevelError, Record: record, Message: p.Say(p.At.Format(time.RFC3339)), Fix: fix})
	l.passed = append(l.passed, p)
}

func (l *list) handoff(h *fold.Handoff) {
	at, _ := l.ws.TeamConfig.AckDue(h)
	who := slices.DeleteFunc(l.ws.TeamConfig.Receivers(h), func(who string) bool { return h.VerdictBy(who) != nil })
	l.add(dueAck, h.Record.ID, Passed{Subject: fold.Target{Type: fold.TargetRecord, Name: h.Record.ID}, At: at, Who: who},
		func(when string) string {
			return fmt.Sprintf("no verdict on the handoff of %s, wanted by %s", h.Record.By, when)
		}, "handoff ack "+h.Record.ID+", or handoff escalate "+h.Record.ID)
}

// blocker reports a blocker that waits longer than the SLA allows, or longer than
// it is needed by, on the clock of whoever it asks now.
func (l *list) blocker(b *fold.Blocker) {
	name, team := text.ShellArgument(b.ID), l.ws.TeamConfig
	fix := "handoff resolve " + name + ", or handoff escalate " + name
	asks := team.BlockerAsks(b, l.ws.Moment)
	who := inPlaceOf(asks.To, asks.Because, b.Resolver)
	p := Passed{Subject: fold.Target{Type: fold.TargetBlocker, Name: b.ID}, Who: []string{cmp.Or(asks.To, b.Resolver)}}
	wall := b.Severity == handoff.SeverityCritical
	if at, ok := team.Deadline(asks.To, b.Opened, team.SLA.BlockerResolve, wall, b.NeededBy.Time); ok && at.Before(l.ws.Moment) {
		p.At = at
		l.add(dueResolve, b.Declared, p, func(when string) string { return fmt.Sprintf("%s is open, wanted from %s by %s", b.ID, who, when) }, fix)
		return
	}
	if b.Acknowledged == nil && passed(asks.Due, l.ws.Moment) && !waitsRaised(&b.Escalated) {
		p.At = asks.Due
		l.add(dueBlocker, b.Declared, p, func(when string) string {
			return fmt.Sprintf("%s has not acknowledged %s, wanted by %s", who, b.ID, when)
		}, fix)
	}
}

func (l *list) question(q *fold.Question) {
	asks := l.ws.TeamConfig.QuestionAsks(q, l.ws.Moment)
	if !passed(asks.Due, l.ws.Moment) || waitsRaised(&q.Escalated) {
		return
	}
	who := inPlaceOf(asks.To, asks.Because, q.To)
	l.add(dueAnswer, q.Record, Passed{Subject: fold.Target{Type: fold.TargetQuestion, Name: q.Key}, At: asks.Due, Who: []string{cmp.Or(asks.To, q.To)}},
		func(when string) string { return fmt.Sprintf("%s has not answered %s, wanted by %s", who, q.Key, when) }, "handoff answer "+text.ShellArgument(q.Key))
}

func (l *list) escalation(e *row.Escalation) {
	subject, err := l.ws.State.Resolve(e.Subject, l.ws.Me)
	if err != nil {
		subject = fold.Target{} // what it is about is not of the present
	}
	who := inPlaceOf(e.Asked, e.Because, e.To)
	l.add(dueEscalation, e.ID, Passed{Subject: subject, At: *e.Deadline, Who: []string{cmp.Or(e.Asked, e.To)}},
		func(when string) string {
			return fmt.Sprintf("%s has not taken up %s, which %s raised, wanted by %s", who, e.Subject, e.By, when)
		},
		"handoff ack "+e.ID+", or handoff escalate "+text.ShellArgument(e.Subject))
}

// waitsRaised reports whether an escalation waits to be taken up, which has a
// deadline of its own.
func waitsRaised(of *fold.Escalated) bool {
	e := of.Escalation()
	return e.Stands() && e.TakenUp == nil
}

// passed reports whether there is a deadline, and it is over.
func passed(due, now time.Time) bool { return !due.IsZero() && due.Before(now) }

// inPlaceOf is who is asked now, with whom they stand in for.
func inPlaceOf(asked, because, first string) string {
	switch {
	case asked == "":
		return first
	case asked == first || because == config.BecausePrimary:
		return asked
	}
	return fmt.Sprintf("%s (%s, for %s)", asked, because, first)
}

// open lists what is open, in an order.
func open[T interface{ Open() bool }](all map[string]T, compare func(a, b T) int) []T {
	list := slices.SortedFunc(maps.Values(all), compare)
	return slices.DeleteFunc(list, func(one T) bool { return !one.Open() })
}
