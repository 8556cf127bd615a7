package form

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// shortPage is a screen of a short form.
type shortPage struct {
	id    string
	build func() *Screen
	take  func(*Screen)
	// part is where the record has what the page asks for, as in "readback[0].": its
	// fields are called as those of the record are, or as in known.
	part  string
	known map[string]string
	again func() bool // the answer is to be given anew; nil for never
}

// asks is the field of the page, with this screen, that asks for a part of the
// record; nil for none.
func (p *shortPage) asks(s *Screen, part string) *Field {
	if list, _, listed := strings.Cut(p.part, "["); listed && part == list {
		return s.Fields[len(s.Fields)-1] // there is no entry yet
	}
	name, ok := strings.CutPrefix(part, p.part)
	if !ok {
		return nil
	}
	name, _, _ = strings.Cut(name, "[")
	return s.Field(cmp.Or(p.known[name], name))
}

// shortForm is a form that is being asked.
type shortForm struct {
	pages    func() []shortPage
	check    func() []handoff.Finding
	answered map[string]bool // pages
	trail    []string        // the pages behind the one that is shown
	fixes    *place          // what is wrong, if that is to be corrected
}

// runShort asks the pages one after the other, then checks. What is refused leads
// to the field that asks for it, with all that was typed.
func runShort(ctx context.Context, asker Asker, pages func() []shortPage, check func() []handoff.Finding) error {
	f := &shortForm{pages: pages, check: check, answered: make(map[string]bool)}
	for {
		p, right := f.next()
		if right {
			return nil
		}
		s := f.screen(p)
		reply, err := asker.Ask(ctx, s)
		p.take(s)
		switch {
		case err != nil:
			return err
		case reply == Back && len(f.trail) > 0:
			last := len(f.trail) - 1
			f.answered[f.trail[last]], f.trail = false, f.trail[:last]
		case reply == Back:
		case p.again != nil && p.again():
			clear(f.answered)
			f.trail = nil
		default:
			f.answered[p.id], f.trail = true, append(f.trail, p.id)
		}
		f.fixes = nil
	}
}

// next is the first page that is not answered. Where all are, and the record is
// refused, it is the one that asks for what is wrong; right reports that it is not.
func (f *shortForm) next() (p shortPage, right bool) {
	all := f.pages()
	gone := func(id string) bool { return !slices.ContainsFunc(all, func(p shortPage) bool { return p.id == id }) }
	maps.DeleteFunc(f.answered, func(id string, _ bool) bool { return gone(id) })
	f.trail = slices.DeleteFunc(f.trail, gone)
	for _, p := range all {
		if !f.answered[p.id] {
			return p, false
		}
	}
	wrong := f.wrong()
	if len(wrong) == 0 {
		return shortPage{}, true
	}
	f.fixes = &wrong[0].place
	f.trail = slices.DeleteFunc(f.trail, func(id string) bool { return id == f.fixes.page })
	return all[slices.IndexFunc(all, func(p shortPage) bool { return p.id == f.fixes.page })], false
}

// wrong is what refuses the record, by the field that cures it. What no page asks
// for is said on the first one.
func (f *shortForm) wrong() []placed {
	all := f.pages()
	var wrong []placed
	for _, found := range workspace.Errors(f.check()) {
		at := placed{place: place{page: all[0].id}}
		for _, p := range all {
			if field := p.asks(p.build(), found.Field); field != nil {
				at = placed{place: place{p.id, field.Key}, label: field.Label, asked: field}
				break
			}
		}
		if i := slices.IndexFunc(wrong, func(p placed) bool { return p.place == at.place }); i >= 0 {
			wrong[i].findings = append(wrong[i].findings, found)
			continue
		}
		at.findings = []handoff.Finding{found}
		wrong = append(wrong, at)
	}
	return wrong
}

