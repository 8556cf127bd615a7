package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// rows prints rows: on a terminal a card for each, in a pipe a table for each run of
// one type.
func (p *printer) rows(rows []row.Row) {
	if p.width > 0 {
		for _, r := range rows {
			p.card(r)
		}
		return
	}
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(r row.Row) bool { return r.RowType() != rows[0].RowType() })
		if n < 0 {
			n = len(rows)
		}
		cells := make([][]string, n)
		for i, r := range rows[:n] {
			cells[i] = r.Cells()
			if of, ok := r.(row.InRepo); ok {
				r = of.Row
			}
			if _, changes := changesOf(r); len(changes) > 0 { // behind the columns that every such row has
				cells[i] = append(cells[i], strings.Join(changes, "; "))
			}
		}
		p.table(nil, cells)
		rows = rows[n:]
	}
}

// card is a row as a terminal shows it: what names it, what is so with it, and what it
// says, each under its label.
type card struct {
	name   string
	facts  []string
	fields [][2]string // label and text; nothing is shown for an empty text
}

func (p *printer) card(r row.Row) {
	where := ""
	if of, ok := r.(row.InRepo); ok {
		r, where = of.Row, "in "+of.Repo
	}
	r, changes := changesOf(r)
	c := p.cardOf(r)
	facts := text.JoinNonEmpty(", ", append([]string{where}, c.facts...)...)
	if facts != "" {
		facts = " — " + facts
	}
	p.styled(painted{bold, c.name}, painted{"", facts})
	for _, change := range changes {
		p.labelled("changed", change)
	}
	for _, field := range c.fields {
		p.labelled(field[0], field[1])
	}
	p.labelled("source", sourceText(r.Cited(), c.name))
}

// sourceText is where a row comes from: the record, unless that is named already, its
// author, its age, and what there is to doubt.
func sourceText(s row.Source, named string) string {
	if s.Record == "" {
		return s.Path
	}
	record := s.Record
	if record == named {
		record = ""
	}
	return text.JoinNonEmpty(", ", record, s.By, ageText(s, s.Record))
}

// ageText is how old a record is and what there is to doubt, behind its id where that
// is not named already.
func ageText(s row.Source, named string) string {
	record, outdated := s.Record, ""
	if record == named {
		record = ""
	}
	if s.Superseded {
		outdated = "superseded"
	}
	return text.JoinNonEmpty(", ", append([]string{record, calendar.Ago(sourceAge(s)), outdated}, s.Remarks()...)...)
}

func (p *printer) cardOf(r row.Row) card {
	switch r := r.(type) {
	case *row.Item:
		return p.itemCard(r)
	case *row.Blocker:
		return p.blockerCard(r)
	case *row.Handoff:
		return p.handoffCard(r)
	case *row.Question:
		return card{r.ID, []string{words(r.State), r.By + " asks " + r.To}, [][2]string{
			{"ask", r.Ask}, {"answer", r.Answer}, {"asks now", p.askedNow(r.AskedNow, r.To)}, {"raised", r.Escalation.Words()},
		}}
	case *row.Decision:
		return card{r.ID, []string{r.Status, "by " + r.By}, [][2]string{
			{"decided", r.Decision}, {"because", r.Rationale}, {"replaces", r.Supersedes}, {"replaced by", r.SupersededBy},
		}}
	case *row.Escalation:
		return card{r.ID, []string{r.By + " raises it to " + r.To, words(r.State), fmt.Sprintf("level %d", r.Level)}, [][2]string{
			{"about", r.Subject}, {"ask", r.Ask}, {"reason", words(r.Reason)}, {"asks now", p.askedNow(r.AskedNow, r.To)},
		}}
	case *row.Watch:
		until := "until " + p.stamped(r.Until)
		switch {
		case r.Until == nil:
			until = ""
		case r.Expired:
			until += ", which is past"
		}
		return card{r.What, []string{r.Kind, until}, [][2]string{{"signal", r.Signal}, {"link", r.Link}, {"sees to it", r.Holder}}}
	case *row.Area:
		return card{r.ID, []string{r.Primary + " decides"}, [][2]string{{"else", row.ListCell(r.Alternates)}, {"until", p.stamped(r.Expires)}}}
	case *row.Gap:
		return card{r.ID, []string{"gap of " + r.Subject, words(r.Class), "by " + r.By}, [][2]string{{"impact", r.Impact}, {"recovery", r.Recovery}}}
	case *row.Record:
		return card{r.ID, []string{string(r.Kind) + " by " + r.By, r.Subject}, [][2]string{{"says", r.Says}}}
	case *row.Event:
		return card{r.ID, []string{string(r.Kind) + " by " + r.By, r.Subject}, [][2]string{{"says", r.Says}}}
	case *row.Contract:
		return card{r.Key(), []string{"contract"}, [][2]string{
			{"trigger", r.Trigger}, {"done when", strings.Join(r.DoneWhen, "; ")}, {"conditions", strings.Join(r.Conditions, "; ")},
			{"requires", row.ListCell(r.Requires)}, {"on missing", r.OnMissing}, {"ack within", r.Ack},
		}}
	case *row.Team:
		return card{r.ID, []string{"team", r.Zone}, [][2]string{{"lead", r.Lead}, {"people", row.ListCell(r.People)}}}
	case *row.Person:
		return p.personCard(r)
	case *row.Ack:
		return card{r.Who, []string{cmp.Or(words(r.Outcome), "has said nothing yet"), "on " + r.ID}, [][2]string{{"takes", row.ListCell(r.Taken)}, {"note", r.Note}}}
	case *row.Review:
		return card{r.ID, []string{"pull request of " + r.Item, r.State}, [][2]string{
			{"approvals", strings.Replace(r.Approvals, "/", " of ", 1)}, {"waits for", row.ListCell(r.WaitingOn)}, {"asked", p.stamped(r.ProbedAt)},
		}}
	case *row.Deadline:
		late := ""
		if r.Late {
			late = "overdue"
		}
		return card{r.ID, []string{r.What + " by " + r.Who, late}, [][2]string{{"due", p.stamped(r.Due)}}}
	}
	return card{name: r.Key(), facts: []string{string(r.RowType())}}
}

