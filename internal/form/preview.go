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
	menu := &Field{Kind: Menu, Key: "do", Label: "Ready to publish"}
	add := func(value, label string) { menu.Options = append(menu.Options, Option{value, label}) }
	refused := handoff.HasErrors(findings)
	if !refused {
		add(doPublish, "publish")
	}
	for i, f := range findings {
		add(fixPrefix+strconv.Itoa(i), findingLine(f))
	}
	if refused {
		menu.Label = "Not ready: choose a line to correct it"
	}
	add(doEdit, "open it in the editor")
	add(doKeep, "keep the draft and stop")
	for _, p := range d.pages()[:len(d.pages())-1] {
		add(goPrefix+p.id, "change: "+p.build().Title)
	}
	if !d.open[pageQuestions] {
		add(goPrefix+pageQuestions, "change: "+d.questionsScreen().Title)
	}
	menu.Value = menu.Options[0].Value
	s := &Screen{Title: "Preview", Body: d.previewLines(final), Fields: []*Field{menu}}
	if d.unread {
		s.Body = append([]string{unreadNote}, s.Body...)
	}
	return s
}

// findings are those of the draft, with what refuses it first.
func (d *Declaration) findings(final *Draft) []handoff.Finding {
	findings := d.Check(final)
	slices.SortStableFunc(findings, func(a, b handoff.Finding) int {
		return cmp.Compare(a.Level, b.Level) // "error" before "warning"
	})
	return findings
}

func findingLine(f handoff.Finding) string {
	text := "fix"
	if f.Level != handoff.LevelError {
		text = "warning"
	}
	text += " " + f.Code + ": " + f.Message
	if f.Fix != "" {
		text += " (" + f.Fix + ")"
	}
	return text
}

// choose carries out a choice of the preview: to go somewhere, or to end.
func (d *Declaration) choose(ctx context.Context, do string) (jump, Outcome, error) {
	here := jump{page: pagePreview}
	switch {
	case do == doPublish:
		return here, Publish, nil
	case do == doKeep:
		return here, Keep, nil
	case do == doEdit:
		return here, 0, d.edit(ctx)
	case do == goPrefix+pageQuestions:
		d.ask(pageQuestions, true)
		return jump{page: pageQuestions}, 0, nil
	case strings.HasPrefix(do, goPrefix):
		return jump{page: strings.TrimPrefix(do, goPrefix)}, 0, nil
	}
	final := d.Final()
	findings := d.findings(final)
	n, err := strconv.Atoi(strings.TrimPrefix(do, fixPrefix))
	if err != nil || n >= len(findings) {
		return here, 0, nil
	}
	page := d.pageOf(final.Handoff, findings[n].Field)
	if page == "" {
		return here, 0, d.edit(ctx)
	}
	here.problem = findingLine(findings[n])
	here.page, here.field, _ = strings.Cut(page, "#")
	return here, 0, nil
}

// pageOf finds where a part of the draft is asked for: "page#field". It is "" for
// what no page asks for. Pages that a finding calls for are opened.
func (d *Declaration) pageOf(final *handoff.Handoff, field string) string {
	list, index, rest := splitField(field)
	if d.isRollup() && !slices.Contains([]string{"summary", "to", "returns_at"}, list) {
		return "" // of what others said
	}
	switch list {
	case "items":
		if index < 0 || index >= len(final.Items) {
			return pageItems
		}
		return d.pageOfItem(final.Items[index], rest)
	case "blockers":
		if index < 0 || index >= len(final.Blockers) {
			return pageBlockers
		}
		name := blockerPage(final.Blockers[index].ID)
		d.ask(name, true)
		return name + "#" + rest
	case "dropped", "shipped":
		if id := leavingID(final, list, index); d.Draft.item(id) >= 0 && id != "" {
			return itemPage(id) + "#state"
		}
		if list == "dropped" {
			return ""
		}
		return pageOutcomes + "#shipped"
	case "watch", "standing", "ended":
		if len(fold.Watches(d.Prefill.Carried)) > 0 {
			return pageWatch
		}
	case "decisions":
		return pageOutcomes + "#decisions"
	case "questions":
		d.ask(pageQuestions, true)
		return pageQuestions + "#questions"
	case "summary", "to":
		return pageClosing + "#" + list
	case "returns_at":
		return pageClosing + "#returns"
	}
	return ""
}

func (d *Declaration) pageOfItem(item handoff.Item, rest string) string {
	if item.Continues != "" && d.Draft.item(item.ID) < 0 {
		return itemPage(item.Continues) + "#state" // where it got its name
	}
	switch rest {
	case "state", "status", "next":
		return itemPage(item.ID) + "#" + rest
	case "id":
		return itemPage(item.ID) + "#name"
	case "intent", "severity", "accept", "if_then", "known_issues", "do_not":
		if rest == "intent" && d.Prefill.Carried.Item(item.ID) == nil {
			return itemPage(item.ID) + "#why"
		}
		d.ask(morePage(item.ID), true)
		return morePage(item.ID) + "#" + rest
	case "blocked_by":
		return pageBlockers
	}
	return ""
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

// previewLines is the handoff as its receiver will read it, in short.
func (d *Declaration) previewLines(final *Draft) []string {
	h, offers := d.Owned(final.Handoff)
	lines := []string{cmp.Or(h.Summary, "(no summary yet)"), "to " + strings.Join(h.To, ", ")}
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
	}
	if offers != "" {
		add("%s", offers)
	}
	for _, b := range h.Blockers {
		add("blocked: %s, by %s", b.Needs, b.Resolver)
	}
	for _, r := range final.Resolutions {
		add("resolved: %s, %s", r.Blocker, r.How)
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
		add("question to %s: %s", q.To, q.Ask)
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
