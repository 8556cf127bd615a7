package handoff

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// at18 reads two times in words.
func at18(text string) (time.Time, error) {
	if text != "mon 09:00" && text != "fri" {
		return time.Time{}, errors.New("no time")
	}
	return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), nil
}

// knowsGwen reads steps where ben and gwen are known.
func knowsGwen(typed string, _ []string) (who, do, nearly string) {
	for _, name := range []string{"ben", "gwen"} {
		if do, ok := strings.CutPrefix(typed, name+": "); ok {
			return name, do, ""
		}
	}
	return "", typed, ""
}

// handoffOf is what a text says as a draft.
func handoffOf(t *testing.T, text string, how Reading) *Handoff {
	t.Helper()
	doc := ParseDraft([]byte(text), how)
	if doc.Record == nil || len(doc.Findings) > 0 {
		t.Fatalf("%v\n%s", doc.Findings, text)
	}
	return doc.Record.Body.(*Handoff)
}

// Each loose text says what the strict one beside it says.
func TestParseDraft(t *testing.T) {
	how := Reading{Time: at18, Step: knowsGwen}
	for _, test := range []struct{ loose, strict string }{
		{"to: ben", "to: [ben]"},
		{"to: ben, mia ,", "to: [ben, mia]"},
		{"shipped: none", "shipped: []"},
		{"shipped: None\nblockers: NONE", "shipped: []\nblockers: []"},
		{"to: none", "to: [none]"}, // a person, whom the rules refuse
		{"returns_at: mon 09:00", `returns_at: "2026-11-23T09:00:00Z"`},
		{"returns_at: 2026-11-23T09:00:00+08:00", `returns_at: "2026-11-23T09:00:00+08:00"`},
		{"watch: queue depth;above 500;fri", `watch: [{what: queue depth, signal: above 500, until: "2026-11-23T09:00:00Z"}]`},
		{"shipped: refund-flow;Merged", "shipped: [{id: refund-flow, what: Merged}]"},
		{"dropped: {refund-flow: Nobody needs it}", "dropped: [{id: refund-flow, why: Nobody needs it}]"},
		{"decisions: Keep both -- one is slow", "decisions: [{id: keep-both, decision: Keep both, rationale: one is slow}]"},
		{"questions: Which limit?;sarah", "questions: [{id: which-limit, ask: 'Which limit?', to: sarah}]"},
		{"waivers: {HO301: nothing moved}", "waivers: [{rule: HO301, why: nothing moved}]"},
		{"items: {refund-flow: {status: In review}}", "items: [{id: refund-flow, status: in_review}]"},
		{"items: refund-flow;in-progress;Half done;Do the rest", "items: [{id: refund-flow, status: in_progress, state: Half done, next: [{do: Do the rest}]}]"},
		{"items: [{title: Refund flow}]", "items: [{id: refund-flow, title: Refund flow}]"},
		{"items: [{id: Refund flow, progress: 60%}]", "items: [{id: refund-flow, progress: 60}]"},
		{"items: [{id: a1, next: {ben: Merge}}]", "items: [{id: a1, next: [{do: 'ben: Merge'}]}]"},
		{"items: [{id: a1, next: [{gwen: Merge}, Tell sarah]}]", "items: [{id: a1, next: [{do: 'gwen: Merge'}, {do: Tell sarah}]}]"},
		{"items: [{id: a1, refs: {pr: 1842, ticket: PAY-3}}]", `items: [{id: a1, refs: [{type: pr, id: "1842"}, {type: ticket, id: PAY-3}]}]`},
		{"items: [{id: a1, refs: 'https://example.com/a'}]", "items: [{id: a1, refs: [{type: url, id: 'https://example.com/a'}]}]"},
		{"items: [{id: a1, if_then: it rains -> stay}]", "items: [{id: a1, if_then: [{if: it rains, then: stay}]}]"},
		{"items: [{id: a1, do_not: 'No, never'}]", "items: [{id: a1, do_not: ['No, never']}]"},
		{"items: [{id: a1, status: shipped, state: Merged}, {id: b2, status: dropped, state: Too late}]", "items: []\nshipped: [{id: a1, what: Merged}]\ndropped: [{id: b2, why: Too late}]"},
		{"intent: a1; Customers wait\nitems: [{id: a1}, {id: b2}]", "items: [{id: a1, intent: Customers wait}, {id: b2}]"},
		{"intent: Customers wait; and so do we\nitems: [{id: a1}]", "items: [{id: a1, intent: Customers wait; and so do we}]"},
		{"intent: ['A1; Customers wait']\nitems: [{id: a1, intent: Nobody knows}]", "items: [{id: a1, intent: Customers wait}]"},
		{"accept: ['b2; it is merged', 'a1; it is paid', 'b2; it is paid']\nitems: [{id: a1}, {id: b2}]", "items: [{id: a1, accept: [{check: it is paid}]}, {id: b2, accept: [{check: it is merged}, {check: it is paid}]}]"},
		{"accept: a1; it is paid\nitems: [{id: a1, accept: it is merged}]", "items: [{id: a1, accept: [{check: it is merged}, {check: it is paid}]}]"},
		{"blockers: {needs: Decide the limit, blocks: 'a1, b2'}", "blockers: [{id: decide-the-limit, needs: Decide the limit, blocks: [a1, b2]}]"},
		{"summary: 42", `summary: "42"`},
		{"summary: >\n  One line\n  of two\n", `summary: "One line of two"`},
	} {
		got, want := handoffOf(t, test.loose, how), handoffOf(t, test.strict, Reading{})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nsays %+v\nwant %+v", test.loose, got, want)
		}
	}
}

