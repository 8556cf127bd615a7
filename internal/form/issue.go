package form

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// The form of a day in an issue of a forge. What is submitted is Markdown: for each
// field a heading with its label, and below it what was typed. A forge escapes nothing
// of that, so what makes a field is kept narrow:
//
//   - a heading is a line that says "### " and a label of ours, and nothing else. Any
//     other heading is part of what somebody typed;
//   - a label that stands there twice is refused: one of the two was typed into a field,
//     and which one nobody can tell.
//
// Comments of HTML are not read: people do not see them.

// issueField is a field of the form.
type issueField struct {
	label string
	key   string // in a draft
	lines bool   // an entry a line, else one value
	none  bool   // left empty, it says "none"
}

// issueFields are the fields in their order. What init writes has them too.
var issueFields = []issueField{
	{label: "Summary", key: "summary"},
	{label: "To", key: "to"},
	{label: "Back at", key: "returns_at"},
	{label: "Items", key: "items", lines: true, none: true},
	{label: labelWhy, key: "intent", lines: true},
	{label: labelDone, key: "accept", lines: true},
	{label: "Blockers", key: "blockers", lines: true, none: true},
	{label: "Resolved", key: "resolved", lines: true},
	{label: "Shipped", key: "shipped", lines: true, none: true},
	{label: "Decided", key: "decisions", lines: true, none: true},
	{label: "Open questions", key: "questions", lines: true},
	{label: "Watch", key: "watch", lines: true},
}

// IssueLabels are the labels of the fields, in their order.
func IssueLabels() []string {
	labels := make([]string, len(issueFields))
	for i, f := range issueFields {
		labels[i] = f.label
	}
	return labels
}

// MaxIssue is how many bytes of an issue are read as a form: what GitHub lets one have.
const MaxIssue = 64 << 10

// Issue is a form that was submitted.
type Issue struct {
	// Draft is what it says. Nil where it cannot be read: Problems says why.
	Draft *workspace.Draft
	// Problems are what is wrong with it as a form.
	Problems []string

	labels []string // of the fields, by line of the text that the draft was read from
}

// IsIssue reports whether a text has the headings of the form.
func IsIssue(body string) bool {
	return len(body) <= MaxIssue && len(issueValues(body)) > 0
}

// ReadIssue reads the text of an issue. What the fields say is read as a file that says
// the same, and judged as one.
func ReadIssue(body string, how handoff.Reading) *Issue {
	if len(body) > MaxIssue {
		return &Issue{Problems: []string{"it is longer than " + strconv.Itoa(MaxIssue>>10) + " KiB: keep what the receiver must know"}}
	}
	i := new(Issue)
	values := issueValues(body)
	for _, f := range issueFields {
		switch n := len(values[f.label]); {
		case n > 1:
			i.Problems = append(i.Problems, f.label+": a line says ### "+f.label+", as the heading of the form does: write it without the ###")
		case n == 0 && len(values) > 0 && (f.none || !f.lines):
			i.Problems = append(i.Problems, f.label+": the heading ### "+f.label+" is gone: put it back, with what you say below it")
		}
	}
	if len(values) == 0 {
		i.Problems = []string{"it has no heading of the form: submit the form anew, and leave its headings as they are"}
	}
	if len(i.Problems) > 0 {
		return i
	}
	var file strings.Builder
	for _, f := range issueFields {
		i.write(&file, f, strings.Join(values[f.label], ""))
	}
	draft, doc := ParseDraft([]byte(file.String()), how)
	i.Draft = &workspace.Draft{Doc: doc}
	if draft != nil {
		i.Draft.Handoff, i.Draft.Ext, i.Draft.Resolutions = draft.Handoff, draft.Ext, draft.Resolutions
	}
	return i
}

// hiddenHTML matches a comment of HTML. One that is not ended hides all that follows.
var hiddenHTML = text.Pattern(`(?s)<!--.*?(?:-->|\z)`)

// issueValues are what stands below each heading of the form, by its label.
func issueValues(body string) map[string][]string {
	body = hiddenHTML().ReplaceAllString(normaliseNewlines(body), "")
	values := make(map[string][]string)
	label, begun := "", 0
	end := func(at int) {
		if label != "" {
			values[label] = append(values[label], body[begun:at])
		}
	}
	at := 0
	for line := range strings.Lines(body) {
		if heading := issueHeading(line); heading != "" {
			end(at)
			label, begun = heading, at+len(line)
		}
		at += len(line)
	}
	end(len(body))
	return values
}

// issueHeading is the label that a line makes a heading of, "" for any other line.
func issueHeading(line string) string {
	label, ok := strings.CutPrefix(strings.TrimSpace(line), "### ")
	if !ok || !slices.ContainsFunc(issueFields, func(f issueField) bool { return f.label == label }) {
		return ""
	}
	return label
}

// noResponse is what GitHub and Gitea write for a field that was left empty.
const noResponse = "_No response_"

// saysNone are the words that people put where there is nothing to say.
var saysNone = []string{"none", "none.", "nothing", "n/a", "-"}

