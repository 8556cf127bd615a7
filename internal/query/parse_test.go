package query

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

func term(qualifier Qualifier, value string) Term { return Term{Qualifier: qualifier, Value: value} }

func not(t Term) Term { t.Not = true; return t }

func TestParse(t *testing.T) {
	midnight := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		in   string
		want Query
	}{
		// Topics and their arguments.
		{"blocked", Query{Topic: Blocked}},
		{"  Blocked?  ", Query{Topic: Blocked}},
		{"waiting-on sarah", Query{Topic: WaitingOn, Arg: "sarah"}},
		{"waiting-on @Sarah", Query{Topic: WaitingOn, Arg: "sarah"}},
		{"waiting-on team:qa", Query{Topic: WaitingOn, Arg: "team:qa"}},
		{"waiting-on area:session-policy", Query{Topic: WaitingOn, Arg: "area:session-policy"}},
		{"next", Query{Topic: NextSteps}},
		{"next ben", Query{Topic: NextSteps, Arg: "ben"}},
		{"next me", Query{Topic: NextSteps, Arg: "ana"}},
		{"next team", Query{Topic: NextSteps, Arg: "team"}},
		{"holds everyone", Query{Topic: Holds, Arg: "team"}},
		{"next severity:critical", Query{Topic: NextSteps, Terms: []Term{term(Severity, "critical")}}},
		{"whois item:refunds", Query{Topic: Whois, Arg: "item:refunds"}},
		{"whois PAY-311", Query{Topic: Whois, Arg: "pay-311"}},
		{"why blk:session-timeout", Query{Topic: Why, Arg: "blk:session-timeout"}},
		{"decisions", Query{Topic: Decisions}},
		{"decisions internal/refund/api.go", Query{Topic: Decisions, Arg: "internal/refund/api.go"}},
		{"decisions since yesterday", Query{Topic: Decisions, Since: midnight.AddDate(0, 0, -1)}},
		{"changed since 2d until today", Query{Topic: Changed, Since: now.AddDate(0, 0, -2), Until: midnight.AddDate(0, 0, 1)}},

		// Terms and words.
		{
			`is:blocked owner:sarah since:2d "session timeout"`,
			Query{
				Topic: Search, Since: now.AddDate(0, 0, -2), Words: []Word{{Text: "session timeout"}},
				Terms: []Term{term(Is, "blocked"), term(Owner, "sarah")},
			},
		},
		{"severity:critical blocked -owner:ana", Query{Topic: Blocked, Terms: []Term{term(Severity, "critical"), not(term(Owner, "ana"))}}},
		{"by:me -to:team:qa", Query{Topic: Search, Terms: []Term{term(By, "ana"), not(term(To, "team:qa"))}}},
		{"OWNER:@Ana", Query{Topic: Search, Terms: []Term{term(Owner, "ana")}}},
		{"item:item:refunds team:team:qa", Query{Topic: Search, Terms: []Term{term(InItem, "refunds"), term(Team, "qa")}}},
		{"ref:#1842 ref:PAY-311", Query{Topic: Search, Terms: []Term{term(HasRef, "1842"), term(HasRef, "pay-311")}}},
		{`ref:"feature/PAY-311 x"`, Query{Topic: Search, Terms: []Term{term(HasRef, "feature/pay-311 x")}}},
		{`Refund -"one  approval"`, Query{Topic: Search, Words: []Word{{Text: "refund"}, {Text: "one approval", Not: true}}}},
		{`"blocked"`, Query{Topic: Search, Words: []Word{{Text: "blocked"}}}},
		{`"what is this"`, Query{Topic: Search, Words: []Word{{Text: "what is this"}}}},
		{"10:30 https://example.com/a std::vector", Query{Topic: Search, Words: []Word{{Text: "10:30"}, {Text: "https://example.com/a"}, {Text: "std::vector"}}}},
		{"“Straße ΣΊΣΥΦΟΣ”", Query{Topic: Search, Words: []Word{{Text: "straße σίσυφοσ"}}}},
		{"blocked session timeout", Query{Topic: Blocked, Words: []Word{{Text: "session"}, {Text: "timeout"}}}},
		{"since:2026-11-20 until:2026-11-20", Query{Topic: Search, Since: midnight, Until: midnight.AddDate(0, 0, 1)}},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			test.want.Me = "ana"
			for _, args := range [][]string{{test.in}, strings.Fields(test.in)} {
				got, err := Parse(args, parseEnv("ana"))
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, test.want) {
					t.Errorf("Parse(%q)\n got %+v\nwant %+v", args, got, test.want)
				}
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ in, want string }{
		// Questions.
		{"", "no question: ask about a topic, such as blocked, next or decisions"},
		{"what is love", `"what is love": not a question that is understood`},
		{"is refunds done", "not a question that is understood"},
		{"refunds?", "not a question that is understood"},
		{"when", "not a question that is understood"},
		{"why is the sky blue", "not a question that is understood"},
		{"blocked by sarah?", "not a question that is understood"},
		{"blokced", `"blokced": did you mean the topic blocked? put a word in double quotes to search for it`},
		{"severity:critical blokced", "did you mean the topic blocked?"},
		{"decision", "did you mean the topic decisions?"},
		{"item refunds", "did you mean the topic items?"},

		// Arguments.
		{"waiting-on", "waiting-on: about whom or what? as in: handoff query waiting-on sarah"},
		{"whois", "whois: about whom or what?"},
		{"why since:2d", "why: about whom or what?"},
		{"next jürgen", `next "jürgen": is not a handle, as in: handoff query next ben`},
		{"holds con", "is not a handle"},

		// Terms.
		{"ownr:ana", `"ownr:ana" has an unknown qualifier: did you mean owner:? Otherwise put it in double quotes to search for it`},
		{"foo:bar", `"foo:bar" has an unknown qualifier: put it in double quotes`},
		{"--since:2d", `"--since:2d" has an unknown qualifier: did you mean since:?`},
		{"owner:", `"owner:" has no value: write owner:ana`},
		{`-owner:""`, `"-owner:" has no value`},
		{"since:soon", `"since:soon" is not a time: write 2d`},
		{"since:99999999999w", "is not a time"},
		{"-since:2d", "cannot be negated: use until:2d"},
		{"since:2d since:3d", "is given twice: give one since"},
		{"is:blokced", "is not a value that exists: did you mean is:blocked?"},
		{"severity:huge", "it can be routine, watch, critical"},
		{"kind:note", "it can be handoff, ack,"},
		{"owner:a/b", "is not a handle: write a handle such as ana"},
		{"item:Ä", "is not the id of an item: write item:refunds"},
		{"team:-", "is not the name of a team"},
		{`"session`, `has no closing quote: write "two words"`},
		{`""`, "is empty: leave it out"},
		{"refunds -", "is empty"},
		{"shipped yesterday", `"yesterday" is a day: write since:yesterday, or put it in double quotes to search for it`},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			q, err := Parse([]string{test.in}, parseEnv("ana"))
			if err == nil {
				t.Fatalf("no error, but %+v", q)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q\n want %q", err, test.want)
			}
			if !reflect.DeepEqual(q, Query{}) {
				t.Errorf("a query beside the error: %+v", q)
			}
		})
	}
}

