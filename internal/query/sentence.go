package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// sentence says what was found: of one thing how it stands, of several how many
// there are and which.
func (r *runner) sentence(spec *TopicSpec, found []candidate, a *Answer) string {
	if r.query.Form == FormHowMany {
		return a.summary() + r.narrowing()
	}
	if len(found) == 1 {
		return r.tells(found[0].row)
	}
	if spec.Name == Changed {
		timed := *r
		timed.query.Since = r.changedSince()
		return a.summary() + " changed" + timed.narrowing()
	}
	if spec.Name == Search {
		return a.summary() + r.narrowing()
	}
	common := r.common()
	var names []string
	for _, c := range found[:min(len(found), listed)] {
		if common != "" {
			names = append(names, c.row.Key())
		} else {
			names = append(names, r.short(c.row))
		}
	}
	if more := len(found) - listed; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if common == "" {
		common = r.narrowing()
	}
	return a.summary() + common + ": " + strings.Join(names, ", ")
}

// common is what the people of a list have in common, so that it is said once: " have
// not handed over today". It is "" where they may have different things to tell.
func (r *runner) common() string {
	if r.query.Topic != Declared || len(r.query.Terms) != 1 || r.query.Terms[0].Qualifier != Is || r.query.Terms[0].Not {
		return ""
	}
	switch r.query.Terms[0].Value {
	case row.IsMissing:
		return " have not handed over today"
	case row.IsDeclared:
		return " have handed over today"
	}
	return ""
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
	say := "no " + all[0].row.RowType().Noun()
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
		case t.Not && t.Qualifier == Is:
			b.WriteString(" not " + row.Spoken(t.Value))
		case t.Not:
			b.WriteString(" not " + string(t.Qualifier) + ":" + t.Value)
		case said[t.Qualifier] != "":
			b.WriteString(" " + said[t.Qualifier] + " " + t.Value)
		default:
			b.WriteString(" " + row.Spoken(t.Value))
		}
	}
	if !r.query.Since.IsZero() {
		b.WriteString(" since " + r.clock().At(r.query.Since))
	}
	if !r.query.Until.IsZero() {
		b.WriteString(" until " + r.clock().At(r.query.Until))
	}
	return b.String()
}

// clock is what the times in sentences are relative to.
func (r *runner) clock() row.Clock { return row.Clock{Now: r.env.Now, Location: r.env.Location} }

// tells says how one thing stands, of that what the topic is about.
func (r *runner) tells(line row.Row) string {
	switch line := line.(type) {
	case *row.Item:
		if r.query.Topic == NextSteps {
			return line.Steps()
		}
	case *row.Person:
		if r.query.Topic == Declared {
			return line.Handover(r.clock())
		}
	}
	return line.Sentence(r.clock())
}

// short is a thing in a list of several.
func (r *runner) short(line row.Row) string {
	if person, ok := line.(*row.Person); ok {
		return r.tells(person)
	}
	return line.Short(r.clock())
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
