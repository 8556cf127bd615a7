//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestGreyTextIsTheAnswer takes it with enter and clears it with one key, in fields of
// every page that show some.
func TestGreyTextIsTheAnswer(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(80, 24, "handoff", "declare")
	x.key("What do you hand over?", enter)
	x.see("┃ The audit log is missing for 3 of 7 endpoints", "enter takes it · del clears · → edits")
	x.send(" ") // which says nothing
	x.key("Item 1 of 2", erase)
	x.gone("The audit log is missing for 3 of 7 endpoints")
	x.key("→ brings it back", enter)
	x.see("State is required; enter again leaves it so")
	x.key("Item 1 of 2", right)
	x.see("┃ The audit log is missing for 3 of 7 endpoints")
	x.write(", says sarah")
	x.key("Item 1 of 2", enter)
	x.key("enter takes it", enter) // the state of item 2
	x.key("What blocks?", up)
	x.key("←→ choose", right)
	x.key("changed", ctrlS)
	x.key("Blocker: session-policy", enter)
	x.key("enter takes it", erase) // because
	x.gone("login and refund use 15 and 60 minutes")
	x.write("the audit asks for one limit")
	x.key("Blocker: session-policy", ctrlS)
	x.key("What came of it?", ctrlS)
	x.ready("Hand over")
	x.write("The audit lacks one endpoint")
	x.key("Hand over", enter)
	x.ready("┃ Back at")
	x.write("tomorrow 09:00")
	x.key("Hand over", tab)
	x.key("enter takes it", erase) // to
	x.write("sarah")
	x.key("Hand over", ctrlS)
	x.see("Ready to publish")
	x.key("Preview", enter)
	x.published()
	record := r.run("handoff", "show", "@", "--json", "--jq", ".record | .to[0], .blockers[0].because, .blockers[0].needs, (.items[] | .state)")
	if want := "sarah\nthe audit asks for one limit\nDecide how long a session lasts\nThe audit log is missing for 3 of 7 endpoints, says sarah\nPR #1842 has 1 of 2 approvals, james asked for a test\n"; record != want {
		t.Errorf("published:\n%s\nwant\n%s", record, want)
	}
}

// TestTypingOnAChoice types where something is to be chosen: nothing changes, and the
// screen says how to choose.
func TestTypingOnAChoice(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(80, 24, "handoff", "declare")
	x.ready("[x] login-audit")
	x.send("x axgGjk")
	x.see("nothing is typed here: ↑ ↓ choose, space ticks", "> [ ] login-audit") // for the space
	x.send(space)
	x.see("> [x] login-audit", "[x] refund-flow")
	x.key("What do you hand over?", enter)
	x.key("Item 1 of 2", up)
	x.ready("┃ Status")
	x.send("hjklgGx")
	x.see("nothing is typed here: ← → choose", "← blocked →")
	x.key("Item 1 of 2", down)
	x.see("┃ State", "← blocked →")
	for _, title := range []string{"Item 1 of 2", "Item 2 of 2"} {
		x.key(title, ctrlS)
	}
	x.key("What blocks?", up)
	x.ready("┃ Decide how long a session lasts")
	x.send("lll")
	x.see("nothing is typed here: ← → choose", "← still →")
	x.send(ctrlC)
	x.status()
}

// TestWhatLandedIsTicked offers what is on the trunk as shipped, to be ticked, and
// keeps the line for what is not there.
func TestWhatLandedIsTicked(t *testing.T) {
	for name, args := range map[string][]string{"screens": {"declare"}, "lines": {"declare", "--accessible"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			r.run("git", "commit", "-q", "--allow-empty", "-m", "Bump the client to 2.1.9")
			x := r.start(100, 60, "handoff", args...)
			if name == "lines" {
				for _, question := range []string{"numbers to tick [1 2]:", "Anything else?", "number [4]:", "State [The", "Next step [Add", "number [3]:", "State [PR", "Next step [Get", "number [1]:", "Another blocker:"} {
					x.see(question)
					x.send("\n")
				}
				for _, exchange := range [][2]string{
					{"1 Bump the client to 2.1.9", "2"}, {"in your words (", "The nightly job"}, {"nightly job\n>", ""}, {"Decided (", ""},
					{"Summary (required):", "The audit lacks one endpoint"}, {"Back at (required):", "tomorrow 09:00"}, {"To [ben]:", ""}, {"The receiver does", ""}, {"Ready to publish", ""},
				} {
					x.see(exchange[0])
					x.send(exchange[1] + "\n")
				}
			} else {
				for _, title := range []string{"What do you hand over?", "Item 1 of 2", "Item 2 of 2", "What blocks?"} {
					x.key(title, ctrlS)
				}
				x.key("> [ ] Bump the client to 2.1.9", down)
				x.key("> [ ] Fix the rounding of refunds", space)
				x.key("> [x] Fix the rounding of refunds", tab)
				x.ready("┃ Shipped, in your words")
				x.write("The nightly job")
				x.key("enter new line", tab)
				x.key("┃ Decided", tab)
				x.ready("Hand over")
				x.write("The audit lacks one endpoint")
				x.key("Hand over", enter)
				x.ready("┃ Back at")
				x.write("tomorrow 09:00")
				x.key("Hand over", ctrlS)
				x.key("Ready to publish", escape)
				x.key("┃ Summary", escape)
				x.see("[ ] Bump the client to 2.1.9", "[x] Fix the rounding of refunds", "The nightly job")
				x.key("Decided", ctrlS)
				x.key("Ready to publish", enter)
			}
			x.published()
			if shipped := r.run("handoff", "show", "@", "--json", "--jq", ".record.shipped[].what"); shipped != "Fix the rounding of refunds\nThe nightly job\n" {
				t.Errorf("shipped:\n%s", shipped)
			}
		})
	}
}

// TestLongText wraps what does not fit into a row, counts it, says when it is too much
// and offers the editor.
func TestLongText(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(60, 16, "handoff", "declare")
	x.key("What do you hand over?", enter)
	x.ready("Item 1 of 2")
	const sentence = "The log is missing for 1 of 7 endpoints, that of logout; "
	for range 4 {
		x.send(sentence)
	}
	x.see("State  228 of 200", "┃ The log is missing for 1 of 7 endpoints, that of logout;")
	x.until("all of it", func(screen string) bool { return strings.Count(screen, "The log is missing") == 4 })
	x.key("Item 1 of 2", enter)
	x.see("27 characters too many, at most 200; enter again leaves it", "^o opens the editor")
	x.send("\x15PR #1 has 2 of 2")
	x.see("State  16 of 200")
	x.send(ctrlC)
	x.status()

	x = r.start(100, 40, "handoff", "declare", "--fresh", "--accessible")
	for _, exchange := range [][2]string{
		{"numbers to tick [1 2]:", ""}, {"Anything else?", ""}, {"number [4]:", ""}, {"State [The", strings.Repeat(sentence, 4)}, {"27 characters too many, at most 200; an empty line leaves", "PR #1 has 2 of 2"},
	} {
		x.see(exchange[0])
		x.send(exchange[1] + "\n")
	}
	x.see("Next step [Add")
	x.send(ctrlC)
	x.status()
}