func TestParseWithoutIdentity(t *testing.T) {
	for _, in := range []string{"by:me", "waiting-on me", "holds @"} {
		if _, err := Parse([]string{in}, parseEnv("")); err == nil || !strings.Contains(err.Error(), "needs to know who you are") {
			t.Errorf("%s: error %v", in, err)
		}
	}
}

func TestTopicsAreDescribed(t *testing.T) {
	for _, topic := range Topics() {
		if topic.Help == "" {
			t.Errorf("%s has no help", topic.Name)
		}
		question, found := strings.CutPrefix(topic.Example, "handoff query ")
		if !found {
			t.Errorf("%s: example %q", topic.Name, topic.Example)
		}
		q, err := Parse([]string{question}, parseEnv("ana"))
		if err != nil || q.Topic != topic.Name {
			t.Errorf("%s: the example asks about %q: %v", topic.Name, q.Topic, err)
		}
	}
	for _, q := range Qualifiers() {
		value := "2d"
		switch {
		case len(q.Values) > 0:
			value = q.Values[0]
		case q.Name != Since && q.Name != Until:
			value = "ana"
		}
		var query Query
		if err := query.Add(q.Name, value, parseEnv("ana")); err != nil || q.Help == "" {
			t.Errorf("%s: %v", q.Name, err)
		}
	}
}

