package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/inbox"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// errand is what one record asks of somebody: a handoff with what it gives them, or
// one thing alone. On a terminal it is one thing to do.
type errand struct {
	lead inbox.Row
	rest []inbox.Row // the most severe first
}

// errandsOf are the errands of rows of a part. What waits is grouped under the handoff
// that says it, and the most severe comes first; what came back and the news are as
// many, in their order.
func errandsOf(rows []inbox.Row) []errand {
	var errands []errand
	of := make(map[string]int) // by id of the handoff
	for _, r := range rows {
		if r.Part == inbox.Act && r.RowType() == row.TypeHandoff {
			of[r.Key()] = len(errands)
			errands = append(errands, errand{lead: r})
		}
	}
	for _, r := range rows {
		i, ok := of[r.Cited().Record]
		switch {
		case !ok || r.Part != inbox.Act:
			errands = append(errands, errand{lead: r})
		case r.RowType() != row.TypeHandoff:
			errands[i].rest = append(errands[i].rest, r)
		}
	}
	for _, g := range errands {
		slices.SortStableFunc(g.rest, func(a, b inbox.Row) int { return handoff.CompareSeverity(severityOf(a.Row), severityOf(b.Row)) })
	}
	if len(rows) > 0 && rows[0].Part == inbox.Act {
		slices.SortStableFunc(errands, func(a, b errand) int {
			return cmp.Or(compareRaised(a.lead, b.lead), handoff.CompareSeverity(a.severity(), b.severity()), cmp.Compare(b.lead.Cited().Age, a.lead.Cited().Age))
		})
	}
	return errands
}

// compareRaised puts first what somebody escalated.
func compareRaised(a, b inbox.Row) int {
	rank := map[row.Type]int{row.TypeEscalation: -1}
	return cmp.Compare(rank[a.RowType()], rank[b.RowType()])
}

// severity is that of its most severe part.
func (g errand) severity() string {
	if len(g.rest) > 0 {
		return severityOf(g.rest[0].Row)
	}
	return severityOf(g.lead.Row)
}

func severityOf(r row.Row) string {
	switch r := r.(type) {
	case *row.Item:
		return r.Severity
	case *row.Blocker:
		return r.Severity
	}
	return handoff.SeverityRoutine
}

// errand prints an errand: what happened and where it comes from, a line for each thing
// in it, and the commands that settle it.
func (p *printer) errand(g errand, me string) {
	say := g.lead.Say
	if len(g.rest) == 0 {
		say = text.JoinNonEmpty(": ", unusual(g.severity()), say)
	}
	source := text.JoinNonEmpty(", ", ageText(g.lead.Cited(), g.lead.Key()), p.wantedOf(g.lead.Row))
	p.styled(painted{bold, g.lead.Key()}, painted{"", " — " + say}, painted{dim, " (" + source + ")"})
	var lines [][]string
	do := []string{g.lead.Do}
	for _, r := range g.rest {
		lines = append(lines, append([]string{r.Key(), unusual(severityOf(r.Row))}, p.step(r.Row, me)...))
		if !strings.HasPrefix(r.Do, g.lead.Do) { // the one takes it as well
			do = append(do, r.Do)
		}
	}
	p.indented(lines)
	if item, ok := g.lead.Row.(*row.Item); ok && g.lead.Part == inbox.Act {
		step := p.step(item, me)
		p.styled(painted{"", "  next: " + step[0] + " (" + text.JoinNonEmpty(", ", step[1:]...) + ")"})
	}
	if g.lead.Do != "" {
		p.styled(painted{"", "  do: "}, painted{cyan, strings.Join(do, ", ")})
	}
}

// held prints what somebody holds, a line for each item.
func (p *printer) held(rows []row.Row, me string) {
	var lines [][]string
	for _, r := range rows {
		if r, ok := r.(*row.Item); ok {
			lines = append(lines, append([]string{r.ID, unusual(r.Severity), words(r.Status)}, p.step(r, me)...))
		}
	}
	p.indented(lines)
}

// indented prints aligned lines below a heading.
func (p *printer) indented(lines [][]string) {
	if len(lines) == 0 {
		return
	}
	for _, line := range p.columns(lines, p.width-2) {
		p.styled(painted{"", "  " + line})
	}
}

// wideWindow is from how many columns on a line has room for times as well.
const wideWindow = 100

// step says what is to be done about a thing, by whom, and in a wide window until
// when.
func (p *printer) step(r row.Row, me string) []string {
	do, who, due := "", "", p.wantedOf(r)
	switch r := r.(type) {
	case *row.Item:
		do, who = r.State, r.Holder
		if len(r.Next) > 0 {
			do, who = r.Next[0].Do, r.Next[0].Owner
		}
		if r.Status == handoff.StatusBlocked && len(r.BlockedBy) > 0 {
			do = "waits for " + row.ListCell(r.BlockedBy) + ": " + do
		}
	case *row.Blocker:
		do, who = "to resolve: "+r.Needs, cmp.Or(r.Asked, r.Resolver)
	case *row.Question:
		do, who = "to answer: "+r.Ask, cmp.Or(r.Asked, r.To)
	case *row.Review:
		do, who = "to review: "+row.PullName(r.ID), row.ListCell(r.WaitingOn)
	}
	if who == me {
		who = "you"
	}
	if p.width < wideWindow {
		due = ""
	}
	return []string{do, who, due}
}

// wantedOf is until when a thing is wanted.
func (p *printer) wantedOf(r row.Row) string {
	switch r := r.(type) {
	case *row.Item:
		return p.wanted(r.Due)
	case *row.Blocker:
		return p.wanted(r.Deadline)
	case *row.Question:
		return p.wanted(r.Deadline)
	case *row.Escalation:
		return p.wanted(r.Deadline)
	}
	return ""
}
