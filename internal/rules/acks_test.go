package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// goodAck takes what good offers, an hour later.
const goodAck = `schema: handoff/v1
kind: ack
id: b0000001
at: "2026-11-20T11:02:11Z"
by: ben
subject: k3f9q2m7
outcome: accepted
take: [session-mw]
readback:
  - item: session-mw
    understood: The middleware hangs on the timeout that sarah must decide
    first_action: Ask sarah for the decision, then merge
opened_at: "2026-11-20T10:40:00Z"
`

// published is the context in which good is published and ben may ack it.
func published(change func(*Context, *fold.Handoff)) func(*Context) {
	return func(c *Context) {
		record := handoff.Parse([]byte(good), "").Record
		record.Source.Digest = strings.Repeat("ab", 32)
		hs := &fold.Handoff{Record: record, Handoff: record.Body.(*handoff.Handoff), State: fold.HandoffPublished, First: record.ID}
		c.Now = time.Date(2026, 11, 20, 11, 3, 0, 0, time.UTC)
		c.State = &fold.View{
			Records:   map[string]*handoff.Record{record.ID: record},
			Handoffs:  map[string]*fold.Handoff{record.ID: hs},
			Blockers:  map[string]*fold.Blocker{"session-timeout": {Blocker: handoff.Blocker{ID: "session-timeout"}}},
			Questions: map[string]*fold.Question{},
		}
		if change != nil {
			change(c, hs)
		}
	}
}

func TestAckRules(t *testing.T) {
	const (
		understood = "The middleware hangs on the timeout that sarah must decide"
		first      = "Ask sarah for the decision, then merge"
		readback   = "readback:\n  - item: session-mw\n    understood: " + understood + "\n    first_action: " + first + "\n"
	)
	withAcks := func(times ...time.Duration) func(*Context) {
		return published(func(c *Context, _ *fold.Handoff) {
			for i, ago := range times {
				id := "b000000" + string(rune('2'+i))
				c.State.Records[id] = handoff.New(id, time.Date(2026, 11, 20, 11, 2, 11, 0, time.UTC).Add(-ago), "ben", &handoff.Ack{Outcome: handoff.OutcomeAccepted})
			}
		})
	}
	severe := published(func(_ *Context, hs *fold.Handoff) { hs.Items[0].Severity = handoff.SeverityWatch })
	runRuleTests(t, goodAck, []ruleTest{
		{name: "as it is", ctx: published(nil)},
		{name: "without a state", ctx: func(c *Context) { c.State, c.Now = nil, time.Time{} }},

		// HO103
		{name: "takes what is not there", edits: []string{"take: [session-mw]", "take: [session-mv]"}, ctx: published(nil), want: "HO103:8"},

		// HO701
		{name: "self-ack", edits: []string{"by: ben", "by: ana"}, ctx: published(nil), want: "HO701:6"},
		{name: "note to oneself", edits: []string{"by: ben", "by: ana", "2026-11-20T11:02", "2026-11-21T11:02"}, ctx: published(func(c *Context, hs *fold.Handoff) {
			hs.To = []string{"ana"}
			c.Now = c.Now.AddDate(0, 0, 1)
		})},

		// HO702
		{name: "unknown handoff", edits: []string{"subject: k3f9q2m7", "subject: k3f9q2m8"}, ctx: published(nil), want: "HO702:6"},
		{name: "a blocker", edits: []string{"subject: k3f9q2m7", "subject: blk:session-timeout", "take: [session-mw]\n" + readback, ""}, ctx: published(nil)},
		{name: "withdrawn", ctx: published(func(_ *Context, hs *fold.Handoff) { hs.State = fold.HandoffWithdrawn }), want: "HO702:6"},
		{name: "replaced", ctx: published(func(_ *Context, hs *fold.Handoff) { hs.SupersededBy = "k3f9q2m9" }), want: "HO702:6"},
		{name: "right digest", edits: []string{"outcome", "digest: " + strings.Repeat("ab", 32) + "\noutcome"}, ctx: published(nil)},
		{name: "wrong digest", edits: []string{"outcome", "digest: " + strings.Repeat("cd", 32) + "\noutcome"}, ctx: published(nil), want: "HO702:7"},
		{name: "stepped in", edits: []string{"by: ben", "by: ines"}, ctx: published(nil), want: "HO702w:5"},
		{name: "member of a group", edits: []string{"by: ben", "by: ines"}, ctx: published(func(c *Context, hs *fold.Handoff) {
			hs.To = append(hs.To, "team:qa")
			c.Covers = func(address, from, handle string) bool {
				return address == "team:qa" && from == "ana" && handle == "ines"
			}
		})},
		{name: "not a member", edits: []string{"by: ben", "by: ines"}, want: "HO702w:5", ctx: published(func(c *Context, hs *fold.Handoff) {
			hs.To = append(hs.To, "team:qa")
			c.Covers = func(string, string, string) bool { return false }
		})},
		{name: "seen by anybody", edits: []string{"by: ben", "by: ines", "outcome: accepted", "outcome: seen", "take: [session-mw]\n" + readback, ""}, ctx: published(nil)},

		// HO703
		{name: "unread", edits: []string{"2026-11-20T10:40:00Z", "2026-11-20T11:02:05Z"}, ctx: published(nil), want: "HO703w:13"},
		{name: "read", edits: []string{"2026-11-20T10:40:00Z", "2026-11-20T11:01:41Z"}, ctx: published(nil)},

		// HO704
		{name: "watch with a read-back", ctx: severe},
		{name: "watch without", edits: []string{readback, ""}, ctx: severe, want: "HO704:8"},
		{name: "routine without", edits: []string{readback, ""}, ctx: published(nil)},

		// HO705
		{name: "echo", edits: []string{understood, "\"PR #1842 has two of three approvals, e2e suite green on 4f2a9c1\""}, ctx: published(nil), want: "HO705:11"},
		{name: "few words", edits: []string{understood, "The timeout is open"}, ctx: published(nil), want: "HO705:11"},

		// HO706
		{name: "missed the point", edits: []string{understood, "Everything about billing is clear to me", first, "Start with invoices"}, ctx: published(nil), want: "HO706w:11"},

		// HO707
		{name: "bulk", ctx: withAcks(10*time.Second, 30*time.Second), want: "HO707w:6"},
		{name: "two in a minute", ctx: withAcks(10*time.Second, 90*time.Second)},

		// HO708
		{name: "declined", edits: []string{"outcome: accepted", "outcome: declined"}, ctx: published(nil), want: "HO708:1"},
		{name: "declined with a reason", edits: []string{"outcome: accepted", "outcome: declined\nreason: capacity"}, ctx: published(nil)},
		{name: "gaps without gaps", edits: []string{"outcome: accepted", "outcome: accepted_with_gaps"}, ctx: published(nil), want: "HO708:1"},
		{name: "gaps", edits: []string{"outcome: accepted", "outcome: accepted_with_gaps\ngaps: [{class: stale, note: The suite is red by now}]"}, ctx: published(nil)},
		{name: "exception without class", edits: []string{"outcome: accepted", "outcome: declined\nreason: exception"}, ctx: published(nil), want: "HO708:1"},

		// HO606
		{name: "drifted claim", want: "HO606w:8", ctx: published(func(c *Context, hs *fold.Handoff) {
			hs.Items[0].Claims = []handoff.Claim{{Claim: "Suite green", Status: "verified", Probe: "go test ./internal/login/form.go", Commit: "4f2a9c1"}}
			c.Changed = func(commit string, files []string) []string { return files }
		})},
		{name: "claim that holds", ctx: published(func(c *Context, hs *fold.Handoff) {
			hs.Items[0].Claims = []handoff.Claim{{Claim: "Suite green", Status: "verified", Probe: "go test ./internal/login/form.go", Commit: "4f2a9c1"}}
			c.Changed = func(string, []string) []string { return nil }
		})},
	})
}