// A flag and a term are one thing.
func TestAddIsTheTerm(t *testing.T) {
	parsed, err := Parse([]string{"blocked by:@Ana since:2d team:qa"}, parseEnv("ben"))
	if err != nil {
		t.Fatal(err)
	}
	q := Query{Topic: Blocked, Me: "ben"}
	for _, flag := range []Term{term(By, "@Ana"), term(Since, "2d"), term(Team, "team:qa")} {
		if err := q.Add(flag.Qualifier, flag.Value, parseEnv("ben")); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(q, parsed) {
		t.Errorf("flags %+v, terms %+v", q, parsed)
	}
}

// The times of terms are those of flags: handoff.ParseTime has the table.
func TestTimesOfTerms(t *testing.T) {
	env := parseEnv("ana")
	env.Location = time.FixedZone("", 8*60*60)
	q, err := Parse([]string{`since:"mon 09:00" until:yesterday`}, env)
	if err != nil {
		t.Fatal(err)
	}
	since, until := q.Since.Format(time.RFC3339), q.Until.Format(time.RFC3339)
	if since != "2026-11-16T09:00:00+08:00" || until != "2026-11-21T00:00:00+08:00" {
		t.Errorf("since %s, until %s", since, until)
	}
	if _, err := Parse([]string{"since:eod"}, env); err == nil || !strings.Contains(err.Error(), `"since:eod" gives no time: your working hours are not in the configuration`) {
		t.Errorf("error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"blocked", "waiting-on me", `is:open -"a b" since:2d`, "why is refunds blocked?", `ref:"`, "-", ":", "--", "a:b:c", "?", "why ?", "\u00a0\x85", "@", "holds @",
		"what's next for team:qa until monday", "area:", "item:", `"\xff"`, "since since",
	} {
		f.Add(seed, "ana")
	}
	s := fold.Of(fixtureRecords(), fold.PolicyPerItem).View
	f.Fuzz(func(t *testing.T, text, me string) {
		if !handoff.ValidHandle(me) {
			me = ""
		}
		q, err := Parse([]string{text}, parseEnv(me))
		if err != nil {
			checkError(t, err)
			return
		}
		for _, w := range q.Words {
			if w.Text == "" || w.Text != FoldCase(w.Text) {
				t.Errorf("word %q", w.Text)
			}
		}
		for _, term := range q.Terms {
			if term.Value == "" {
				t.Errorf("empty term %+v", term)
			}
		}
		if a := Run(q, s, fixtureEnv()); a.Rows == nil || a.Ask == nil || a.Say == "" || a.Topic != q.Topic {
			t.Errorf("answer %+v", a)
		}
	})
}

// checkError fails on an error of a type that callers do not know.
func checkError(t *testing.T, err error) {
	t.Helper()
	var question *UnknownQuestionError
	var term *TermError
	var argument *ArgumentError
	if !errors.As(err, &question) && !errors.As(err, &term) && !errors.As(err, &argument) {
		t.Errorf("error of type %T", err)
	}
	if err.Error() == "" {
		t.Error("an error without words")
	}
}
