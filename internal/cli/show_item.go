package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// declared prints an item as a handoff declares it, with its custody now.
func (s storyPrinter) declared(item handoff.Item) {
	facts := []string{words(item.Status)}
	if item.Severity != "" && item.Severity != handoff.SeverityRoutine {
		facts = append(facts, item.Severity)
	}
	now, known := s.ws.State.Items[item.ID]
	if known {
		facts = append(facts, custody(now))
	}
	s.heading(item.ID, facts...)
	if item.Intent == "" && known {
		item.Intent = now.Intent
	}
	if known && !now.Live() {
		s.ended(now)
		item.Next = nil // nobody is to do it any more
	}
	s.describe(item)
}

// heading prints the name of a thing and what is so with it.
func (s storyPrinter) heading(id string, facts ...string) {
	s.styled(painted{"", "  "}, painted{bold, id}, painted{"", " — " + strings.Join(facts, ", ")})
}

// describe prints all that an item says of itself.
func (s storyPrinter) describe(item handoff.Item) {
	s.field("  title", item.Title)
	s.field("  state", item.State)
	s.field("  ready", item.Ready)
	s.field("  why", item.Intent)
	for _, n := range item.Next {
		s.field("  next", nextLine(n, s.clock(n.Due.Time)))
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
	s.field("  blocked by", strings.Join(s.blockersOf(item), ", "))
	s.field("  depends on", strings.Join(item.DependsOn, ", "))
	if item.Progress != nil {
		s.field("  progress", fmt.Sprintf("%d %%", *item.Progress))
	}
	s.field("  effort", item.Effort)
	s.field("  due", s.clock(item.Due.Time))
	s.field("  consult", strings.Join(item.Consult, ", "))
	s.field("  from", item.Source)
	s.refs("  ", item.Refs)
	for _, c := range item.Claims {
		s.field("  claim", text.JoinNonEmpty(", ", c.Claim, c.Status, c.Probe, c.Commit, s.clock(c.At.Time)))
	}
	// Those are printed above, in the heading, or before everything else.
	s.fields("  ", item, "id", "title", "status", "severity", "state", "ready", "intent", "next", "accept", "if_then", "tried", "known_issues",
		"assumptions", "do_not", "blocked_by", "depends_on", "progress", "effort", "due", "consult", "source", "refs", "claims")
}

// blockersOf are the blockers that an item names, those that are gone with who
// removed them.
func (s storyPrinter) blockersOf(item handoff.Item) []string {
	by := slices.Clone(item.BlockedBy)
	for i, ref := range by {
		if b := s.ws.State.Blocker(ref); b != nil && !b.Open() {
			by[i] += fmt.Sprintf(" (%s by %s in %s%s)", words(b.State), b.Resolution.By, b.Resolution.ID, remarks(b.Resolution))
		}
	}
	return by
}

// custody says who holds an item, and who is asked to take it.
func custody(i *fold.Item) string {
	switch {
	case !i.Live():
		return i.Closed + " by " + i.Holder
	case i.Offer != nil:
		return "held by " + i.Holder + ", offered to " + strings.Join(i.Offer.To, ", ")
	}
	return "held by " + i.Holder
}

// nextLine is a step with who does it, when, and until when.
func nextLine(n handoff.Next, due string) string {
	extra := []string{n.Owner, n.When}
	if !n.StartsNow() {
		extra = append(extra, strings.Replace(n.Start, ":", " ", 1)) // after:REF
	}
	if due != "" {
		extra = append(extra, "due "+due)
	}
	if n.Risk != "" && n.Risk != "safe" || n.ConfirmWith != "" {
		extra = append(extra, text.JoinNonEmpty(" with ", n.Risk, n.ConfirmWith))
	}
	return n.Do + " (" + text.JoinNonEmpty(", ", extra...) + ")"
}

// item prints an item as it stands now: one that is finished with how it ended, and
// not with what was to be done last.
func (s storyPrinter) item(i *fold.Item) {
	for _, rule := range i.DoNot {
		s.styled(painted{red, "do not: "}, painted{"", rule})
	}
	if i.Live() {
		s.declared(i.Item)
		s.offered(i)
	} else {
		past := i.Item
		past.State, past.Next, past.BlockedBy = "", nil, nil
		s.heading(i.ID, custody(i))
		s.ended(i)
		s.describe(past)
	}
	s.heldSince(i)
	s.field("  was", strings.Join(i.Was, ", "))
	s.escalations(&i.Escalated)
}

// heldSince says since when somebody holds an item, and by which record.
func (s storyPrinter) heldSince(i *fold.Item) {
	since := i.HeldBy
	if r := s.ws.State.Records[since]; r != nil {
		since = s.clock(r.At.Time) + ", by " + since
	}
	s.field("  held since", since)
}

// offered says who offered an item to whom, and why where it was assigned.
func (s storyPrinter) offered(i *fold.Item) {
	if i.Offer == nil {
		return
	}
	if r := s.ws.State.Records[i.Offer.Record]; r != nil {
		if as, ok := r.Body.(*handoff.Assignment); ok {
			s.field("  assigned", text.JoinNonEmpty(": ", "to "+as.To+" by "+r.By, text.JoinNonEmpty(", via ", as.Why, as.Via)))
		}
	}
}

// ended says how an item left the live set.
func (s storyPrinter) ended(i *fold.Item) {
	r := s.ws.State.Records[i.ClosedBy]
	if r == nil {
		return
	}
	how := ""
	if row, ok := query.Lookup(fold.Target{Type: fold.TargetItem, Name: i.ID}, s.ws.State, s.ws.QueryEnv()).(*row.Item); ok {
		how = row.State
	}
	s.field("  "+i.Closed, text.JoinNonEmpty(", ", how, "by "+r.By+" in "+r.ID+", "+s.ago(r.At.Time)))
	if h, ok := r.Body.(*handoff.Handoff); ok && i.Closed == fold.ItemShipped {
		if n := slices.IndexFunc(h.Shipped, func(shipped handoff.Shipped) bool { return shipped.ID == i.ID }); n >= 0 {
			s.refs("  ", h.Shipped[n].Refs)
		}
	}
}
