package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const declares = "declare|--dry-run|--returns|mon 09:00|--summary|The refund flow waits for the second approval|--none|shipped,decisions" +
	"|--item|refund-flow;in_progress;PR #1842 has 1 of 2 approvals;Get the second approval|--accept|refund-flow;PR #1842 is merged|--waive|HO301;nothing has moved"

// naming are command lines with NAME for somebody, by the flag that names them.
var naming = map[string]string{
	"declare --to":         declares + "|--none|blockers|--to|NAME",
	"declare --cc":         declares + "|--none|blockers|--to|team|--cc|NAME",
	"declare --cover":      declares + "|--none|blockers|--to|team|--cover|NAME",
	"declare --give":       declares + "|--none|blockers|--to|team|--give|refund-flow=NAME",
	"declare --consult":    declares + "|--none|blockers|--to|team|--consult|refund-flow;NAME",
	"declare --blocker":    declares + "|--to|team|--item|refund-flow;blocked;;|--blocker|Decide the second reviewer;both are on leave this week;NAME;refund-flow",
	"rollup --to":          "rollup|--dry-run|--org|--returns|mon 09:00|--summary|The refund flow waits for the second approval|--to|NAME",
	"rollup --cover":       "rollup|--dry-run|--org|--returns|mon 09:00|--summary|The refund flow waits for the second approval|--to|team|--cover|NAME",
	"rollup --cc":          "rollup|--dry-run|--org|--returns|mon 09:00|--summary|The refund flow waits for the second approval|--to|team|--cc|NAME",
	"ask --to":             "ask|--dry-run|Which approval is missing?|--context|There are two of them|--to|NAME",
	"assign --to":          "assign|--dry-run|refund-flow|--to|NAME",
	"give --to":            "give|--dry-run|refund-flow|Get the second approval|--to|NAME",
	"escalate --to":        "escalate|--dry-run|refund-flow|--reason|stalled|--ask|Get the second approval|--to|NAME",
	"decide --approved-by": "decide|--dry-run|Refunds are paid daily -- the bank batches them anyway|--approved-by|NAME",
	"decide --decided-by":  "decide|--dry-run|Refunds are paid daily -- the bank batches them anyway|--decided-by|NAME",
}

// asking are the same for commands that only read.
var asking = map[string]string{
	"query --by": "query|items|--by|NAME", "query --to": "query|unacked|--to|NAME", "query --owner": "query|items|--owner|NAME",
	"log --by": "log|--by|NAME", "log --to": "log|--to|NAME", "log --owner": "log|--owner|NAME",
	"board --person": "board|--person|NAME", "report --person": "report|--as-of|2026-11-21T00:00:00Z|--person|NAME",
	"export --by": "export|--by|NAME", "export --to": "export|--to|NAME", "export --owner": "export|--owner|NAME",
}

// Every flag that names somebody understands the names that people use, and none lets a
// slip through. A flag says that its value is a person with WHO.
func TestEveryFlagKnowsPeople(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands(newRootCmd(new(globals))) {
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			checkPersonFlag(t, cmd, f)
		})
	}
	w := newWorld(t)
	w.run(0, "declare", "--to", "ben", "--returns", "mon 09:00", "--summary", "The refund flow waits for the first approval", "--none", "shipped,blockers,decisions",
		"--item", "refund-flow;in_review;PR #1842 is open;Get the first approval of PR #1842", "--intent", "refund-flow;Customers wait for refunds that the old job lost", "--accept", "refund-flow;PR #1842 is merged")
	line := func(args, name string) []string { return strings.Split(strings.ReplaceAll(args, "NAME", name), "|") }
	for flag, args := range naming {
		if _, said := w.run(2, line(args, "bne")...); !strings.Contains(said, "bne is not known here, and ben is") {
			t.Errorf("%s bne: %s", flag, said)
		}
		w.run(0, append(line(args, "bne"), "--new-person", "bne")...)
		if out, _ := w.run(0, line(args, "@BEN")...); !strings.Contains(out, `"ben"`) || strings.Contains(out, "BEN") {
			t.Errorf("%s @BEN: %s", flag, out)
		}
	}
	w.commitFile(".handoffs/config.yaml", "format: 1\npeople:\n  ana: {name: Ana Lim, emails: [ana@example.com]}\n  ben: {name: Ben Okri}\n")
	for flag, args := range naming {
		if _, said := w.run(3, line(args, "bem")...); !strings.Contains(said, "who is not in the roster\n    write ben (--") {
			t.Errorf("%s bem: %s", flag, said)
		}
		if out, _ := w.run(0, line(args, "Okri")...); !strings.Contains(out, `"ben"`) || strings.Contains(out, "Okri") {
			t.Errorf("%s Okri: %s", flag, out)
		}
	}
	if _, said := w.run(2, "assign", "--all-of", "bem", "--to", "ana"); !strings.Contains(said, "bem is not known here, and ben is") {
		t.Errorf("assign --all-of bem: %s", said)
	}
	if _, said := w.run(0, "assign", "--all-of", "Okri", "--to", "ana"); !strings.Contains(said, "ben holds nothing") {
		t.Errorf("assign --all-of Okri: %s", said)
	}
	for flag, args := range asking {
		handle, typed := "ana", "@Lim"
		if strings.HasSuffix(flag, " --to") {
			handle, typed = "ben", "Okri"
		}
		want, _ := w.run(0, line(args, handle)...)
		if got, _ := w.run(0, line(args, typed)...); got != want || !strings.Contains(got, "refund-flow") && !strings.Contains(got, "refund flow") {
			t.Errorf("%s %s: %s, want %s", flag, typed, got, want)
		}
	}
}

// checkPersonFlag misses a flag that names somebody in the lists above, and a way to say
// that they are new where something is written.
func checkPersonFlag(t *testing.T, cmd *cobra.Command, f *pflag.Flag) {
	t.Helper()
	value, _ := pflag.UnquoteUsage(f)
	if !slices.Contains(strings.FieldsFunc(value, func(r rune) bool { return r < 'A' || r > 'Z' }), "WHO") {
		return
	}
	name, list := commandName(cmd)+" --"+f.Name, asking
	if cmd.Flags().Lookup("dry-run") != nil {
		list = naming
		if cmd.Flags().Lookup("new-person") == nil {
			t.Errorf("%s: the command has no --new-person: add addPeopleFlags", name)
		}
	}
	if list[name] == "" && name != "assign --all-of" { // whom it names is in no record
		t.Errorf("%s names somebody: show that it knows people", name)
	}
}
