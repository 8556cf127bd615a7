package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// good is a handoff that no rule objects to.
const good = `schema: handoff/v1
kind: handoff
id: k3f9q2m7
at: "2026-11-20T18:02:11+08:00"
by: ana
to: [ben]
summary: Session middleware is in review, waiting on the timeout policy
shipped:
  - what: Login form validates the email before it is sent
    refs: [{type: commit, id: 4f2a9c1}]
items:
  - id: session-mw
    title: Session middleware
    status: blocked
    owner: ana
    state: "PR #1842 has two of three approvals, e2e suite green on 4f2a9c1"
    intent: Sessions must survive a deploy so that nobody is logged out at noon
    next:
      - do: "Merge PR #1842 once the timeout is decided"
        owner: ben
        start: after:session-timeout
    accept:
      - check: e2e suite passes on main
        cmd: make e2e
    blocked_by: [session-timeout]
  - id: login-form
    status: in_progress
    owner: ana
    state: Server side validation lives in internal/login/form.go, client side is missing
    intent: The old form lost the typed text on every failed attempt
    next:
      - do: Add the client side check to login.ts
        owner: ana
blockers:
  - id: session-timeout
    needs: Decide the session timeout for admins, 15 or 60 minutes
    because: The middleware cannot pick a value that security will accept
    resolver: sarah
    blocks: [session-mw]
decisions:
  - id: cookie-store
    decision: Keep sessions in a signed cookie
    rationale: Redis would add a dependency that staging does not have before March
returns_at: "2026-11-21T09:00:00+08:00"
`

// before is the context in which good is published: nothing was said so far.
func before() Context {
	return Context{
		Now:    time.Date(2026, 11, 20, 10, 3, 0, 0, time.UTC),
		State:  new(fold.View),
		Config: &config.Config{People: map[string]config.Person{"ana": {}, "ben": {}, "ines": {}, "sarah": {}}},
	}
}

// shown is the findings as code:line, with w for a warning.
func shown(findings []handoff.Finding) string {
	var list []string
	for _, f := range findings {
		mark := ""
		if f.Level == handoff.LevelWarning {
			mark = "w"
		}
		list = append(list, fmt.Sprintf("%s%s:%d", f.Code, mark, f.Line))
	}
	return strings.Join(list, " ")
}

// edit replaces the first occurrence of each old text, which must exist.
func edit(t *testing.T, in string, edits ...string) string {
	t.Helper()
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(in, edits[i]) {
			t.Fatalf("%q is not in the text", edits[i])
		}
		in = strings.Replace(in, edits[i], edits[i+1], 1)
	}
	return in
}

// ruleTest is a change to good, and what it leads to.
type ruleTest struct {
	name  string
	edits []string
	ctx   func(*Context)
	want  string
}

func runRuleTests(t *testing.T, base string, tests []ruleTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx := before()
			if test.ctx != nil {
				test.ctx(&ctx)
			}
			findings := Check(handoff.Parse([]byte(edit(t, base, test.edits...)), ""), ctx)
			if got := shown(findings); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
				for _, f := range findings {
					t.Logf("%s %s %s: %s; %s", f.Code, f.Level, f.Field, f.Message, f.Fix)
				}
			}
			for _, f := range findings {
				checkWording(t, f)
			}
		})
	}
}

// checkWording holds every finding to what a message has to be.
func checkWording(t *testing.T, f handoff.Finding) {
	t.Helper()
	if f.Message == "" || f.Fix == "" {
		t.Errorf("a finding without message or fix: %+v", f)
	}
	for _, bad := range []string{"map[", "[]interface", "float64", "%!", "$defs", "handoff.", "jsonschema", "<nil>"} {
		if strings.Contains(f.Message, bad) || strings.Contains(f.Fix, bad) {
			t.Errorf("%q in %+v", bad, f)
		}
	}
	if strings.HasSuffix(f.Message, ".") || strings.HasSuffix(f.Fix, ".") {
		t.Errorf("a full stop ends %+v", f)
	}
	if _, ok := Lookup(f.Code); !ok {
		t.Errorf("%s is not in the table", f.Code)
	}
}

