//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestFormOffersTheNextStep writes a new item in the form: its step is the receiver's,
// as the tick says, unless that is removed; and a name that is a slip is not taken for
// text.
func TestFormOffersTheNextStep(t *testing.T) {
	for _, test := range []struct {
		name, step, ticks, offers, owner string
	}{
		{"ticked", "Write the rows 13 to 40 of fees.csv", "", "ana → ben: offers fee-table", "ben: Write the rows"},
		{"unticked", "Write the rows 13 to 40 of fees.csv", ".", "ana → ben: offers nothing; keeps fee-table", "ana: Write the rows"},
		{"named", "sarah: Decide on the rows 13 to 40 of fees.csv", "", "ana → sarah: offers fee-table", "sarah: Decide on"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.run("git", "-c", "user.name=sarah", "commit", "-q", "--allow-empty", "-m", "decide", "--author=sarah <sarah@example.com>")
			x := r.start(100, 60, "handoff", "declare", "--accessible")
			for _, exchange := range [][2]string{
				{"Items (", "fee table"}, {">", ""}, {"Name (required) [fee-table]", ""}, {"Why is it done", "Fees differ by country since March"},
				{"number [2]:", ""}, {"State", "fees.csv has 12 of 40 rows"},
				{"Next step", "sarha: Decide"}, {"nobody is called sarha: write sarah: …", test.step},
				{"locker:", ""}, {"numbers to tick", ""}, {"Shipped, in your words", ""}, {"Decided", ""},
				{"Summary", "The fee table has 12 of 40 rows"}, {"Back at", "tomorrow 09:00"}, {"To (required)", "ben"}, {"numbers to tick [1]:", test.ticks},
			} {
				x.see(exchange[0])
				x.send(exchange[1] + "\n")
			}
			x.see("Preview", test.offers)
			x.see("next, " + test.owner)
			x.send("keep\n")
			x.status()
		})
	}
}

// TestSlipOfANameIsAskedAbout declares with flags on a terminal.
func TestSlipOfANameIsAskedAbout(t *testing.T) {
	for answer, owner := range map[string]string{"": `"owner":"ben"`, "no": `"do":"bem: Get the second approval on PR #1842","owner":"ana"`} {
		t.Run("answer "+answer, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			x := r.start(100, 60, "handoff", "declare", "--accessible", "--carry", "--to", "team", "--returns", "tomorrow 09:00",
				"--summary", "The refund flow has one of two approvals", "--item", "refund-flow;;;bem: Get the second approval on PR #1842",
				"--accept", "refund-flow;PR #1842 is merged", "--none", "shipped,decisions")
			x.see("Nobody is called bem", "Is that ben?")
			x.send(answer + "\n")
			if status := x.status(); status != 0 {
				t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
			}
			if record := r.run("handoff", "show", "@", "--json"); !strings.Contains(record, owner) {
				t.Errorf("no %s in the handoff:\n%s", owner, record)
			}
		})
	}
}
