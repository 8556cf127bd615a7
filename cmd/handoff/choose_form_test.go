//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestChooseWhatWaits runs the commands that are about one thing without saying which:
// they list what waits for who asks, and the one that is chosen is what they are about.
func TestChooseWhatWaits(t *testing.T) {
	for _, test := range []struct {
		name, who, title string
		args, listed     []string
		recorded         string
	}{
		{"resolve", "sarah", "Which blocker is gone?", []string{"resolve", "--how", "Sessions last 15 minutes"}, []string{"session-policy: ana needs Decide"}, `how: "Sessions last 15 minutes"`},
		{"answer", "sarah", "Which question do you answer?", []string{"answer", "--text", "The shorter one"}, []string{"which-limit: ana asks: Which of the limits"}, `text: "The shorter one"`},
		{"give", "ana", "Which item do you give?", []string{"give", "--to", "cleo"}, []string{"login-audit: The audit log"}, `to: "cleo"`},
		{"withdraw", "ana", "What do you take back?", []string{"withdraw", "--why", "Declared for the wrong team"}, []string{"The login audit goes to ben"}, `why: "Declared for the wrong team"`},
		{"gap", "ben", "Which handoff failed?", []string{"gap", "--class", "missing_info", "--impact", "none", "--recovery", "Found in the chat"}, []string{"ana, The login audit"}, `recovery: "Found in the chat"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := inTheMorning(t, test.who)
			x := r.start(100, 30, "handoff", test.args...)
			x.see(append(test.listed, test.title)...)
			x.key(test.title, enter)
			x.published()
			if record := r.run("git", "show", "HEAD"); !strings.Contains(record, test.recorded) {
				t.Errorf("%q is not in\n%s", test.recorded, record)
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
