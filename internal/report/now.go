package report

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/board"
	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/inbox"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// The beginnings of the ids of things in the page.
const (
	idItem     = "i-"
	idBlocker  = "b-"
	idQuestion = "q-"
	idDecision = "d-"
	idHandoff  = "h-"
)

// place notes what has a place of its own on the page.
func (p *Page) place() {
	for _, h := range p.Board.Held {
		for _, it := range h.Items {
			p.ids[idItem+it.ID] = true
		}
	}
	for _, b := range p.Blockers {
		p.ids[idBlocker+b.ID] = true
	}
	for _, q := range p.Questions {
		p.ids[idQuestion+q.ID] = true
	}
	for _, d := range p.Decisions[:min(len(p.Decisions), most)] {
		p.ids[idDecision+d.ID] = true
	}
	for _, h := range p.Handoffs {
		p.ids[idHandoff+h.ID] = true
	}
}

// name is the name of what a row is about.
func (p *Page) name(r row.Row) part {
	prefix := map[row.Type]string{
		row.TypeItem: idItem, row.TypeBlocker: idBlocker, row.TypeQuestion: idQuestion, row.TypeDecision: idDecision, row.TypeHandoff: idHandoff,
	}[r.RowType()]
	return p.thing(prefix, r.Key(), r.Cited())
}

// now is what needs somebody now: of one person with their one action first.
func (p *Page) now() section {
	s := section{id: "now", title: "What needs somebody now"}
	if p.Person != "" {
		s.title = "What " + p.Person + " is asked for"
		s.what = append(s.what, p.first())
	}
	switch {
	case p.empty:
		s.what = append(s.what, nothing("There are no handoffs here yet. The first one is written by ", code("handoff declare")))
	case len(p.Board.Asked) == 0 && p.Person != "":
		s.what = append(s.what, nothing("Nothing waits for "+p.Person+", and nothing came back to them."))
	case len(p.Board.Asked) == 0:
		s.what = append(s.what, nothing("Nothing needs anybody: every handoff has its verdict, no blocker and no question is open, and nothing came back."))
	}
	people := el(tagDiv, class("people"))
	for _, a := range p.Board.Asked {
		people.with(p.asked(a))
	}
	if len(p.Board.Asked) > 0 {
		s.what = append(s.what, people)
	}
	return s
}

// first is the one thing that somebody is to do first.
func (p *Page) first() part {
	for _, a := range p.Board.Asked {
		if a.Who == p.Person {
			n := a.Needs[0]
			return el(tagP, class("first"), el(tagStrong, say("First: ")), tagged("red", overdueWord(n)), p.name(n.Lead.Row), say(" — "), p.prose(n.Lead.Say), say(" "), commands(n))
		}
	}
	for _, it := range p.Next {
		if len(it.Next) > 0 {
			return el(tagP, class("first"), el(tagStrong, say("First: ")), p.name(it), say(" — "), p.prose(text.JoinNonEmpty(", ", it.Next[0].Do, it.Next[0].When)))
		}
	}
	return several(nil)
}

// asked is what somebody is asked for.
func (p *Page) asked(a board.Asked) element {
	id := "p-" + strings.ReplaceAll(a.Who, ":", "-")
	asked, back := el(tagOL), el(tagOL)
	sum := a.Sum()
	for i, n := range a.Needs {
		if n.Lead.Part == inbox.Back && i >= shown {
			back.with(p.need(n))
		} else {
			asked.with(p.need(n))
		}
	}
	name := p.person(a.Who)
	if a.Person == nil {
		name = say("Anybody of " + a.Who)
	}
	overdue := ""
	if sum.Overdue > 0 {
		overdue = number(sum.Overdue) + " overdue"
	}
	sum.Overdue = 0 // which is said
	card := el(tagArticle, labelledBy(id), el(tagH3, named(id), name), el(tagP, class("src"), tagged("red", overdue), say(sum.Words()), p.presence(a.Person)), asked)
	if back.node.FirstChild != nil {
		card.with(el(tagDetails, el(tagSummary, say("What else came back")), back))
	}
	return card
}

// shown is how many needs of somebody are seen at once, of which some came back: those
// wait as long as it takes.
const shown = 3

// person is the name of somebody, with the handle beside it.
func (p *Page) person(who string) part {
	if name := p.config.People[who].Name; name != "" {
		return several{say(name), count(who)}
	}
	return say(who)
}

// presence says whether somebody is there, and who stands in.
func (p *Page) presence(who *row.Person) part {
	if who == nil {
		return several(nil)
	}
	var parts several
	if who.Team != "" {
		parts = append(parts, say(", "+who.Team))
	}
	switch who.State {
	case row.PersonHere:
		parts = append(parts, say(", at work"))
	case row.PersonAway, row.PersonOff:
		parts = append(parts, say(", "+who.State), p.whenOf(" until ", who.Back))
	}
	if who.Cover != "" {
		parts = append(parts, say("; "+who.Cover+" covers"))
	}
	return parts
}

// need is one thing that somebody is asked for, with what the same record asks as well.
func (p *Page) need(n board.Need) element {
	item := el(tagLI)
	if n.Overdue {
		item.with(class("late"))
	}
	due := el(tagSpan, class("due"), tagged("red", overdueWord(n)), severity(n.Severity()), p.wanted(n.Due))
	item.with(due, el(tagP, p.name(n.Lead.Row), say(" — "), p.prose(n.Lead.Say)))
	if len(n.Rest) > 0 {
		rest := el(tagUL)
		for _, r := range n.Rest {
			rest.with(el(tagLI, p.name(r.Row), say(" "), severity(row.SeverityOf(r.Row)), p.prose(toDo(r.Row))))
		}
		item.with(rest)
	}
	return item.with(el(tagP, class("src"), say(ago(n.Lead.Cited())+" "), commands(n)))
}

func overdueWord(n board.Need) string {
	if n.Overdue {
		return row.IsOverdue
	}
	return ""
}

// commands are what settles a need.
func commands(n board.Need) part {
	do := []string{n.Lead.Do}
	for _, r := range n.Rest {
		if !strings.HasPrefix(r.Do, n.Lead.Do) { // the one takes it as well
			do = append(do, r.Do)
		}
	}
	var parts several
	for _, command := range slices.Compact(do) {
		if command != "" {
			parts = append(parts, code(command), say(" "))
		}
	}
	return parts
}

// toDo says what is to be done about a thing that is handed over.
func toDo(r row.Row) string {
	switch r := r.(type) {
	case *row.Item:
		if len(r.Next) > 0 {
			return r.Next[0].Do
		}
		return r.State
	case *row.Blocker:
		return "to resolve: " + r.Needs
	case *row.Question:
		return "to answer: " + r.Ask
	}
	return ""
}

// open says how long a blocker or a question has been open, of how long it may be.
func (p *Page) open(since time.Time, ref string) several {
	due, ok := p.deadlines[ref]
	open := p.AsOf.Sub(since)
	words := several{say(calendar.Span(open))}
	if !ok {
		return words
	}
	if due.Before(p.AsOf) {
		words = append(words, say(", "), tagged("red", row.IsOverdue), say("since "), p.when(due))
	} else {
		words = append(words, say(", due "), p.when(due))
	}
	return append(several{meter(open, due.Sub(since))}, words...)
}

// blockerRef is how records refer to a blocker.
func blockerRef(name string) string { return fold.Target{Type: fold.TargetBlocker, Name: name}.Ref() }

// questionRef is how they refer to a question.
func questionRef(name string) string {
	return fold.Target{Type: fold.TargetQuestion, Name: name}.Ref()
}
