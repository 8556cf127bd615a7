package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

const pageItems = "items"

// The most characters of what is typed, as the schema has it.
const (
	mostSummary = 140
	mostState   = 200
	mostIntent  = 280
	mostStep    = 160
	mostCheck   = 140
	mostIssue   = 140
	mostWarning = 120
	mostShipped = 160
	mostWhy     = 160
	mostNeeds   = 200
	mostBecause = 200
	mostGap     = 160
)

func itemPage(id string) string { return "item " + id }
func morePage(id string) string { return "more " + id }

func (d *Declaration) itemsScreen() *Screen {
	s := &Screen{Title: "What do you hand over?"}
	if facts := treeFacts(d.Prefill.Work); facts != "" {
		s.Facts = append(s.Facts, facts)
	}
	for _, q := range d.Prefill.Questions {
		s.Facts = append(s.Facts, "open question: "+q)
	}
	ticks := &Field{Kind: Ticks, Key: "items", Label: "Items", Help: "space ticks; what you hold and untick, you ship or drop"}
	add := func(value, label string, ticked bool) {
		ticks.Options = append(ticks.Options, Option{value, label})
		if ticked {
			ticks.Ticked = append(ticks.Ticked, value)
		}
	}
	found := findWork(d.Prefill.Work, d.Prefill.Carried.Items)
	for _, item := range d.Prefill.Carried.Items {
		add(item.ID, item.ID+workOn(found, item.ID), d.keeps(item.ID))
	}
	for _, item := range d.Draft.Handoff.Items {
		isFound := slices.ContainsFunc(found, func(f branchWork) bool { return f.Slug == item.ID })
		if item.ID != "" && d.Prefill.Carried.Item(item.ID) == nil && !isFound {
			add(item.ID, item.ID, true)
		}
	}
	for _, f := range found {
		if f.Item == "" && f.Slug != "" {
			add(f.Slug, "new: "+f.String(), d.Draft.item(f.Slug) >= 0)
		}
	}
	more := &Field{Kind: Lines, Key: "new", Label: "Anything else?", Help: "one name a line, a few words each; empty: nothing else"}
	if len(ticks.Options) > 0 {
		s.Fields = []*Field{ticks, more.pass()}
		return s
	}
	more.Label, more.Help = "Items", "one name a line, a few words each; empty: you hand over no work"
	s.Fields = []*Field{more}
	return s
}

// keeps reports whether a carried item is ticked: not yet decided otherwise.
func (d *Declaration) keeps(id string) bool {
	i := d.Draft.item(id)
	return i < 0 || !leaving(d.Draft.Handoff.Items[i].Status)
}

// leaving reports whether a status, which an item has only while it is being
// written, takes it out of the live set: it becomes an entry of shipped or
// dropped in the end, or an item of another name.
func leaving(status string) bool {
	return status == fold.ItemShipped || status == fold.ItemDropped || status == fold.ItemContinued
}

// item is the index of the item of that id, or -1.
func (d *Draft) item(id string) int {
	return slices.IndexFunc(d.Handoff.Items, func(i handoff.Item) bool { return i.ID == id })
}

// workOn is what git knows of a carried item, to stand behind its name.
func workOn(found []branchWork, id string) string {
	for _, f := range found {
		if f.Item == id {
			return " · " + f.String()
		}
	}
	return ""
}

// takeItems brings the list of items in line with the ticks. A carried item that
// was unticked stays on the list, on its way out, so that its page asks why.
func (d *Declaration) takeItems(draft *Draft, s *Screen, done bool) {
	if !done && draft.Handoff.Items == nil {
		return
	}
	ticks := s.Field("items")
	if ticks == nil {
		ticks = new(Field)
	}
	items := handoff.List[handoff.Item]{}
	for _, option := range ticks.Options {
		i := draft.item(option.Value)
		ticked, carried := ticks.Has(option.Value), d.Prefill.Carried.Item(option.Value)
		switch {
		case carried == nil && !ticked:
		case i >= 0:
			item := retick(draft.Handoff.Items[i], carried, ticked)
			if done && leaving(item.Status) != leaving(draft.Handoff.Items[i].Status) {
				delete(d.visited, itemPage(item.ID)) // there is something else to say of it now
			}
			items = append(items, item)
		case carried != nil:
			items = append(items, retick(cloneItem(*carried), carried, ticked))
		default:
			items = append(items, d.newItem(option.Value))
		}
	}
	for _, name := range splitLines(s.Text("new")) {
		if id := slugOrText(name); !slices.ContainsFunc(items, func(i handoff.Item) bool { return i.ID == id }) {
			items = append(items, d.newItem(id))
		}
	}
	draft.Handoff.Items = items
}

