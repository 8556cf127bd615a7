package form

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// shortPage is a screen of a short form.
type shortPage struct {
	build func() *Screen
	take  func(*Screen)
}

// runShort asks the pages one after the other, then checks. What is refused is
// shown on the first page, and the person begins again with all they typed.
func runShort(ctx context.Context, asker Asker, pages func() []shortPage, check func() []handoff.Finding) error {
	var problems []string
	for at := 0; ; {
		all := pages()
		if at == len(all) {
			if problems = refusals(check()); len(problems) == 0 {
				return nil
			}
			at = 0
			continue
		}
		s := all[at].build()
		s.First, s.Short = at == 0, true
		if at == 0 {
			s.Body = slices.Concat(problems, s.Body)
		}
		reply, err := asker.Ask(ctx, s)
		all[at].take(s)
		switch {
		case err != nil:
			return err
		case reply == Back:
			at = max(0, at-1)
		default:
			at++
		}
	}
}

func refusals(findings []handoff.Finding) []string {
	var lines []string
	for _, f := range workspace.Errors(findings) {
		lines = append(lines, findingLine(f))
	}
	return lines
}

// AckForm is what a receiver is asked.
type AckForm struct {
	Title   string
	Body    []string       // the handoff, in short
	Offered []handoff.Item // what the receiver may take
	Check   func(*handoff.Ack) []handoff.Finding
}

// Ask fills an ack, until it can be published. The error is that of the Asker.
func (f *AckForm) Ask(ctx context.Context, asker Asker, a *handoff.Ack) error {
	pages := func() []shortPage {
		all := []shortPage{{func() *Screen { return f.verdictScreen(a) }, func(s *Screen) { f.takeVerdict(a, s) }}}
		if a.Accepts() {
			for i := range a.Readback {
				all = append(all, shortPage{
					func() *Screen { return f.readbackScreen(a.Readback[i]) },
					func(s *Screen) {
						a.Readback[i].Understood, a.Readback[i].FirstAction = s.Text("understood"), s.Text("first")
					},
				})
			}
		}
		switch a.Outcome {
		case handoff.OutcomeAcceptedWithGaps:
			all = append(all, shortPage{func() *Screen { return gapScreen(a) }, func(s *Screen) { takeGap(a, s) }})
		case handoff.OutcomeChangesRequested, handoff.OutcomeDeclined:
			all = append(all, shortPage{func() *Screen { return reasonScreen(a) }, func(s *Screen) { a.Reason, a.Note = s.Text("reason"), s.Text("note") }})
		}
		return all
	}
	return runShort(ctx, asker, pages, func() []handoff.Finding { return f.Check(a) })
}

func (f *AckForm) verdictScreen(a *handoff.Ack) *Screen {
	s := &Screen{ID: "verdict", Title: f.Title, Body: f.Body}
	s.Fields = []*Field{choice("outcome", "Your answer", a.Outcome, handoff.OutcomeAccepted, handoff.OutcomeAcceptedWithGaps,
		handoff.OutcomeChangesRequested, handoff.OutcomeDeclined, handoff.OutcomeSeen)}
	if len(f.Offered) > 0 {
		take := &Field{Kind: Ticks, Key: "take", Label: "You take", Help: "with an accepting answer; the rest stays with the sender", Ticked: slices.Clone(a.Take)}
		for _, item := range f.Offered {
			take.Options = append(take.Options, Option{item.ID, item.ID + ": " + firstStep(item)})
		}
		s.Fields = append(s.Fields, take)
	}
	return s
}

// takeVerdict takes the outcome, and keeps one read-back for each item taken
// that is not routine.
func (f *AckForm) takeVerdict(a *handoff.Ack, s *Screen) {
	a.Outcome, a.Take = s.Text("outcome"), nil
	take := s.Field("take")
	var readback []handoff.Readback
	for _, item := range f.Offered {
		if !a.Accepts() || !take.Has(item.ID) {
			continue
		}
		a.Take = append(a.Take, item.ID)
		if handoff.CompareSeverity(item.Severity, handoff.SeverityRoutine) < 0 {
			r := handoff.Readback{Item: item.ID}
			if i := slices.IndexFunc(a.Readback, func(r handoff.Readback) bool { return r.Item == item.ID }); i >= 0 {
				r = a.Readback[i]
			}
			readback = append(readback, r)
		}
	}
	a.Readback = readback
	if a.Outcome != handoff.OutcomeAcceptedWithGaps {
		a.Gaps = nil
	}
	if a.Outcome != handoff.OutcomeChangesRequested && a.Outcome != handoff.OutcomeDeclined {
		a.Reason, a.Note = "", ""
	}
}

func (f *AckForm) readbackScreen(r handoff.Readback) *Screen {
	s := &Screen{ID: "readback " + r.Item, Title: "Read back: " + r.Item}
	for _, item := range f.Offered {
		if item.ID == r.Item {
			s.Body = append(s.Body, fmt.Sprintf("%s, %s: %s", item.Severity, strings.ReplaceAll(item.Status, "_", " "), item.State))
		}
	}
	s.Fields = []*Field{
		line("understood", "What did you understand, in your own words?", "", r.Understood, ""),
		line("first", "What will you do first?", "", r.FirstAction, ""),
	}
	return s
}

func gapScreen(a *handoff.Ack) *Screen {
	gap := handoff.GapNote{Class: "missing_info"}
	if len(a.Gaps) > 0 {
		gap = a.Gaps[0]
	}
	items := append([]string{"the_whole"}, a.Take...)
	return &Screen{ID: "gap", Title: "What was missing?", Fields: []*Field{
		choice("class", "It was", gap.Class, "missing_info", "wrong_info", "stale", "no_owner", "late", "misrouted", "unanticipated", "side_channel"),
		choice("item", "In", gap.Item, items...),
		line("note", "What exactly?", "", gap.Note, ""),
	}}
}

