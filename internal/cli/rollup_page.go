package cli

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
)

// paragraph is a piece of text on a page that is read from top to bottom. Where it
// does not fit into a line, the others begin two columns further in.
type paragraph struct {
	style  style
	indent int
	text   string // "" is an empty line
}

// pageColumns is how wide a page is where no terminal says it.
const pageColumns = 80

// printPage prints a page, if there is one: alone on a terminal, and in a pipe as
// comments before what rest prints, so that the whole is still a file.
func (g *globals) printPage(page []paragraph, rest func()) error {
	switch {
	case page == nil:
		rest()
		return nil
	case g.printer.width > 0 || g.printer.markdown != nil:
		return g.page(func() { g.printer.paragraphs(page) })
	}
	var b bytes.Buffer
	wrapped := g.printer
	wrapped.w, wrapped.width, wrapped.color = &b, pageColumns-len("# "), false
	wrapped.paragraphs(page)
	for line := range strings.Lines(b.String()) {
		g.printer.line("%s", strings.TrimRight("# "+line, " \n"))
	}
	rest()
	return nil
}

func (p *printer) paragraphs(page []paragraph) {
	for _, par := range page {
		if p.markdown != nil {
			if par.style == bold && par.indent == 0 {
				p.section(par.text)
			} else {
				p.line("%s%s", strings.Repeat(" ", par.indent), par.text)
			}
			continue
		}
		indent := par.indent
		for _, line := range p.wrap(text.OneLine(par.text), indent+2) {
			p.styled(painted{"", strings.Repeat(" ", indent)}, painted{par.style, line})
			indent = par.indent + 2
		}
	}
}

// printRollup prints the page of a rollup that is not finished, and the draft.
func (g *globals) printRollup(page []paragraph, h *handoff.Handoff) error {
	draft, err := draftText(h)
	return errors.Join(err, g.printPage(page, func() { g.printer.line("%s", draft) }))
}

// rollupPage is a rollup as a lead reads it: who is missing, what needs a
// decision, then the severe before the routine, and what the members say beside.
func rollupPage(d *drawing, missing error) []paragraph {
	p := &pageWriter{drawing: d}
	p.add(bold, 0, "rollup of %s: %s", story.RollupName(d.Rollup), text.JoinNonEmpty(" from ",
		story.HandoffCounts(d.Handoff), text.Count(len(d.Rollup.Sources), "handoff")))
	p.lacks(missing)
	p.decisions()
	p.items()
	p.outcomes()
	p.sources()
	return p.page
}

type pageWriter struct {
	*drawing
	page []paragraph
}

func (p *pageWriter) add(s style, indent int, format string, args ...any) {
	p.page = append(p.page, paragraph{s, indent, fmt.Sprintf(format, args...)})
}

// say adds "label: words" where there are any.
func (p *pageWriter) say(label, words string) {
	if words != "" {
		p.add("", 4, "%s: %s", label, words)
	}
}

// section begins a part of the page with an empty line and a heading.
func (p *pageWriter) section(title string) {
	p.page = append(p.page, paragraph{}, paragraph{bold, 0, title})
}

// lacks says what the rollup is without: people, zones, the words of its lead.
func (p *pageWriter) lacks(missing error) {
	words := map[string]string{
		handoff.MissingNone: "worked, and declared nothing", handoff.MissingLate: "the shift lasts, or is only just over", handoff.MissingAbsent: "away",
	}
	for _, why := range []string{handoff.MissingNone, handoff.MissingLate, handoff.MissingAbsent} {
		var who []string
		for _, m := range p.Rollup.Missing {
			if m.Why == why {
				who = append(who, m.Who)
			}
		}
		if len(who) > 0 {
			p.add(yellow, 0, "missing: %s (%s)", strings.Join(who, ", "), words[why])
		}
	}
	if len(p.Rollup.Missing) == 0 {
		p.add("", 0, "missing: nobody")
	}
	for line := range strings.Lines(p.Notes) {
		p.add(yellow, 0, "%s", strings.TrimSpace(line))
	}
	if p.Summary != "" {
		p.add("", 0, "%s", text.JoinNonEmpty(" ← ", strings.Join(p.To, ", "), p.Summary))
	}
	if missing != nil {
		p.add("", 0, "yours to say: %s", strings.TrimPrefix(missing.Error(), "missing: "))
	}
}