// retick returns a carried item as the tick says: staying or on its way out.
func retick(item handoff.Item, carried *handoff.Item, ticked bool) handoff.Item {
	switch {
	case ticked && leaving(item.Status) && carried != nil:
		item.Status, item.State = carried.Status, carried.State
	case !ticked && !leaving(item.Status):
		item.Status, item.State = fold.ItemShipped, ""
	}
	return item
}

// newItem is an item that I did not hold: found on a branch, or made up.
func (d *Declaration) newItem(slug string) handoff.Item {
	for _, f := range findWork(d.Prefill.Work, d.Prefill.Carried.Items) {
		if f.Slug == slug {
			return f.newItem(d.Prefill.Me)
		}
	}
	return handoff.Item{ID: slug, Owner: d.Prefill.Me, Status: handoff.StatusInProgress}
}

func (d *Declaration) itemScreen(item handoff.Item) *Screen {
	s := &Screen{Title: fmt.Sprintf("Item %d of %d: %s", d.Draft.item(item.ID)+1, len(d.Draft.Handoff.Items), item.ID)}
	for _, f := range findWork(d.Prefill.Work, d.Draft.Handoff.Items) {
		if f.Item == item.ID {
			s.Facts = append(s.Facts, f.String())
		}
	}
	for _, freed := range d.Prefill.Freed {
		if freed.Item == item.ID {
			s.Facts = append(s.Facts, freed.String())
		}
	}
	if d.Prefill.Reviews != nil {
		s.Facts = append(s.Facts, d.Prefill.Reviews(item)...)
	}
	statuses := []string{handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview, handoff.StatusBlocked}
	carried := d.Prefill.Carried.Item(item.ID)
	if carried == nil {
		s.Fields = append(s.Fields,
			line("name", "Name", "a few words; the item keeps this name from handoff to handoff", item.ID, "").require().pass(),
			line("why", labelWhy, "what it is for: whoever goes on decides by that", item.Intent, "").require().most(mostIntent))
		carried = &handoff.Item{}
	} else {
		statuses = append(statuses, fold.ItemShipped, fold.ItemDropped, fold.ItemContinued)
	}
	status := choice("status", "Status", item.Status, statuses...)
	if leaving(item.Status) {
		s.Fields = append(s.Fields, status,
			line("state", "What, or why", "shipped: what; dropped: why; continued: its new names", item.State, "").require().most(mostWhy))
		return s
	}
	next := line("next", "Next step", "what the next person does first; ben: … names ben", firstStep(item), firstStep(*carried)).most(mostStep)
	next.Read, next.Passed = d.readStep, next.Default != ""
	next.Required = func() bool { return status.Value != handoff.StatusBlocked && !leaving(status.Value) }
	s.Fields = append(s.Fields, status.pass(),
		line("state", "State", "what is so now: what works, what is missing, where to see it", item.State, carried.State).require().most(mostState), next)
	return s
}

// labelWhy asks for the reason of an item.
const labelWhy = "Why is it done, and why this way?"

func firstStep(item handoff.Item) string {
	if len(item.Next) == 0 {
		return ""
	}
	return item.Next[0].Do
}

func (d *Declaration) takeItem(draft *Draft, i int, s *Screen) {
	item := &draft.Handoff.Items[i]
	if name := s.Field("name"); name != nil {
		if slug := slugOrText(name.Typed()); slug != "" && (slug == item.ID || draft.item(slug) < 0) {
			item.ID = slug
		}
		item.Intent = s.Text("why")
	}
	item.Status, item.State = s.Text("status"), s.Text("state")
	if s.Field("next") == nil {
		return
	}
	who, do, nearly := d.Step(s.Text("next"), d.receivers())
	switch {
	case len(item.Next) > 0 && do != "":
		item.Next[0].Do = do
		if who != "" || nearly != "" {
			item.Next[0].Owner = who
		}
	case len(item.Next) > 0:
		item.Next = item.Next[1:]
	case do != "":
		item.Next = []handoff.Next{{Do: do, Owner: who}}
	}
}

