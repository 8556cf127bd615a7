package cli

import (
	"cmp"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/inbox"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// errand prints an errand: what happened and where it comes from, a line for each thing
// in it, and the commands that settle it.
func (p *printer) errand(e inbox.Errand, me string) {
	say := e.Lead.Say
	if len(e.Rest) == 0 {
		say = text.JoinNonEmpty(": ", unusual(e.Severity()), say)
	}
	source := text.JoinNonEmpty(", ", ageText(e.Lead.Cited(), e.Lead.Key()), p.wantedOf(e.Lead.Row))
	p.styled(painted{bold, e.Lead.Key()}, painted{"", " — " + say}, painted{dim, " (" + source + ")"})
	var lines [][]string
	do := []string{e.Lead.Do}
	for _, r := range e.Rest {
		lines = append(lines, append([]string{r.Key(), unusual(row.SeverityOf(r.Row))}, p.step(r.Row, me)...))
		if !strings.HasPrefix(r.Do, e.Lead.Do) { // the one takes it as well
			do = append(do, r.Do)
		}
	}
	p.indented(lines)
	if item, ok := e.Lead.Row.(*row.Item); ok && e.Lead.Part == inbox.Act {
		step := p.step(item, me)
		p.styled(painted{"", "  next: " + step[0] + " (" + text.JoinNonEmpty(", ", step[1:]...) + ")"})
	}
	if e.Lead.Do != "" {
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