func TestGoodHandoff(t *testing.T) {
	runRuleTests(t, good, []ruleTest{{name: "as it is"}})
}

func TestStructureRules(t *testing.T) {
	runRuleTests(t, good, []ruleTest{
		// HO101
		{name: "unknown key", edits: []string{"title: Session", "tilte: Session"}, want: "HO101:13"},
		{name: "x- at the top", edits: []string{"to: [ben]", "to: [ben]\nx-sprint: 12"}},
		{name: "x- inside", edits: []string{"title: Session", "x-title: Session"}, want: "HO101:13"},
		{name: "number for text", edits: []string{"title: Session middleware", "title: 42"}, want: "HO101:13"},
		{name: "enum", edits: []string{"status: in_progress", "status: inprogress"}, want: "HO101:27"},
		{name: "too long", edits: []string{"title: Session middleware", "title: " + strings.Repeat("word ", 20)}, want: "HO101:13"},
		{name: "bad slug", edits: []string{"id: login-form", "id: Login Form"}, want: "HO101:26"},
		{name: "line break in state", edits: []string{"state: Server side", "state: |\n      Server side"}, want: "HO101:29"},
		{name: "missing key of an item", edits: []string{"    status: in_progress\n", ""}, want: "HO101:26"},
		{name: "missing head", edits: []string{"by: ana\n", ""}, want: "HO101:1"},
		{name: "missing head of a draft", edits: []string{"by: ana\n", "", "id: k3f9q2m7\n", ""}, ctx: func(c *Context) { c.Draft, c.By = true, "ana" }},
		{name: "optional key without value", edits: []string{"title: Session middleware", "title:"}, want: "HO101:13"},
		{name: "list of the wrong type", edits: []string{"blocked_by: [session-timeout]", "blocked_by: session-timeout"}, want: "HO101:25 HO306:25"},
		{name: "unknown kind", edits: []string{"kind: handoff", "kind: handof"}, want: "HO101:2"},
		{name: "newer schema", edits: []string{"handoff/v1", "handoff/v2"}, want: "HO101:1"},
		{name: "one-way door", edits: []string{"id: cookie-store", "id: cookie-store\n    door: one_way"}, want: "HO101:41"},
		{name: "one-way door, approved", edits: []string{"id: cookie-store", "id: cookie-store\n    door: one_way\n    approved_by: sarah"}},
		{name: "an entry that does not fit, and one after it", edits: []string{"items:\n", "items:\n  - 5\n", "status: in_progress", "status: blocked"},
			want: "HO101:12 HO306:27"},
		{name: "an entry without value", edits: []string{"to: [ben]", "to: [null, ben]"}, want: "HO101:6"},
		{name: "nobody to hand over to", edits: []string{"to: [ben]", "to: []"}, want: "HO101:6"},

		// HO102
		{name: "absent", edits: []string{"summary: Session middleware is in review, waiting on the timeout policy\n", "",
			"returns_at: \"2026-11-21T09:00:00+08:00\"\n", "", "to: [ben]\n", ""}, want: "HO102:1 HO102:1 HO102:1"},
		{name: "null", edits: []string{"summary: Session middleware is in review, waiting on the timeout policy", "summary: ~"}, want: "HO102:7"},
		{name: "explicit none", edits: []string{"decisions:\n  - id: cookie-store\n    decision: Keep sessions in a signed cookie\n    rationale: Redis would add a dependency that staging does not have before March\n", "decisions: []\n"}},

		// HO103
		{name: "unknown blocker", edits: []string{"blocked_by: [session-timeout]", "blocked_by: [session-timeuot]"}, want: "HO103:25"},
		{name: "unknown blocker without state", edits: []string{"blocked_by: [session-timeout]", "blocked_by: [session-timeuot]"}, ctx: func(c *Context) { c.State = nil }},
		{name: "blocker of the state", edits: []string{"blocked_by: [session-timeout]", "blocked_by: [session-timeout, blk:older]"},
			ctx: func(c *Context) {
				c.State = &fold.View{Blockers: map[string]*fold.Blocker{"older": {Resolution: new(handoff.Record)}}}
			}},
		{name: "wrong kind of reference", edits: []string{"blocked_by: [session-timeout]", "blocked_by: [item:session-timeout]"}, want: "HO103:25"},
		{name: "unknown item", edits: []string{"blocks: [session-mw]", "blocks: [session-mw, session-mv]"}, want: "HO103:39"},
		{name: "unknown dependency", edits: []string{"id: login-form", "id: login-form\n    depends_on: [other, pr:1842, PAY-311]"}, want: "HO103:27"},
		{name: "unknown start", edits: []string{"start: after:session-timeout", "start: after:session-time"}, want: "HO103:21"},
		{name: "start after a pull request", edits: []string{"start: after:session-timeout", "start: after:pr:1842"}},
		{name: "unchanged names no item", edits: []string{"returns_at", "unchanged: [{id: login, why: waits for review}]\nreturns_at"}, want: "HO103:44"},
		{name: "not in the roster", edits: []string{"to: [ben]", "to: [bne]", "owner: ana", "owner: anna", "owner: ben", "owner: bne", "resolver: sarah", "resolver: sara"},
			want: "HO103:6 HO103:15 HO103:20 HO103:38"},
		{name: "no roster", edits: []string{"to: [ben]", "to: [bne]"}, ctx: func(c *Context) { c.Config.People = nil }},
		{name: "a group is in no roster", edits: []string{"to: [ben]", "to: [ben, team:qa]", "resolver: sarah", "resolver: area:sessions"}},
		{name: "source without a rollup", edits: []string{"id: login-form", "id: login-form\n    source: k3f9q2m7"}, want: "HO103:27"},

		// HO104
		{name: "time without offset", edits: []string{"2026-11-21T09:00:00+08:00", "2026-11-21T09:00:00"}, want: "HO104:44"},
		{name: "date for a time", edits: []string{`"2026-11-21T09:00:00+08:00"`, "2026-11-21"}, want: "HO104:44"},
		{name: "number for a time", edits: []string{`"2026-11-21T09:00:00+08:00"`, "2026"}, want: "HO104:44"},
		{name: "a comma before the fraction", edits: []string{"2026-11-21T09:00:00+", "2026-11-21T09:00:00,5+"}, want: "HO104:44"},
		{name: "fractions of a second", edits: []string{"2026-11-20T18:02:11", "2026-11-20T18:02:11.345", "2026-11-21T09:00:00", "2026-11-21T09:00:00.5"}},
		{name: "no such month", edits: []string{"2026-11-21T09", "2026-13-21T09"}, want: "HO104:44"},
		{name: "back before leaving", edits: []string{"2026-11-21T09:00", "2026-11-20T18:02"}, want: "HO104:44"},
		{name: "unreachable", edits: []string{"returns_at", "reachable_until: \"2026-11-20T17:00:00+08:00\"\nreturns_at"}, want: "HO104:44"},
		{name: "future", edits: []string{"2026-11-20T18:02:11", "2026-11-20T18:12:11"}, want: "HO104:4"},
		{name: "future within the skew", edits: []string{"2026-11-20T18:02:11", "2026-11-20T18:04:11"}, ctx: func(c *Context) { c.Config.Timing.ClockSkew.Clock = 5 * time.Minute }},
	})
}

