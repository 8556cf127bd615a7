package form

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

const (
	pageOutcomes = "outcomes"
	pageClosing  = "closing"
	// shownTime is how a time stands in a form; when.go of the core reads it.
	shownTime = "2006-01-02 15:04"
)

func (d *Declaration) outcomesScreen() *Screen {
	h := d.Draft.Handoff
	var shipped, decisions []string
	for _, s := range h.Shipped {
		shipped = append(shipped, typedShipped(s))
	}
	for _, dec := range h.Decisions {
		decisions = append(decisions, typedDecision(dec))
	}
	s := &Screen{Title: "What came of it?"}
	own := &Field{Kind: Lines, Key: "shipped", Label: "Shipped", Help: "one a line; empty: nothing else"}
	if ideas := shippedIdeas(d.Prefill.Work); len(ideas) > 0 {
		s.Facts = append(s.Facts, "on the trunk since "+d.Prefill.Since.Format(shownTime)+":")
		ticks := &Field{Kind: Ticks, Key: "landed", Label: "Shipped", Help: "space ticks what is worth a line"}
		for _, idea := range ideas {
			ticks.Options = append(ticks.Options, Option{idea, idea})
			if i := slices.Index(shipped, idea); i >= 0 {
				ticks.Ticked, shipped = append(ticks.Ticked, idea), slices.Delete(shipped, i, i+1)
			}
		}
		s.Fields = append(s.Fields, ticks)
		own.Label, own.Passed = "Shipped, in your words", true
	}
	own.Value = strings.Join(shipped, "\n")
	s.Fields = append(s.Fields, own.most(mostShipped),
		&Field{Kind: Lines, Key: "decisions", Label: "Decided", Help: "one a line: what -- why; empty: nothing", Value: strings.Join(decisions, "\n"), Lacks: lacksReason})
	return s
}

// lacksReason asks for the reason of a decision.
func lacksReason(answer string) string {
	for _, typed := range splitLines(answer) {
		if handoff.ParseDecision(typed).Rationale == "" {
			return "why? write it behind two dashes: " + inShort(typed) + handoff.Because + "why"
		}
	}
	return ""
}

// parseDecision always names a decision: a form has no field for its topic.
func parseDecision(text string) handoff.Decision {
	d := handoff.ParseDecision(text)
	d.ID = cmp.Or(d.ID, "decision")
	return d
}

// shippedAs is what a commit says that it is: no part of its subject names an item.
func shippedAs(subject string) handoff.Shipped { return handoff.Shipped{What: subject} }

func takeOutcomes(draft *Draft, s *Screen, done bool) {
	h := draft.Handoff
	shipped := keepKnown(splitLines(s.Text("shipped")), h.Shipped, typedShipped, handoff.ParseShipped)
	if landed := s.Field("landed"); landed != nil {
		shipped = append(keepKnown(landed.Ticked, h.Shipped, typedShipped, shippedAs), shipped...)
	}
	if done || len(shipped) > 0 || h.Shipped != nil {
		h.Shipped = append([]handoff.Shipped{}, shipped...)
	}
	if decisions := splitLines(s.Text("decisions")); done || len(decisions) > 0 || h.Decisions != nil {
		h.Decisions = append([]handoff.Decision{}, keepKnown(decisions, h.Decisions, typedDecision, parseDecision)...)
	}
}

func (d *Declaration) closingScreen() *Screen {
	h := d.Draft.Handoff
	summary := line("summary", "Summary", "one sentence: what must the next person know?", h.Summary, "").require().most(mostSummary)
	to := line("to", "To", "who is asked to take it: people, team, team:x, shift:x, lead:x", strings.Join(h.To, ", "), strings.Join(d.Prefill.To, ", ")).require()
	if to.Passed = to.Default != ""; h.To == nil {
		to.Value, to.Cleared = "", false
	}
	s := &Screen{
		Title:  "Hand over",
		Fields: []*Field{summary, d.returnsField(), to},
	}
	if d.isRollup() {
		s.Title, s.Body = "Hand over what was drawn together", d.About
		return s // steps stay with whoever has them
	}
	give := &Field{Kind: Ticks, Key: "give", Label: "The receiver does the next step of", Help: "without a tick it stays with you"}
	for _, item := range h.Items {
		if leaving(item.Status) || len(item.Next) == 0 {
			continue
		}
		give.Options = append(give.Options, Option{item.ID, item.ID + ": " + firstStep(item)})
		if d.given(item.Next[0], d.receivers()) {
			give.Ticked = append(give.Ticked, item.ID)
		}
	}
	if len(give.Options) > 0 {
		s.Fields = append(s.Fields, give)
	}
	return s
}

