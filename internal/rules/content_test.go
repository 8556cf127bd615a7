package rules

import (
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestContentRules(t *testing.T) {
	const (
		do        = "Add the client side check to login.ts"
		state     = "Server side validation lives in internal/login/form.go, client side is missing"
		needs     = "Decide the session timeout for admins, 15 or 60 minutes"
		because   = "The middleware cannot pick a value that security will accept"
		rationale = "Redis would add a dependency that staging does not have before March"
	)
	lots := strings.Repeat("alpha beta gamma delta ", 200)
	runRuleTests(t, good, []ruleTest{
		// HO201
		{name: "filler step", edits: []string{do, "tbd"}, want: "HO201:32"},
		{name: "one word", edits: []string{do, "Fix"}, want: "HO201:32"},
		{name: "two words", edits: []string{do, "Fix login"}, want: "HO201w:32"},
		{name: "an act on the item", edits: []string{do, "Deploy"}},
		{name: "an act on its thing", edits: []string{do, "Rebase it"}},
		{name: "a number", edits: []string{do, "s5-s8"}},
		{name: "weak verb", edits: []string{do, "Continue the work on the form"}, want: "HO201w:32"},
		{name: "two words that name a thing", edits: []string{do, "\"Merge #1432\""}},
		{name: "two words and a version", edits: []string{do, "Tag 2.1.9"}},
		{name: "weak verb with an anchor", edits: []string{do, "Continue the work on login.ts"}},
		{name: "weak verb with a condition", edits: []string{do, "Continue the work on the form\n        when: after the review is through"}},
		{name: "weak verb with a date", edits: []string{do, "Continue the work on the form\n        due: \"2026-11-30T09:00:00+08:00\""}},
		// HO202
		{name: "few words", edits: []string{do, "Add the client check"}},
		{name: "soft start", edits: []string{do, "We add the client side check soon enough"}, want: "HO202w:32 HO204w:32"},
		{name: "no order", edits: []string{do, "Adding the client side check to login.ts"}, want: "HO202w:32"},
		{name: "ping is an order", edits: []string{do, "Ping security about the timeout decision"}},
		{name: "string is no gerund", edits: []string{do, "String the client side checks together"}},
		// HO203
		{name: "filler state", edits: []string{state, "n/a"}, want: "HO203:29"},
		{name: "status again", edits: []string{state, "In progress."}, want: "HO203:29"},
		{name: "status as it is written", edits: []string{state, "in_progress"}, want: "HO203:29"},
		{name: "status with a dash", edits: []string{state, "In-Progress"}, want: "HO203:29"},
		{name: "in progress, in other words", edits: []string{state, "Still working on the validation of the form"}, want: "HO203w:29"},
		{name: "in progress, with an anchor", edits: []string{state, "Still working on the validation in form.go"}},
		{name: "short state", edits: []string{state, "Validation half ready"}, want: "HO203w:29"},
		{name: "title again", edits: []string{`"PR #1842 has two of three approvals, e2e suite green on 4f2a9c1"`, "Session middleware (#1842)", "title: Session middleware", "title: \"Session middleware (#1842)\""}, want: "HO203w:16"},
		// HO204
		{name: "tomorrow", edits: []string{do, "Add the client side check to login.ts tomorrow"}, want: "HO204w:32"},
		{name: "tomorrow, with a date", edits: []string{do, "Add the client side check to login.ts tomorrow (2026-11-21)"}},
		{name: "the day of return", edits: []string{do, "Add the client side check to login.ts before Saturday"}},
		{name: "another day", edits: []string{do, "Add the client side check to login.ts before Tuesday"}, want: "HO204w:32"},
		{name: "tomorrow, due", edits: []string{do, "Add the client side check to login.ts tomorrow\n        due: \"2026-11-30T09:00:00+08:00\""}},
		{name: "a time without zone is not enough", edits: []string{do, "Add the client side check to login.ts today 15:00"}, want: "HO204w:32"},
		{name: "a time with zone is", edits: []string{do, "Add the client side check to login.ts today 15:00 UTC"}},
		{name: "another language", edits: []string{do, "Deploy today, eod"}, ctx: func(c *Context) { c.Config.Rules.Lang = "de" }},
		// HO205
		{name: "filler need", edits: []string{needs, "tbd"}, want: "HO205:36"},
		{name: "a wait", edits: []string{needs, "Waiting for sarah"}, want: "HO205w:36"},
		{name: "still blocked by the review", edits: []string{needs, "still blocked by review"}, want: "HO205w:36"},
		{name: "two words", edits: []string{needs, "Timeout decision"}, want: "HO205w:36"},
		{name: "two words with an anchor", edits: []string{needs, "Approve PAY-311"}},
		{name: "two words with a handle", edits: []string{needs, "\"Ask @sarah\""}, want: "HO205w:36"},
		// HO206
		{name: "no rationale", edits: []string{"    rationale: " + rationale + "\n", ""}, want: "HO206:41"},
		{name: "empty rationale", edits: []string{rationale, `""`}, want: "HO206:43"},
		{name: "filler rationale", edits: []string{rationale, "as discussed"}, want: "HO206:43"},
		{name: "no reason", edits: []string{rationale, "It is simpler"}, want: "HO206w:43"},
		{name: "short reason", edits: []string{rationale, "Redis is missing"}, want: "HO206w:43"},
		{name: "decision again", edits: []string{rationale, "Keep sessions in a signed cookie"}, want: "HO206w:43"},
		// HO208
		{name: "801 words", edits: []string{"because: " + because, "because: " + because + "\n    workaround: " + lots}, want: "HO208w:1"},
		{name: "1600 words", edits: []string{"because: " + because, "because: " + because + "\n    workaround: " + lots + lots}, want: "HO208:1"},
		{name: "details do not count", edits: []string{"returns_at", "details: " + lots + "\nreturns_at"}},
		{name: "long notes", edits: []string{"returns_at", "notes: " + strings.Repeat("ab cd ", 75) + "\nreturns_at"}, want: "HO208w:44"},
		// HO212
		{name: "no acceptance", edits: []string{"    accept:\n      - check: e2e suite passes on main\n        cmd: make e2e\n", ""}},
		{name: "no acceptance of what is to be watched", edits: []string{"    accept:\n      - check: e2e suite passes on main\n        cmd: make e2e\n", "    severity: watch\n    if_then: [{if: the suite fails, then: revert it}]\n", "Merge PR #1842 once the timeout is decided", "Call security about PR #1842"}, want: "HO212w:12"},
		{name: "a step that anybody can see done", edits: []string{"    accept:\n      - check: e2e suite passes on main\n        cmd: make e2e\n", "    severity: watch\n    if_then: [{if: the suite fails, then: revert it}]\n", "Merge PR #1842 once the timeout is decided", "Tag 2.1.9"}},
		// HO213
		{name: "cannot be observed", edits: []string{"check: e2e suite passes on main\n        cmd: make e2e", "check: everything looks nice"}, want: "HO213w:23"},
		{name: "a number can", edits: []string{"check: e2e suite passes on main\n        cmd: make e2e", "check: latency below 200 ms"}},
		{name: "a version can", edits: []string{"check: e2e suite passes on main\n        cmd: make e2e", "check: 2.1.9 on npm"}},
		{name: "a count can", edits: []string{"check: e2e suite passes on main\n        cmd: make e2e", "check: 4 users log in"}},
		{name: "a word can", edits: []string{"check: e2e suite passes on main\n        cmd: make e2e", "check: the banner is visible"}},
		{name: "a command can", edits: []string{"check: e2e suite passes on main", "check: everything looks nice"}},
		// HO214
		{name: "watch", edits: []string{"status: in_progress", "status: in_progress\n    severity: watch"}, want: "HO214w:26"},
		{name: "critical", edits: []string{"status: in_progress", "status: in_progress\n    severity: critical"}, want: "HO214:26"},
		{name: "critical, with a plan", edits: []string{"status: in_progress", "status: in_progress\n    severity: critical\n    if_then: [{if: the form fails, then: revert it}]"}},
		// HO215
		{name: "irreversible", edits: []string{do, do + "\n        risk: irreversible"}, want: "HO215:32"},
		{name: "irreversible, confirmed", edits: []string{do, do + "\n        risk: irreversible\n        confirm_with: sarah"}},
		// HO216
		{name: "opaque", edits: []string{because, "Policy rules"}, want: "HO216w:37"},
		{name: "needs again", edits: []string{because, needs}, want: "HO216w:37"},
		// HO217
		{name: "question", edits: []string{"returns_at", "questions: [{id: which-one, ask: \"Which one do you mean?\", to: ines, context: There are two forms}]\nreturns_at"}},
		{name: "no question", edits: []string{"returns_at", "questions: [{id: which-one, ask: Tell me, to: ines, context: There are two forms}]\nreturns_at"}, want: "HO217:44"},
		{name: "to nobody", edits: []string{"returns_at", "questions: [{id: which-one, ask: \"Which one do you mean?\", context: There are two forms}]\nreturns_at"}, want: "HO217:44"},
		{name: "beside items", edits: []string{"returns_at", "questions: [{id: which-one, ask: \"Which one do you mean?\", to: ines}]\nreturns_at"}},
		// HO805
		{name: "same step", edits: []string{do, "\"Merge PR #1842 once the timeout is decided\""}, want: "HO805w:32"},
		{name: "same state", edits: []string{state, "\"PR #1842 has two of three approvals, e2e suite green on 4f2a9c1\""}, want: "HO805w:29"},
	})
}

func TestTooManyItems(t *testing.T) {
	items := func(n int) string {
		var b strings.Builder
		for i := range n {
			c := string(rune('a' + i))
			b.WriteString("  - {id: item-" + c + ", status: ready, owner: ana, state: Part " + c + " waits in file_" + c + ".go, intent: Part of the plan for the year " + c + ", next: [{do: Write file_" + c + ".go and its test, owner: ana}]}\n")
		}
		return b.String()
	}
	runRuleTests(t, good, []ruleTest{
		{name: "seven", edits: []string{"items:\n", "items:\n" + items(5)}},
		{name: "eight", edits: []string{"items:\n", "items:\n" + items(6)}, want: "HO208w:11"},
		{name: "thirteen", edits: []string{"items:\n", "items:\n" + items(11)}, want: "HO208:11"},
	})
}

func TestTooThin(t *testing.T) {
	const thin = `schema: handoff/v1
kind: handoff
id: k3f9q2m7
at: "2026-11-20T18:02:11+08:00"
by: ana
to: [ben]
summary: Parser moves to parse.go
shipped: []
items:
  - {id: parser, status: ready, owner: ana, state: Lives in parse.go, next: [{do: Move lexer to lex.go, owner: ana}]}
blockers: []
decisions: []
returns_at: "2026-11-21T09:00:00+08:00"
`
	runRuleTests(t, thin, []ruleTest{
		{name: "thin", ctx: liveItem("parser", "ana"), want: "HO209w:9"},
		{name: "no items", edits: []string{"  - {id: parser, status: ready, owner: ana, state: Lives in parse.go, next: [{do: Move lexer to lex.go, owner: ana}]}\n", "", "items:", "items: []"}},
	})
}

// TestCarriedText judges a text once: who repeats it word for word gets no finding
// about it again, and who changes it does.
func TestCarriedText(t *testing.T) {
	const do, intent = "Add the client side check to login.ts", "The old form lost the typed text on every failed attempt"
	published := func(c *Context) {
		liveItem("login-form", "ana")(c)
		it := c.State.Items["login-form"]
		it.State = "Still working on the validation of the form"
		it.Next = []handoff.Next{{Do: "Continue the work on the form", Owner: "ana"}}
		it.Intent = intent
	}
	runRuleTests(t, good, []ruleTest{
		{name: "carried", edits: []string{do, "Continue the work on the form"}, ctx: published},
		{name: "new words", edits: []string{do, "Continue the work on the other form"}, ctx: published, want: "HO201w:32"},
		{name: "of another item", edits: []string{"id: login-form", "id: login-page", do, "Continue the work on the form"}, ctx: published, want: "HO302:11 HO201w:32"},
		{name: "a secret is a secret each time", edits: []string{do, "Log in with password=hunter2secret1"}, ctx: func(c *Context) {
			published(c)
			c.State.Items["login-form"].Next[0].Do = "Log in with password=hunter2secret1"
		}, want: "HO901:32"},
		{name: "one that is published is judged as it is", edits: []string{do, "Continue the work on the form"}, ctx: func(c *Context) {
			published(c)
			c.State.Records = map[string]*handoff.Record{"k3f9q2m7": {}}
		}, want: "HO201w:32"},
	})
}
