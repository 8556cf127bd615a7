package form

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

func morePage(id string) string { return "more " + id }

// moreScreen asks for what only some items need. It is there when a finding or the
// preview leads to it.
func (d *Declaration) moreScreen(item handoff.Item) *Screen {
	s := &Screen{Title: "More about " + item.ID, Fields: d.moreFields(item)}
	for _, f := range s.Fields {
		f.Passed = true
	}
	return s
}

func (d *Declaration) moreFields(item handoff.Item) []*Field {
	severity := cmp.Or(item.Severity, handoff.SeverityRoutine)
	var checks, ifs, refs, tried []string
	for _, c := range item.Accept {
		checks = append(checks, inLine(c.Check))
	}
	for _, c := range item.IfThen {
		ifs = append(ifs, typedContingency(c))
	}
	for _, r := range item.Refs {
		refs = append(refs, typedRef(r))
	}
	for _, t := range item.Tried {
		tried = append(tried, typedAttempt(t))
	}
	lines := func(key, label, help string, values []string) *Field {
		return &Field{Kind: Lines, Key: key, Label: label, Help: help, Value: strings.Join(values, "\n")}
	}
	due := line("due", "When is it due?", `as in "mon 09:00"; empty: at no time`, cmp.Or(d.Draft.Unread.Text(item.ID, "due"), d.typedTime(item.Due)), "")
	due.Read = d.readTime
	effort := line("effort", "How much work is it?", "as in 30m, 2h or 1d", item.Effort, "")
	effort.Lacks = lacksUnit
	progress := line("progress", "How far is it, in percent?", "as in 40", cmp.Or(d.Draft.Unread.Text(item.ID, "progress"), typedPercent(item.Progress)), "")
	progress.Lacks = lacksPercent
	where := lines("refs", "Where is it?", "one a line: pr:1842, ticket:PAY-311, branch:name, file:path, https://…", refs)
	where.Lacks = lacksType
	return []*Field{
		line("intent", labelWhy, "", item.Intent, "").most(mostIntent),
		choice("severity", "Severity", severity, handoff.SeverityRoutine, handoff.SeverityWatch, handoff.SeverityCritical),
		due, effort, where,
		lines("accept", labelDone, "one check a line: what can be seen, as in: PR #1842 is merged", checks).most(mostCheck),
		lines("if_then", "What may happen, and what to do then?", "one a line: if -> then", ifs),
		lines("known_issues", "Known issues", "one a line", item.KnownIssues).most(mostIssue),
		lines("do_not", "Do not", "one a line", item.DoNot).most(mostWarning),
		line("ready", "What is ready to build on?", "", item.Ready, "").most(mostState),
		lines("assumptions", "What does it assume?", "one a line", item.Assumptions).most(mostIssue),
		lines("tried", "What was tried in vain?", "one a line: what -> result", tried),
		line("depends_on", "What does it depend on?", "items, or pr:1842, with commas between", strings.Join(item.DependsOn, ", "), ""),
		line("consult", "Who is worth asking?", "people, with commas between", strings.Join(item.Consult, ", "), ""),
		progress,
		line("title", "A title for people", "a few words", item.Title, "").most(mostTitle),
	}
}

// lacksPercent asks for a number of percent.
func lacksPercent(typed string) string {
	if n, err := handoff.ParsePercent(typed); err != nil || n < 0 || n > 100 {
		return "write a number from 0 to 100"
	}
	return ""
}

// lacksUnit asks for a length of work in the form in which it can be read.
func lacksUnit(effort string) string {
	if _, err := calendar.ParseDuration(effort); err != nil {
		return "write it as 30m, 2h or 1d"
	}
	return ""
}

// lacksType asks what a reference is.
func lacksType(answer string) string {
	for _, typed := range splitLines(answer) {
		if ref := handoff.ParseRef(typed); ref.ID == "" {
			return "a pr, ticket, branch, commit, file, session? write it before a colon: pr:" + inShort(typed)
		}
	}
	return ""
}

// takeMore takes the fields that the screen has.
func (d *Declaration) takeMore(draft *Draft, i int, s *Screen) {
	item := &draft.Handoff.Items[i]
	for _, f := range s.Fields {
		answer := f.Text()
		switch f.Key {
		case "intent":
			item.Intent = answer
		case "severity":
			if answer != handoff.SeverityRoutine || item.Severity != "" || f.Required != nil {
				item.Severity = answer
			}
		case "due":
			item.Due = d.timeOf(draft, item.ID, "due", answer)
		case "effort":
			item.Effort = answer
		case "progress":
			item.Progress = nil
			percent, err := handoff.ParsePercent(answer)
			if draft.Unread = draft.Unread.With(item.ID, "progress", ""); err == nil {
				item.Progress = &percent
			} else {
				draft.Unread = draft.Unread.With(item.ID, "progress", answer)
			}
		case "title":
			item.Title = answer
		case "ready":
			item.Ready = answer
		case "assumptions":
			item.Assumptions = splitLines(answer)
		case "tried":
			item.Tried = keepKnown(splitLines(answer), item.Tried, typedAttempt, handoff.ParseAttempt)
		case "depends_on":
			item.DependsOn = splitCommas(answer)
		case "consult":
			item.Consult = splitCommas(answer)
		case "refs":
			item.Refs = cleared(keepKnown(splitLines(answer), item.Refs, typedRef, handoff.ParseRef), item.Refs)
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

// splitCommas returns the parts of a line that say something. There may be spaces in them.
func splitCommas(line string) []string {
	return splitLines(strings.ReplaceAll(line, ",", "\n"))
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