// decisions lists what somebody has to settle: blockers, questions, and decisions
// that are only proposed.
func (p *pageWriter) decisions() {
	p.section("Needs a decision or an answer")
	before := len(p.page)
	for _, b := range p.Blockers {
		p.add("", 2, "%s%s — %s: %s", b.ID, severe(b.Severity), b.Resolver, b.Needs)
		p.say("because", b.Because)
		p.say("blocks", strings.Join(b.Blocks, ", "))
		for _, o := range b.Options {
			label := o.Label
			if o.ID == b.Recommend {
				label += " (recommended)"
			}
			p.say("option "+o.ID, label)
		}
		p.say("until then", b.Workaround)
		p.say("needed by", p.clock(b.NeededBy))
	}
	for _, q := range p.Handoff.Questions {
		whom := q.To
		if known := p.state.Questions[q.ID]; known != nil {
			whom = known.By + " asks " + q.To
		}
		p.add("", 2, "%s — %s: %s", q.ID, whom, q.Ask)
		p.say("context", q.Context)
		p.say("blocks", strings.Join(q.Blocks, ", "))
		p.say("needed by", p.clock(q.NeededBy))
		p.say("if nobody answers", q.DefaultIfSilent)
	}
	for _, decision := range p.Decisions {
		if decision.Status == fold.DecisionProposed {
			p.decision(decision, " (proposed)")
		}
	}
	if len(p.page) == before {
		p.add("", 2, "nothing")
	}
}

// severe is the severity behind a name, where it is not routine.
func severe(severity string) string {
	if handoff.CompareSeverity(severity, handoff.SeverityRoutine) < 0 {
		return " (" + severity + ")"
	}
	return ""
}

func (p *pageWriter) decision(d handoff.Decision, note string) {
	p.add("", 2, "%s%s — %s", d.ID, note, d.Decision)
	p.say("because", d.Rationale)
	p.say("context", d.Context)
	p.say("costs", d.Tradeoffs)
}

// items lists the items of each severity under a heading, the highest first.
func (p *pageWriter) items() {
	for _, severity := range []string{handoff.SeverityCritical, handoff.SeverityWatch, handoff.SeverityRoutine} {
		first := true
		for _, item := range p.Items {
			if handoff.CompareSeverity(item.Severity, severity) != 0 {
				continue
			}
			if first {
				p.section(strings.ToUpper(severity[:1]) + severity[1:])
			}
			first = false
			p.item(item)
		}
	}
}

func (p *pageWriter) item(item handoff.Item) {
	stands := strings.ReplaceAll(item.Status, "_", " ")
	if known := p.state.Items[item.ID]; known != nil {
		stands += ", " + custody(known)
	}
	p.add("", 2, "%s — %s", item.ID, stands)
	for _, rule := range item.DoNot {
		p.page = append(p.page, paragraph{red, 4, "do not: " + rule})
	}
	p.say("state", item.State)
	for _, n := range item.Next {
		p.say("next", nextLine(n, p.clock(n.Due)))
	}
	for _, c := range item.IfThen {
		p.say("if", text.JoinNonEmpty(" → ", c.If, c.Then, c.Who))
	}
	for _, a := range item.Accept {
		p.say("done when", a.Check)
	}
	p.say("known issues", strings.Join(item.KnownIssues, "; "))
	p.say("blocked by", strings.Join(item.BlockedBy, ", "))
	p.say("due", p.clock(item.Due))
}

// outcomes lists what is behind the members, and what is to be kept in mind.
func (p *pageWriter) outcomes() {
	if slices.ContainsFunc(p.Decisions, func(d handoff.Decision) bool { return d.Status != fold.DecisionProposed }) {
		p.section("Decided")
		for _, d := range p.Decisions {
			if d.Status != fold.DecisionProposed {
				p.decision(d, "")
			}
		}
	}
	list := func(title string, lines []string) {
		if len(lines) > 0 {
			p.section(title)
		}
		for _, line := range lines {
			p.add("", 2, "%s", line)
		}
	}
	list("Shipped", lines(p.Shipped, func(s handoff.Shipped) string { return text.JoinNonEmpty(": ", s.ID, s.What) }))
	list("Dropped", lines(p.Dropped, func(d handoff.Reasoned) string { return d.ID + ": " + d.Why }))
	list("To be watched", lines(p.Watch, func(w handoff.Watch) string {
		return text.JoinNonEmpty(", ", w.What, w.Signal, prefixed("until ", p.clock(w.Until)), w.Link)
	}))
	list("Standing", lines(p.Standing, func(s handoff.Standing) string { return s.What + ", until " + p.clock(s.Until) }))
}

func lines[T any](list []T, line func(T) string) []string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = line(one)
	}
	return out
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// sources lists the handoffs that were drawn together, with what only they say.
func (p *pageWriter) sources() {
	p.section("From")
	for _, source := range p.Rollup.Sources {
		h := p.state.Handoffs[source.ID]
		if h == nil {
			continue
		}
		p.add("", 2, "%s, %s, %s: %s", source.ID, h.Record.Prepared(), calendar.Ago(max(0, p.now.Sub(h.Record.At.Time).Truncate(time.Second))), h.Summary)
		p.say("back", text.JoinNonEmpty(", ", p.clock(h.ReturnsAt), prefixed("can be asked until ", p.clock(h.ReachableUntil)), prefixed("cover ", h.Cover)))
		p.say("notes", h.Notes)
	}
}