// screen builds the screen of a page. It says what is wrong there as long as it is.
func (f *shortForm) screen(p shortPage) *Screen {
	s := p.build()
	s.ID, s.Short, s.First = p.id, true, len(f.trail) == 0
	s.Focus, s.Problems, s.Changed = "", nil, nil // of a screen that was there before
	fixes := f.fixes
	if fixes == nil {
		return s
	}
	judge := func() {
		s.Problems = nil
		for _, w := range f.wrong() {
			if w.place == *fixes {
				s.Problems = w.problems()
			}
		}
	}
	judge()
	s.Focus = fixes.field
	s.Changed = func() {
		p.take(s)
		judge()
	}
	return s
}

// AckForm is what a receiver is asked.
type AckForm struct {
	Title   string
	From    string         // who hands over
	Body    []string       // the handoff, in short
	Offered []handoff.Item // what the receiver may take
	Check   func(*handoff.Ack) []handoff.Finding

	ticked []string // what was ticked at last, also under an answer that takes nothing
}

// Ask fills an ack, until it can be published. The error is that of the Asker.
func (f *AckForm) Ask(ctx context.Context, asker Asker, a *handoff.Ack) error {
	f.ticked = a.Take
	pages := func() []shortPage {
		all := []shortPage{{id: "verdict", build: func() *Screen { return f.verdictScreen(a) }, take: func(s *Screen) { f.takeVerdict(a, s) }}}
		if a.Accepts() {
			for i := range a.Readback {
				all = append(all, shortPage{
					id: "readback " + a.Readback[i].Item, part: "readback[" + strconv.Itoa(i) + "].",
					build: func() *Screen { return f.readbackScreen(a.Readback[i]) },
					take: func(s *Screen) {
						a.Readback[i].Understood, a.Readback[i].FirstAction = s.Text("understood"), s.Text("first_action")
					},
				})
			}
		}
		switch a.Outcome {
		case handoff.OutcomeAcceptedWithGaps:
			all = append(all, shortPage{id: "gap", part: "gaps[0].", build: func() *Screen { return gapScreen(a) }, take: func(s *Screen) { takeGap(a, s) }})
		case handoff.OutcomeChangesRequested, handoff.OutcomeDeclined:
			all = append(all, shortPage{id: "reason", build: func() *Screen { return reasonScreen(a) }, take: func(s *Screen) { a.Reason, a.Note = s.Text("reason"), s.Text("note") }})
		case handoff.OutcomeSeen:
			all = append(all, f.seenPage(a))
		}
		return all
	}
	return runShort(ctx, asker, pages, func() []handoff.Finding { return f.Check(a) })
}

// seenPage asks before nothing more is said than that it was seen.
func (f *AckForm) seenPage(a *handoff.Ack) shortPage {
	sure := true
	return shortPage{
		id: "seen",
		build: func() *Screen {
			s := &Screen{Title: "Publish that you have seen it, and nothing more?", Body: []string{"It asks nothing of the sender, and takes nothing."}}
			for _, item := range f.Offered {
				s.Body = append(s.Body, item.ID+" stays with "+f.From)
			}
			s.Fields = []*Field{{Kind: Menu, Key: "sure", Label: "Publish that?", Value: "yes", Options: []Option{{"yes", "yes, I have seen it"}, {"no", "no, back to the other answers"}}}}
			return s
		},
		take:  func(s *Screen) { sure = s.Text("sure") == "yes" },
		again: func() bool { return !sure },
	}
}

