package report

import (
	"cmp"
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// most is how many things a list of what is over has; it says what it leaves out.
const most = 200

// more says how many a list leaves out, and where they are.
func more(left int, command string) part {
	if left <= 0 {
		return several(nil)
	}
	return el(tagP, class("none"), say(fmt.Sprintf("%d more, which are older: ", left)), code(command))
}

// live are the live items by who holds them.
func (p *Page) live() section {
	s := section{id: "live", title: "Board"}
	items := 0
	holders := el(tagDiv, class("people"))
	for _, h := range p.Board.Held {
		items += len(h.Items)
		id := "holds-" + h.Who
		list := el(tagUL, class("cards"))
		for _, it := range h.Items {
			list.with(p.item(it))
		}
		holders.with(el(tagArticle, labelledBy(id), el(tagH3, named(id), p.person(h.Who), count(text.Count(len(h.Items), "item"))), list))
	}
	if items == 0 {
		s.what = several{nothing("No item is live.")}
		return s
	}
	s.count = text.Count(items, "item")
	s.what = several{holders}
	return s
}

// item is a live item: what it is, how it stands, and what is next.
func (p *Page) item(it *row.Item) element {
	card := el(tagLI, named(idItem+it.ID))
	card.with(
		el(tagP, status(it.Status), severity(it.Severity), el(tagSpan, class("id"), say(it.ID)), p.refs(p.state.Items[it.ID].Refs)),
		el(tagH4, p.prose(cmp.Or(it.Title, it.ID))), el(tagP, p.prose(it.State)),
	)
	for _, n := range it.Next {
		card.with(el(tagP, class("next"), say("next, "+n.Owner+": "), p.prose(text.JoinNonEmpty(", ", n.Do, n.When))))
	}
	facts := several{}
	for _, w := range it.WaitsFor {
		facts = append(facts, el(tagLI, say("waits for "), p.waits(w)))
	}
	if len(it.OfferedTo) > 0 {
		facts = append(facts, el(tagLI, say("offered to "+row.ListCell(it.OfferedTo))))
	}
	if it.Owner != it.Holder {
		facts = append(facts, el(tagLI, say("owned by "+it.Owner)))
	}
	if it.Due != nil {
		facts = append(facts, el(tagLI, tagged("red", late(it.Due, p.AsOf)), p.whenOf("due ", it.Due)))
	}
	if e := it.Escalation; e != nil {
		facts = append(facts, el(tagLI, say("raised by "+e.Words())))
	}
	if len(facts) > 0 {
		card.with(el(tagUL, class("facts"), facts))
	}
	return card.with(p.source(it.Source))
}

// waits is what stops an item, with who is to do something about it.
func (p *Page) waits(w row.Wait) part {
	who := several{}
	if len(w.Who) > 0 {
		who = several{say(", of " + text.And(w.Who))}
	}
	target, name := typed(w.On)
	if target == "pr" {
		return several{anchor(outside(p.config.Link(handoff.Ref{Type: target, ID: name})), say("PR "+name)), who}
	}
	return several{p.thing(idBlocker, name, row.Source{}), who}
}

// late says of a time that it has passed.
func late(due *time.Time, now time.Time) string {
	if due != nil && due.Before(now) {
		return row.IsOverdue
	}
	return ""
}

// blocked are the open blockers.
func (p *Page) blocked() section {
	s := section{id: "blocked", title: "Blockers"}
	if len(p.Blockers) == 0 {
		s.what = several{nothing("Nothing is blocked.")}
		return s
	}
	s.count = number(len(p.Blockers))
	rows := el(tagTBody)
	for _, b := range p.Blockers {
		needs := el(tagTH, attribute{"scope", "row"}, severity(b.Severity), el(tagStrong, say(b.ID)), el(tagP, p.prose(b.Needs)))
		if b.Because != "" {
			needs.with(el(tagP, class("src"), say("because "), p.prose(b.Because)))
		}
		if b.Workaround != "" {
			needs.with(el(tagP, class("src"), say("meanwhile "), p.prose(b.Workaround)))
		}
		needs.with(p.source(b.Source))
		blocks := el(tagTD)
		for i, id := range b.Blocks {
			if i > 0 {
				blocks.with(say(", "))
			}
			_, name := typed(id)
			blocks.with(p.thing(idItem, name, row.Source{}))
		}
		open := several{}
		if b.Since != nil {
			open = p.open(*b.Since, blockerRef(b.ID))
		}
		state := el(tagTD, open)
		if e := b.Escalation; e != nil {
			state.with(el(tagP, class("src"), say("raised by "+e.Words())))
		}
		rows.with(el(tagTR, named(idBlocker+b.ID), needs, el(tagTD, say(cmp.Or(asks(b.AskedNow, b.Resolver), b.Resolver))), state, blocks))
	}
	s.what = several{table("blockers", "Open blockers, the most severe first", rows, "What is needed", "Asks now", "Open for", "Blocks")}
	return s
}

// questions are those that nobody has closed.
func (p *Page) questions() section {
	s := section{id: "questions", title: "Questions"}
	if len(p.Questions) == 0 {
		s.what = several{nothing("No question is open.")}
		return s
	}
	s.count = number(len(p.Questions))
	rows := el(tagTBody)
	for _, q := range p.Questions {
		ask := el(tagTH, attribute{"scope", "row"}, el(tagStrong, say(q.ID)), el(tagP, p.prose(q.Ask)))
		if q.Answer != "" {
			ask.with(el(tagP, class("next"), say("answered: "), p.prose(q.Answer)))
		}
		ask.with(p.source(q.Source))
		state := el(tagTD)
		if q.State == fold.QuestionOpen && q.Source.At != nil {
			state.with(p.open(*q.Source.At, questionRef(q.ID)))
		} else {
			state.with(say(row.Spoken(q.State) + ", to be closed by " + q.By))
		}
		if q.Rounds >= 3 {
			state.with(el(tagP, class("src"), say(text.Count(q.Rounds, "round")+": talk, then record it")))
		}
		rows.with(el(tagTR, named(idQuestion+q.ID), ask, el(tagTD, say(q.By)), el(tagTD, say(asks(q.AskedNow, q.To))), state))
	}
	s.what = several{table("questions", "Open questions, the oldest first", rows, "Question", "From", "Asks now", "Open for")}
	return s
}

// decided is the decision log, with what each decision replaced.
func (p *Page) decided() section {
	s := section{id: "decided", title: "Decisions"}
	since := several{say(" since "), p.at(p.Since, "2 Jan 2006"), say(".")}
	if len(p.Decisions) == 0 {
		s.what = several{nothing("Nothing was decided", since...)}
		return s
	}
	s.count = text.Count(len(p.Decisions), "topic")
	list := el(tagUL, class("cards wide"))
	for _, story := range p.Decisions[:min(len(p.Decisions), most)] {
		list.with(p.story(story))
	}
	s.what = several{el(tagP, class("src"), say("What was decided"), since), list, more(len(p.Decisions)-most, "handoff log --decisions")}
	return s
}

// story is a topic: what holds, and what does not hold or not any more.
func (p *Page) story(s query.DecisionStory) element {
	card := el(tagLI, named(idDecision+s.ID))
	kind := ""
	if s.Status != fold.DecisionAccepted {
		kind = s.Status
	}
	contested := ""
	if len(s.Contested) > 0 {
		contested = "contested"
	}
	card.with(
		el(tagP, tagged("", row.Spoken(kind)), tagged("amber", contested), el(tagStrong, say(s.ID))),
		el(tagP, p.prose(s.Decision.Decision)),
	)
	if s.Rationale != "" {
		card.with(el(tagP, class("src"), say("because "), p.prose(s.Rationale)))
	}
	around := several{}
	for _, group := range []struct {
		word string
		rows []*row.Decision
	}{{"proposed instead", s.Proposed}, {"contested by", s.Contested}, {"replaced", s.Chain}} {
		for _, d := range group.rows {
			name := ""
			if d.ID != s.ID {
				name = d.ID
			}
			around = append(around, el(tagLI, el(tagStrong, say(group.word+" ")), say(text.JoinNonEmpty(": ", name, d.Decision)),
				say(" ("+d.By+", "), anchor(p.file(d.Source), say(d.Source.Record)), p.whenOf(", ", d.At), say(")")))
		}
	}
	for _, note := range s.Notes {
		around = append(around, el(tagLI, el(tagStrong, say("note ")), say(note)))
	}
	if len(around) > 0 {
		card.with(el(tagUL, class("facts"), around))
	}
	if s.By != s.Source.By {
		card.with(el(tagP, class("src"), say("decided by "+s.By)))
	}
	return card.with(p.source(s.Source))
}

// handoffs are those of the week, and those that nobody has answered.
func (p *Page) handoffs() section {
	s := section{id: "handoffs", title: "Handoffs of the week"}
	if len(p.Handoffs) == 0 {
		s.what = several{nothing("Nobody has handed over in the last seven days.")}
		return s
	}
	s.count = number(len(p.Handoffs) + p.older)
	rows := el(tagTBody)
	for _, h := range p.Handoffs {
		state := el(tagTD, say(h.StateWords()))
		for _, flag := range h.Flags {
			state.with(say(" "), tagged(flagKinds[flag], row.FlagWords(flag)))
		}
		rows.with(el(tagTR, named(idHandoff+h.ID),
			el(tagTD, p.whenOf("", h.At)),
			el(tagTH, attribute{"scope", "row"}, say(h.By+" → "+row.ListCell(h.To)), el(tagP, p.prose(h.Summary)), p.source(h.Source)),
			state, el(tagTD, say(fmt.Sprintf("%d of %d", len(h.Taken), len(h.Items))))))
	}
	s.what = several{table("handoffs", "Handoffs of the last seven days and those without a verdict, the newest first", rows, "When", "Handoff", "Verdict", "Items taken"), more(p.older, "handoff query handoffs since:7d")}
	return s
}

// flagKinds are how flags stand out.
var flagKinds = map[string]string{row.IsOverdue: "red", row.IsLimbo: "red", row.IsLate: "amber"}

// deliveries are what was told elsewhere, and what was not.
func (p *Page) deliveries() section {
	s := section{id: "delivered", title: "Delivery"}
	if len(p.Delivered) == 0 {
		say := "Nothing of what is on this page was delivered anywhere: it stands in git."
		if p.config.Deliver.IsZero() {
			say = "The team has named no target, and nothing of what is on this page was delivered anywhere: it stands in git."
		}
		s.what = several{nothing(say)}
		return s
	}
	s.count = number(len(p.Delivered))
	rows := el(tagTBody)
	for _, d := range p.Delivered[:min(len(p.Delivered), most)] {
		state := el(tagTD)
		switch {
		case d.InDoubt:
			state.with(tagged("red", "in doubt"), say("something may have been sent, and nobody has said how that ended: "), code("handoff route "+text.ShellArgument(d.Ref)))
		case d.At == nil:
			state.with(tagged("amber", "not sent"), say("nobody was told there: "), code("handoff route --all"))
		default:
			state.with(say(text.JoinNonEmpty("", text.And(d.Told)+" ", "was told ")), p.when(*d.At))
		}
		rows.with(el(tagTR, el(tagTH, attribute{"scope", "row"}, say(d.Kind+" "), p.delivered(d)), el(tagTD, anchor(outside(d.URL), say(d.Target))), state))
	}
	s.what = several{table("deliveries", "Deliveries, what is in doubt first", rows, "What", "Where", "How it stands"), more(len(p.Delivered)-most, "handoff route --all --dry-run")}
	return s
}

// delivered is the name of what was delivered.
func (p *Page) delivered(d Delivered) part {
	prefix := map[string]string{"handoff": idHandoff, "blocker": idBlocker, "question": idQuestion, "decision": idDecision}[d.Kind]
	_, name := typed(d.Ref)
	return p.thing(prefix, name, row.Source{})
}

// table is a table with a caption and a heading for each column.
func table(kind, caption string, rows element, headings ...string) part {
	head := el(tagTR)
	for _, h := range headings {
		head.with(el(tagTH, attribute{"scope", "col"}, say(h)))
	}
	return el(tagTable, class(kind), el(tagCaption, say(caption)), el(tagTHead, head), rows)
}
