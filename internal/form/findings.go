package form

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// The rules find what is wrong with fields of a record. A person who fills a form
// has never seen those: here findings become problems of the form's own fields.

// placed are the findings that one field of the form cures.
type placed struct {
	place
	about    string // the item or blocker that the page is about, "" for none
	label    string // of the field
	asked    *Field // nil where no page asks for it
	nth      int    // of the page's fields
	findings []handoff.Finding
}

// quickCheck is how long judging may take while somebody types.
const quickCheck = 50 * time.Millisecond

// findings are those of the draft, with what refuses it first.
func (d *Declaration) findings(final *Draft) []handoff.Finding {
	begun := time.Now()
	findings := d.Check(final)
	d.slow = time.Since(begun) > quickCheck
	sorting.By(findings, func(a, b handoff.Finding) int {
		return cmp.Compare(a.Level, b.Level) // "error" before "warning"
	})
	return findings
}

// placed groups findings by the field that cures them. What the form does not ask
// for stands by itself.
func (d *Declaration) placed(final *handoff.Handoff, findings []handoff.Finding) []placed {
	var all []placed
	for _, f := range findings {
		at := d.placeOf(final, f.Field)
		s := d.screenOf(at.page)
		if s != nil && at.field != "" && s.Field(at.field) == nil {
			at, s = place{}, nil // as what nobody knows
		}
		i := slices.IndexFunc(all, func(p placed) bool { return p.place == at })
		if i >= 0 && at.page != "" {
			all[i].findings = append(all[i].findings, f)
			continue
		}
		p := placed{place: at, findings: []handoff.Finding{f}}
		if s != nil {
			p.about, p.label, p.asked = aboutPage(at.page), s.Title, s.Field(at.field)
			p.nth = slices.Index(s.Fields, p.asked)
		}
		if p.asked != nil {
			p.label = p.asked.Label
		}
		if name := entryName(final, f.Field); at.page == "" && !strings.Contains(f.Message, name) {
			p.about = name
		}
		all = append(all, p)
	}
	d.inOrder(all)
	return all
}

// inOrder sorts problems as the form asks, those first that refuse the draft.
func (d *Declaration) inOrder(all []placed) {
	pages := d.pages()
	pageOf := func(p placed) int {
		i := slices.IndexFunc(pages, func(page page) bool { return page.id == p.page })
		if i < 0 && p.page != "" && p.about != "" { // behind the page that is there
			i = slices.IndexFunc(pages, func(page page) bool { return aboutPage(page.id) == p.about })
		}
		if i < 0 {
			return len(pages)
		}
		return i
	}
	sorting.By(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.findings[0].Level, b.findings[0].Level), cmp.Compare(pageOf(a), pageOf(b)), cmp.Compare(a.nth, b.nth))
	})
}

// problemsAt says what is wrong with what a field of the form asks for.
func (d *Declaration) problemsAt(at place) (problems []string) {
	final := d.Final()
	for _, p := range d.placed(final.Handoff, d.findings(final)) {
		if p.place != at {
			continue
		}
		problems = append(problems, p.problems()...)
	}
	return problems
}

// problems says each finding once, and what to do about it.
func (p *placed) problems() (problems []string) {
	for _, f := range p.findings {
		said, cure := p.says(f)
		if cure != "" {
			said += ": " + cure
		}
		if problem := p.subject(said); !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
	}
	return problems
}

// line is a problem as the preview lists it: the first finding, and how many more
// there are.
func (p *placed) line() string {
	first := p.findings[0]
	said, _ := p.says(first)
	line := p.subject(said) + " (" + first.Code + ")"
	if p.page == "" && p.curable() {
		line += ", in the editor"
	}
	if more := len(p.findings) - 1; more > 0 {
		line += ", and " + text.Count(more, "more thing")
	}
	if first.Level == handoff.LevelError {
		return "fix " + line
	}
	return "warning " + line
}

// curable reports whether some text cures it. A warning of the handoff as a whole, as
// that it is late, is only to be read.
func (p *placed) curable() bool {
	return p.page != "" || p.findings[0].Field != "" || p.findings[0].Level == handoff.LevelError
}

// subject puts before what is said what it is said of.
func (p *placed) subject(said string) string {
	who := text.JoinNonEmpty(", ", p.about, p.label)
	switch {
	case who == "":
		return said
	case strings.HasSuffix(who, "?"):
		return who + " " + said
	}
	return who + ": " + said
}

// says says a finding in words of the form, and what to do about it, "" where that
// says it.
func (p *placed) says(f handoff.Finding) (said, cure string) {
	own, spoken := sayings[f.Code]
	switch {
	case p.asked != nil && p.asked.Required != nil && p.asked.Required() && p.asked.Text() == "":
		return "required", ""
	case own.problem != "" && (p.asked != nil || f.Code != "HO407"): // which says of what is not asked what it is
		return own.problem, own.cure
	case p.asked != nil && f.Code == "HO101" && p.asked.lacking() != "":
		return p.asked.lacking(), ""
	case f.Field == "":
		return f.Message, f.Fix
	}
	said = strings.ReplaceAll(f.Message, f.Field, cmp.Or(p.label, "it"))
	cure, _ = f.CutKey()
	if spoken {
		cure = own.cure
	}
	said = strings.TrimPrefix(said, "the "+strings.ToLower(p.label)+" of "+p.about+" ")
	said = strings.TrimPrefix(said, "the "+p.label+" ")
	return strings.TrimPrefix(said, p.label+" "), cure
}

