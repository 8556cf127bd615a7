package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// sentence says what was found: of one thing how it stands, of several how many
// there are and which.
func (r *runner) sentence(spec *TopicSpec, found []candidate, a *Answer) string {
	if r.query.Form == FormHowMany {
		return a.summary() + r.narrowing()
	}
	if len(found) == 1 && spec.Name == NextSteps {
		return r.tellsSteps(found[0])
	}
	if len(found) == 1 {
		return r.tells(found[0])
	}
	if spec.Name == Search || spec.Name == Changed {
		return a.summary() + r.narrowing()
	}
	var names []string
	for _, c := range found[:min(len(found), listed)] {
		names = append(names, r.short(c))
	}
	if more := len(found) - listed; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return a.summary() + r.narrowing() + ": " + strings.Join(names, ", ")
}

// noneOf says that nothing of what a topic has fits the terms, and what there is.
func (r *runner) noneOf(spec *TopicSpec, all []candidate) string {
	whole := Answer{}
	whole.count(all)
	rest := *r
	rest.query.Terms, rest.query.Since, rest.query.Until, rest.query.Form = nil, time.Time{}, time.Time{}, ""
	sortCandidates(all, spec.order)
	if slices.ContainsFunc(r.query.Terms, func(t Term) bool { return t.Qualifier == Is && t.Value == string(row.TypeArea) }) {
		return r.query.Arg + " decides in no area; of all: " + rest.sentence(spec, all, &whole)
	}
	say := "no " + nouns[all[0].row.RowType()]
	for _, t := range r.query.Terms {
		switch {
		case t.Qualifier == Is && t.Not && spec.Name == Acks:
			say = "nobody is left who has not " + row.Spoken(t.Value)
		case t.Qualifier == Is && t.Not:
			say += " is not " + row.Spoken(t.Value)
		case t.Qualifier == Is:
			say += " is " + row.Spoken(t.Value)
		default:
			say += " has " + t.String()
		}
	}
	rest.query.Terms = nil
	timed := *r
	timed.query.Terms = nil
	return say + timed.narrowing() + "; of all: " + rest.sentence(spec, all, &whole)
}

// narrowing says what the terms and the time of the question are.
func (r *runner) narrowing() string {
	said := map[Qualifier]string{
		By: "by", To: "for", Owner: "owned by", Holder: "held by", Resolver: "for", Decider: "decided by", InItem: "about", HasRef: "about", Team: "of team",
	}
	var b strings.Builder
	for _, t := range r.query.Terms {
		switch {
		case t.Not:
			b.WriteString(" not " + string(t.Qualifier) + ":" + t.Value)
		case said[t.Qualifier] != "":
			b.WriteString(" " + said[t.Qualifier] + " " + t.Value)
		default:
			b.WriteString(" " + row.Spoken(t.Value))
		}
	}
	if !r.query.Since.IsZero() {
		b.WriteString(" since " + r.clock(r.query.Since))
	}
	if !r.query.Until.IsZero() {
		b.WriteString(" until " + r.clock(r.query.Until))
	}
	return b.String()
}

// short is a thing in a list of several, with who it is with.
func (r *runner) short(c candidate) string {
	switch line := c.row.(type) {
	case *row.Blocker:
		return line.ID + " (" + cmp.Or(line.Asked, line.Resolver) + ")"
	case *row.Question:
		return line.ID + " (" + cmp.Or(line.Asked, line.To) + ")"
	case *row.Escalation:
		return line.Subject + " (" + cmp.Or(line.Asked, line.To) + ")"
	case *row.Item:
		return cmp.Or(line.ID, text.OneLine(line.State))
	case *row.Handoff:
		return line.ID + " (" + line.By + ")"
	case *row.Watch:
		return text.OneLine(line.What)
	case *row.Person:
		return r.tells(c)
	case *row.Ack:
		return line.Who + " " + cmp.Or(row.Spoken(line.Outcome), "has not acked")
	case *row.Review:
		return line.ID + " (" + cmp.Or(row.ListCell(line.WaitingOn), line.State, line.Item) + ")"
	case *row.Deadline:
		return line.ID + " (" + line.Who + ", " + r.clock(*line.Due) + ")"
	case *row.Event:
		return string(line.Kind) + " by " + line.By
	}
	return c.row.Key()
}

// clock is a time as a sentence says it: of today the time of day.
func (r *runner) clock(at time.Time) string {
	location := cmp.Or(r.env.Location, r.env.Now.Location())
	at, now := at.In(location), r.env.Now.In(location)
	switch days := now.Sub(at); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly) && at.Hour()+at.Minute() > 0:
		return at.Format("15:04")
	case days > -6*day && days < 6*day:
		return at.Format("Mon 15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// noneOfPerson says that there is nothing of somebody, of topics that are about
// people as well as about things; "" where it is not about somebody.
func (r *runner) noneOfPerson() string {
	who := r.query.Arg
	if !slices.Contains(r.everyone, who) && !handoff.IsScope(who) {
		return ""
	}
	switch {
	case r.query.Topic == Reviews && len(r.pulls()) > 0:
		return "no pull request waits for " + who
	case r.query.Topic == Owns && len(r.items()) > 0:
		return who + " is accountable for no live item, and decides in no area"
	}
	return ""
}