// What is a slip stays where it is, for the schema to name what was meant.
func TestParseDraftLeavesSlips(t *testing.T) {
	how := Reading{Time: at18, Step: knowsGwen}
	for _, text := range []string{
		"items: [{id: a1, next: [{doo: Merge}]}]", "returns_at: someday", "items: {status: ready}", "dropped: [{reason: Too late}]",
		"to: " + strings.Repeat("a,", mostInLine+1), "to: ''", "items:",
	} {
		doc := ParseDraft([]byte(text), how)
		strict := Parse([]byte(text), KindHandoff)
		if got, want := fmt.Sprint(doc.Value()), fmt.Sprint(strict.Value()); got != want && !strings.HasPrefix(text, "items: {") && !strings.HasPrefix(text, "to: a") {
			t.Errorf("%.60s became %s", text, got)
		}
		if h := doc.Record.Body.(*Handoff); len(h.To) > mostInLine {
			t.Errorf("%d receivers were read out of a line", len(h.To))
		}
	}
}

// What stands beside the items and is of none of them is said, with its place.
func TestParseDraftBesideNoItem(t *testing.T) {
	for text, want := range map[string]string{
		"items: [{id: refund-flow}, {id: b2}]\nintent: [b2; it waits, 'refund-flw; it waits']": "HO103 did you mean refund-flow?",
		"accept: refundflow; it is paid\nitems: [{id: refund-flow}]":                           "HO103 did you mean refund-flow?",
		"accept: refund-flow;\nitems: [{id: refund-flow}]":                                     "HO101",
		"accept: 'it is paid'\nitems: []":                                                      "HO103",
		"intent: ';it waits'\nitems: [1, {title: ''}]":                                         "HO103",
	} {
		doc := ParseDraft([]byte(text), Reading{})
		if len(doc.Findings) != 1 {
			t.Errorf("%s: %+v", text, doc.Findings)
			continue
		}
		f := doc.Findings[0]
		if code, fix, _ := strings.Cut(want, " "); f.Code != code || !strings.HasSuffix(fix, f.Fix) && fix != "" || f.Line == 0 {
			t.Errorf("%s: %+v, want %s", text, f, want)
		}
	}
}

func TestMeantKey(t *testing.T) {
	for _, test := range []struct{ key, keys, want string }{
		{"who", "id needs because resolver blocks", "resolver"},
		{"who", "do owner when due", "owner"},
		{"Why", "id status state intent", "intent"},
		{"returns", "summary returns_at to", "returns_at"},
		{"sumary", "summary returns_at to", "summary"},
		{"zebra", "summary returns_at to", ""},
	} {
		if got := MeantKey(test.key, strings.Fields(test.keys)); got != test.want {
			t.Errorf("%s is %q, want %q", test.key, got, test.want)
		}
	}
}