// readStep refuses a step that begins with what is nearly the name of a person: it
// asks for that name, or for a text that cannot be taken for one.
func (d *Declaration) readStep(typed string) error {
	_, _, nearly := d.Step(typed, d.receivers())
	if nearly == "" {
		return nil
	}
	word, _, _ := strings.Cut(typed, ":")
	return fmt.Errorf("nobody is called %s: write %s: …, or put a space before the colon if it is no person", strings.TrimSpace(word), nearly)
}

// receivers are whom the handoff is for, or else those who were asked last time.
func (d *Declaration) receivers() []string {
	if len(d.Draft.Handoff.To) > 0 {
		return d.Draft.Handoff.To
	}
	return d.Prefill.To
}

// slugOrText makes a name out of what a person typed. Text without a letter of
// ASCII makes none and is left for the rules to explain.
func slugOrText(text string) string {
	if slug := handoff.Slug(text); slug != "" {
		return slug
	}
	return text
}

// moreScreen asks for what only some items need. It is there when a finding leads
// to it.
func moreScreen(item handoff.Item) *Screen {
	s := &Screen{Title: "More about " + item.ID, Fields: moreFields(item)}
	for _, f := range s.Fields {
		f.Passed = true
	}
	return s
}

func moreFields(item handoff.Item) []*Field {
	severity := cmp.Or(item.Severity, handoff.SeverityRoutine)
	var checks, ifs []string
	for _, c := range item.Accept {
		checks = append(checks, inLine(c.Check))
	}
	for _, c := range item.IfThen {
		ifs = append(ifs, typedContingency(c))
	}
	lines := func(key, label, help string, values []string) *Field {
		return &Field{Kind: Lines, Key: key, Label: label, Help: help, Value: strings.Join(values, "\n")}
	}
	return []*Field{
		line("intent", labelWhy, "", item.Intent, "").most(mostIntent),
		choice("severity", "Severity", severity, handoff.SeverityRoutine, handoff.SeverityWatch, handoff.SeverityCritical),
		lines("accept", "How can one tell that it is done?", "one check a line: what can be seen, as in: PR #1842 is merged", checks).most(mostCheck),
		lines("if_then", "What may happen, and what to do then?", "one a line: if -> then", ifs),
		lines("known_issues", "Known issues", "one a line", item.KnownIssues).most(mostIssue),
		lines("do_not", "Do not", "one a line", item.DoNot).most(mostWarning),
	}
}

// takeMore takes the fields that the screen has.
func takeMore(item *handoff.Item, s *Screen) {
	for _, f := range s.Fields {
		answer := f.Text()
		switch f.Key {
		case "intent":
			item.Intent = answer
		case "severity":
			if answer != handoff.SeverityRoutine || item.Severity != "" {
				item.Severity = answer
			}
		case "known_issues":
			item.KnownIssues = cleared(splitLines(answer), item.KnownIssues)
		case "do_not":
			item.DoNot = splitLines(answer)
		case "accept":
			item.Accept = cleared(keepKnown(splitLines(answer), item.Accept,
				func(c handoff.Criterion) string { return inLine(c.Check) },
				func(text string) handoff.Criterion { return handoff.Criterion{Check: text} }), item.Accept)
		case "if_then":
			item.IfThen = keepKnown(splitLines(answer), item.IfThen, typedContingency, handoff.ParseContingency)
		}
	}
}

// cleared is a list as it was typed: empty, and not absent, where it was emptied.
func cleared[T any](list []T, before handoff.List[T]) handoff.List[T] {
	if list == nil && before != nil {
		return handoff.List[T]{}
	}
	return list
}

// keepKnown makes a list out of lines. An entry that is shown by the same line
// as before stays as it was, with what the line does not show; of two that are shown
// alike, each does.
func keepKnown[T any](lines []string, known []T, show func(T) string, parse func(string) T) []T {
	var list []T
	known = slices.Clone(known)
	for _, text := range lines {
		if i := slices.IndexFunc(known, func(k T) bool { return show(k) == text }); i >= 0 {
			list = append(list, known[i])
			known = slices.Delete(known, i, i+1)
		} else {
			list = append(list, parse(text))
		}
	}
	return list
}
