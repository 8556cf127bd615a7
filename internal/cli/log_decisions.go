package cli

import (
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// logDecisions prints the decision log.
func (g *globals) logDecisions(stories []query.DecisionStory) error {
	if g.printer.structured() {
		return g.printer.document(results[query.DecisionStory]{stories})
	}
	if len(stories) == 0 {
		g.note("no decisions match")
		return nil
	}
	return g.page(func() {
		for i, s := range stories {
			if g.printer.width == 0 {
				g.printer.table(nil, storyCells(s))
				continue
			}
			if i > 0 {
				g.printer.line("")
			}
			g.printer.story(s)
		}
	})
}

// story prints a topic for a terminal: what holds, then what does not hold or
// not any more, each under the word that says so.
func (p *printer) story(s query.DecisionStory) {
	p.section(s.ID)
	state := s.Status
	if len(s.Contested) > 0 {
		state += ", contested"
	}
	p.decided("", state, s.Decision)
	for _, row := range s.Proposed {
		p.decided("  ", fold.DecisionProposed+" instead", row)
	}
	for _, row := range s.Contested {
		label := row.Status
		if row.ID != s.ID {
			label = "contested by " + row.ID
		}
		p.decided("  ", label, row)
	}
	for _, row := range s.Chain {
		label := row.Status
		if row.ID != s.ID {
			label = row.ID + " " + label
		}
		p.decided("  ", label, row)
	}
	for _, note := range s.Notes {
		p.field("note", note)
	}
}

// decided prints a decision under a label, with the record that says it.
func (p *printer) decided(indent, label string, row *row.Decision) {
	p.field(indent+label, row.By+recordedBy(row)+", "+calendar.Ago(sourceAge(row.Source)))
	p.field(indent+"  decided", row.Decision)
	p.field(indent+"  because", row.Rationale)
	p.field(indent+"  source", text.JoinNonEmpty(", ", append([]string{row.Source.Path}, row.Source.Remarks()...)...)) // the path ends in the id of the record
}

// recordedBy names the author of the record where somebody else decided.
func recordedBy(row *row.Decision) string {
	if row.By == row.Source.By {
		return ""
	}
	return " (recorded by " + row.Source.By + ")"
}

func sourceAge(s row.Source) time.Duration { return time.Duration(s.Age) * time.Second }

// storyCells are the lines of a topic in a pipe: the topic, how a decision
// relates to it (current, proposed, contested, replaced, or a note), the
// decision, where it is, and what speaks against it.
func storyCells(s query.DecisionStory) [][]string {
	line := func(relation string, row *row.Decision) []string {
		return []string{s.ID, relation, row.ID, row.Status, row.Decision, row.Rationale, row.By, calendar.Age(sourceAge(row.Source)),
			row.Supersedes, row.SupersededBy, row.Source.Record, row.Source.Path, row.Source.Commit, strings.Join(row.Source.Remarks(), ", ")}
	}
	cells := [][]string{line("current", s.Decision)}
	for _, group := range []struct {
		relation string
		rows     []*row.Decision
	}{{"proposed", s.Proposed}, {"contested", s.Contested}, {"replaced", s.Chain}} {
		for _, row := range group.rows {
			cells = append(cells, line(group.relation, row))
		}
	}
	for _, note := range s.Notes {
		cells = append(cells, []string{s.ID, "note", "", "", note, "", "", "", "", "", "", "", "", ""})
	}
	return cells
}
