//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestFindingsSpeakOfFields leaves open what can be left open and types what the rules
// do not take: each field is listed once, in the order of the form and by the words
// that stand in it, and leads to itself.
func TestFindingsSpeakOfFields(t *testing.T) {
	t.Parallel()
	r := inAClone(t)
	x := r.start(80, 40, "handoff", "declare")
	x.ready("one name a line")
	x.write("fee table")
	x.key("tab done", tab)
	x.key("┃ Why is it done", down)
	x.key("┃ Status", down)
	x.ready("┃ State")
	x.write("wip")
	x.key("Item 1 of 1", ctrlS)
	x.see("an answer is required")
	x.key("┃ Why is it done", ctrlS)
	x.see("Next step is required")
	x.key("┃ Next step", ctrlS)
	x.ready("What blocks?")
	x.write("sarah")
	x.key("What blocks?", enter)
	x.ready("┃ Because (required)")
	for _, field := range []string{"Because", "Who can remove it?", "Which items does it block?"} {
		x.key("Blocker: sarah", ctrlS)
		x.see(map[bool]string{true: "an answer is required", false: field + " is required"}[strings.HasSuffix(field, "?")])
	}
	x.key("Blocker: sarah", ctrlS)
	x.key("What came of it?", ctrlS)
	for _, field := range []string{"Summary", "Back at", "To"} {
		x.key("Hand over", ctrlS)
		x.see(field + " is required")
	}
	x.key("Hand over", ctrlS)
	x.see("Not ready: choose a line to correct it")
	x.speaksOfForms()
	shown := x.screen.String()
	at := 0
	for _, problem := range []string{
		"fix fee-table, Why is it done, and why this way? required", "fix fee-table, State: says nothing", "fix fee-table, Next step: required",
		"fix blocker sarah, Because: required", "fix blocker sarah, Who can remove it? required", "fix blocker sarah, Which items does it block? required",
		"fix Summary: required", "fix Back at: required", "fix To: required",
	} {
		i := strings.Index(shown, problem)
		switch {
		case i < 0 || strings.Count(shown, problem) > 1:
			t.Errorf("%q is there %d times:\n%s", problem, strings.Count(shown, problem), shown)
		case i < at:
			t.Errorf("%q comes too early:\n%s", problem, shown)
		}
		at = i
	}
	for range strings.Count(shown, "fix ") - 2 {
		x.key("Not ready", down)
	}
	x.key("> fix Back at", enter)
	x.ready("┃ Back at")
	x.see("Back at: required")
	x.write("tomorrow 09:00")
	x.gone("Back at: required") // it is cured
	for _, field := range []string{"Summary", "To"} {
		x.key("Hand over", ctrlS)
		x.see(field + " is required")
	}
	x.key("Hand over", ctrlS)
	x.see("Not ready", "back Sat 2026-11-21 09:00")
	x.gone("fix Back at")
	x.send(ctrlC)
	x.status()
}

// TestBackGoesWhereOneCameFrom goes from the preview to a page by a finding and by its
// name, and back; then back through the pages as they came.
func TestBackGoesWhereOneCameFrom(t *testing.T) {
	for name, args := range map[string][]string{"screens": {"declare"}, "lines": {"declare", "--accessible"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			x := r.start(100, 70, "handoff", args...)
			if name == "lines" {
				for _, exchange := range [][2]string{
					{"numbers to tick [1 2]:", ""}, {"Anything else?", ""}, {"number [4]:", ""}, {"State [The", "wip"}, {"Next step [Add", ""},
					{"number [3]:", ""}, {"State [PR", "PR #1842 has 2 of 2 approvals"}, {"Next step [Get", ""}, {"number [1]:", ""}, {"Another blocker:", ""},
					{"numbers to tick:", ""}, {"in your words (", ""}, {"Decided (", ""},
					{"Summary (required):", "The audit lacks one endpoint"}, {"Back at (required):", "tomorrow 09:00"}, {"To [ben]:", ""}, {"The receiver does", ""},
					{"Not ready", "1"}, {"login-audit, State: says nothing", "<"}, {"number [4]:", "<"},
				} {
					x.see(exchange[0])
					x.send(exchange[1] + "\n")
				}
				x.until("the preview, again", func(screen string) bool { return strings.Count(screen, "Not ready") == 2 })
				x.send("keep\n")
				x.status()
				return
			}
			x.key("What do you hand over?", enter)
			x.ready("Item 1 of 2")
			x.write("wip")
			x.key("Item 1 of 2", enter)
			x.ready("Item 2 of 2")
			x.write("PR #1842 has 2 of 2 approvals")
			x.key("Item 2 of 2", enter)
			x.key("What blocks?", ctrlS)
			x.key("What came of it?", ctrlS)
			x.ready("Hand over")
			x.write("The audit lacks one endpoint")
			x.key("Hand over", enter)
			x.ready("┃ Back at")
			x.write("tomorrow 09:00")
			x.key("Hand over", ctrlS)
			x.key("> fix login-audit, State", enter)
			x.key("┃ State", escape)
			x.ready("Not ready")
			x.moveTo("change: What blocks?")
			x.key("> change: What blocks?", enter)
			x.key("Another blocker", escape)
			x.key("Not ready", escape)
			for _, field := range []string{"┃ Summary", "Decided", "Another blocker", "Item 2 of 2", "Item 1 of 2"} {
				x.key(field, escape)
			}
			x.key("What do you hand over?", ctrlC)
			x.status()
		})
	}
}

// TestWarningsAppearOnce publishes with a warning that stood in the preview: it is not
// said again. Without a preview it is. On the way it leaves a question open, and is asked
// who can answer it.
func TestWarningsAppearOnce(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(100, 50, "handoff", "declare")
	quickDay(x)
	x.see("warning refund-flow, State: is copied from", "questions: nothing is said")
	x.key("Preview", up)
	x.key("> change: Open questions", enter)
	x.ready("┃ What do you need to know?")
	x.write("Which limit does the contract name?")
	x.key("Open questions", tab)
	x.see(`who can answer that? write "; ben" behind Which limit does the co…; enter again leaves it so`)
	x.key("Open questions", tab)
	x.see("question to (nobody yet): Which limit", "Not ready")
	x.key("> fix What do you need to know? who can answer that?", enter)
	x.ready("┃ What do you need to know?")
	x.send(" ; sarah")
	x.gone("who can answer that?")
	x.key("Open questions", tab)
	x.see("Ready to publish", "question to sarah: Which limit does the contract name?")
	x.key("Preview", enter)
	x.published()
	x.see("ana → ben: offers nothing")
	if shown := x.screen.String(); strings.Contains(shown, "HO301") {
		t.Errorf("it says again what the preview said:\n%s", shown)
	}
	out := r.run("handoff", "declare", "--carry", "--summary", "The audit lacks one more endpoint", "--returns", "tomorrow 09:00", "--to", "ben", "--none", "shipped,decisions")
	if !strings.Contains(out, "HO301") {
		t.Errorf("no warning:\n%s", out)
	}
}
