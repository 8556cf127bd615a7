package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// storyPrinter prints what a receiver needs to know.
type storyPrinter struct {
	*printer
	ws    *workspace.Workspace
	moved *handoff.Drift // since the handoff that is shown; nil when unknown
}

func (s storyPrinter) ago(t time.Time) string { return calendar.Ago(s.ws.Since(t)) }

// handoff prints a handoff: what not to do first, then by severity.
func (s storyPrinter) handoff(h *handoff.HandoffState) {
	r := h.Record
	stands := strings.ReplaceAll(h.State, "_", " ")
	if h.Verdict != nil {
		stands += doubts(h.Verdict)
	}
	s.styled(painted{bold, "handoff " + r.ID}, painted{"", fmt.Sprintf(" by %s to %s, %s, %s", r.By, strings.Join(h.To, ", "), s.ago(r.At.Time), stands)})
	s.line("%s", h.Summary)
	if h.SupersededBy != "" {
		s.styled(painted{yellow, "superseded by " + h.SupersededBy})
	}
	s.escalations(&h.Escalated)
	s.rollup(h)
	s.doNot(h)
	items := slices.Clone(h.Items)
	slices.SortStableFunc(items, func(a, b handoff.Item) int {
		return handoff.CompareSeverity(a.Severity, b.Severity)
	})
	s.list("Items", len(items))
	for _, item := range items {
		s.declared(item)
	}
	s.list("Blockers", len(h.Blockers))
	for _, b := range h.Blockers {
		if known, ok := s.ws.State.Blockers[b.ID]; ok {
			s.blocker(known)
		}
	}
	s.list("Decisions", len(h.Decisions))
	for _, d := range h.Decisions {
		s.line("  %s: %s", d.ID, d.Decision)
		s.field("  why", d.Rationale)
	}
	s.list("Shipped", len(h.Shipped))
	for _, shipped := range h.Shipped {
		s.line("  %s", text.JoinNonEmpty(": ", shipped.ID, shipped.What))
	}
	s.section("About this handoff")
	s.rest(h)
	s.drift(h)
	s.verdicts(h)
	s.cite(r)
}

// rollup says whose handoffs a rollup was drawn from, and whose it lacks. Its
// notes come with them, as they tell of work that is done twice.
func (s storyPrinter) rollup(h *handoff.HandoffState) {
	r := h.Rollup
	if r == nil {
		return
	}
	var from []string
	for _, source := range r.Sources {
		by := ""
		if drawn, ok := s.ws.State.Records[source.ID]; ok {
			by = drawn.By
		}
		from = append(from, text.JoinNonEmpty(" by ", source.ID, by))
	}
	s.field("rollup of", query.RollupName(r))
	s.field("from", strings.Join(from, ", "))
	s.field("missing", missingMembers(r, ""))
	s.field("notes", h.Notes)
}

// drift says what moved since the handoff was written.
func (s storyPrinter) drift(h *handoff.HandoffState) {
	d := s.moved
	if d == nil || d.Commits == 0 && len(d.Files) == 0 {
		return
	}
	s.field("since then", text.JoinNonEmpty(", ", text.Count(d.Commits, "commit"),
		listed("touched ", d.Files), listed("merged ", d.Merged)))
}

func listed(prefix string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return prefix + strings.Join(names, " ")
}

func (s storyPrinter) doNot(h *handoff.HandoffState) {
	for _, item := range h.Items {
		for _, rule := range item.DoNot {
			s.styled(painted{red, "do not: "}, painted{"", rule + " (" + item.ID + ")"})
		}
	}
}

// list prints a heading, and says "none" where there is nothing: absent and
// empty differ, so an empty list is news.
func (s storyPrinter) list(title string, n int) {
	if n == 0 {
		s.styled(painted{bold, title}, painted{dim, ": none"})
		return
	}
	s.section(title)
}

