package ask

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
)

// now is a Friday afternoon.
var now = time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)

// story is a state with a thing of each kind.
func story() *fold.View {
	at := now.Add(-20 * time.Hour)
	h := &handoff.Handoff{
		To: handoff.List[string]{"ben"}, ReturnsAt: handoff.Time{Time: now}, Shipped: handoff.List[handoff.Shipped]{{ID: "fee-table", What: "fees"}},
		Items: handoff.List[handoff.Item]{
			{ID: "refunds", Title: "Partial refunds", Status: handoff.StatusInReview, Owner: "ana", Next: []handoff.Next{{Do: "merge", Owner: "ben"}},
				Refs: []handoff.Ref{{Type: "pr", ID: "#1842"}, {Type: "ticket", ID: "PAY-311"}, {Type: "branch", ID: "feature/refunds"}, {Type: "file", ID: "internal/refund/"}}},
			{ID: "status-page", Title: "Page that says what is up", Status: handoff.StatusReady, Owner: "ana", Next: []handoff.Next{{Do: "draw", Owner: "ana"}}},
		},
		Blockers:  handoff.List[handoff.Blocker]{{ID: "bank-sandbox", Needs: "keys", Resolver: "sarah", Blocks: []string{"refunds"}}},
		Decisions: handoff.List[handoff.Decision]{{ID: "index-store", DecisionFields: handoff.DecisionFields{Decision: "sqlite", Rationale: "one file"}}},
		Questions: []handoff.OpenQuestion{{ID: "refund-limit", Ask: "how much?", To: "sarah"}},
	}
	records := []*handoff.Record{handoff.New("ana00001", at, "ana", h)}
	will := &handoff.Handoff{
		To: handoff.List[string]{"team"}, ReturnsAt: handoff.Time{Time: now}, Shipped: handoff.List[handoff.Shipped]{}, Items: handoff.List[handoff.Item]{},
		Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
	}
	return fold.Of(append(records, handoff.New("w0000001", at.Add(time.Hour), "will", will)), fold.PolicyPerItem).View
}

func storyEnv() Env {
	hours := &calendar.Calendar{Start: 9 * 60, End: 18 * 60, Days: [7]bool{false, true, true, true, true, true, false}}
	c := config.Default()
	c.People = map[string]config.Person{"ben": {Name: "Ben Hill", Emails: []string{"ben@example.com"}, Team: "payments"}, "ana": {Team: "payments"}}
	c.Teams = map[string]config.Team{"payments": {Lead: "ben"}}
	c.Authorities = []config.Authority{{Area: "session-policy", Primary: "sarah"}}
	view := story()
	return Env{
		ParseEnv: query.ParseEnv{Me: "ana", Now: now, Location: time.UTC, Calendar: hours},
		Recall:   func(fold.Part) (*fold.View, error) { return view, nil }, Config: c,
	}
}

