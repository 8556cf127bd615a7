//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// yamlWords are what a form never says: keys of a file, places in its lists, and code.
var yamlWords = regexp.MustCompile("[a-z]+_[a-z_]+|\\[[0-9]+\\]|`")

// speaksOfForms checks that the screen holds no word of the file behind the form.
func (x *terminal) speaksOfForms() {
	x.t.Helper()
	if word := yamlWords.FindString(x.screen.String()); word != "" {
		x.t.Errorf("it says %q:\n%s", word, x.screen)
	}
}

// inAClone is a clone that somebody has just made of a repository in which others
// hand over.
func inAClone(t *testing.T) *repository {
	t.Helper()
	team := inTheEvening(t)
	origin := t.TempDir()
	team.run("git", "clone", "-q", "--bare", team.dir, origin)
	clone := &repository{t: t, dir: t.TempDir(), env: team.env}
	clone.run("git", "clone", "-q", origin, ".")
	clone.become("zoe")
	return clone
}

// TestNewcomersFirstDay hands over for the first time in a fresh clone, and knows
// nothing but what the screens say: what is needed is marked, asked for in the first
// pass, and nothing is refused at the end.
func TestNewcomersFirstDay(t *testing.T) {
	t.Parallel()
	r := inAClone(t)
	before := r.head()
	x := r.start(80, 24, "handoff", "declare")
	x.ready("one name a line")
	x.write("fee table")
	x.key("enter new line", enter)
	x.key("enter done", enter)
	x.ready("Item 1 of 1: fee-table")
	x.see("Why is it done, and why this way? (required)", "State (required)", "Next step (required)")
	x.key("┃ Why is it done", enter) // which is not enough
	x.see("an answer is required; enter again leaves it so")
	x.write("Fees differ by country since March")
	x.key("┃ Why is it done", enter)
	x.ready("┃ State")
	x.write("fees.csv has 12 of 40 rows")
	x.key("┃ State", enter)
	x.ready("┃ Next step")
	x.write("Write the rows 13 to 40 of fees.csv")
	x.key("┃ Next step", enter)
	x.key("What blocks?", enter)
	x.key("┃ Shipped", enter)
	x.ready("┃ Decided")
	x.write("The table is a file")
	x.key("enter new line", enter)
	x.key("enter done", enter)
	x.see("why? write it behind two dashes: The table is a file -- why")
	x.send("\x7f -- the bank sends one") // back to the line
	x.see("The table is a file -- the bank sends one")
	x.key("tab done", tab)
	x.ready("┃ Summary (required)")
	x.write("The fee table has 12 of 40 rows")
	x.key("┃ Summary", enter)
	x.key("┃ Back at (required)", enter)
	x.see("Back at is required; enter again leaves it so")
	x.write("tomorrow 09:00")
	x.key("┃ Back at", enter)
	x.ready("┃ To (required)")
	x.write("ben")
	x.key("┃ To", enter)
	x.key("space ticks", enter)
	x.see("Ready to publish")
	x.speaksOfForms()
	if x.screen.said("Not ready") {
		t.Error("it was not ready")
	}
	x.key("Preview", enter)
	x.published()
	if r.head() == before {
		t.Error("nothing was published")
	}
}

// TestNewcomersFirstDayLineByLine is the same where one line is asked after the other.
func TestNewcomersFirstDayLineByLine(t *testing.T) {
	t.Parallel()
	r := inAClone(t)
	x := r.start(100, 70, "handoff", "declare", "--accessible")
	for _, exchange := range [][2]string{
		{"Items (one name a line", "fee table"}, {">", ""}, {"Name (required) [fee-table]:", ""},
		{"Why is it done, and why this way? (required):", ""}, {"an answer is required; an empty line leaves it so", "Fees differ by country since March"},
		{"number [2]:", ""}, {"State (required):", "fees.csv has 12 of 40 rows"}, {"Next step (required):", "Write the rows 13 to 40 of fees.csv"},
		{"Blocker:", ""}, {"Shipped (", ""}, {"Decided (", "The table is a file"}, {"is a file\n>", ""},
		{"why? write it behind two dashes: The table is a file -- why", "The table is a file -- the bank sends one"}, {"sends one\n>", ""},
		{"Summary (required):", "The fee table has 12 of 40 rows"}, {"Back at (required):", ""}, {"Back at is required; an empty line leaves it so", "tomorrow 09:00"},
		{"To (required):", "ben"}, {"numbers to tick [1]:", ""}, {"Ready to publish", ""},
	} {
		x.see(exchange[0])
		x.send(exchange[1] + "\n")
	}
	x.published()
	if x.screen.said("Not ready") {
		t.Error("it was not ready")
	}
}