func TestLink(t *testing.T) {
	h := &Handoff{
		Items: []Item{
			{ID: "a1", Status: StatusBlocked}, {ID: "b2", Status: StatusBlocked, BlockedBy: []string{"blk:limit"}},
			{ID: "c3", Status: StatusInProgress}, {ID: "d4", Status: StatusBlocked},
		},
		Blockers: []Blocker{{ID: "limit", Blocks: []string{"item:a1", "c3"}}, {ID: "access"}},
	}
	linked := Link(h)
	for id, by := range map[string][]string{"a1": {"limit"}, "b2": {"blk:limit"}, "c3": nil, "d4": {"access"}} {
		if got := linked.Item(id).BlockedBy; !slices.Equal(got, by) {
			t.Errorf("%s is blocked by %v, want %v", id, got, by)
		}
	}
	if got := linked.Blocker("limit").Blocks; !slices.Equal(got, []string{"item:a1", "c3", "b2"}) {
		t.Errorf("limit blocks %v", got)
	}
	if len(h.Items[0].BlockedBy) > 0 || len(h.Blockers[1].Blocks) > 0 || len(h.Blockers[0].Blocks) != 2 {
		t.Errorf("the handoff itself changed: %+v", h)
	}
	if again := Link(linked); !reflect.DeepEqual(again, linked) {
		t.Errorf("a second time it is another: %+v", again)
	}
	h.Blockers = append(h.Blockers, Blocker{ID: "third"}) // which of two is in front of d4 is not guessed
	if got := Link(h).Item("d4").BlockedBy; got != nil {
		t.Errorf("d4 is blocked by %v", got)
	}
}

// Whatever is read as a draft can be written and read again, and says the same then.
func FuzzParseDraft(f *testing.F) {
	for _, text := range []string{
		"to: ben\nitems: {a1: {status: shipped, state: x, next: y}}", "resolved: {a: b}\nitems: [1, {id: [x]}, {next: {a: {b: c}}}]",
		"blockers: [[x], {needs: {a: b}}, null]\ndropped: {a: [b]}", "items: [{refs: {pr: null}, accept: {check: [x]}}]\nwatch: a;b;c;d;e", "kind: ack\nsubject: k3f",
	} {
		f.Add(text)
	}
	f.Add("intent: [a; b, c]\naccept: [a; b, 'c']\nitems: [1, {id: a, accept: {b: c}}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		doc := ParseDraft([]byte(text), Reading{Time: at18, Step: knowsGwen, Carried: &Handoff{
			To: []string{"ben"}, Items: []Item{{ID: "a1", Status: StatusBlocked, Next: []Next{{Do: "x", Owner: "ana"}}}}, Watch: []Watch{{What: "a"}},
		}})
		if doc.Record == nil {
			return
		}
		h, ok := doc.Record.Body.(*Handoff)
		if !ok {
			return
		}
		written, err := FormatDraft(h, nil, doc.Resolutions(), nil)
		if err != nil {
			return // text that is not UTF-8 in it
		}
		again := ParseDraft(written, Reading{})
		if again.Record == nil {
			t.Skip() // hidden characters, or beyond the bounds
		}
		if second, _ := FormatDraft(again.Record.Body.(*Handoff), nil, again.Resolutions(), nil); string(second) != string(written) {
			t.Errorf("%q\nbecame\n%s\nand then\n%s", text, written, second)
		}
	})
}

// What a handoff cannot hold stays in the text of its draft, until something else is said.
func TestDraftKeepsWhatIsNotRead(t *testing.T) {
	doc := ParseDraft([]byte("summary: [a, b]\nreturns_at: soon\nitems:\n  - id: fee-table\n    due: soonish\n    urgency: high\n    progress: much\n    next: {do: merge it, due: later}\n"), Reading{})
	h, unread := doc.Record.Body.(*Handoff), doc.Unread()
	if unread.Text("", "returns_at") != "soon" || unread.Text("fee-table", "due") != "soonish" || unread.Text("fee-table", "state") != "" {
		t.Errorf("it keeps %+v", unread)
	}
	h.Items[0].ID, h.Summary = "fees", "Said anew"
	unread = unread.Renamed("fee-table", "fees").With("fees", "due", "")
	text, err := FormatDraft(h, unread, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for said, there := range map[string]bool{
		"summary: \"Said anew\"\n": true, "returns_at: soon\n": true, "    urgency: high\n": true, "    progress: much\n": true, "due: later\n": true,
		"soonish": false, "- a": false,
	} {
		if strings.Contains(string(text), said) != there {
			t.Errorf("%q is there: %v\n%s", said, !there, text)
		}
	}
}