func takeGap(a *handoff.Ack, s *Screen) {
	gap := handoff.GapNote{Class: s.Text("class"), Item: s.Text("item"), Note: s.Text("note")}
	if gap.Item == "the_whole" {
		gap.Item = ""
	}
	a.Gaps = []handoff.GapNote{gap}
}

func reasonScreen(a *handoff.Ack) *Screen {
	return &Screen{ID: "reason", Title: "Why?", Fields: []*Field{
		choice("reason", "Reason", a.Reason, "missing_context", "vague_next", "no_acceptance", "wrong_receiver", "capacity", "not_ready", "other"),
		line("note", "What should the sender know?", "", a.Note, ""),
	}}
}

// Resolve asks how a blocker went away. decision is "what -- why", or "".
func Resolve(ctx context.Context, asker Asker, b *fold.Blocker, r *handoff.Resolution, decision *string, check func() []handoff.Finding) error {
	page := shortPage{
		build: func() *Screen {
			return &Screen{
				ID: "resolve", Title: "Resolve " + b.ID,
				Body: []string{"needs: " + b.Needs, "because: " + b.Because, "blocks: " + strings.Join(b.Blocks, ", ")},
				Fields: []*Field{
					choice("outcome", "Outcome", r.Outcome, fold.Resolutions...),
					line("how", "What removed it?", "", r.How, ""),
					line("decision", "Was it a decision?", "what -- why; empty: no", *decision, ""),
				},
			}
		},
		take: func(s *Screen) { r.Outcome, r.How, *decision = s.Text("outcome"), s.Text("how"), s.Text("decision") },
	}
	return runShort(ctx, asker, func() []shortPage { return []shortPage{page} }, check)
}

// Answer asks for the answer to a question, and whether that settles it.
func Answer(ctx context.Context, asker Asker, q *fold.Question, a *handoff.Answer, check func() []handoff.Finding) error {
	page := shortPage{
		build: func() *Screen {
			s := &Screen{ID: "answer", Title: q.By + " asks: " + q.Ask}
			if q.Context != "" {
				s.Body = []string{q.Context}
			}
			settles := "yes"
			if !a.Closing() {
				settles = "no"
			}
			s.Fields = []*Field{
				{Kind: Lines, Key: "text", Label: "Your answer", Value: a.Text},
				choice("closes", "Does that settle it?", settles, "yes", "no"),
			}
			return s
		},
		take: func(s *Screen) {
			closes := s.Text("closes") == "yes"
			if a.Text, a.Closes = s.Text("text"), nil; !closes {
				a.Closes = &closes
			}
		},
	}
	return runShort(ctx, asker, func() []shortPage { return []shortPage{page} }, check)
}

// Confirm shows what is about to happen and asks whether it shall. The no is
// ErrStopped.
func Confirm(ctx context.Context, asker Asker, title string, body []string) error {
	s := &Screen{ID: "confirm", Title: title, Body: body, First: true, Short: true,
		Fields: []*Field{choice("go", "Go on?", "yes", "yes", "no")}}
	_, err := asker.Ask(ctx, s)
	if err == nil && s.Text("go") != "yes" {
		err = ErrStopped
	}
	return err
}

// IsPerson asks whether the word with which a step begins is a slip of the name of
// a person.
func IsPerson(ctx context.Context, asker Asker, step, word, person string) (bool, error) {
	s := &Screen{ID: "person", Title: "Nobody is called " + word, Body: []string{step}, First: true, Short: true,
		Fields: []*Field{choice("is", "Is that "+person+"?", "yes", "yes", "no")}}
	_, err := asker.Ask(ctx, s)
	return s.Text("is") == "yes", err
}

// Choose asks for one of some names and returns its index, the first unless
// another is chosen. Stopping is ErrStopped.
func Choose(ctx context.Context, asker Asker, title string, names []string) (int, error) {
	menu := &Field{Kind: Menu, Key: "which", Label: title, Value: names[0]}
	for _, name := range names {
		menu.Options = append(menu.Options, Option{name, name})
	}
	_, err := asker.Ask(ctx, &Screen{ID: "choose", Title: title, First: true, Short: true, Fields: []*Field{menu}})
	return max(0, slices.Index(names, menu.Text())), err
}

// Waiting is what to do with a draft that is there already.
type Waiting string

// The answers to AskWaiting.
const (
	WaitingContinue Waiting = "continue with it"
	WaitingFresh    Waiting = "set it aside and start afresh"
	WaitingEdit     Waiting = "open it in the editor"
)

// AskWaiting asks what to do with a draft that is there already. A damaged one
// can be repaired in the editor, or set aside. Stopping is ErrStopped.
func AskWaiting(ctx context.Context, asker Asker, about []string, damaged bool) (Waiting, error) {
	answers := []Waiting{WaitingContinue, WaitingFresh}
	title := "A draft waits"
	if damaged {
		answers, title = []Waiting{WaitingEdit, WaitingFresh}, "A draft waits, and it is damaged"
	}
	menu := &Field{Kind: Menu, Key: "do", Label: "What about it?", Value: string(answers[0])}
	for _, a := range answers {
		menu.Options = append(menu.Options, Option{string(a), string(a)})
	}
	s := &Screen{ID: "waiting", Title: title, Body: about, First: true, Short: true, Fields: []*Field{menu}}
	_, err := asker.Ask(ctx, s)
	return Waiting(s.Text("do")), err
}