func TestFirstContentRules(t *testing.T) {
	const summary = "Session middleware is in review, waiting on the timeout policy"
	runRuleTests(t, good, []ruleTest{
		// HO207
		{name: "empty summary", edits: []string{summary, `""`}, want: "HO207:7"},
		{name: "long summary", edits: []string{summary, strings.Repeat("word ", 30)}, want: "HO207:7"},
		{name: "140 characters", edits: []string{summary, strings.Repeat("wörd ", 27) + "wörds"}},
		{name: "summary with a line break", edits: []string{summary, `"First line\nand a second one here"`}, want: "HO207:7"},
		{name: "short summary", edits: []string{summary, "Middleware waits"}, want: "HO207w:7"},
		{name: "three words of summary", edits: []string{summary, "Outage is over"}},
		{name: "two sentences", edits: []string{summary, "Middleware is in review. Timeout is open. Sarah decides."}, want: "HO207w:7"},
		{name: "abbreviations end no sentence", edits: []string{summary, "Middleware waits, e.g. for the timeout, i.e. for sarah"}},

		// HO210
		{name: "no intent", edits: []string{"    intent: The old form lost the typed text on every failed attempt\n", ""}, want: "HO210:26"},
		{name: "short intent", edits: []string{"The old form lost the typed text on every failed attempt", "Login improvements"}, want: "HO210w:30"},
		{name: "two words of intent that are new", edits: []string{"The old form lost the typed text on every failed attempt", "Lost text"}},
		{name: "three words of intent", edits: []string{"The old form lost the typed text on every failed attempt", "Users lost text"}},
		{name: "inherited intent", edits: []string{"    intent: The old form lost the typed text on every failed attempt\n", ""}, ctx: liveItem("login-form", "ana")},
		{name: "no state", edits: []string{"    intent: The old form lost the typed text on every failed attempt\n", ""}, ctx: func(c *Context) { c.State = nil }},

		// HO211
		{name: "no next", edits: []string{"    next:\n      - do: Add the client side check to login.ts\n        owner: ana\n", ""}, want: "HO211:26"},
		{name: "empty next", edits: []string{"    next:\n      - do: Add the client side check to login.ts\n        owner: ana\n", "    next: []\n"}, want: "HO211:31"},
		{name: "no next when blocked", edits: []string{"    next:\n      - do: \"Merge PR #1842 once the timeout is decided\"\n        owner: ben\n        start: after:session-timeout\n", ""}, want: "HO101:12"},
		{name: "nothing starts now", edits: []string{"check to login.ts\n", "check to login.ts\n        start: after:session-mw\n"}, want: "HO211:31"},
		{name: "explicit now", edits: []string{"check to login.ts\n", "check to login.ts\n        start: now\n"}},

		// HO803
		{name: "todo", edits: []string{summary, "Session middleware is in review, TODO say more"}, want: "HO803:7"},
		{name: "brackets", edits: []string{"Add the client side check", "Add the [describe the step]"}, want: "HO803:32"},
		{name: "angle brackets", edits: []string{"Add the client side check", "Add <what exactly> to the form"}, want: "HO803:32"},
		{name: "code is no template", edits: []string{"Add the client side check", "Add `TODO` and `<input>` lint checks"}},
		{name: "an address is no template", edits: []string{"Add the client side check", "Ask <ines@example.com>, see <https://example.com/a>, then add checks"}},
		{name: "a redirection is no template", edits: []string{"cmd: make e2e", "cmd: diff <in >out"}},
		{name: "another language", edits: []string{summary, "Middleware steht, TODO Text"}, ctx: func(c *Context) { c.Config.Rules.Lang = "de" }},

		// HO806
		{name: "filler", edits: []string{"Keep sessions in a signed cookie", "see above", "Login form validates the email before it is sent", "Misc."},
			want: "HO806:9 HO806:42"},
		{name: "filler in an optional text", edits: []string{"title: Session middleware", "title: misc"}},
	})
}

