package form

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// submitted is what GitHub and Gitea make of the form with some fields filled in.
func submitted(values map[string]string) string {
	var b strings.Builder
	for _, label := range IssueLabels() {
		value := values[label]
		if value == "" {
			value = noResponse
		}
		b.WriteString("### " + label + "\n\n" + value + "\n\n")
	}
	return b.String()
}

func ordinary() map[string]string {
	return map[string]string{
		"Summary": "The refund flow lacks one approval", "To": "ben, @mia", "Back at": "mon 09:00",
		"Items":  "refund-flow; In review; PR 1842 has 1 of 2 approvals; ben: Get the second one\r\n- ledger export; shipped; Merged",
		labelWhy: "refund-flow; Customers wait", labelDone: "refund-flow; PR 1842 is merged\n* [ ] refund-flow; Order 7781 is paid",
		"Blockers": "Decide the limit; it is unclear; sarah; refund-flow", "Resolved": "old-limit; sarah decided",
		"Decided": "Keep both -- one is slow", "Open questions": "Which limit?; sarah", "Watch": "queue; above 500; mon 09:00",
	}
}

// howTested reads one time and one person.
var howTested = handoff.Reading{
	Time: func(words string) (time.Time, error) {
		if words != "mon 09:00" {
			return time.Time{}, errEmpty
		}
		return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), nil
	},
	Step: func(typed string, _ []string) (who, do, nearly string) {
		if do, ok := strings.CutPrefix(typed, "ben: "); ok {
			return "ben", do, ""
		}
		return "", typed, ""
	},
}

// What is submitted says what a file says that has the same.
func TestReadIssue(t *testing.T) {
	file := `
to: "ben, @mia"
summary: The refund flow lacks one approval
returns_at: mon 09:00
items:
  - {id: refund-flow, status: in_review, state: PR 1842 has 1 of 2 approvals, next: ["ben: Get the second one"],
     intent: Customers wait, accept: [PR 1842 is merged, Order 7781 is paid]}
shipped: [{id: ledger-export, what: Merged}]
blockers: [{needs: Decide the limit, because: it is unclear, resolver: sarah, blocks: [refund-flow]}]
resolved: [{blocker: old-limit, how: sarah decided}]
decisions: ["Keep both -- one is slow"]
questions: ["Which limit?; sarah"]
watch: ["queue; above 500; mon 09:00"]
`
	want, doc := ParseDraft([]byte(file), howTested)
	if len(doc.Findings) > 0 {
		t.Fatal(doc.Findings)
	}
	body := submitted(ordinary())
	for name, body := range map[string]string{
		"submitted": body, "with line ends of a browser": strings.ReplaceAll(body, "\n", "\r\n"),
		"with help":          strings.ReplaceAll(body, "### To\n", "### To\n<!-- ### Summary\n\nwho? -->\n"),
		"with other text":    "Hello!\n\n" + body,
		"without empty ones": strings.ReplaceAll(body, noResponse, ""),
	} {
		i := ReadIssue(body, howTested)
		if i.Draft == nil || len(i.Draft.Doc.Findings) > 0 {
			t.Errorf("%s: %+v", name, i)
			continue
		}
		if got := i.Draft; !reflect.DeepEqual(got.Handoff, want.Handoff) || !reflect.DeepEqual(got.Resolutions, want.Resolutions) {
			t.Errorf("%s says %+v, %+v\nwant %+v, %+v", name, got.Handoff, got.Resolutions, want.Handoff, want.Resolutions)
		}
	}
}

// What is left empty says none where a handoff must say so, and nothing elsewhere.
func TestReadIssueLeftEmpty(t *testing.T) {
	for _, empty := range []string{"", " ", "none", "None", "- none", "n/a"} {
		h := ReadIssue(submitted(map[string]string{"Summary": "x", "Items": empty, "Shipped": empty, "Blockers": empty, "Open questions": empty}), howTested).Draft.Handoff
		for _, key := range []string{"shipped", "items", "blockers", "decisions"} {
			if !h.Says(key) {
				t.Errorf("%q says nothing of %s", empty, key)
			}
		}
		if len(h.Items)+len(h.Shipped)+len(h.Blockers)+len(h.Questions) > 0 || h.Says("questions") || h.To != nil || h.Summary != "x" {
			t.Errorf("%q says %+v", empty, h)
		}
	}
}

// A heading that somebody typed ends no field, and one that cannot be told from that of
// the form is not guessed at.
func TestReadIssueHeadings(t *testing.T) {
	values := ordinary()
	values["Decided"] = "Keep both -- one is slow\n### Background\n## To\n#### To\n### to\n### To mia\n- ### Summary: x"
	h := ReadIssue(submitted(values), howTested).Draft.Handoff
	if len(h.Decisions) != 7 || len(h.To) != 2 || h.Summary != values["Summary"] {
		t.Errorf("%+v", h)
	}
	for _, typed := range []string{"x\n### To\n\nmallory", "x\n\n### Shipped\n", "```\n### Watch\n```", "x\r\n  ### Decided  \r\n\r\ny -- z"} {
		values["Decided"] = typed
		i := ReadIssue(submitted(values), howTested)
		if i.Draft != nil || len(i.Problems) != 1 || !strings.Contains(i.Problems[0], "without the ###") {
			t.Errorf("%q: %+v", typed, i)
		}
	}
}

