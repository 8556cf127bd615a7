package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
)

// blocker prints a blocker as it stands now.
func (s storyPrinter) blocker(b *fold.Blocker) { s.blockerAs(b.Blocker, b) }

// blockerAs prints a blocker as a handoff declares it, and what became of it where
// that is known.
func (s storyPrinter) blockerAs(b handoff.Blocker, now *fold.Blocker) {
	facts := []string{stands(b, now == nil || now.Open())}
	if now != nil {
		state := words(now.State)
		if s.width > 0 {
			state = openState(now.State)
		}
		facts = append([]string{state}, facts...)
	}
	if b.Severity != "" && b.Severity != handoff.SeverityRoutine {
		facts = append(facts, b.Severity)
	}
	s.heading(b.ID, facts...)
	s.field("  needs", b.Needs)
	s.field("  because", b.Because)
	for _, o := range b.Options {
		label := o.Label
		if o.ID == b.Recommend {
			label += " (recommended)"
		}
		s.field("  option", o.ID+": "+label)
	}
	s.fields("  ", b, "id", "needs", "because", "blocks", "resolver", "severity", "options", "recommend")
	if now == nil {
		return
	}
	if now.Open() {
		s.asks(s.ws.TeamConfig.BlockerAsks(now, s.ws.Moment), now.Resolver)
	}
	s.escalations(&now.Escalated)
	s.told("  told", &now.Delivered)
	if now.Resolution != nil {
		res := now.Resolution.Body.(*handoff.Resolution)
		s.field("  "+words(now.State), fmt.Sprintf("%s by %s, %s%s", res.How, now.Resolution.By, s.ago(now.Resolution.At.Time), remarks(now.Resolution)))
		s.said("  ", now.Resolution)
		s.fields("  ", res, "blocker", "outcome", "how")
	} else if now.AnsweredBy != "" {
		s.field("  decision", now.AnsweredBy)
	}
}

// stands is what a blocker blocks, and who is to remove it while it is open.
func stands(b handoff.Blocker, open bool) string {
	items := strings.Join(b.Blocks, ", ")
	switch {
	case !open:
		return "blocked " + items
	case len(b.Blocks) == 1:
		return items + " needs " + b.Resolver
	}
	return items + " need " + b.Resolver
}

func (s storyPrinter) question(q *fold.Question) {
	s.heading(q.Key, q.State, q.By+" asks "+q.To)
	s.field("  ask", q.Ask)
	s.field("  context", q.Context)
	s.field("  about", q.About)
	s.field("  blocks", strings.Join(q.Blocks, ", "))
	s.field("  needed by", s.clock(q.NeededBy))
	s.field("  default if silent", q.Default)
	if q.Open() {
		s.asks(s.ws.TeamConfig.QuestionAsks(q, s.ws.Moment), q.To)
	}
	s.escalations(&q.Escalated)
	s.told("  told", &q.Delivered)
	for _, r := range q.Answers {
		answer := r.Body.(*handoff.Answer)
		s.field("  answer", fmt.Sprintf("%s (%s)", answer.Text, text.JoinNonEmpty(", ", r.By, s.ago(r.At.Time)+remarks(r), answer.Source)))
		s.said("  ", r)
	}
}

// asked prints what the record of a question says besides.
func (s storyPrinter) asked(r *handoff.Record) {
	if r.Kind == handoff.KindQuestion {
		s.extensions(r)
	}
}

func (s storyPrinter) decision(d *fold.Decision) {
	s.styled(painted{bold, d.ID}, painted{"", fmt.Sprintf(" — %s, %s, %s", d.State, d.By, s.ago(d.At))})
	s.field("decision", d.Decision.Decision)
	s.field("why", d.Rationale)
	for _, a := range d.Alternatives {
		s.field("not", a.Option+": "+a.WhyNot)
	}
	s.fields("", d.DecisionFields, "decision", "rationale", "alternatives", "status")
	s.field("superseded by", d.SupersededBy)
	s.told("told", &d.Delivered)
	for _, e := range d.Story()[1:] {
		s.field(relation(e), fmt.Sprintf("%s (%s, %s): %s", e.Decision.Decision, e.By, s.ago(e.At), e.Rationale))
	}
	s.cite(s.ws.State.Records[d.Record])
}

// relation is what a decision is to the one that holds on its topic.
func relation(d *fold.Decision) string {
	switch {
	case d.State == fold.DecisionProposed:
		return "proposed instead"
	case d.State == fold.DecisionRejected && d.Status == fold.DecisionRejected:
		return "rejected"
	case d.Status == fold.DecisionProposed:
		return "proposed"
	}
	return "before"
}

// plain prints a record that is neither a handoff nor the subject of a thread.
func (s storyPrinter) plain(r *handoff.Record) {
	s.styled(painted{bold, string(r.Kind) + " " + r.ID}, painted{"", " " + story.Headline(r) + ", " + s.ago(r.At.Time)})
	if a, ok := r.Body.(*handoff.Ack); ok {
		s.ack(a)
	} else {
		s.fields("", r.Body)
	}
	if row, ok := query.Lookup(fold.Target{Type: fold.TargetRecord, Name: r.ID}, s.ws.State, s.ws.QueryEnv()).(*row.Escalation); ok {
		s.escalation(row)
	}
	s.extensions(r)
	s.cite(r)
}

// ack prints what a receiver answered.
func (s storyPrinter) ack(a *handoff.Ack) {
	s.field("to", a.Subject)
	s.field("takes", strings.Join(a.Take, ", "))
	for _, r := range a.Readback {
		s.field("read back", text.JoinNonEmpty(", ", r.Item+": "+r.Understood, "first "+r.FirstAction))
	}
	for _, gap := range a.Gaps {
		s.field("gap", text.JoinNonEmpty(", ", gap.Item, gap.Class, gap.Note))
	}
	s.field("reason", text.JoinNonEmpty(", ", a.Reason, a.Exception))
	s.field("note", a.Note)
	s.fields("", a, "subject", "outcome", "take", "readback", "gaps", "reason", "exception", "note")
}

// history lists the records of a thread, with what each says of it.
func (s storyPrinter) history(tale []story.Told) {
	s.section("History")
	width := 0 // of the times
	for _, told := range tale {
		width = max(width, len(s.clock(told.Record.At.Truncate(time.Second))))
	}
	for _, told := range tale {
		r := told.Record
		s.styled(painted{"", fmt.Sprintf("  %-*s  %s  %s: %s%s", width, s.clock(r.At.Truncate(time.Second)), r.ID, r.Kind, story.Headline(r), remarks(r))})
		for _, line := range told.Says {
			s.field("  "+line.Label, line.Text)
		}
	}
}