func (f *AckForm) verdictScreen(a *handoff.Ack) *Screen {
	s := &Screen{Title: f.Title, Body: f.Body}
	s.Fields = []*Field{choice("outcome", "Your answer", a.Outcome, handoff.OutcomeAccepted, handoff.OutcomeAcceptedWithGaps,
		handoff.OutcomeChangesRequested, handoff.OutcomeDeclined, handoff.OutcomeSeen)}
	if len(f.Offered) > 0 {
		take := &Field{Kind: Ticks, Key: "take", Label: "You take", Help: "with an accepting answer; the rest stays with the sender", Ticked: slices.Clone(f.ticked)}
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
	if take != nil {
		f.ticked = take.Ticked
	}
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
	s := &Screen{Title: "Read back: " + r.Item}
	for _, item := range f.Offered {
		if item.ID == r.Item {
			s.Body = append(s.Body, fmt.Sprintf("%s, %s: %s", item.Severity, strings.ReplaceAll(item.Status, "_", " "), item.State))
		}
	}
	s.Fields = []*Field{
		line("understood", "What did you understand, in your own words?", "where it stands and what matters, in a sentence", r.Understood, "").require(),
		line("first_action", "What will you do first?", "", r.FirstAction, "").require(),
	}
	return s
}

func gapScreen(a *handoff.Ack) *Screen {
	gap := handoff.GapNote{Class: "missing_info"}
	if len(a.Gaps) > 0 {
		gap = a.Gaps[0]
	}
	items := append([]string{"the_whole"}, a.Take...)
	return &Screen{Title: "What was missing?", Fields: []*Field{
		choice("class", "It was", gap.Class, "missing_info", "wrong_info", "stale", "no_owner", "late", "misrouted", "unanticipated", "side_channel"),
		choice("item", "In", gap.Item, items...),
		line("note", "What exactly?", "", gap.Note, "").require().most(mostGap),
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
	return &Screen{Title: "Why?", Fields: []*Field{
		choice("reason", "Reason", a.Reason, "missing_context", "vague_next", "no_acceptance", "wrong_receiver", "capacity", "not_ready", "other"),
		{Kind: Lines, Free: true, Key: "note", Label: "What should the sender know?", Value: a.Note},
	}}
}

// Resolve asks how a blocker went away. decision is "what -- why", or "".
func Resolve(ctx context.Context, asker Asker, b *fold.Blocker, r *handoff.Resolution, decision *string, check func() []handoff.Finding) error {
	page := shortPage{
		id: "resolve", known: map[string]string{"rationale": "decision", "topic": "decision"},
		build: func() *Screen {
			decided := line("decision", "Was it a decision?", "what -- why; empty: no", *decision, "")
			decided.Lacks = lacksReason
			how := line("how", "What removed it?", "", r.How, "")
			how.Required = func() bool { return decided.Text() == "" }
			return &Screen{
				Title:  "Resolve " + b.ID,
				Body:   []string{"needs: " + b.Needs, "because: " + b.Because, "blocks: " + strings.Join(b.Blocks, ", ")},
				Fields: []*Field{choice("outcome", "Outcome", r.Outcome, fold.Resolutions...), how, decided},
			}
		},
		take: func(s *Screen) { r.Outcome, r.How, *decision = s.Text("outcome"), s.Text("how"), s.Text("decision") },
	}
	return runShort(ctx, asker, func() []shortPage { return []shortPage{page} }, check)
}

// Answer asks for the answer to a question, and whether that settles it.
func Answer(ctx context.Context, asker Asker, q *fold.Question, a *handoff.Answer, check func() []handoff.Finding) error {
	page := shortPage{
		id: "answer",
		build: func() *Screen {
			s := &Screen{Title: q.By + " asks: " + q.Ask}
			if q.Context != "" {
				s.Body = []string{q.Context}
			}
			settles := "yes"
			if !a.Closing() {
				settles = "no"
			}
			s.Fields = []*Field{
				{Kind: Lines, Free: true, Key: "text", Label: "Your answer", Value: a.Text, Required: needed},
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

// ChooseMany asks which of some lines are meant, all of them unless the person takes the
// tick from some, and returns their indexes. Stopping is ErrStopped.
func ChooseMany(ctx context.Context, asker Asker, title, label string, names []string) (chosen []int, err error) {
	ticks := &Field{Kind: Ticks, Key: "which", Label: label, Help: "space takes a tick away"}
	for i, name := range names {
		value := strconv.Itoa(i)
		ticks.Options, ticks.Ticked = append(ticks.Options, Option{value, name}), append(ticks.Ticked, value)
	}
	_, err = asker.Ask(ctx, &Screen{ID: "choose", Title: title, First: true, Short: true, Fields: []*Field{ticks}})
	for i := range names {
		if ticks.Has(strconv.Itoa(i)) {
			chosen = append(chosen, i)
		}
	}
	return chosen, err
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