func TestFirstConsistencyRules(t *testing.T) {
	const empty = "decisions:"
	runRuleTests(t, good, []ruleTest{
		// HO306
		{name: "blocked by nothing", edits: []string{"    blocked_by: [session-timeout]\n", ""}, want: "HO306:12"},
		{name: "blocked and moving", edits: []string{"status: blocked", "status: in_review", "start: after:session-timeout", "start: now",
			empty, "    workaround: Use 15 minutes on staging\n" + empty}, want: "HO306:25"},

		// HO307
		{name: "blocks a moving item", edits: []string{"blocks: [session-mw]", "blocks: [session-mw, login-form]"}, want: "HO307:39"},
		{name: "blocks a moving item, with a workaround", edits: []string{"blocks: [session-mw]", "blocks: [session-mw, login-form]\n    workaround: Use 15 minutes on staging"}},

		// HO311
		{name: "cycle", edits: []string{"id: session-mw", "id: session-mw\n    depends_on: [login-form]", "id: login-form", "id: login-form\n    depends_on: [item:session-mw]"},
			want: "HO311:13"},
		{name: "depends on itself", edits: []string{"id: session-mw", "id: session-mw\n    depends_on: [session-mw]"}, want: "HO311:13"},
		{name: "depends on another", edits: []string{"id: session-mw", "id: session-mw\n    depends_on: [login-form]"}},
		{name: "cycle through the state", edits: []string{"id: session-mw", "id: session-mw\n    depends_on: [api]"}, want: "HO311:13",
			ctx: func(c *Context) {
				c.State = &fold.View{Items: map[string]*fold.Item{"api": {Item: handoff.Item{ID: "api", DependsOn: []string{"session-mw"}}}}}
			}},
	})
}

