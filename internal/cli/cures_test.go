package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// nothingToWrite are the rules whose findings no text in the record cures, with what
// is done instead.
var nothingToWrite = map[string]string{
	"HO501": "the clock is right: publish earlier the next time",
	"HO502": "the clock is right: talk to them",
	"HO208": "the whole is too long, and no place of it in particular",
	"HO310": "two people agree",
	"HO405": "two people agree, and one of them acks",
	"HO606": "the files are looked at",
	"HO701": "somebody else acks it",
	"HO702": "the sender is asked, or told",
	"HO703": "it is read",
	"HO706": "it is read again",
	"HO707": "they are read",
	"HO903": "a commit corrects it",
	"HO904": "git's configuration, or the roster",
	"HO905": "the clock of the machine",
}

// checkLeads requires that a finding leads to what cures it: to its place in a file,
// to a key or a flag that is missing, or to a command.
func checkLeads(t *testing.T, f handoff.Finding) {
	t.Helper()
	_, key := f.CutKey()
	names := key != "" || strings.Contains(f.Fix, "--") || strings.Contains(f.Fix, "handoff ") || strings.Contains(f.Fix, "git ")
	if f.Line == 0 && !names && nothingToWrite[f.Code] == "" {
		t.Errorf("%s leads nowhere: %s: %s", f.Code, f.Message, f.Fix)
	}
}

// TestFlagsCure lets a command that flags make fall short of each rule that what they
// say can break: the finding names the flag, and with it said the finding is gone.
func TestFlagsCure(t *testing.T) {
	const summary, item = "Refunds wait for the third approval of #1842", "refund-flow;in_progress;#1842 has 2 of 3 approvals;Merge #1842"
	declare := func(more ...string) []string {
		return append([]string{"declare", "--dry-run", "--to", "ben", "--returns", "mon 09:00", "--none", "shipped,decisions"}, more...)
	}
	calm := declare("--summary", summary, "--item", item, "--intent", "refund-flow;Customers wait for refunds", "--none", "blockers")
	w := teamWorld(t) // in which nothing is published
	for _, c := range []struct {
		code, flag string
		args, cure []string
	}{
		{"HO201", "--item", declare("--summary", summary, "--item", "refund-flow;in_progress;#1842 has 2 of 3 approvals;continue", "--intent", "refund-flow;Customers wait for refunds", "--none", "blockers"), nil},
		{"HO203", "--item", declare("--summary", summary, "--item", "refund-flow;in_progress;in progress;Merge #1842", "--intent", "refund-flow;Customers wait for refunds", "--none", "blockers"), nil},
		{"HO205", "--blocker", append(slices.Clone(calm[:len(calm)-2]), "--blocker", "waiting for sarah;The audit has not decided;sarah"), nil},
		{"HO206", "--decision", append(slices.Clone(calm[:6]), "--none", "shipped,blockers", "--summary", summary, "--item", item, "--intent", "refund-flow;Customers wait for refunds", "--decision", "Retry three times -- simpler"), nil},
		{"HO207", "--summary", append(slices.Clone(calm), "--summary", "Refunds wait"), nil},
		{"HO210", "--intent", declare("--summary", summary, "--item", item, "--none", "blockers"), []string{"--intent", "refund-flow;Customers wait for refunds"}},
		{"HO212", "--accept", append(slices.Clone(calm), "--severity", "refund-flow;watch", "--item", "refund-flow;;;Look at #1842 again"), []string{"--accept", "refund-flow;#1842 is merged"}},
		{"HO214", "--if-then", append(slices.Clone(calm), "--severity", "refund-flow;watch"), []string{"--if-then", "refund-flow;the queue grows -> stop the job"}},
		{"HO306", "--blocked-by", append(slices.Clone(calm), "--item", "refund-flow;blocked"), nil},
		{"HO307", "--workaround", append(slices.Clone(calm[:len(calm)-2]), "--blocker", "Decide about the third approval;Nobody else may approve;sarah;refund-flow"), []string{"--workaround", "decide-about-the-third-approval;It goes on behind a flag"}},
		{"HO403", "--blocker", append(slices.Clone(calm[:len(calm)-2]), "--blocker", "Decide about the third approval;Nobody else may approve;ana"), nil},
		{"HO503", "--effort", append(slices.Clone(calm), "--due", "refund-flow;2026-11-20T13:29:00Z"), []string{"--effort", "refund-flow;30m"}},
		{"HO506", "--cover", append(slices.Clone(calm), "--returns", "2026-11-27T09:00:00+08:00", "--keep", "refund-flow"), []string{"--cover", "sarah"}},
		{"HO605", "--ref", append(slices.Clone(calm), "--item", "refund-flow;;The refunds are done and tested;"), []string{"--ref", "refund-flow;pr:1842"}},
	} {
		found := w.judge("", c.args...)
		i := slices.IndexFunc(found, func(f handoff.Finding) bool { return f.Code == c.code })
		if i < 0 {
			t.Errorf("%s does not fire: %v", c.code, codesOf(found))
			continue
		}
		if !strings.HasSuffix(found[i].Fix, "("+c.flag+")") {
			t.Errorf("%s names no %s: %s", c.code, c.flag, found[i].Fix)
		}
		if c.cure != nil && hasCode(w.judge("", append(slices.Clone(c.args), c.cure...)...), c.code) {
			t.Errorf("%s is there again with %q", c.code, c.cure)
		}
	}
}

