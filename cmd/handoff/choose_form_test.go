//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestChooseWhatWaits runs the commands that are about one thing without saying which:
// they list what waits for who asks, and the one that is chosen is what they are about.
// Those that say a text alone ask for it.
func TestChooseWhatWaits(t *testing.T) {
	for _, test := range []struct {
		name, who, title string
		args, listed     []string
		typing           func(*terminal)
		recorded         []string
	}{
		{"resolve", "sarah", "Which blocker is gone?", []string{"resolve"}, []string{"session-policy: ana needs: Decide"}, func(x *terminal) {
			x.key("Which blocker is gone?", enter)
			x.see("Outcome", "What removed it?", "Was it a decision?")
			x.key("Resolve session-policy", enter)
			x.write("Sessions last 15 minutes")
			x.key("Resolve session-policy", ctrlS)
		}, []string{`blocker: "session-policy"`, `how: "Sessions last 15 minutes"`}},
		{"a resolution that is said already", "sarah", "Which blocker is gone?", []string{"resolve", "--how", "Sessions last 15 minutes"}, []string{"session-policy"}, func(x *terminal) {
			x.key("Which blocker is gone?", enter)
		}, []string{`how: "Sessions last 15 minutes"`}},
		{"answer", "sarah", "Which question do you answer?", []string{"answer"}, []string{"which-limit: ana asks: Which of the limits"}, func(x *terminal) {
			x.key("Which question do you answer?", enter)
			x.ready("Your answer")
			x.write("The shorter one")
			x.key("Your answer", ctrlS)
		}, []string{`question: "q:which-limit"`, `text: "The shorter one"`}},
		{"ack", "ben", "What do you answer?", []string{"ack"}, []string{"ana hands over to you", "cleo hands over to you"}, func(x *terminal) {
			x.key("What do you answer?", down)
			x.key("What do you answer?", enter)
			x.key("Your answer", ctrlC)
		}, nil},
		{"give", "ana", "Which item do you give?", []string{"give"}, []string{"login-audit: The audit log"}, func(x *terminal) {
			x.key("Which item do you give?", enter)
			x.ready("Give login-audit")
			x.write("cleo")
			x.key("Give login-audit", enter)
		}, []string{`item: "login-audit"`, `to: "cleo"`}},
		{"withdraw", "ana", "What do you take back?", []string{"withdraw"}, []string{"The login audit goes to ben"}, func(x *terminal) {
			x.key("What do you take back?", enter)
			x.see("Take back", "Why?")
			x.key("Take back", enter)
			x.see("this is needed")
			x.write("Declared for the wrong team")
			x.key("Take back", enter)
		}, []string{`why: "Declared for the wrong team"`}},
		{"escalate", "ana", "What do you raise?", []string{"escalate", "--to", "ines"}, []string{"session-policy: sarah, Decide", "which-limit"}, func(x *terminal) {
			x.key("What do you raise?", enter)
			x.key("Why now?", right)
			x.see("no response")
			x.key("Why now?", enter)
			x.write("Decide today, or name who can")
			x.key("What are they to do?", enter)
		}, []string{`subject: "blk:session-policy"`, `reason: "no_response"`, `ask: "Decide today, or name who can"`}},
		{"ask", "ben", "Ask a question", []string{"ask"}, []string{"What do you want to know?"}, func(x *terminal) {
			x.ready("┃ What do you want to know?")
			x.write("Which of the limits holds?")
			x.key("Ask a question", enter)
			x.ready("┃ Who can answer it?")
			x.write("sarah")
			x.key("Ask a question", enter)
		}, []string{`ask: "Which of the limits holds?"`, `to: "sarah"`}},
		{"decide", "sarah", "Record a decision", []string{"decide", "Sessions last 15 minutes"}, []string{"Why?"}, func(x *terminal) {
			x.ready("┃ Why?")
			x.write("the audit asks for at most 15")
			x.key("Record a decision", enter)
		}, []string{`decision: "Sessions last 15 minutes"`, `rationale: "the audit asks for at most 15"`}},
		{"gap", "ben", "Which handoff failed?", []string{"gap", "--class", "missing_info"}, []string{"ana, The login audit"}, func(x *terminal) {
			x.key("Which handoff failed?", enter)
			x.key("What did it cost?", enter)
			x.write("Found the endpoints in the chat")
			x.key("How did you go on?", enter)
		}, []string{`impact: "none"`, `recovery: "Found the endpoints in the chat"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := inTheMorning(t, test.who)
			if test.name == "ack" {
				r.run("handoff", "declare", "--as", "cleo", "--to", "ben", "--returns", "tomorrow 09:00", "--summary", "Nothing of the fee table is left to do", "--none", "items,shipped,blockers,decisions")
			}
			before := r.head()
			x := r.start(100, 30, "handoff", test.args...)
			x.see(append(test.listed, test.title)...)
			test.typing(x)
			if test.recorded == nil { // it was stopped
				if status := x.status(); status != 130 || r.head() != before {
					t.Errorf("status %d, or something was committed; the screen is:\n%s", status, x.screen)
				}
				return
			}
			x.published()
			record := r.run("git", "show", "HEAD")
			for _, text := range test.recorded {
				if !strings.Contains(record, text) {
					t.Errorf("%q is not in\n%s", text, record)
				}
			}
		})
	}
}

// Where nothing waits, that is the answer, and nothing is asked.
func TestChooseNothing(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "zoe")
	for command, says := range map[string]string{
		"resolve": "no blocker waits for zoe", "answer": "no question waits for zoe", "ack": "no handoff and no assignment waits for zoe",
		"give": "zoe holds no item", "withdraw": "zoe has nothing to take back", "gap": "no handoff went to zoe",
	} {
		x := r.start(100, 24, "handoff", command)
		x.see("handoff: " + says)
		if status := x.status(); status != 3 {
			t.Errorf("%s: status %d; the screen is:\n%s", command, status, x.screen)
		}
	}
}

// What was typed for a command is not lost when it is refused or stopped.
func TestChosenAndStopped(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "ana")
	x := r.start(160, 24, "handoff", "withdraw")
	x.key("What do you take back?", enter)
	x.ready("Take back")
	x.write("Declared for ben's team")
	x.send(ctrlC)
	if status := x.status(); status != 130 {
		t.Errorf("status %d; the screen is:\n%s", status, x.screen)
	}
	x.see("what you typed: handoff withdraw ")
	_, command, _ := strings.Cut(x.screen.String(), "what you typed: ")
	command, _, _ = strings.Cut(command, "\n")
	before := r.head()
	r.run("sh", "-c", command)
	if r.head() == before {
		t.Errorf("%s wrote nothing", command)
	}
}

// Who knows what comes types on: what is typed before the form is there is in it.
func TestChosenAndTypedAhead(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "sarah")
	x := r.start(100, 30, "handoff", "answer")
	x.key("Which question do you answer?", enter)
	x.send("The shorter one")
	x.see("Your answer", "The shorter one")
	x.key("Your answer", ctrlS)
	x.published()
	if record := r.run("git", "show", "HEAD"); !strings.Contains(record, `text: "The shorter one"`) {
		t.Errorf("the answer is another one:\n%s", record)
	}
}
