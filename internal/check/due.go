package check

import (
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

// Due lists the deadlines that have passed. Nothing happens by itself: a person
// acts on them.
func Due(ws *workspace.Workspace) []handoff.Finding {
	var findings []handoff.Finding
	add := func(code, record, message, fix string) {
		findings = append(findings, located(ws, handoff.Finding{Code: code, Level: handoff.LevelError, Record: record, Message: message, Fix: fix}))
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
	for _, b := range open(ws.State.Blockers, fold.CompareBlockers) {
		dueOf(ws, b, add)
	}
	for _, q := range open(ws.State.Questions, func(a, b *fold.Question) int { return a.At.Compare(b.At) }) {
		if asks := ws.TeamConfig.QuestionAsks(q, ws.Moment); passed(asks.Due, ws.Moment) && !waitsRaised(&q.Escalated) {
			add(dueAnswer, q.Record, fmt.Sprintf("%s has not answered %s, wanted by %s", inPlaceOf(asks.To, asks.Because, q.To), q.Key, asks.Due.Format(time.RFC3339)), "handoff answer "+text.ShellArgument(q.Key))
		}
	}
	for _, line := range overdue.Rows {
		if e, ok := line.(*row.Escalation); ok {
			add(dueEscalation, e.ID, fmt.Sprintf("%s has not taken up %s, which %s raised, wanted by %s", inPlaceOf(e.Asked, e.Because, e.To), e.Subject, e.By, e.Deadline.Format(time.RFC3339)),
				"handoff ack "+e.ID+", or handoff escalate "+text.ShellArgument(e.Subject))
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
// it is needed by, on the clock of whoever it asks now.
func dueOf(ws *workspace.Workspace, b *fold.Blocker, add func(code, record, message, fix string)) {
	name := text.ShellArgument(b.ID)
	fix := "handoff resolve " + name + ", or handoff escalate " + name
	asks := ws.TeamConfig.BlockerAsks(b, ws.Moment)
	wall := b.Severity == handoff.SeverityCritical
	if at, ok := ws.TeamConfig.Deadline(asks.To, b.Opened, ws.TeamConfig.SLA.BlockerResolve, wall, b.NeededBy.Time); ok && at.Before(ws.Moment) {
		add(dueResolve, b.Declared, fmt.Sprintf("%s is open, wanted from %s by %s", b.ID, inPlaceOf(asks.To, asks.Because, b.Resolver), at.Format(time.RFC3339)), fix)
		return
	}
	if b.Acknowledged == nil && passed(asks.Due, ws.Moment) && !waitsRaised(&b.Escalated) {
		add(dueBlocker, b.Declared, fmt.Sprintf("%s has not acknowledged %s, wanted by %s", inPlaceOf(asks.To, asks.Because, b.Resolver), b.ID, asks.Due.Format(time.RFC3339)), fix)
	}
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