// declared prints an item as a handoff declares it, with its custody now.
func (s storyPrinter) declared(item handoff.Item) {
	facts := []string{strings.ReplaceAll(item.Status, "_", " ")}
	if item.Severity != "" && item.Severity != handoff.SeverityRoutine {
		facts = append(facts, item.Severity)
	}
	now, known := s.ws.State.Items[item.ID]
	if known {
		facts = append(facts, custody(now))
	}
	s.styled(painted{"", "  "}, painted{bold, item.ID}, painted{"", " — " + strings.Join(facts, ", ")})
	s.field("  title", item.Title)
	s.field("  state", item.State)
	s.field("  ready", item.Ready)
	intent := item.Intent
	if intent == "" && known {
		intent = now.Intent
	}
	s.field("  why", intent)
	for _, n := range item.Next {
		s.field("  next", nextLine(n))
	}
	for _, a := range item.Accept {
		s.field("  done when", text.JoinNonEmpty(" — ", a.Check, a.Cmd, a.Expect))
	}
	for _, c := range item.IfThen {
		s.field("  if", text.JoinNonEmpty(" → ", c.If, c.Then, c.Who))
	}
	for _, t := range item.Tried {
		s.field("  tried", text.JoinNonEmpty(" → ", t.What, t.Result))
	}
	s.field("  known issues", strings.Join(item.KnownIssues, "; "))
	s.field("  assumes", strings.Join(item.Assumptions, "; "))
	s.field("  blocked by", strings.Join(item.BlockedBy, ", "))
	s.field("  depends on", strings.Join(item.DependsOn, ", "))
	s.field("  due", item.Due.String())
	s.field("  from", item.Source)
	for _, ref := range item.Refs {
		s.field("  "+ref.Type, text.JoinNonEmpty(", ", ref.ID, ref.State, ref.Approvals))
	}
	for _, c := range item.Claims {
		s.field("  claim", text.JoinNonEmpty(", ", c.Claim, c.Status, c.Probe))
	}
}

// custody says who holds an item, and who is asked to take it.
func custody(i *handoff.ItemState) string {
	switch {
	case !i.Live():
		return i.Closed + " by " + i.Holder
	case i.Offer != nil:
		return "held by " + i.Holder + ", offered to " + strings.Join(i.Offer.To, ", ")
	}
	return "held by " + i.Holder
}

func nextLine(n handoff.Next) string {
	extra := []string{n.Owner, n.When}
	if !n.StartsNow() {
		extra = append(extra, strings.Replace(n.Start, ":", " ", 1)) // after:REF
	}
	if !n.Due.IsZero() {
		extra = append(extra, "due "+n.Due.String())
	}
	if n.Risk != "" && n.Risk != "safe" {
		extra = append(extra, text.JoinNonEmpty(" with ", n.Risk, n.ConfirmWith))
	}
	return n.Do + " (" + text.JoinNonEmpty(", ", extra...) + ")"
}

func (s storyPrinter) rest(h *handoff.HandoffState) {
	for _, q := range h.Handoff.Questions {
		s.field("question", fmt.Sprintf("%s (%s → %s)", q.Ask, q.ID, q.To))
	}
	for _, d := range h.Dropped {
		s.field("dropped", d.ID+": "+d.Why)
	}
	for _, w := range h.Watch {
		s.field("watch", text.JoinNonEmpty(", ", w.What, w.Signal, w.Until.String(), w.Link))
	}
	for _, st := range h.Standing {
		s.field("standing", st.What+" until "+st.Until.String())
	}
	if h.Rollup == nil {
		s.field("notes", h.Notes)
	}
	s.field("details", h.Details)
	s.field("returns", h.ReturnsAt.String())
	s.field("reachable until", h.ReachableUntil.String())
	s.field("cover", h.Cover)
	if h.Anchor != nil {
		s.field("anchor", text.JoinNonEmpty(" at ", h.Anchor.Branch, short(h.Anchor.Head)))
	}
}

func (s storyPrinter) verdicts(h *handoff.HandoffState) {
	for _, r := range h.Acks {
		a := r.Body.(*handoff.Ack)
		s.field("ack "+r.ID, fmt.Sprintf("%s, %s%s: %s", r.By, s.ago(r.At.Time), doubts(r), text.JoinNonEmpty(", ", strings.ReplaceAll(a.Outcome, "_", " "), takes(a), a.Reason, a.Note)))
		for _, gap := range a.Gaps {
			s.field("  gap", text.JoinNonEmpty(", ", gap.Item, gap.Class, gap.Note))
		}
	}
	for _, key := range h.Questions {
		if q, ok := s.ws.State.Questions[key]; ok {
			s.question(q)
		}
	}
}

func takes(a *handoff.Ack) string {
	if len(a.Take) == 0 {
		return ""
	}
	return "takes " + strings.Join(a.Take, ", ")
}

// item prints an item as it stands now.
func (s storyPrinter) item(i *handoff.ItemState) {
	for _, rule := range i.DoNot {
		s.styled(painted{red, "do not: "}, painted{"", rule})
	}
	s.declared(i.Item)
	s.field("  owner", i.Owner)
	s.field("  held since", i.HeldBy)
	s.escalations(&i.Escalated)
}

