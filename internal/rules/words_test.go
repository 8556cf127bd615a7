package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/config"
)

func TestWordsOf(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		" — … ":                            "",
		"Merge PR #1842, then (re)deploy!": "merge pr #1842 then re)deploy",
		"“Quoted” ‘text’ «here»":           "quoted text here",
		"Cafe\u0301 e.g. 15m":              "caf\u00e9 e.g 15m",
		"`make e2e` -- done.":              "make e2e done",
		"中文 状态":                            "中 文 状 态",
		"新しいAPIを使う":                        "新 し い api を 使 う",
	} {
		if got := normal(in); got != want {
			t.Errorf("normal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSimilarity(t *testing.T) {
	tests := []struct {
		a, b             string
		contain, similar float64
	}{
		{"", "", 0, 0},
		{"a b", "a b", 1, 1},
		{"one two three four", "zero one two three", 0.5, 1.0 / 3},
		{"One, two three!", "one two three", 1, 1},
		{"one two three", "four five six", 0, 0},
	}
	for _, test := range tests {
		if got := contain(test.a, test.b); got != test.contain {
			t.Errorf("contain(%q, %q) = %v, want %v", test.a, test.b, got, test.contain)
		}
		if got := similarity(test.a, test.b); got != test.similar {
			t.Errorf("similarity(%q, %q) = %v, want %v", test.a, test.b, got, test.similar)
		}
	}
}

func TestAnchors(t *testing.T) {
	tests := []struct {
		text string
		want anchorSet
	}{
		{"nothing to see", 0},
		{"see #12 please", anchorRef},
		{"(!7) is open", anchorRef},
		{"PAY-311 is open", anchorRef},
		{"issue a#12 no", anchorNumber},
		{"at 4f2a9c1 now", anchorSHA},
		{"a defaced facade", 0},
		{"call 5551234 now", anchorNumber},
		{"read https://example.com", anchorURL},
		{"in cmd/handoff/tool now", anchorPath},
		{"main.go fails", anchorFile},
		{"run `make` here", anchorCode},
		{"tell @sarah", anchorHandle},
		{"mail a@sarah", 0},
		{"takes 15 minutes at most", anchorQty},
		{"below 0.5%", anchorQty},
		{"12 bananas", anchorNumber},
		{"2 of 3 approve", anchorCount},
		{"on 2026-11-20 it ends", anchorDate},
		{"at 18:30 sharp", anchorTime},
		{"snake_case here", anchorIdent},
		{"camelCase here", anchorIdent},
		{"call parse() here", anchorIdent},
		{"with --dry-run it", anchorIdent},
		{"npm run test:unit here", anchorIdent},
		{"if the build breaks", anchorCond},
		{"stop if broken", 0},
		{"2.1.9 on npm", anchorVersion},
		{"roll v3 out", anchorVersion},
		{"@sarah has 3", anchorHandle | anchorNumber},
	}
	for _, test := range tests {
		if got := anchors(test.text); got != test.want {
			t.Errorf("anchors(%q) = %b, want %b", test.text, got, test.want)
		}
	}
}

func TestAnchorTexts(t *testing.T) {
	got := anchorTexts("Merge PR #1842 into (main.go) if it is green on 4f2a9c1")
	if want := []string{"#1842", "4f2a9c1", "main.go"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlaceholder(t *testing.T) {
	for text, want := range map[string]string{
		"TODO write this":              "TODO",
		"todo is a word":               "",
		"the [describe the change] is": "[describe the change]",
		"an [array] of x":              "",
		"Lorem ipsum":                  "Lorem ipsum",
		"it says LOREM IPSUM dolor":    "LOREM IPSUM",
		"lorem ipsum dolor":            "lorem ipsum",
		"ask <your name> first":        "<your name>",
		"(<what>)":                     "<what>",
		"List<String> is fine":         "",
		"a < b and c > d":              "",
		"see <https://example.com/x>":  "",
		"ask <ines@example.com>":       "",
		"the `<input>` tag and `TODO`": "",
	} {
		if got := placeholderIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestRelativeTime(t *testing.T) {
	words := newLexicon(config.Words{RelTime: []string{"After lunch"}})
	for text, want := range map[string]struct{ plan, report, oneZone string }{
		"Deploy tomorrow":             {"tomorrow", "tomorrow", ""},
		"by EOD please":               {"EOD", "EOD", ""},
		"next Tuesday at nine":        {"next Tuesday", "next Tuesday", ""},
		"James answers by Friday":     {"Friday", "by Friday", ""},
		"when you get a chance":       {"when you get a chance", "", "when you get a chance"},
		"Call them today":             {"today", "", ""},
		"Friday's comments are in":    {"", "", ""},
		"comments from Friday are in": {"", "", ""},
		"on 2026-11-20":               {"", "", ""},
		"the `today` helper":          {"", "", ""},
		"todays and laterality":       {"", "", ""},
		"We meet after lunch, ok":     {"after lunch", "after lunch", "after lunch"},
	} {
		if got := words.relativeTime(text, true, false); got != want.plan {
			t.Errorf("to do: %q: %q, want %q", text, got, want.plan)
		}
		if got := words.relativeTime(text, false, false); got != want.report {
			t.Errorf("reported: %q: %q, want %q", text, got, want.report)
		}
		if got := words.relativeTime(text, true, true); got != want.oneZone {
			t.Errorf("in one zone: %q: %q, want %q", text, got, want.oneZone)
		}
	}
}

func TestAssertion(t *testing.T) {
	for text, want := range map[string]string{
		"Login works on staging":          "works",
		"Login does not work":             "",
		"not yet deployed":                "",
		"once it is merged":               "",
		"the fix isn't deployed":          "",
		"Tests are passing":               "passing",
		"Still working on the form":       "",
		"undone and workspace":            "",
		"The refactoring is done, mostly": "done",
	} {
		if got := assertionIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	long := strings.Repeat("a1B2", 10)
	for text, name := range map[string]string{
		"-----BEGIN RSA PRIVATE KEY-----":           "a private key",
		"-----BEGIN PRIVATE KEY-----":               "a private key",
		"-----BEGIN PUBLIC KEY-----":                "",
		"key AKIAABCDEFGHIJKLMNOP here":             "an AWS access key id",
		"key AKIAIOSFODNN7EXAMPLE here":             "",
		"ghp_" + long:                               "a GitHub token",
		"github_pat_" + long:                        "a GitHub fine-grained token",
		"glpat-" + long:                             "a GitLab token",
		"xoxb-" + long:                              "a Slack token",
		"AIza" + long[:35]:                          "a Google API key",
		"sk-" + long:                                "a secret API key",
		"task-refactor-payments-service":            "",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.abc": "a signed token (JWT)",
		"postgres://app:hunter2@db.example.com/x":   "a URL with a password",
		"https://example.com:8080/a@b":              "",
		"PASSWORD=correct1horse2":                   "a password or token",
		`api_key: "abcdef123456"`:                   "a password or token",
		"token: refreshes later":                    "",
		"token: refreshestomorrow":                  "",
		"the secret: short1":                        "",
		"3f786850e387550fdab836ed7e6dc881de23001b":  "",
		"123e4567-e89b-12d3-a456-426614174000":      "",
		"PR #1842":                                  "",
	} {
		secrets := Secrets(text)
		switch {
		case name == "" && len(secrets) > 0:
			t.Errorf("%q looks like %s", text, secrets[0].Name)
		case name != "" && (len(secrets) != 1 || secrets[0].Name != name):
			t.Errorf("%q: %+v, want %s", text, secrets, name)
		}
	}
}

func TestSecretPositionsAndMask(t *testing.T) {
	text := "use password: hunter2hunter2 and ghp_" + strings.Repeat("a1B2", 10) + ", ok"
	secrets := Secrets(text)
	if len(secrets) != 2 || text[secrets[0].Start:secrets[0].End] != "hunter2hunter2" {
		t.Fatalf("%+v", secrets)
	}
	if got, want := Mask(text), "use password: hunt… and ghp_…, ok"; got != want {
		t.Errorf("masked %q, want %q", got, want)
	}
	if a, b := secrets[0].Fingerprint, secrets[1].Fingerprint; len(a) != 12 || a == b {
		t.Errorf("fingerprints %q and %q", a, b)
	}
}

func TestWordsExtendTheLists(t *testing.T) {
	runRuleTests(t, good, []ruleTest{
		{name: "own filler", edits: []string{"Keep sessions in a signed cookie", "Like we said"}, want: "HO806:42",
			ctx: func(c *Context) { c.Config.Rules.Words.Filler = []string{"like we said"} }},
		{name: "own weak verb", edits: []string{"Add the client side check to login.ts", "Massage the client side check into the form"}, want: "HO201w:32",
			ctx: func(c *Context) { c.Config.Rules.Words.Weak = []string{"massage"} }},
		{name: "own soft word", edits: []string{"Add the client side check to login.ts", "Please add the client side check to login.ts"}, want: "HO202w:32",
			ctx: func(c *Context) { c.Config.Rules.Words.Soft = []string{"please"} }},
	})
}

// FuzzMarks has every match of a pattern hold what is looked for before it.
func FuzzMarks(f *testing.F) {
	for _, s := range []string{
		"PR #1842, PAY-7 and 8f31c2a", "https://example.com/a.go", "see `x` @ana", "2 of 3 at 10:00 on 2026-11-20, 40 ms",
		"-----BEGIN RSA PRIVATE KEY-----", "AKIA0123456789ABCDEF", "ghp_" + strings.Repeat("a", 36), "github_pat_" + strings.Repeat("a", 22),
		"glpat-" + strings.Repeat("a", 20), "xoxb-0123456789", "AIza" + strings.Repeat("a", 35), "sk-" + strings.Repeat("a", 20),
		"eyJ" + strings.Repeat("a", 10) + "." + strings.Repeat("a", 10) + ".", "https://ana:word@example.com",
	} {
		f.Add(s)
	}
	for _, examples := range secretExamples() {
		for _, s := range examples {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range anchorPatterns {
			if a.marks != "" && len(anchorMatches(a.class, a.pattern(), s)) > 0 && !strings.ContainsAny(s, a.marks) {
				t.Errorf("%q matches %s without one of %q", s, a.pattern(), a.marks)
			}
		}
		for _, p := range secretPatterns {
			if p.pattern().MatchString(s) && !p.mayBeIn(s, strings.ToLower(s)) {
				t.Errorf("%q matches %s without one of %q", s, p.pattern(), p.marks)
			}
		}
	})
}