// What is no form, or not all of it, says so.
func TestReadIssueBroken(t *testing.T) {
	whole := submitted(ordinary())
	for body, want := range map[string]string{
		"": "no heading", "I cannot log in": "no heading", "<!-- " + whole: "no heading",
		strings.Replace(whole, "### Back at\n", "", 1):   "Back at: the heading ### Back at is gone",
		strings.Replace(whole, "### Items", "Items:", 1): "Items: the heading",
		whole + strings.Repeat("x", MaxIssue):            "longer than 64 KiB",
	} {
		i := ReadIssue(body, howTested)
		said, _ := i.Say(nil)
		if i.Draft != nil || len(said) != 1 || !strings.Contains(said[0], want) {
			t.Errorf("%.40q: %q, want %q", body, said, want)
		}
		if IsIssue(body) != strings.Contains(want, "is gone") && want != "Items: the heading" {
			t.Errorf("%.40q: a form is %v", body, IsIssue(body))
		}
	}
	if i := ReadIssue(strings.Replace(whole, "### Watch\n", "", 1), howTested); i.Draft == nil || len(i.Draft.Handoff.Decisions) != 1 {
		t.Error("without a field that may be empty it is no form:", i.Problems)
	}
}

// A value is what it says, whatever it would be in YAML, and what hides in it is found
// in its field.
func TestReadIssueHostile(t *testing.T) {
	for _, typed := range []string{`"`, `\`, `x" y: [z`, "&a *b", "!!int 3", "{a: b}", "# gone", "'", "a: b", "- c", "%TAG", "---", "1e3", "null", "@all"} {
		i := ReadIssue(submitted(map[string]string{"Summary": typed, "Decided": typed + "\nx -- y"}), howTested)
		if i.Draft.Handoff == nil || i.Draft.Handoff.Summary != strings.TrimPrefix(typed, "- ") || len(i.Draft.Handoff.Decisions) != 2 {
			t.Errorf("%q became %+v", typed, i.Draft.Handoff)
		}
	}
	for hidden, label := range map[string]string{"\u202e": "Summary", "\x1b[2J": "Decided", "\x00": labelWhy, "\xff": "Watch", "\u2028": "To"} {
		values := ordinary()
		values[label] = "refund-flow; y" + hidden + "z"
		i := ReadIssue(submitted(values), howTested)
		said, _ := i.Say(i.Draft.Doc.Findings)
		if i.Draft.Handoff != nil || len(said) != 1 || !strings.HasPrefix(said[0], label) {
			t.Errorf("%q in %s: %q", hidden, label, said)
		}
	}
}

// Findings name fields of the form, and no key of a file.
func TestIssueSays(t *testing.T) {
	i := ReadIssue(submitted(ordinary()), howTested)
	for _, test := range []struct{ field, message, want string }{
		{"items[0].intent", "items[0].intent is too short", labelWhy + " is too short"},
		{"items[0].accept[1].check", "x", labelDone + " x"},
		{"items[0].next[0].do", "x", "Items: x"}, {"dropped[0].why", "x", "Items: x"}, {"intent[3]", "x", labelWhy + " x"},
		{"returns_at", "returns_at is in the past", "Back at: is in the past"}, {"to[1]", "x", "To: x"},
		{handoff.ExtResolved + "[0].how", "x", "Resolved: x"}, {"questions[0].to", "x", "Open questions: x"}, {"", "late", "late"}, {"notes", "x", "x"},
	} {
		refusals, said := i.Say([]handoff.Finding{{Level: handoff.LevelWarning, Field: test.field, Message: test.message}})
		if refusals != nil || len(said) != 1 || said[0] != test.want {
			t.Errorf("%s: %q, want %q", test.field, said, test.want)
		}
	}
	for fix, want := range map[string]string{
		"say why, as `intent: …`": "To: x: say why", "say it, under because in a file": "To: x: say it", "name who stands in (cover), or not": "To: x: name who stands in, or not",
	} {
		if _, said := i.Say([]handoff.Finding{{Field: "to", Message: "x", Fix: fix}}); said[0] != want {
			t.Errorf("%q, want %q", said, want)
		}
	}
	refusals, warnings := i.Say([]handoff.Finding{
		{Level: handoff.LevelWarning, Field: "summary", Message: "w"}, {Level: handoff.LevelError, Field: "watch[0]", Message: "b"},
		{Level: handoff.LevelError, Field: "to", Message: "a", Fix: "as in ben"}, {Level: handoff.LevelError, Field: "to", Message: "a", Fix: "as in ben"},
	})
	if want := []string{"To: a: as in ben", "Watch: b"}; !reflect.DeepEqual(refusals, want) || !reflect.DeepEqual(warnings, []string{"Summary: w"}) {
		t.Errorf("%q and %q, want %q", refusals, warnings, want)
	}
}

// Whatever is submitted is read or refused, and costs no more than it is long.
func FuzzReadIssue(f *testing.F) {
	f.Add(submitted(ordinary()))
	f.Add("### To\n### To\n### Items\n<!--")
	f.Fuzz(func(t *testing.T, body string) {
		i := ReadIssue(body, howTested)
		var findings []handoff.Finding
		if i.Draft != nil {
			findings = i.Draft.Doc.Findings
		}
		if said, _ := i.Say(findings); (len(said) == 0) != (i.Draft != nil && !handoff.HasErrors(findings)) {
			t.Errorf("%q: %q", body, said)
		}
	})
}