// understood are questions, and how each is understood.
var understood = []struct{ question, understood string }{
	// What is in the way.
	{"what is blocked", "blocked"},
	{"what's blocking refunds?", "blocked item:refunds"},
	{"what blocks ben", "blocked holder:ben"},
	{"who is blocked", "blocked"},
	{"what is ben blocked on", "blocked holder:ben"},
	{"is refunds blocked", "status item:refunds is:blocked ?"},
	{"is anything blocked", "blocked ?"},
	{"why is refunds blocked", "blocked item:refunds"},
	{"blocked by sarah", "blocked resolver:sarah"},
	{"how many blockers are there", "blocked"},
	{"what blockers does ben have", "blocked holder:ben"},
	{"who can resolve the bank sandbox", "owns blk:bank-sandbox"},

	// Who waits.
	{"what waits for ben", "waiting-on ben"},
	{"who is waiting for me", "waiting-on ana"},
	{"waiting on @Sarah", "waiting-on sarah"},
	{"what are we waiting for", "awaits team"},
	{"who is ben waiting on", "awaits ben"},
	{"is anyone waiting for me", "waiting-on ana ?"},

	// Who has it, what is next.
	{"what is next", "next"},
	{"what is next for Ben Hill", "next ben"},
	{"what should i do", "next ana"},
	{"what should ben@example.com do next", "next ben"},
	{"what does ben have", "holds ben"},
	{"what is everyone working on", "holds team"},
	{"who holds PR #1842", "whois pr:1842"},
	{"who has ticket PAY-311", "whois ticket:pay-311"},
	{"who is working on internal/refund/api.go", "whois file:internal/refund/"},
	{"who owns partial refunds", "owns item:refunds"},
	{"owner of refunds", "owns item:refunds"},
	{"who decides about session policy", "owns area:session-policy"},
	{"why are we doing refunds", "why item:refunds"},

	// What was decided, shipped, changed.
	{"what was decided", "decisions"},
	{"what did we decide about session timeouts", `decisions "session timeouts"`},
	{"why do we use sqlite", "decisions sqlite"},
	{"decisions this week", "decisions since:2026-11-16T00:00:00Z"},
	{"what decisions did ben make last week", "decisions decider:ben since:2026-11-09T00:00:00Z until:2026-11-16T00:00:00Z"},
	{"shipped yesterday", "shipped since:2026-11-19T00:00:00Z until:2026-11-20T00:00:00Z"},
	{"what have we shipped in the last 3 days", "shipped since:2026-11-17T16:00:00Z"},
	{"what did ben ship on tuesday", "shipped by:ben since:2026-11-17T00:00:00Z until:2026-11-18T00:00:00Z"},
	{"what shipped last shift", "shipped since:2026-11-19T09:00:00Z until:2026-11-19T18:00:00Z"},
	{"what changed while I was away", "changed since:2026-11-19T20:00:00.000000001Z"},
	{"what changed since monday until wednesday", "changed since:2026-11-16T00:00:00Z until:2026-11-19T00:00:00Z"},
	{"is refunds done", "status item:refunds is:shipped ?"},
	{"isn't refunds finished?", ""},

	// Lists.
	{"what questions are open", "questions"},
	{"are there open questions", "questions ?"},
	{"open questions for ben", "questions to:ben"},
	{"what is unacked", "unacked"},
	{"what is not acked", "unacked"},
	{"what has ben not acked", "unacked to:ben"},
	{"what has nobody taken", "unclaimed"},
	{"what is in limbo", "limbo"},
	{"what is overdue", "overdue"},
	{"at risk", "at-risk"},
	{"what should we watch", "watch"},
	{"what is going on", "items"},
	{"what is open", "items"},
	{"stale items of ben", "stale holder:ben"},
	{"ben's handoffs", "handoffs by:ben"},

	// Words that are names as well, and names that are words.
	{"is the status page ready", "status item:status-page is:ready ?"},
	{"status of the status page", "status item:status-page"},
	{"is will back", "returns will -is:away ?"},
	{"is will working today", "returns will -is:away ?"},
	{"what does will hold", "holds will"},

	// Beside the question.
	{"what is blocked severity:critical", "blocked severity:critical"},
	{`who owns "partial refunds"`, "owns item:refunds"},
	{`what does ben hold "two words"`, `holds ben "two words"`},

	// Not understood.
	{"what is love", ""},
	{"is ben hungry", ""},
	{"what will ben ship", ""},
	{"what is refunds not blocked by", ""},
	{"is everything done", "items is:closed (all) ?"},
	{"is everyone blocked", ""},
	{"what was blocked yesterday", ""},
	{"is ben blocked and hungry", ""},
	{"blocked?", "blocked"},
	{"who hates ben", ""},
	{"did ben ship refunds and fees", ""},
	{"gaps in my handoff", "gaps to:ana"},
	{"which deadlines are overdue", "slas is:overdue"},
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, test := range understood {
		t.Run(test.question, func(t *testing.T) {
			for _, spelling := range []string{test.question, strings.ToUpper(test.question[:1]) + test.question[1:], "please " + test.question} {
				q, err := Read([]string{spelling}, storyEnv())
				if unknown := new(query.UnknownQuestionError); test.understood == "" {
					if !errors.As(err, &unknown) || len(unknown.Suggest) == 0 || len(unknown.Suggest) > mostNear {
						t.Errorf("%s: understood as %s, %v", spelling, q, err)
					}
					continue
				}
				if err != nil || q.String() != test.understood {
					t.Errorf("%s: understood as %q, want %q (%v)", spelling, q, test.understood, err)
				}
			}
		})
	}
}

// A word that nobody knows, wherever it stands, is part of what is understood, or the
// question is not.
func TestReadPassesNoWordOver(t *testing.T) {
	t.Parallel()
	env := storyEnv()
	for _, test := range understood {
		words := strings.Fields(test.question)
		for at := range len(words) + 1 {
			question := strings.Join(slices.Insert(slices.Clone(words), at, "elephant"), " ")
			q, err := Read([]string{question}, env)
			if err == nil && !strings.Contains(q.String(), "elephant") && q.Unknown == "" {
				t.Errorf("%s: understood as %q", question, q)
			}
		}
	}
}

