package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// What is told of a thing. The words are those of the records: whom it asks now, and
// how they are called elsewhere, changes without anybody saying so, and is no reason
// to tell it again.

// digest is of what is told of a thing.
func (t *Thing) digest() string {
	data, err := json.Marshal(t.describe(time.UTC))
	if err != nil {
		panic(err) // texts and lists of texts
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// message is what is told of a thing at a place.
func (b *Box) message(t *Thing, p *Place) deliver.Message {
	m := t.describe(b.zoneOf(t.asks))
	m.To = b.persons(t.asks, p)
	for _, ref := range t.about {
		m.About = append(m.About, deliver.Ref{Type: ref.Type, ID: ref.ID})
		if link := b.TeamConfig.Link(ref); link != "" {
			m.Links = append(m.Links, deliver.Link{Text: ref.ID, URL: link})
		}
	}
	return m
}

// zoneOf is the time zone of the first of those whose zone is known.
func (b *Box) zoneOf(who []string) *time.Location {
	for _, one := range who {
		if of := b.TeamConfig.People[one].TZ.Location; of != nil {
			return of
		}
	}
	return time.UTC
}

// persons are people, and groups, as a place knows them.
func (b *Box) persons(who []string, p *Place) []deliver.Person {
	var persons []deliver.Person
	for _, one := range who {
		persons = append(persons, deliver.Person{Name: one, Account: b.TeamConfig.People[one].Account(p.Service)})
	}
	return persons
}

// Told are those whom the message of a delivery is for, as handles.
func (b *Box) Told(d *Delivery) []string {
	asks := d.asks
	if d.overdue != nil {
		asks = d.overdue.Who
	}
	var who []string
	for _, one := range asks {
		_, known := b.TeamConfig.People[one]
		if handoff.ValidHandle(one) && one != "team" && (known || len(b.TeamConfig.People) == 0) {
			who = append(who, one)
		}
	}
	return who
}

// facts are pairs of a name and a value, without those that say nothing.
func facts(pairs ...string) []deliver.Fact {
	var list []deliver.Fact
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, deliver.Fact{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return list
}

// when is a time as a message says it, "" for none.
func when(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04 MST")
}

func listed(names []string) string { return strings.Join(names, ", ") }

// severe is a severity that is not the ordinary one.
func severe(severity string) string {
	if severity == handoff.SeverityRoutine {
		return ""
	}
	return severity
}

// raised says to whom something was escalated.
func raised(of *fold.Escalated) string {
	e := of.Escalation()
	if e == nil {
		return ""
	}
	return e.To + " by " + e.By
}

// paragraphs are those texts that say something.
func paragraphs(texts ...string) []string {
	var list []string
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			list = append(list, s)
		}
	}
	return list
}

// lists are those that have lines.
func lists(all ...deliver.List) []deliver.List {
	var some []deliver.List
	for _, l := range all {
		if len(l.Lines) > 0 {
			some = append(some, l)
		}
	}
	return some
}

func describeBlocker(b *fold.Blocker, zone *time.Location) deliver.Message {
	stands, how := "open", ""
	switch {
	case b.Resolution != nil:
		stands = row.Spoken(b.State) + " by " + b.Resolution.By
		if res, ok := b.Resolution.Body.(*handoff.Resolution); ok {
			how = res.How
		}
	case b.Acknowledged != nil:
		stands = "acknowledged by " + b.Acknowledged.By
	}
	var options []string
	for _, o := range b.Options {
		line := o.ID + ": " + o.Label
		if o.ID == b.Recommend {
			line += " (recommended)"
		}
		options = append(options, line)
	}
	return deliver.Message{
		Kind: deliver.KindBlocker, Title: "Blocked: " + b.Needs, Done: !b.Open(),
		Text: paragraphs(b.Because, text.JoinNonEmpty(": ", stands, how)),
		Facts: facts("blocker", b.ID, "asked by", b.DeclaredBy, "resolver", b.Resolver, "blocks", listed(b.Blocks), "severity", severe(b.Severity),
			"needed by", when(b.NeededBy.Time, zone), "until then", b.Workaround, "decision", b.AnsweredBy, "escalated to", raised(&b.Escalated)),
		Lists: lists(deliver.List{Title: "Options", Lines: options}),
	}
}

func describeQuestion(q *fold.Question, zone *time.Location) deliver.Message {
	var answers []string
	for _, r := range q.Answers {
		answers = append(answers, r.By+": "+r.Body.(*handoff.Answer).Text)
	}
	return deliver.Message{
		Kind: deliver.KindQuestion, Title: q.Ask, Done: !q.Pending(), Text: paragraphs(q.Context),
		Facts: facts("question", q.Key, "asked by", q.By, "asked", q.To, "stands", q.State, "about", q.About, "blocks", listed(q.Blocks),
			"needed by", when(q.NeededBy, zone), "if nobody answers", q.Default, "escalated to", raised(&q.Escalated)),
		Lists: lists(deliver.List{Title: "Answers", Lines: answers}),
	}
}

func describeDecision(d *fold.Decision, _ *time.Location) deliver.Message {
	title := map[string]string{fold.DecisionProposed: "Proposed: ", fold.DecisionReversed: "Reversed: ", fold.DecisionRejected: "Rejected: ", fold.DecisionSuperseded: "Superseded: "}[d.State]
	if title == "" {
		title = "Decided: "
	}
	var alternatives []string
	for _, a := range d.Alternatives {
		alternatives = append(alternatives, text.JoinNonEmpty(": ", a.Option, a.WhyNot))
	}
	return deliver.Message{
		Kind: deliver.KindDecision, Title: title + d.Decision.Decision, Done: !d.Stands(), Text: paragraphs(d.Rationale, d.Context, d.Tradeoffs),
		Facts: facts("decision", d.ID, "by", d.By, "decided by", d.DecidedBy, "approved by", d.ApprovedBy, "items", listed(d.Items),
			"answers", d.Answers, "superseded by", d.SupersededBy, "to be looked at again", d.RevisitWhen),
		Lists: lists(deliver.List{Title: "Not chosen", Lines: alternatives}),
	}
}

func describeHandoff(h *fold.Handoff, zone *time.Location) deliver.Message {
	done := h.State != fold.HandoffPublished && h.State != fold.HandoffChangesRequested && h.State != fold.HandoffDeclined
	var stands string
	switch h.State {
	case fold.HandoffWithdrawn:
		stands = "withdrawn"
	case fold.HandoffSuperseded:
		stands = "superseded by " + h.SupersededBy
	}
	return deliver.Message{
		Kind: deliver.KindHandoff, Title: "Handoff from " + h.Record.By + ": " + h.Summary, Done: done,
		Text: paragraphs(h.Notes),
		Facts: facts("handoff", h.First, "from", h.Record.By, "to", listed(h.To), "for information", listed(h.CC), "stands", stands,
			"returns", when(h.ReturnsAt.Time, zone), "can be asked until", when(h.ReachableUntil.Time, zone), "cover", h.Cover, "escalated to", raised(&h.Escalated)),
		Lists: lists(
			deliver.List{Title: "Do not", Lines: doNot(h)}, deliver.List{Title: "Items", Lines: items(h)},
			deliver.List{Title: "Blockers", Lines: each(h.Blockers, func(b handoff.Blocker) string { return b.ID + " needs " + b.Resolver + ": " + b.Needs })},
			deliver.List{Title: "Questions", Lines: each(h.Handoff.Questions, func(q handoff.OpenQuestion) string { return q.ID + " to " + q.To + ": " + q.Ask })},
			deliver.List{Title: "Decisions", Lines: each(h.Decisions, func(d handoff.Decision) string { return d.ID + ": " + d.Decision })},
			deliver.List{Title: "Shipped", Lines: each(h.Shipped, func(s handoff.Shipped) string { return text.JoinNonEmpty(": ", s.ID, s.What) })},
			deliver.List{Title: "Answers", Lines: verdicts(h)},
		),
	}
}

func each[T any](list []T, line func(T) string) []string {
	var lines []string
	for _, one := range list {
		lines = append(lines, line(one))
	}
	return lines
}

func doNot(h *fold.Handoff) []string {
	var lines []string
	for _, item := range h.Items {
		lines = append(lines, each(item.DoNot, func(rule string) string { return rule + " (" + item.ID + ")" })...)
	}
	return lines
}

// items are a line for each item: how it stands, and what is next.
func items(h *fold.Handoff) []string {
	return each(h.Items, func(item handoff.Item) string {
		line := item.ID + " (" + text.JoinNonEmpty(", ", severe(item.Severity), row.Spoken(item.Status)) + "): " + item.State
		for _, next := range item.Next {
			line += "; next: " + next.Do + " (" + next.Owner + ")"
		}
		return line
	})
}

// verdicts are what the receivers answered.
func verdicts(h *fold.Handoff) []string {
	var lines []string
	for _, r := range h.Acks {
		if a := r.Body.(*handoff.Ack); a.Outcome != handoff.OutcomeSeen {
			lines = append(lines, text.JoinNonEmpty(": ", r.By+" "+row.Spoken(a.Outcome), text.JoinNonEmpty(", ", listed(a.Take), row.Spoken(a.Reason), a.Note)))
		}
	}
	return lines
}