func (s storyPrinter) blocker(b *handoff.BlockerState) {
	state := strings.ReplaceAll(b.State, "_", " ")
	s.styled(painted{"", "  "}, painted{bold, b.ID}, painted{"", " — " + state + ", " + stands(b)})
	s.field("  needs", b.Needs)
	s.field("  because", b.Because)
	s.field("  since", b.Since.String())
	s.field("  needed by", b.NeededBy.String())
	if b.Open() {
		s.asks(s.ws.TeamConfig.BlockerAsks(b, s.ws.Moment), b.Resolver)
	}
	s.escalations(&b.Escalated)
	s.field("  workaround", b.Workaround)
	for _, o := range b.Options {
		label := o.Label
		if o.ID == b.Recommend {
			label += " (recommended)"
		}
		s.field("  option "+o.ID, label)
	}
	if b.Resolution != nil {
		res := b.Resolution.Body.(*handoff.Resolution)
		s.field("  "+state, fmt.Sprintf("%s by %s, %s%s", res.How, b.Resolution.By, s.ago(b.Resolution.At.Time), doubts(b.Resolution)))
	}
}

// stands is what a blocker blocks, and who is to remove it while it is open.
func stands(b *handoff.BlockerState) string {
	items := strings.Join(b.Blocks, ", ")
	switch {
	case !b.Open():
		return "blocked " + items
	case len(b.Blocks) == 1:
		return items + " needs " + b.Resolver
	}
	return items + " need " + b.Resolver
}

func (s storyPrinter) question(q *handoff.QuestionState) {
	s.styled(painted{"", "  "}, painted{bold, q.Key}, painted{"", fmt.Sprintf(" — %s, %s asks %s", q.State, q.By, q.To)})
	s.field("  ask", q.Ask)
	s.field("  context", q.Context)
	if q.Open() {
		s.asks(s.ws.TeamConfig.QuestionAsks(q, s.ws.Moment), q.To)
	}
	s.escalations(&q.Escalated)
	for _, r := range q.Answers {
		s.field("  answer", fmt.Sprintf("%s (%s, %s%s)", r.Body.(*handoff.Answer).Text, r.By, s.ago(r.At.Time), doubts(r)))
	}
}

func (s storyPrinter) decision(d *handoff.DecisionState) {
	s.styled(painted{bold, d.ID}, painted{"", fmt.Sprintf(" — %s, %s, %s", d.State, d.By, s.ago(d.At))})
	s.field("decision", d.Decision.Decision)
	s.field("why", d.Rationale)
	s.field("context", d.Context)
	s.field("tradeoffs", d.Tradeoffs)
	for _, a := range d.Alternatives {
		s.field("not", a.Option+": "+a.WhyNot)
	}
	s.field("answers", d.Answers)
	s.field("revisit when", d.RevisitWhen)
	s.field("superseded by", d.SupersededBy)
	for _, e := range d.Earlier() {
		s.field("before", fmt.Sprintf("%s (%s, %s): %s", e.Decision.Decision, e.By, s.ago(e.At), e.Rationale))
	}
	s.cite(s.ws.State.Records[d.Record])
}

// plain prints a record that is neither a handoff nor the subject of a thread.
func (s storyPrinter) plain(r *handoff.Record) {
	s.styled(painted{bold, string(r.Kind) + " " + r.ID}, painted{"", " " + query.Headline(r) + ", " + s.ago(r.At.Time)})
	if a, ok := r.Body.(*handoff.Ack); ok {
		s.ack(a)
	} else {
		s.field("says", query.Says(r))
	}
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
}

// history lists the records of a thread.
func (s storyPrinter) history(ids []string) {
	s.section("History")
	var records []*handoff.Record
	width := 0 // of the times: Z is shorter than +08:00
	for _, id := range ids {
		if r, ok := s.ws.State.Records[id]; ok {
			records, width = append(records, r), max(width, len(r.At.Format(time.RFC3339)))
		}
	}
	for _, r := range records {
		s.line("  %-*s  %s  %s: %s%s", width, r.At.Format(time.RFC3339), r.ID, r.Kind, query.Headline(r), doubts(r))
	}
}

func (s storyPrinter) cite(r *handoff.Record) {
	s.styled(painted{dim, fmt.Sprintf("source: %s:%s", short(r.Source.Commit), r.Source.Path) + doubts(r)})
}

// doubts is what has to be said beside a record, after a comma.
func doubts(r *handoff.Record) string {
	return strings.Join(append([]string{""}, r.Source.Doubts()...), ", ")
}

func short(hash string) string {
	if len(hash) > 10 {
		return hash[:10]
	}
	return hash
}