// TestVerdictsNameTheirFlags: what an ack lacks is said with the flag for it.
func TestVerdictsNameTheirFlags(t *testing.T) {
	w := offerWorld(t)
	for _, c := range []struct {
		code, flag string
		args       []string
	}{
		{"HO708", "--reason", []string{"ack", "@ana", "--outcome", "declined", "--dry-run"}},
		{"HO708", "--gap", []string{"ack", "@ana", "--outcome", "accepted_with_gaps", "--dry-run"}},
		{"HO708", "--exception", []string{"ack", "@ana", "--outcome", "declined", "--reason", "exception", "--dry-run"}},
	} {
		found := doneBy("ben", w.now, c.args...)(w)
		if !slices.ContainsFunc(found, func(f handoff.Finding) bool {
			return f.Code == c.code && strings.HasSuffix(f.Fix, "("+c.flag+")")
		}) {
			t.Errorf("%q names no %s: %v", c.args, c.flag, found)
		}
	}
}

// TestCuresExist: each flag that a finding may name is one of the command that makes
// such a record, and each rule that a text cannot cure is one.
func TestCuresExist(t *testing.T) {
	commands := map[handoff.Kind]string{
		handoff.KindHandoff: "declare", handoff.KindAck: "ack", handoff.KindDecision: "decide", handoff.KindQuestion: "ask",
		handoff.KindAnswer: "answer", handoff.KindResolution: "resolve", handoff.KindEscalation: "escalate", handoff.KindAssignment: "assign",
		handoff.KindWithdrawal: "withdraw", handoff.KindGap: "gap",
	}
	root := newRootCmd(&globals{})
	has := func(command, flag string) bool {
		cmd, _, err := root.Find([]string{command})
		return err == nil && cmd.Flags().Lookup(flag) != nil
	}
	for kind, flags := range flagOf {
		for field, flag := range flags {
			if !has(commands[kind], flag) {
				t.Errorf("%s of a %s: handoff %s has no --%s", field, kind, commands[kind], flag)
			}
		}
	}
	for code, flags := range curedElsewhere {
		for flag := range strings.SplitSeq(flags, " or ") {
			name := strings.TrimPrefix(flag, "--")
			if !has("declare", name) && !has("ack", name) {
				t.Errorf("%s: no command has %s", code, flag)
			}
		}
	}
	for code := range nothingToWrite {
		if _, known := rules.Lookup(code); !known {
			t.Errorf("there is no rule %s", code)
		}
	}
}
