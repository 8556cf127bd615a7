package form

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// The choices of the preview that are no findings and no pages.
const (
	doPublish = "publish"
	doPush    = "push"
	doEdit    = "edit"
	doKeep    = "keep"
	fixPrefix = "fix "
	goPrefix  = "go "
)

// unreadNote tells who wrote what cannot be read where that is.
const unreadNote = "what you wrote in the editor cannot be read, and this is what was there before; handoff draft restore brings your text back"

func (d *Declaration) previewScreen() *Screen {
	final := d.Final()
	findings := d.findings(final)
	d.told = findings
	menu := &Field{Kind: Menu, Key: "do", Label: "Ready to publish"}
	add := func(value, label string) { menu.Options = append(menu.Options, Option{value, label}) }
	if handoff.HasErrors(findings) {
		menu.Label = "Not ready: choose a line to correct it"
	} else {
		d.offerPublish(add, final.Handoff)
	}
	body := d.previewLines(final)
	for i, f := range d.placed(final.Handoff, findings) {
		if !f.curable() {
			body = append(body, f.line())
			continue
		}
		if f.page == "" {
			f.field = strconv.Itoa(i) // one line each
		}
		add(fixPrefix+f.page+"#"+f.field, f.line())
	}
	add(doEdit, "open it in the editor")
	add(doKeep, "keep the draft and stop")
	for _, p := range d.pages()[:len(d.pages())-1] {
		add(goPrefix+p.id, "change: "+p.build().Title)
		if name, ok := strings.CutPrefix(p.id, itemPage("")); ok && !d.open[morePage(name)] && final.item(name) >= 0 {
			add(goPrefix+morePage(name), "change: More about "+name)
		}
	}
	if !d.open[pageQuestions] {
		add(goPrefix+pageQuestions, "change: "+d.questionsScreen().Title)
	}
	menu.Value = menu.Options[0].Value
	if d.unread {
		body = append([]string{unreadNote}, body...)
	}
	return &Screen{Title: "Preview", Body: body, Fields: []*Field{menu}}
}

// offerPublish offers to publish, and where it can be pushed asks about that as well.
func (d *Declaration) offerPublish(add func(value, label string), h *handoff.Handoff) {
	readers := ""
	if d.Push != nil {
		readers = d.Push(h)
	}
	if readers == "" {
		add(doPublish, "publish")
		return
	}
	add(doPush, "publish, and push it "+readers)
	add(doPublish, "publish, and leave it here; handoff sync pushes it later")
}

// choose carries out a choice of the preview: to go somewhere, or to end.
func (d *Declaration) choose(ctx context.Context, do string) (place, Outcome, error) {
	here := place{page: pagePreview}
	switch {
	case do == doPublish:
		return here, Publish, nil
	case do == doPush:
		return here, PublishAndPush, nil
	case do == doKeep:
		return here, Keep, nil
	case strings.HasPrefix(do, goPrefix):
		here.page = strings.TrimPrefix(do, goPrefix)
	case strings.HasPrefix(do, fixPrefix):
		here.page, here.field, _ = strings.Cut(strings.TrimPrefix(do, fixPrefix), "#")
		if here.page != "" {
			d.fixes = &place{here.page, here.field}
		}
	}
	if here.page == "" || do == doEdit {
		return place{page: pagePreview}, 0, d.edit(ctx)
	}
	if !slices.ContainsFunc(d.pages(), func(p page) bool { return p.id == here.page }) {
		d.ask(here.page, true)
	}
	return here, 0, nil
}

// leavingID is the id of an entry of shipped or dropped, "" when it has none.
func leavingID(h *handoff.Handoff, list string, index int) string {
	switch {
	case index < 0:
		return ""
	case list == "shipped" && index < len(h.Shipped):
		return h.Shipped[index].ID
	case list == "dropped" && index < len(h.Dropped):
		return h.Dropped[index].ID
	}
	return ""
}

// splitField splits items[2].next[0].do into items, 2 and next. Without an index
// it is -1.
func splitField(field string) (list string, index int, rest string) {
	list, rest, _ = strings.Cut(field, ".")
	rest, _, _ = strings.Cut(rest, ".")
	rest, _, _ = strings.Cut(rest, "[")
	name, number, ok := strings.Cut(strings.TrimSuffix(list, "]"), "[")
	index, err := strconv.Atoi(number)
	if !ok || err != nil {
		index = -1
	}
	return name, index, rest
}

// nobodyYet stands for a person who is not named.
const nobodyYet = "(nobody yet)"

// previewLines is the handoff as its receiver will read it, in short.
func (d *Declaration) previewLines(final *Draft) []string {
	h, offers := d.Owned(final.Handoff)
	lines := []string{cmp.Or(h.Summary, "(no summary yet)"), "to " + cmp.Or(strings.Join(h.To, ", "), nobodyYet)}
	if !h.ReturnsAt.IsZero() {
		lines[1] += ", back " + h.ReturnsAt.Format("Mon "+shownTime+" -07:00")
	}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, item := range h.Items {
		add("%s [%s] %s", item.ID, strings.ReplaceAll(item.Status, "_", " "), item.State)
		if item.Continues != "" {
			add("    continues %s", item.Continues)
		}
		for _, n := range item.Next {
			add("    next, %s: %s", n.Owner, n.Do)
		}
		if aside := moreOf(item); aside != "" {
			add("    %s", aside)
		}
	}
	if offers != "" && len(h.To) > 0 {
		add("%s", offers)
	}
	for _, b := range h.Blockers {
		add("blocked: %s, by %s", b.Needs, cmp.Or(b.Resolver, nobodyYet))
	}
	for _, r := range final.Resolutions {
		add("resolved: %s, %s", r.Blocker, cmp.Or(r.How, "(not said how)"))
	}
	for _, s := range h.Shipped {
		add("shipped: %s", s.What)
	}
	for _, r := range h.Dropped {
		add("dropped: %s, %s", r.ID, r.Why)
	}
	for _, w := range fold.Watches(h) {
		add("watched: %s", w.What)
	}
	for _, e := range h.Ended {
		add("ended: %s, %s", e.What, e.Why)
	}
	for _, dec := range h.Decisions {
		add("decided: %s", typedDecision(dec))
	}
	for _, q := range h.Questions {
		add("question to %s: %s", cmp.Or(q.To, nobodyYet), q.Ask)
	}
	for _, list := range []struct {
		what   string
		length int
		absent bool
	}{
		{"items", len(h.Items), h.Items == nil}, {"blockers", len(h.Blockers), h.Blockers == nil},
		{"shipped", len(h.Shipped), h.Shipped == nil}, {"decisions", len(h.Decisions), h.Decisions == nil},
	} {
		switch {
		case list.absent:
			add("%s: not answered yet", list.what)
		case list.length == 0:
			add("%s: none", list.what)
		}
	}
	switch {
	case h.Questions == nil:
		add("questions: nothing is said")
	case len(h.Questions) == 0:
		add("questions: none")
	}
	return lines
}

// moreOf is what of an item says how urgent it is, "" for nothing.
func moreOf(item handoff.Item) string {
	var parts []string
	if item.Severity != "" && item.Severity != handoff.SeverityRoutine {
		parts = append(parts, item.Severity)
	}
	if !item.Due.IsZero() {
		parts = append(parts, "due "+item.Due.Format("Mon "+shownTime+" -07:00"))
	}
	if item.Effort != "" {
		parts = append(parts, item.Effort+" of work")
	}
	return strings.Join(parts, ", ")
}

// Told are the findings that the person saw in the last preview.
func (d *Declaration) Told() []handoff.Finding { return d.told }
