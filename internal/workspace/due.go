package workspace

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/text"
)

// The codes of what is due. They stand beside those of the rules and are as
// stable.
const (
	dueAck      = "DUE01" // a handoff without a verdict
	dueBlocker  = "DUE02" // a blocker that nobody acknowledged
	dueResolve  = "DUE03" // a blocker that is not resolved
	dueAnswer   = "DUE04" // a question without an answer
	dueStanding = "DUE05" // a temporary condition that has ended
)

// Due lists the deadlines that have passed. Nothing happens by itself: a person
// acts on them.
func (ws *Workspace) Due() []handoff.Finding {
	var findings []handoff.Finding
	add := func(code, record, message, fix string) {
		findings = append(findings, ws.located(handoff.Finding{Code: code, Level: handoff.LevelError, Record: record, Message: message, Fix: fix}))
	}
	overdue := query.Run(query.Query{Topic: query.Overdue}, ws.State, ws.QueryEnv())
	for _, row := range overdue.Rows {
		h := ws.State.Handoffs[row.Cited().Record]
		if h == nil {
			continue
		}
		at, _ := ws.TeamConfig.AckDue(h)
		add(dueAck, h.Record.ID, fmt.Sprintf("no verdict on the handoff of %s, wanted by %s", h.Record.By, at.Format(time.RFC3339)),
			"handoff ack "+h.Record.ID+", or handoff escalate "+h.Record.ID)
	}
	for _, b := range open(ws.State.Blockers, handoff.CompareBlockers) {
		ws.dueOf(b, add)
	}
	for _, q := range open(ws.State.Questions, func(a, b *handoff.QuestionState) int { return a.At.Compare(b.At) }) {
		if at, ok := ws.deadline(q.To, q.At, ws.TeamConfig.SLA.Answer, q.NeededBy); ok && at.Before(ws.Moment) {
			add(dueAnswer, q.Record, fmt.Sprintf("%s has not answered %s, wanted by %s", q.To, q.Key, at.Format(time.RFC3339)), "handoff answer "+text.ShellArgument(q.Key))
		}
	}
	for _, who := range slices.Sorted(maps.Keys(ws.State.Watched)) {
		for _, w := range ws.State.Watched[who] {
			if w.Standing && w.Over(ws.Moment) {
				add(dueStanding, w.Declared, fmt.Sprintf("%q was to end at %s, and %s sees to it", w.What, w.Until, who), "end it, or declare it with another end")
			}
		}
	}
	return findings
}

// dueOf reports a blocker that waits longer than the SLA allows, or longer than
// it is needed by.
func (ws *Workspace) dueOf(b *handoff.BlockerState, add func(code, record, message, fix string)) {
	sla := ws.TeamConfig.SLA
	name := text.ShellArgument(b.ID)
	fix := "handoff resolve " + name + ", or handoff escalate " + name
	if at, ok := ws.deadline(b.Resolver, b.Opened, sla.BlockerResolve, b.NeededBy.Time); ok && at.Before(ws.Moment) {
		add(dueResolve, b.Declared, fmt.Sprintf("%s is open, wanted from %s by %s", b.ID, b.Resolver, at.Format(time.RFC3339)), fix)
		return
	}
	if b.Acknowledged != nil {
		return
	}
	if at, ok := ws.deadline(b.Resolver, b.Opened, sla.BlockerAck, time.Time{}); ok && at.Before(ws.Moment) {
		add(dueBlocker, b.Declared, fmt.Sprintf("%s has not acknowledged %s, wanted by %s", b.Resolver, b.ID, at.Format(time.RFC3339)), fix)
	}
}

// deadline is the earlier of a fixed time and the end of an SLA on somebody's
// clock; false without either.
func (ws *Workspace) deadline(who string, from time.Time, sla calendar.Duration, fixed time.Time) (time.Time, bool) {
	if sla.IsZero() {
		return fixed, !fixed.IsZero()
	}
	at := from.Add(sla.Wall())
	if calendar, ok := ws.TeamConfig.Calendar(ws.TeamConfig.Resolver(who)); ok {
		if due, ok := calendar.Due(from, sla.Work()); ok {
			at = due
		}
	}
	if !fixed.IsZero() && fixed.Before(at) {
		at = fixed
	}
	return at, true
}

// open lists what is open, in an order.
func open[T interface{ Open() bool }](all map[string]T, compare func(a, b T) int) []T {
	list := slices.SortedFunc(maps.Values(all), compare)
	return slices.DeleteFunc(list, func(one T) bool { return !one.Open() })
}
