package ask

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"pgregory.net/rapid"
)

// denied are questions of yes or no with a subject that is negated, left out, or one of
// several, and how each is understood; "" where yes would mean one thing to one reader
// and its opposite to the next.
var denied = []struct{ question, understood string }{
	// A word with a dash in front is not the subject.
	{"is -x done?", ""},
	{"is --refunds done", ""},
	{"is -refunds blocked", ""},
	{"did -ana ack", ""},
	{"did -sarah ack the bank sandbox", ""},
	{"did ana ship -refunds", ""},
	{"is anything blocked -refunds", ""},
	{"what is -x blocking", ""},
	{"what is blocked -refunds", `blocked -"refunds"`},

	// There is none.
	{"is done", ""},
	{"is that done", ""},
	{"are both blocked", ""},
	{"has shipped the fee table", ""},
	{"is owner:ben done", ""},
	{"are any blocked", "blocked ?"},
	{"is finish the refunds ?", "status item:refunds is:shipped ?"},

	// It is in quotes, or has its type.
	{`is "partial refunds" done`, "status item:refunds is:shipped ?"},
	{"is item:refunds done", "status item:refunds is:shipped ?"},
	{"is pr:1842 merged", "reviews pr:1842 is:merged ?"},
	{"is -item:refunds done", ""},

	// It is denied.
	{"is not refunds done", ""},
	{"isn't refunds done?", ""},
	{"is refunds not done", ""},
	{"isn't refunds not done", ""},
	{"refunds not done?", ""},
	{"is no item blocked", ""},
	{"is nothing blocked", ""},
	{"is neither refunds nor fee-table done", ""},
	{"didn't ben ack my handoff", ""},
	{"is ben no longer blocked", ""},
	{"are there no blockers", ""},

	// The word itself denies.
	{"is PR 1842 unmerged", "reviews pr:1842 -is:merged ?"},
	{"is PR 1842 unapproved", "reviews pr:1842 -is:approved ?"},
	{"is the bank sandbox unresolved", "status blk:bank-sandbox -is:closed ?"},
	{"is the refund limit unanswered", "status q:refund-limit is:open ?"},
	{"is refunds incomplete", "status item:refunds is:open ?"},
	{"is the bank sandbox unacked", ""},

	// It is one of several.
	{"is refunds or fee-table done", ""},
	{"are refunds and fee-table done", ""},
	{"is everything but refunds done", ""},
	{"is anyone besides ben away", ""},
}

func TestReadAnswersNoOtherQuestion(t *testing.T) {
	t.Parallel()
	env := storyEnv()
	for _, test := range denied {
		for _, spelling := range []string{test.question, strings.ToUpper(test.question), "please tell me " + test.question} {
			q, err := Read([]string{spelling}, env)
			if unknown := new(query.UnknownQuestionError); test.understood == "" {
				if !errors.As(err, &unknown) || len(unknown.Suggest) == 0 || len(unknown.Suggest) > mostNear {
					t.Errorf("%s: understood as %q, %v", spelling, q, err)
				}
			} else if err != nil || q.String() != test.understood {
				t.Errorf("%s: understood as %q, want %q (%v)", spelling, q, test.understood, err)
			}
		}
	}
}

// Whatever the state, a question whose subject is negated, missing or one of several is
// never answered with yes or no.
func TestNoOtherQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	questions := []string{
		"is %s done", "is %s blocked", "has %s been shipped", "is %s in review", "is %s overdue", "is %s stale", "is %s away", "is %s back", "did %s ack", "did %s ack my handoff",
		"has %s handed over today", "did %s ship this week", "is %s working on refund-flow", "is %s blocking ben", "is PR %s merged", "is %s mine", "was %s resolved", "are %s open",
	}
	subjects := []string{"-%s", "--%s", "not %s", "no %s", "neither %s nor ana", "everything but %s", "nothing but %s", "owner:%s", "-item:%s", "that", "both", "nothing", "()"}
	rapid.Check(t, func(t *rapid.T) {
		a := newAsker(t)
		subject := rapid.SampledFrom(subjects).Draw(t, "subject")
		if strings.Contains(subject, "%s") {
			subject = fmt.Sprintf(subject, rapid.SampledFrom(slices.Concat(slugs, people, stops, []string{"x", "1842"})).Draw(t, "name"))
		}
		question := fmt.Sprintf(rapid.SampledFrom(questions).Draw(t, "question"), subject)
		answer, err := a.ask(question)
		var ambiguous *handoff.AmbiguousError
		var nobody *handoff.UnknownError // "my handoff" of who has none
		var unknown *query.UnknownQuestionError
		if err == nil && answer.Answered || err != nil && !errors.As(err, &ambiguous) && !errors.As(err, &nobody) && !errors.As(err, &unknown) {
			t.Fatalf("%s: understood as %s: %q, %v", question, answer.Understood, answer.Say, err)
		}
	})
}