func (p *printer) itemCard(r *row.Item) card {
	if r.Status == fold.ItemShipped || r.Status == fold.ItemDropped || r.Status == fold.ItemContinued {
		return card{cmp.Or(r.ID, r.State), []string{r.Status + " by " + r.Source.By}, [][2]string{{"title", r.Title}, {"says", r.State}}}
	}
	facts := []string{unusual(r.Severity), words(r.Status), "held by " + r.Holder}
	if len(r.OfferedTo) > 0 {
		facts = append(facts, "offered to "+row.ListCell(r.OfferedTo))
	}
	c := card{r.ID, facts, [][2]string{{"title", r.Title}, {"state", r.State}}}
	for _, n := range r.Next {
		c.fields = append(c.fields, [2]string{"next", n.Owner + ": " + text.JoinNonEmpty(", ", n.Do, n.When)})
	}
	owner := r.Owner
	if owner == r.Holder {
		owner = ""
	}
	c.fields = append(c.fields, [2]string{"blocked by", row.ListCell(r.BlockedBy)}, [2]string{"due", p.stamped(r.Due)}, [2]string{"owner", owner}, [2]string{"raised", r.Escalation.Words()})
	return c
}

func (p *printer) blockerCard(r *row.Blocker) card {
	age := calendar.Span(time.Duration(r.Age) * time.Second)
	facts := []string{unusual(r.Severity), openState(r.State), "blocks " + cmp.Or(row.ListCell(r.Blocks), "nothing") + " for " + age}
	if slices.Contains(fold.Resolutions, r.State) {
		facts[2] = "blocked " + cmp.Or(row.ListCell(r.Blocks), "nothing") + " for " + age
	}
	resolver := r.Resolver
	if resolver == r.Asked { // as is said below
		resolver = ""
	}
	return card{r.ID, facts, [][2]string{
		{"needs", r.Needs}, {"because", r.Because}, {"workaround", r.Workaround}, {"how", r.How}, {"resolver", resolver},
		{"asks now", p.askedNow(r.AskedNow, r.Resolver)}, {"raised", r.Escalation.Words()},
	}}
}

// openState is the state of a blocker in words: that it was delivered to its resolver
// makes it no less open.
func openState(state string) string {
	switch state {
	case fold.BlockerDeclared, fold.BlockerRouted:
		return row.IsOpen
	case fold.BlockerAcknowledged:
		return "taken on"
	}
	return words(state)
}

func (p *printer) handoffCard(r *row.Handoff) card {
	facts := []string{r.By + " → " + row.ListCell(r.To), r.StateWords()}
	for _, flag := range r.Flags {
		facts = append(facts, row.FlagWords(flag))
	}
	return card{r.ID, facts, [][2]string{
		{"summary", r.Summary}, {"items", row.ListCell(r.Items)}, {"taken", row.ListCell(r.Taken)}, {"back", p.stamped(r.ReturnsAt)}, {"raised", r.Escalation.Words()},
	}}
}

func (p *printer) personCard(r *row.Person) card {
	facts := []string{r.Team, r.State}
	switch {
	case r.Declared != nil:
		facts = append(facts, "handed over "+p.stamped(r.Declared))
	case r.Expected:
		facts = append(facts, "has not handed over today")
	}
	return card{r.ID, facts, [][2]string{{"back", p.stamped(r.Back)}, {"cover", r.Cover}}}
}

// unusual is a severity that is not the usual one.
func unusual(severity string) string {
	if handoff.CompareSeverity(severity, handoff.SeverityRoutine) == 0 {
		return ""
	}
	return severity
}

// askedNow says whom something asks now, why it is not who was asked first, and until
// when.
func (p *printer) askedNow(a row.AskedNow, first string) string {
	if a.Asked == "" && a.Because != config.NoteNobody {
		return ""
	}
	why := ""
	if a.Because == config.NoteNobody || a.Asked != first {
		why = row.AskedBecause(a.Because, first)
	}
	return text.JoinNonEmpty(", ", a.Asked, why, p.wanted(a.Deadline))
}

// wanted is until when something is wanted, "" for no deadline.
func (p *printer) wanted(due *time.Time) string {
	switch {
	case due == nil:
		return ""
	case due.Before(p.now):
		return "overdue since " + p.when(*due)
	}
	return "by " + p.when(*due)
}