// sayings are the findings of which a form speaks in words of its own: the rule
// would name keys of the file.
var sayings = map[string]struct{ problem, cure string }{
	"HO102": {problem: "not answered yet"},
	"HO104": {problem: "a day and a time that are still to come", cure: "as in mon 09:00"},
	"HO206": {cure: "what -- why"},
	"HO207": {cure: "one sentence, on one line"},
	"HO208": {cure: "keep what the receiver must know first"},
	"HO210": {problem: "say in a few words more"},
	"HO211": {cure: "write one, or set Status to blocked"},
	"HO212": {problem: "say it for whoever goes on"},
	"HO214": {problem: "say it for whoever goes on"},
	"HO301": {cure: "say what is true now"},
	"HO303": {cure: "say what became of it"},
	"HO305": {cure: "give it another name"},
	"HO306": {cure: "write here what it waits for, or change its Status"},
	"HO307": {problem: "it blocks something whose Status is not blocked", cure: "set the Status of the item to blocked, or write a Workaround"},
	"HO313": {cure: "keep that decision, or say in the editor that this one supersedes it"},
	"HO401": {problem: "one person is to be named", cure: "as in ben: …"},
	"HO402": {cure: "name the one who decides"},
	"HO407": {problem: "the team that it goes to wants to know"},
	"HO603": {cure: "push it, or say here what is missing"},
}

// entryName is the item or blocker that a field belongs to, "" for none.
func entryName(h *handoff.Handoff, field string) string {
	switch list, i, _ := splitField(field); {
	case list == "items" && i >= 0 && i < len(h.Items):
		return h.Items[i].ID
	case list == "blockers" && i >= 0 && i < len(h.Blockers):
		return h.Blockers[i].ID
	}
	return ""
}

// aboutPage is the item or blocker that a page is about, "" for none.
func aboutPage(id string) string {
	if strings.HasPrefix(id, blockerPage("")) {
		return id
	}
	for _, of := range []func(string) string{itemPage, morePage, wantedPage, resolvedPage} {
		if name, ok := strings.CutPrefix(id, of("")); ok {
			return name
		}
	}
	return ""
}

// screenOf builds the screen of a page, also of one that nobody has asked for yet;
// nil for none.
func (d *Declaration) screenOf(id string) *Screen {
	before := d.open[id]
	defer func() { d.open[id] = before }()
	d.open[id] = true
	for _, p := range d.pages() {
		if p.id == id && id != pagePreview {
			return p.build()
		}
	}
	return nil
}

// placeOf finds where a part of the draft is asked for, nowhere for what no page
// asks for.
func (d *Declaration) placeOf(final *handoff.Handoff, field string) place {
	list, index, rest := splitField(field)
	if d.isRollup() && !slices.Contains([]string{"summary", "to", "returns_at"}, list) {
		return place{} // of what others said
	}
	switch list {
	case "items":
		if index < 0 || index >= len(final.Items) {
			return place{page: pageItems}
		}
		return d.placeOfItem(final.Items[index], rest)
	case "blockers":
		if index < 0 || index >= len(final.Blockers) {
			return place{page: pageBlockers}
		}
		return place{blockerPage(final.Blockers[index].ID), rest}
	case "dropped", "shipped":
		if id := leavingID(final, list, index); d.Draft.item(id) >= 0 && id != "" {
			return place{itemPage(id), "state"}
		}
		if list == "shipped" {
			return place{pageOutcomes, "shipped"}
		}
	case handoff.ExtResolved:
		if index >= 0 && index < len(d.Draft.Resolutions) {
			return place{resolvedPage(d.Draft.Resolutions[index].Blocker), rest}
		}
	case "watch", "standing", "ended":
		if len(fold.Watches(d.Prefill.Carried)) > 0 {
			return place{page: pageWatch}
		}
	case "decisions":
		return place{pageOutcomes, "decisions"}
	case "questions":
		return place{pageQuestions, "questions"}
	case "summary", "to":
		return place{pageClosing, list}
	case "returns_at":
		return place{pageClosing, "returns"}
	}
	return place{}
}

func (d *Declaration) placeOfItem(item handoff.Item, rest string) place {
	if item.Continues != "" && d.Draft.item(item.ID) < 0 {
		return place{itemPage(item.Continues), "state"} // where it got its name
	}
	switch rest {
	case "state", "status", "next":
		return place{itemPage(item.ID), rest}
	case "id":
		return place{itemPage(item.ID), "name"}
	case "owner":
		return place{itemPage(item.ID), "next"}
	case "intent", "severity", "due", "effort", "refs", "accept", "if_then", "known_issues", "do_not",
		"ready", "assumptions", "tried", "depends_on", "consult", "progress", "title":
		if rest == "intent" && d.Prefill.Carried.Item(item.ID) == nil {
			return place{itemPage(item.ID), "why"}
		}
		return place{morePage(item.ID), rest}
	case "blocked_by":
		return place{pageBlockers, "new"}
	}
	return place{}
}