// What no record has is refused where people would ask so, and stays a search where not.
func TestMissed(t *testing.T) {
	t.Parallel()
	env := storyEnv()
	for _, words := range []string{
		"qué está bloqueado", "wer blockiert mich", "pourquoi attendre", "что заблокировано", "open blockers older than 1d", "summarize today", "summary", "explain the refunds",
		"count blockers", "oldest blocker", "most blocked person", "any unmerged PRs", "sort items by date", "daily standup",
	} {
		unknown := new(query.UnknownQuestionError)
		if err := missed(t, env, words); !errors.As(err, &unknown) || !unknown.Sought || len(unknown.Suggest) == 0 || len(unknown.Suggest) > mostNear {
			t.Errorf("%s: %v", words, err)
		}
	}
	for _, words := range []string{
		"loader tables", "session timeout", "priority list", "bank of england", "end of day report", "retry budget", "什么被阻塞了", "🙂", `"open blockers"`, "by:ben top blockers", "-blockers today",
	} {
		if err := missed(t, env, words); err != nil {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func missed(t *testing.T, env Env, words string) error {
	t.Helper()
	q, err := Read([]string{words}, env)
	if err != nil || q.Topic != query.Search {
		t.Errorf("%s: understood as %s, %v", words, q, err)
	}
	return Missed([]string{words}, q)
}

// Nobody asks so, and it is answered or refused all the same, in little time.
func TestHostileQuestions(t *testing.T) {
	t.Parallel()
	env := storyEnv()
	hostile := []string{
		"\x00", "what is \x1b[31mblocked\x07", "is \u202erefunds\u202c done", "is re\u200bfunds done", "what\u00a0is\u2003blocked", "\xff\xfe is done", "???", "!!!", "…", "-", "--", "- -", "'s 's", `""`, `"`,
		"什么被阻塞了？", "ما هو المحظور؟", "מה חסום?", "🙂 🙂?", "is 🙂 done", "İS REFUNDS DONE", "ſtatus of refunds", "is \U0001d4fbefunds done", "ﬁnish", "is:", ":", "is:is:is", "@", "#", "/", "is @ done", "is # merged",
		"is ../../etc/passwd done", "who has $(reboot)", "is '; drop table records; -- done", "%s%s%n", "why why why why", "who who", "is is is", "not not not", "what is what", strings.Repeat("a", 8000),
	}
	for _, unit := range []string{"a ", "is ", "please ", "not ", "-x ", `"a b" `, "'s ", "since ", "since yesterday ", "what is blocked ", "refunds ", "my ", "of ", "w-", "(", "\u202e", "界 ", "is:blocked ", "who has pr 1842 "} {
		hostile = append(hostile, strings.TrimSpace(strings.Repeat(unit, 8000/len(unit))), strings.Repeat(unit, 100_000/len(unit)))
	}
	for _, question := range hostile {
		q, err := Read([]string{question}, env)
		switch {
		case len(question) > 10_000 && err == nil:
			t.Errorf("%.20q, of %d bytes: understood", question, len(question))
		case err != nil && (err.Error() == "" || len(err.Error()) > 1000 || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' })):
			t.Errorf("%.20q: %.100q", question, err)
		case err == nil:
			if a := query.Run(q, story(), query.Env{Now: now, Config: env.Config}); a.Say == "" || a.Verdict == "yes" && q.Test == nil {
				t.Errorf("%.20q: %+v", question, a)
			}
		}
	}
	for _, question := range []string{"what is blocked？", "what\u00a0is\u2003blocked", "what is blocked !!!", "a a a"} {
		want := map[bool]string{true: `"a"`, false: "blocked"}[question == "a a a"]
		if q, err := Read([]string{question}, env); err != nil || q.String() != want {
			t.Errorf("%q: %s, %v", question, q, err)
		}
	}
	for _, question := range []string{"?", "???", "!!!", "…", ". . ."} {
		unknown := new(query.UnknownQuestionError)
		if q, err := Read([]string{question}, env); !errors.As(err, &unknown) {
			t.Errorf("%q: %s, %v", question, q, err)
		}
	}
}