func TestFirstOwnershipRules(t *testing.T) {
	runRuleTests(t, good, []ruleTest{
		// HO401
		{name: "no owner", edits: []string{"    status: blocked\n    owner: ana\n", "    status: blocked\n"}, want: "HO401:12"},
		{name: "empty owner", edits: []string{"    owner: ana\n", "    owner: \"\"\n"}, want: "HO401:15"},
		{name: "owner without value", edits: []string{"    owner: ana\n", "    owner:\n"}, want: "HO401:15"},
		{name: "list of owners", edits: []string{"    owner: ana\n", "    owner: [ana, ben]\n"}, want: "HO401:15"},
		{name: "someone", edits: []string{"    owner: ana\n", "    owner: someone\n"}, want: "HO401:15"},
		{name: "a team owns it", edits: []string{"    owner: ana\n", "    owner: team:payments\n"}, want: "HO401:15"},
		{name: "no owner of a step", edits: []string{"        owner: ben\n", ""}, want: "HO401:19"},
		{name: "a group that is not asked", edits: []string{"        owner: ben\n", "        owner: team:qa\n"}, want: "HO401:20"},
		{name: "a group that is asked", edits: []string{"        owner: ben\n", "        owner: team:qa\n", "to: [ben]", "to: [ben, team:qa]"}},
		{name: "no resolver", edits: []string{"    resolver: sarah\n", ""}, want: "HO401:35"},
		{name: "a lead resolves it", edits: []string{"resolver: sarah", "resolver: lead:payments"}, want: "HO401:38"},
		{name: "an area resolves it", edits: []string{"resolver: sarah", "resolver: area:session-policy"}},
		{name: "owner with @", edits: []string{"    owner: ana\n", "    owner: \"@ana\"\n"}, want: "HO101:15"},
		{name: "waiving a missing owner leaves it malformed", want: "HO101:12",
			edits: []string{"    status: blocked\n    owner: ana\n", "    status: blocked\n", "returns_at", "waivers: [{rule: HO401, why: nobody yet}]\nreturns_at"}},

		// HO402
		{name: "two resolvers", edits: []string{"resolver: sarah", "resolver: sarah, ines"}, want: "HO402:38"},
		{name: "two resolvers with and", edits: []string{"resolver: sarah", "resolver: sarah and @ines"}, want: "HO402:38"},
		{name: "list of resolvers", edits: []string{"resolver: sarah", "resolver: [sarah, ines]"}, want: "HO402:38"},
		{name: "list of one resolver", edits: []string{"resolver: sarah", "resolver: [sarah]"}, want: "HO401:38"},
	})
}