func TestQuestionAndAnswerRules(t *testing.T) {
	const (
		question = "schema: handoff/v1\nkind: question\nid: q0000001\nat: \"2026-11-20T11:02:11Z\"\nby: ben\nabout: q:which\nask: \"Which form do you mean?\"\nto: ana\ncontext: There are two of them\n"
		answer   = "schema: handoff/v1\nkind: answer\nid: q0000002\nat: \"2026-11-20T11:02:11Z\"\nby: ana\nquestion: q:which\ntext: The one in login.ts\n"
	)
	rounds := func(n int) func(*Context) {
		return published(func(c *Context, _ *fold.Handoff) {
			c.State.Questions["which"] = &fold.Question{Key: "which", Rounds: n}
		})
	}
	runRuleTests(t, question, []ruleTest{
		{name: "second round", ctx: rounds(1)},
		{name: "third round", ctx: rounds(2), want: "HO709w:6"},
		{name: "no question", edits: []string{"you mean?", "you mean"}, ctx: rounds(1), want: "HO217:7"},
		{name: "unknown item", edits: []string{"to: ana", "to: ana\nblocks: [nothing]"}, ctx: rounds(1), want: "HO103:9"},
	})
	runRuleTests(t, answer, []ruleTest{
		{name: "second round", ctx: rounds(2)},
		{name: "third round", ctx: rounds(3), want: "HO709w:6"},
		{name: "talked", edits: []string{"text:", "source: call\ntext:"}, ctx: rounds(3)},
		{name: "filler", edits: []string{"The one in login.ts", "see slack"}, ctx: rounds(1), want: "HO806:7"},
	})
}

func TestDecisionRecordRules(t *testing.T) {
	const decision = "schema: handoff/v1\nkind: decision\nid: d0000001\nat: \"2026-11-20T10:02:11Z\"\nby: sarah\ntopic: cookie-store\ndecision: Keep sessions in a signed cookie\nrationale: Redis would add a dependency that staging lacks\n"
	runRuleTests(t, decision, []ruleTest{
		{name: "good"},
		{name: "no reason", edits: []string{"Redis would add a dependency that staging lacks", "obvious"}, want: "HO206w:8"},
		{name: "re-litigation", ctx: story(decided("Keep sessions in Redis", fold.DecisionAccepted)), want: "HO313:7"},
	})
}

// FuzzCheck: whatever was parsed can be judged, and every finding is whole.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(good), true)
	f.Add([]byte(goodAck), false)
	for _, record := range other {
		f.Add([]byte("schema: handoff/v1\n"+record), false)
	}
	f.Add([]byte("items: [5, {id: a}, null, {next: [[], {do: .nan}], progress: .inf}]\nwaivers: [{rule: HO1}]\n? {}\n: x\n\"a[9.\": 1\n"), true)
	f.Fuzz(func(t *testing.T, data []byte, draft bool) {
		for _, ctx := range []func(*Context){func(*Context) {}, published(nil), story(nil)} {
			c := before()
			ctx(&c)
			c.Draft = draft
			for _, finding := range Check(handoff.Parse(data, handoff.KindHandoff), c) {
				if _, ok := Lookup(finding.Code); !ok || finding.Line < 1 || finding.Message == "" || finding.Level == "" {
					t.Errorf("%+v", finding)
				}
				if text.Neutralise(finding.Message) != finding.Message || text.Neutralise(finding.Field) != finding.Field {
					t.Errorf("not neutralised: %+v", finding)
				}
			}
		}
	})
}