// What a list was understood as can be typed, and means the same.
func TestUnderstoodCanBeTyped(t *testing.T) {
	t.Parallel()
	env := storyEnv()
	for _, question := range []string{"what's blocking ben?", "what did ben ship on tuesday", "who has ticket PAY-311", "open questions for ben", "what decisions did ben make last week", "why do we use sqlite"} {
		q, err := Read([]string{question}, env)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read([]string{q.String()}, env)
		if err != nil || again.String() != q.String() {
			t.Errorf("%s: %s, then %s (%v)", question, q, again, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	env := storyEnv()
	tests := []struct{ question, want string }{
		{"what did we decide yesterday since monday", "is given twice"},
		{`who has "refunds`, "has no closing quote"},
		{"blocked for reasons of state", "not a question that is understood"},
		{"blokced", "did you mean the topic blocked?"},
		{"what is blocked ownr:ana", "unknown qualifier"},
	}
	for _, test := range tests {
		if q, err := Read([]string{test.question}, env); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %s, %v", test.question, q, err)
		}
	}
	env.Me = ""
	if q, err := Read([]string{"what do I hold"}, env); err == nil || !strings.Contains(err.Error(), "needs to know who you are") {
		t.Errorf("%s, %v", q, err)
	}
}

// Things and people may be called as words are that the lexicon knows.
func TestNamesThatAreWords(t *testing.T) {
	t.Parallel()
	item := func(id string) handoff.Item {
		return handoff.Item{ID: id, Status: handoff.StatusReady, Owner: "will", Next: []handoff.Next{{Do: "go on", Owner: "may"}}}
	}
	h := &handoff.Handoff{
		To: handoff.List[string]{"may"}, ReturnsAt: handoff.Time{Time: now}, Shipped: handoff.List[handoff.Shipped]{}, Decisions: handoff.List[handoff.Decision]{},
		Items:    handoff.List[handoff.Item]{item("merge"), item("blocked"), item("status"), item("who"), item("review-queue"), item("my-items")},
		Blockers: handoff.List[handoff.Blocker]{{ID: "done", Needs: "a word", Resolver: "may", Blocks: []string{"merge"}}},
	}
	view := fold.Of([]*handoff.Record{handoff.New("w0000001", now.Add(-time.Hour), "will", h)}, fold.PolicyPerItem).View
	env := storyEnv()
	env.Config, env.Recall = config.Default(), func(fold.Part) (*fold.View, error) { return view, nil }
	for question, understood := range map[string]string{
		"who has merge": "whois item:merge", "is merge done": "status item:merge is:shipped ?", "who owns blocked": "owns item:blocked", "is blocked blocked": "status item:blocked is:blocked ?",
		"what is blocking merge": "blocked item:merge", "who has the review queue": "whois item:review-queue", "who has my items": "whois item:my-items", "is status ready": "status item:status is:ready ?",
		"what does will hold": "holds will", "what did may ship": "shipped by:may", "is will away": "returns will is:away ?", "is may blocked": "items is:blocked holder:may ?",
		"who can resolve done": "owns blk:done", "what is blocked": "blocked", "what should may do next": "next may", "has will handed over today": "declared will is:declared ?",
	} {
		if q, err := Read([]string{question}, env); err != nil || q.String() != understood {
			t.Errorf("%s: understood as %q, want %q (%v)", question, q, understood, err)
		}
	}
}

// Every class that has words is understood, and near to a topic.
func TestClassesAreUnderstood(t *testing.T) {
	t.Parallel()
	for spelling, readings := range lexicon() {
		for _, w := range readings {
			if w.kind != action && w.kind != noun {
				continue
			}
			if w.kind == action && meanings[w.verb] == nil {
				t.Errorf("%q is of a class that asks for nothing", spelling)
			}
			if len(near[w.verb]) == 0 && w.verb != nPlate {
				t.Errorf("%q is near to no topic", spelling)
			}
			if strings.Count(spelling, " ")+1 > longestPhrase {
				t.Errorf("%q is longer than phrases are", spelling)
			}
		}
	}
	for _, topics := range near {
		for _, topic := range topics {
			if !slices.ContainsFunc(query.Topics(), func(spec query.TopicSpec) bool { return spec.Name == topic }) {
				t.Errorf("%s is no topic", topic)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"what is blocked", "who's", "'s", "is is is", "what did we decide about", "why to", "ana's ben's refunds", "how long", "since", "since since", "PR #1842 PR", "\"\xff\"",
		"is the refunds", "what what", "my", "my my items", "not", "in the last", "who has blk:", "@", "of of of", "did ben ack my handoff to to", "last -1 days",
	} {
		f.Add(seed)
	}
	env := storyEnv()
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Read([]string{text}, env)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		again, err := Read([]string{text}, env)
		if err != nil || again.String() != q.String() {
			t.Errorf("%s, then %s (%v)", q, again, err)
		}
		if a := query.Run(q, story(), query.Env{Now: now, Config: env.Config}); a.Say == "" || a.Rows == nil {
			t.Errorf("answer %+v", a)
		}
	})
}