func TestIntegrityRules(t *testing.T) {
	const title = "title: Session middleware"
	secret := "ghp_" + strings.Repeat("a1B2", 10)
	runRuleTests(t, good, []ruleTest{
		// HO901
		{name: "secret", edits: []string{title, "title: " + secret}, want: "HO901:13"},
		{name: "secret in an unknown key", edits: []string{title, "titel: " + secret}, want: "HO101:13 HO901:13"},
		{name: "secret in an extension", edits: []string{"to: [ben]", "to: [ben]\nx-a: {b: [" + secret + "]}"}, want: "HO901:7"},
		{name: "secret that is none", edits: []string{title, "title: " + secret}, ctx: func(c *Context) { c.Config.Rules.AllowSecrets = []string{Secrets(secret)[0].Fingerprint} }},
		{name: "secret that is let through", edits: []string{title, "title: " + secret}, ctx: func(c *Context) { c.LetThrough = []string{Secrets(secret)[0].Fingerprint} }, want: "HO901w:13"},
		{name: "secret cannot be waived", edits: []string{title, "title: " + secret, "returns_at", "waivers: [{rule: HO901, why: it is old}]\nreturns_at"}, want: "HO901:13 HO101:44"},

		// HO903
		{name: "right place", ctx: func(c *Context) { c.Path = ".handoffs/2026/11/20/100211Z-handoff-ana-k3f9q2m7.yaml" }},
		{name: "wrong day", ctx: func(c *Context) { c.Path = ".handoffs/2026/11/21/100211Z-handoff-ana-k3f9q2m7.yaml" }, want: "HO903:1"},
		{name: "wrong id", ctx: func(c *Context) { c.Path = ".handoffs/2026/11/20/100211Z-handoff-ana-k3f9q2m8.yaml" }, want: "HO903:1"},

		// Found by the parser.
		{name: "hidden character", edits: []string{title, `title: "a\x1b[31m"`}, want: "HO907:13"},
		{name: "duplicate key", edits: []string{title, title + "\n    status: ready"}, want: "HO910:15"},
		{name: "eaten text", edits: []string{`state: "PR #1842 has two of three approvals, e2e suite green on 4f2a9c1"`, "state: In PR #1842, e2e suite green on main"}, want: "HO203w:16 HO911:16"},
	})
}

func TestSecretsAreNotShown(t *testing.T) {
	secret := "ghp_" + strings.Repeat("a1B2", 10)
	for _, edits := range [][]string{
		{"title: Session middleware", "title: [" + secret + "]"},
		{"    owner: ana\n", "    owner: " + secret + "\n"},
		{"    owner: ana\n", "    owner: [" + secret + "]\n"},
		{"resolver: sarah", "resolver: " + secret + ", ines"},
		{"title: Session middleware", secret + ": x"},
		{"status: blocked", "status: " + secret},
		{"blocked_by: [session-timeout]", "blocked_by: [" + strings.ToLower(secret) + "]"},
		{"[{type: commit, id: 4f2a9c1}]", "[{type: commit, id: \"token=" + secret + "\"}]"},
	} {
		doc := handoff.Parse([]byte(edit(t, good, edits...)), "")
		for _, f := range Check(doc, before()) {
			if all := fmt.Sprintf("%+v", f); strings.Contains(strings.ToLower(all), strings.ToLower(secret[:20])) {
				t.Errorf("%q: the secret is in %s", edits[1], all)
			}
		}
	}
}