// write writes a field as a key of a draft. A text stands there in quotes and otherwise
// as it was typed, so that what hides in it is found.
func (i *Issue) write(file *strings.Builder, f issueField, value string) {
	if strings.TrimSpace(value) == noResponse {
		value = ""
	}
	lines := splitLines(value)
	for n := range lines {
		lines[n] = bullet().ReplaceAllString(lines[n], "")
	}
	switch {
	case f.key == "to" && len(lines) > 0:
		lines = []string{strings.Join(lines, ", ")}
	case !f.lines && len(lines) > 0:
		lines = []string{strings.Join(lines, " ")}
	case len(lines) == 1 && slices.Contains(saysNone, strings.ToLower(lines[0])):
		lines = nil
	}
	put := func(line string) {
		file.WriteString(line + "\n")
		i.labels = append(i.labels, f.label)
	}
	switch {
	case len(lines) == 0 && f.none:
		put(f.key + ": []")
	case len(lines) == 0:
	case len(lines) == 1:
		put(f.key + ": " + quoted(lines[0]))
	default:
		put(f.key + ":")
		for _, line := range lines {
			put("  - " + quoted(line))
		}
	}
}

// bullet matches what begins an entry of a list in Markdown.
var bullet = text.Pattern(`^[-*+] +(?:\[[ xX]\] +)?`)

func quoted(line string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(line) + `"`
}

// Say says in words of the form what is wrong with what was submitted, one problem each,
// in the order of the fields: what refuses it, and what is worth a look.
func (i *Issue) Say(findings []handoff.Finding) (refusals, warnings []string) {
	findings = slices.Clone(findings)
	sorting.By(findings, func(a, b handoff.Finding) int { return cmp.Compare(i.fieldOf(a), i.fieldOf(b)) })
	refusals = slices.Clone(i.Problems)
	for _, f := range findings {
		list := &warnings
		if f.Level == handoff.LevelError {
			list = &refusals
		}
		if problem := i.say(f); !slices.Contains(*list, problem) {
			*list = append(*list, problem)
		}
	}
	return refusals, warnings
}

// fieldOf is the place of the field that cures a finding, behind all others where none
// does.
func (i *Issue) fieldOf(f handoff.Finding) int {
	label := i.labelOf(f)
	if n := slices.IndexFunc(issueFields, func(f issueField) bool { return f.label == label }); n >= 0 {
		return n
	}
	return len(issueFields)
}

// labelOf is the label of the field that cures a finding, "" for none.
func (i *Issue) labelOf(f handoff.Finding) string {
	key, _, rest := splitField(f.Field)
	switch {
	case key == "items" && slices.Contains([]string{"intent", "accept"}, rest):
		key = rest
	case key == "dropped":
		key = "items"
	case key == handoff.ExtResolved, key == "ended":
		key = "resolved"
	case key == "standing":
		key = "watch"
	case key == "cc":
		key = "to"
	}
	for _, field := range issueFields {
		if field.key == key {
			return field.label
		}
	}
	if f.Field == "" && f.Line > 0 && f.Line <= len(i.labels) {
		return i.labels[f.Line-1]
	}
	return ""
}

// say says one finding: in which field, what is wrong, and what to write instead.
func (i *Issue) say(f handoff.Finding) string {
	p := placed{label: i.labelOf(f)}
	said, cure := strings.ReplaceAll(f.Message, f.Field, cmp.Or(p.label, "it")), keyOfFile().ReplaceAllString(f.Fix, "")
	if f.Field == "" {
		said = f.Message
	}
	if own := sayings[f.Code]; f.Code == "HO102" || f.Code == "HO104" {
		said, cure = own.problem, own.cure
	}
	if own, ok := issueCures[f.Code]; ok {
		cure = own
	}
	if f.Code == "HO407" {
		said, cure = inTheForm(f, p.label, said, cure)
	}
	said = strings.TrimPrefix(said, p.label+" ")
	if cure != "" {
		said += ": " + cure
	}
	return p.subject(said)
}

// inTheForm says what a contract requires as the form asks for it, which is of two keys
// alone.
func inTheForm(f handoff.Finding, label, said, cure string) (string, string) {
	_, _, key := splitField(f.Field)
	if label != labelWhy && label != labelDone {
		return said, strings.Replace(cure, "add it", "the form does not ask for that, handoff declare does", 1)
	}
	return strings.Replace(said, "lacks "+key, "has no line here", 1), strings.Replace(cure, "add it", "add one", 1)
}

// keyOfFile matches what the fix of a finding says of the keys of a file.
var keyOfFile = text.Pattern("(?: \\([a-z_]+\\)|, as `[^`]*`|, under [a-z_]+ in a file)")

// issueCures are what to do about a finding where that is another thing here than with
// a file or in a terminal.
var issueCures = map[string]string{
	"HO211": "write one behind the state, or make the status blocked",
	"HO302": "list it again; where it is over, with the status shipped or dropped",
	"HO303": "list it again, or say below Resolved what removed it",
	"HO304": "ask it again",
	"HO306": "say below Blockers what it waits for, or change its status",
	"HO307": "make the status of the item blocked",
	"HO313": "keep that decision; handoff declare can say that this one takes its place",
	"HO501": "",
	"HO901": "take it out, and revoke it",
}