func (d *Declaration) returnsField() *Field {
	f := &Field{Kind: Line, Key: "returns", Label: "Back at", Help: `as in "mon 09:00"`, Value: d.Draft.Unread.Text("", "returns_at"), Read: d.readTime, Required: needed}
	if !d.Prefill.Returns.IsZero() {
		f.Default, f.Passed = d.Prefill.Returns.Format(shownTime), true
	}
	if at := d.Draft.Handoff.ReturnsAt; f.Value == "" && !at.IsZero() && !at.Equal(d.Prefill.Returns) {
		f.Value = d.typedTime(at)
	}
	return f
}

// typedTime is a time as somebody would type it here, "" for none.
func (d *Declaration) typedTime(at handoff.Time) string {
	if at.IsZero() {
		return ""
	}
	typed := at.Format(shownTime)
	if read, err := d.When(typed); err != nil || !read.Equal(at.Time) { // elsewhere it is another time
		typed = at.Format(time.RFC3339)
	}
	return typed
}

func (d *Declaration) readTime(text string) error {
	if text == "" || text == Clear {
		return nil
	}
	_, err := d.When(text)
	return err
}

func (d *Declaration) takeClosing(draft *Draft, s *Screen, done bool) {
	h := draft.Handoff
	h.Summary = s.Text("summary")
	d.takeReturns(draft, s.Field("returns"), done)
	if to := s.Field("to"); done || to.Typed() != "" {
		old := h.To
		if to.Text() != strings.Join(h.To, ", ") { // a name alone may have a space in it
			h.To = splitPeople(to.Text())
		}
		d.giveSteps(h, s.Field("give"), old)
	}
}

// given reports whether a step is not for the sender. One of which nobody has said
// whose it is falls to the receiver where that is one person, or nobody yet.
func (d *Declaration) given(step handoff.Next, to []string) bool {
	if step.Owner == "" {
		return len(to) == 0 || workspace.SoleReceiver(to, d.Prefill.Me) != ""
	}
	return step.Owner != d.Prefill.Me
}

// takeReturns keeps a time that cannot be read as it was typed.
func (d *Declaration) takeReturns(draft *Draft, f *Field, done bool) {
	text := f.Typed()
	draft.Unread = draft.Unread.With("", "returns_at", "")
	switch {
	case f.empty():
		draft.Handoff.ReturnsAt = handoff.Time{}
	case text == "" && done:
		draft.Handoff.ReturnsAt = handoff.Time{Time: d.Prefill.Returns}
	case text != "":
		draft.Handoff.ReturnsAt = d.timeOf(draft, "", "returns_at", text)
	}
}

// timeOf is the time that was typed under a key of an item, or of the handoff where item
// is "". What cannot be read is kept, too.
func (d *Declaration) timeOf(draft *Draft, item, key, typed string) handoff.Time {
	draft.Unread = draft.Unread.With(item, key, "")
	if typed == "" {
		return handoff.Time{}
	}
	at, err := d.When(typed)
	if err != nil {
		draft.Unread = draft.Unread.With(item, key, typed)
		return handoff.Time{}
	}
	return handoff.Time{Time: at}
}

// giveSteps makes the receiver the owner of the next steps that were ticked, and
// the sender that of the others, where they were not somebody else's anyway. A tick
// that was there from the start leaves it open, for the handoff may turn out to be
// for several.
func (d *Declaration) giveSteps(h *handoff.Handoff, give *Field, oldReceivers []string) {
	if give == nil || len(h.To) == 0 {
		return
	}
	before := oldReceivers // whom the ticks were set for
	if len(before) == 0 {
		before = d.Prefill.To
	}
	for i := range h.Items {
		item := &h.Items[i]
		if len(item.Next) == 0 {
			continue
		}
		ticked, was := give.Has(item.ID), d.given(item.Next[0], before)
		for n := range item.Next {
			step := &item.Next[n]
			open, mine := step.Owner == "", step.Owner == d.Prefill.Me
			theirs := slices.Contains(oldReceivers, step.Owner) || slices.Contains(h.To, step.Owner)
			switch {
			case ticked && open && d.given(*step, before):
			case ticked && (open || mine && !was || theirs && !slices.Contains(h.To, step.Owner)):
				step.Owner = h.To[0]
			case !ticked && (open || theirs && was):
				step.Owner = d.Prefill.Me
			}
		}
	}
}