func TestWaiversAndLevels(t *testing.T) {
	blocked := []string{"    blocked_by: [session-timeout]\n", ""}
	waive := func(code string) []string {
		return append([]string{"returns_at", "waivers: [{rule: " + code + ", why: the blocker has no name yet}]\nreturns_at"}, blocked...)
	}
	runRuleTests(t, good, []ruleTest{
		{name: "waived", edits: waive("HO306")},
		{name: "another one waived", edits: waive("HO307"), want: "HO306:12"},
		{name: "unknown rule", edits: waive("HO999"), want: "HO306:12 HO101:43"},
		{name: "not a code", edits: waive("intent"), want: "HO306:12 HO101:43"},
		{name: "not waivable", edits: waive("HO102"), want: "HO306:12 HO101:43"},
		{name: "integrity", edits: waive("HO910"), want: "HO306:12 HO101:43"},
		{name: "pilot", edits: blocked, ctx: func(c *Context) { c.Config.Rules.Preset = config.PresetPilot }, want: "HO306w:12"},
		{name: "off", edits: blocked, ctx: func(c *Context) { c.Config.Rules.Levels = map[string]string{"HO306": config.RuleOff} }},
		{name: "warn", edits: blocked, ctx: func(c *Context) { c.Config.Rules.Levels = map[string]string{"HO306": config.RuleWarn} }, want: "HO306w:12"},
		{name: "a rule weighs more than the preset", edits: blocked, ctx: func(c *Context) {
			c.Config.Rules = config.Rules{Preset: config.PresetPilot, Levels: map[string]string{"HO306": config.RuleError}}
		}, want: "HO306:12"},
		{name: "fixed", edits: []string{"to: [ben]\n", ""}, ctx: func(c *Context) {
			c.Config.Rules = config.Rules{Preset: config.PresetPilot, Levels: map[string]string{"HO102": config.RuleOff}}
		}, want: "HO102:1"},
		{name: "strict", edits: []string{"Session middleware is in review, waiting on the timeout policy", "Middleware waits"},
			ctx: func(c *Context) { c.Config.Rules.Preset = config.PresetStrict }, want: "HO207:7"},
		{name: "pilot keeps the schema", edits: []string{"    owner: ana\n", "    owner: someone\n"}, ctx: func(c *Context) { c.Config.Rules.Preset = config.PresetPilot }, want: "HO401w:15"},
	})
}

// liveItem is a context in which an item is live and held.
func liveItem(id, holder string) func(*Context) {
	return func(c *Context) {
		c.State = &fold.View{Items: map[string]*fold.Item{id: {Item: handoff.Item{ID: id, Status: "in_progress"}, Holder: holder, At: c.Now.Add(-24 * time.Hour)}}}
	}
}