// contract is a configuration in which a team wants to know more of what comes to it.
const contract = `format: 1
people:
  ana: {emails: [ana@example.com], tz: UTC, team: payments}
  ben: {emails: [ben@example.com], tz: UTC, team: qa}
  sarah: {emails: [sarah@example.com], tz: UTC, team: payments}
teams:
  payments: {}
  qa: {}
interfaces:
  - {from: payments, to: qa, requires: [accept, due, effort, refs, severity]}
`

// TestTheTeamsOwnQuestion asks for what the receiver's team wants to know of what is given
// to it, before the handoff is looked at.
func TestTheTeamsOwnQuestion(t *testing.T) {
	for name, args := range map[string][]string{"screens": {"declare"}, "lines": {"declare", "--accessible"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			if err := os.WriteFile(filepath.Join(r.dir, ".handoffs", "config.yaml"), []byte(contract), 0o600); err != nil {
				t.Fatal(err)
			}
			r.run("git", "add", ".handoffs/config.yaml")
			r.run("git", "commit", "-q", "-m", "What qa wants")
			x := r.start(80, 50, "handoff", args...)
			const check = "Before login-audit goes to somebody else"
			if name == "lines" {
				for _, exchange := range [][2]string{
					{"numbers to tick [1 2]:", ""}, {"Anything else?", ""}, {"number [4]:", ""}, {"State [The", "The log is missing for 1 of 7 endpoints"}, {"Next step [Add", ""},
					{"number [3]:", ""}, {"State [PR", "PR #1842 has 2 of 2 approvals"}, {"Next step [Get", ""}, {"number [1]:", ""}, {"Another blocker:", ""},
					{"numbers to tick:", ""}, {"in your words (", ""}, {"Decided (", ""},
					{"Summary (required):", "The audit lacks one endpoint"}, {"Back at (required):", "tomorrow 09:00"}, {"To [ben]:", ""}, {"The receiver does", "1"},
					{"number [1]:", ""}, {"When is it due? (required):", "mon"}, {"How much work is it? (required):", "an hour"}, {"write it as 30m, 2h or 1d", "1h"},
					{"Where is it? (required)", "1842"}, {"1842\n>", ""}, {"write it before a colon: pr:1842", "pr:1842"}, {"pr:1842\n>", ""},
					{"How can one tell that it is done? (required)", ""}, {"an answer is required", "All 7 endpoints write the log"}, {"write the log\n>", ""},
					{"Ready to publish", ""},
				} {
					x.see(exchange[0])
					x.send(exchange[1] + "\n")
				}
				if x.published(); !x.screen.said(check) {
					t.Errorf("it did not ask for a check:\n%s", x.screen)
				}
				saysWhatIsWanted(r)
				return
			}
			quickDayTo(x, func() {
				x.key("┃ Back at", tab)
				x.key("┃ To", tab)
				x.key("┃ The receiver does", space)
				x.key("[x] login-audit", enter)
				x.ready(check)
				x.key("┃ Severity", enter)
				x.ready("┃ When is it due? (required)")
				x.write("mon")
				x.key("┃ When is it due?", enter)
				x.ready("┃ How much work is it? (required)")
				x.write("an hour")
				x.key("┃ How much work is it?", enter)
				x.see("write it as 30m, 2h or 1d")
				x.send("\x151h\r")
				x.ready("┃ Where is it? (required)")
				x.write("pr:1842")
				x.key("┃ Where is it?", tab)
				x.key("┃ How can one tell that it is done? (required)", enter)
				x.see("an answer is required; enter again leaves it so")
				x.write("All 7 endpoints write the log")
				x.key(check, tab)
			})
			x.see("Ready to publish")
			x.speaksOfForms()
			x.key("Preview", enter)
			x.published()
			saysWhatIsWanted(r)
		})
	}
}

// saysWhatIsWanted checks that what a team wants to know is in the last handoff.
func saysWhatIsWanted(r *repository) {
	r.t.Helper()
	const fields = `.record.items[] | select(.id == "login-audit") | .severity, .due, .effort, .refs[0].id, .accept[0].check`
	want := "routine\n2026-11-23T09:00:00Z\n1h\n1842\nAll 7 endpoints write the log\n"
	if said := r.run("handoff", "show", "@", "--json", "--jq", fields); said != want {
		r.t.Errorf("it says\n%s, not\n%s", said, want)
	}
}