func TestMessages(t *testing.T) {
	tests := []struct {
		edits        []string
		message, fix string
	}{
		{[]string{"title: Session", "tilte: Session"}, `unknown key "tilte"`, "did you mean `title`?"},
		{[]string{"to: [ben]", "to: [ben]\nsprint: 12"}, `unknown key "sprint"`, "remove it, or begin its name with x-"},
		{[]string{"title: Session middleware", "title: 42"}, "the title of session-mw is the number 42, not text", "put it in quotes"},
		{[]string{"title: Session middleware", "title: true"}, "the title of session-mw is true, not text", "put it in quotes"},
		{[]string{"resolver: sarah", "resolver: Sarah from legal"}, `who can remove session-timeout is "Sarah from legal", which does not have the form wanted`, "write a handle such as sarah, or area:<name>"},
		{[]string{"status: in_progress", "status: in-progress"}, `the status of login-form cannot be "in-progress"`, "write in_progress"},
		{[]string{"state: Server side", "state: " + strings.Repeat("word ", 27) + "Server side"}, "the state of login-form is 213 characters long, at most 200", "shorten it"},
		{[]string{"    blocked_by: [session-timeout]\n", "    blocked_by: [session-timeout]\n    effort: 2 hours\n"}, `the effort of session-mw is "2 hours", which does not have the form wanted`, "write a length of working time: 30m, 2h or 1d (8 hours)"},
		{[]string{"blocks: [session-mw]", "blocks: session-mw"}, `what session-timeout blocks is "session-mw", not a list`, "begin each entry with `- `, or write [a, b]"},
		{[]string{"to: [ben]", "to: [con]"}, `whom it is to is "con", a name that Windows keeps for itself`, "choose another name"},
		{[]string{"2026-11-21T09:00:00+08:00", "tomorrow"}, `the time of return is "tomorrow", not a time with its offset`, `write it like "2026-11-20T18:00:00+08:00"`},
		{[]string{"decisions:\n  - id: cookie-store\n    decision: Keep sessions in a signed cookie\n    rationale: Redis would add a dependency that staging does not have before March\n", ""}, "the list of decisions is missing", "list what was decided, or write decisions: [] where nothing was"},
		{[]string{"blocked_by: [session-timeout]", "blocked_by: [session-timeuot]"}, `what blocks session-mw: there is no blocker called "session-timeuot"`, "write session-timeout"},
		{[]string{"summary: Session middleware is in review, waiting on the timeout policy", "summary: wip"}, "the summary has 1 word", declarations["summary"]},
	}
	for _, test := range tests {
		ctx := before()
		ctx.Config.People = nil
		findings := Check(handoff.Parse([]byte(edit(t, good, test.edits...)), ""), ctx)
		found := false
		for _, f := range findings {
			found = found || f.Message == test.message && f.Fix == test.fix
		}
		if !found {
			t.Errorf("no finding says %q and %q: %+v", test.message, test.fix, findings)
		}
	}
}

func TestCheckSealed(t *testing.T) {
	doc := handoff.Parse([]byte(good), "")
	if findings := CheckSealed(handoff.Seal(doc.Record), before()); len(findings) > 0 {
		t.Errorf("the good record: %+v", findings)
	}
	h := doc.Record.Body.(*handoff.Handoff)
	h.Items[1].State = "Bidi \u202e in the state of form.go"
	h.Items[0].Owner = ""
	findings := CheckSealed(handoff.Seal(doc.Record), before())
	want := []handoff.Finding{
		{Code: "HO401", Field: "items[0].owner", Message: "the owner of session-mw is missing"},
		{Code: "HO907", Field: "items[1].state", Message: "hidden character U+202E in the state of login-form"},
	}
	if len(findings) != len(want) {
		t.Fatalf("%+v", findings)
	}
	for i, f := range findings {
		if f.Code != want[i].Code || f.Field != want[i].Field || f.Message != want[i].Message || f.Line != 0 {
			t.Errorf("got %+v, want %+v", f, want[i])
		}
	}
	h.Items[1].State = "Not UTF-8 \xff"
	if findings := CheckSealed(handoff.Seal(doc.Record), before()); len(findings) != 1 || findings[0].Code != "HO101" {
		t.Errorf("not UTF-8: %+v", findings)
	}
}

func TestTable(t *testing.T) {
	last := ""
	var codes []string
	for _, rule := range Table() {
		codes = append(codes, rule.Code)
		if rule.Code <= last {
			t.Errorf("%s comes after %s", rule.Code, last)
		}
		last = rule.Code
		if rule.Title == "" || rule.When == "" || rule.Level == "" {
			t.Errorf("%s lacks a text or a level", rule.Code)
		}
		if rule.Fixed && (Waivable(rule.Code) || Adjustable(rule.Code)) {
			t.Errorf("%s is fixed and can be changed", rule.Code)
		}
	}
	if !slices.Equal(codes, config.RuleCodes) {
		t.Errorf("the configuration knows the codes %q, the table has %q", config.RuleCodes, codes)
	}
}
