package query

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"pgregory.net/rapid"
)

func TestRun(t *testing.T) {
	tests := []struct{ me, question, rows string }{
		{"ben", "blocked", "blocker session-timeout<ben00002"},
		{"ben", "blocked severity:critical holder:ben", "blocker session-timeout<ben00002"},
		{"ben", "blocked resolver:sarah", "blocker session-timeout<ben00002"}, // by the area that she decides in
		{"ben", "blocked resolver:area:session-policy", "blocker session-timeout<ben00002"},

		{"ben", "waiting-on sarah", "escalation ben00003<ben00003, blocker session-timeout<ben00002"},
		{"ben", "waiting-on area:session-policy", "escalation ben00003<ben00003, blocker session-timeout<ben00002"},
		{"ben", "escalated", "escalation ben00003<ben00003"},
		{"ben", "escalated to:sarah is:open item:login", "escalation ben00003<ben00003"},
		{"ben", "escalated -severity:critical", ""},
		{"ben", "blocked is:escalated", "blocker session-timeout<ben00002"},
		{"ben", "waiting-on cara", "handoff ana00004<ana00004, item receipts<ana00004"},
		{"ben", "waiting-on me", "handoff cara0001<cara0001, item slow-query<cara0001"},
		{"ben", "waiting-on ana", "question ben00004<ben00004, handoff ben00002<ben00002, handoff ben00005<ben00005, item slow-query<cara0001"},
		{"ben", "waiting-on team:payments", "question ben00004<ben00004, handoff ben00002<ben00002, handoff cara0001<cara0001, handoff ben00005<ben00005, item slow-query<cara0001"},

		{"ben", "next", "item slow-query<cara0001, item login<ben00002"}, // login waits for its blocker
		{"ben", "next ana", "item refunds<ana00004, item slow-query<cara0001"},
		{"ben", "next cara", "item receipts<ana00004"},
		{"ben", "next team", "item refunds<ana00004, item slow-query<cara0001, item receipts<ana00004, item login<ben00002"},
		{"", "next", "item refunds<ana00004, item slow-query<cara0001, item receipts<ana00004, item login<ben00002"},

		{"ben", "holds", "item login<ben00002"},
		{"ben", "holds ana", "item refunds<ana00001, item receipts<ana00003"},
		{"ben", "holds team:payments", "item login<ben00002, item refunds<ana00001, item receipts<ana00003"},

		{"ben", "whois refunds", "item refunds<ana00001"},
		{"ben", "whois PAY-311", "item refunds<ana00001"},
		{"ben", "whois #1842", "item refunds<ana00001"},
		{"ben", "whois ledger", "item ledger<ben00002"}, // shipped: who said so
		{"ben", "whois session-policy", "area session-policy<"},

		{"ben", "why login", "item login<ben00002, decision session-policy<sarah002, decision session-policy<ana00001!, blocker session-timeout<ben00002"},
		{"ben", "why refunds", "item refunds<ana00004, blocker bank-sandbox<cara0003"},
		{"ben", "why dec:session-policy", "decision session-policy<sarah002, decision session-policy<ana00001!"},
		{"ben", "why blk:bank-sandbox", "blocker bank-sandbox<cara0003"},

		{"ben", "decisions", "decision session-policy<sarah002"},
		{"ben", "decisions session-policy", "decision session-policy<sarah002, decision session-policy<ana00001!"},
		{"ben", "decisions login", "decision session-policy<sarah002"},
		{"ben", "decisions src/session", "decision session-policy<sarah002"},
		{"ben", "decisions src/session/cookie.go", "decision session-policy<sarah002"},
		{"ben", `decisions "support nobody"`, "decision session-policy<sarah002"},

		{"ben", "questions", "question ben00004<ben00004"},
		{"ben", "questions to:ana item:receipts", "question ben00004<ben00004"},

		{"ben", "unacked", "handoff cara0001<cara0001, handoff ben00002<ben00002, handoff ana00004<ana00004, handoff ben00005<ben00005"},
		{"ben", "unacked to:me", "handoff cara0001<cara0001"}, // not the rollup that he sent to the team
		{"ben", "unclaimed", "item slow-query<cara0001"},
		{"ben", "limbo", "handoff cara0001<cara0001, handoff ben00002<ben00002"},
		{"ben", "overdue", "handoff cara0001<cara0001, handoff ben00002<ben00002"},
		{"ben", "at-risk", "item login<ben00002, item refunds<ana00004"},
		{"ben", "stale", "item slow-query<cara0001"},
		{"ben", "watch", "watch standing release freeze<cara0001, watch watch the old queue<ana00001"},

		{"ben", "shipped", "item ledger<ben00002, item <ana00001"},
		{"ben", "shipped ref:1850", "item ledger<ben00002"},
		{"ben", "shipped since:3d", "item ledger<ben00002"},
		{"ben", "shipped german", "item <ana00001"},

		{"ben", "changed since yesterday", "blocker bank-sandbox<cara0003, question refund-limit<cara0002, question ben00004<ben00004, handoff ben00005<ben00005, handoff ana00004<ana00004, item receipts<ana00003, item refunds<ana00003, decision session-policy<sarah002"},
		{"ana", "changed", "question refund-limit<cara0002, question ben00004<ben00004, handoff ben00005<ben00005, decision session-policy<sarah002"},

		{"ben", "items", "item login<ben00002, item refunds<ana00004, item slow-query<cara0001, item receipts<ana00004"},
		{"ben", "items team:payments is:in_review", "item refunds<ana00004"},
		{"ben", "items -team:payments", "item slow-query<cara0001"},
		{"ben", "items ref:pr:1842", "item refunds<ana00004"},
		{"ben", "items holder:team:payments -owner:me", "item refunds<ana00004, item receipts<ana00004"},
		{"ben", "items by:everyone is:stale", "item slow-query<cara0001"},
		{"ben", "items is:offered to:cara", "item receipts<ana00004"},

		// Search.
		{"ben", "timeout", "blocker session-timeout<ben00003, item login<ben00002"},
		{"ben", "approved", "handoff ana00004<ana00004, item refunds<ana00004, handoff ana00003<ana00003!"},
		{"ben", `"one approval"`, "item refunds<ana00002!"},
		{"ben", "approved is:item", "item refunds<ana00004"},
		{"ben", "courier", "blocker bank-sandbox<cara0003"},
		{"ben", "backfill -german is:handoff", "handoff ben00002<ben00002"},
		{"ben", "month depends", "item ledger<ben00001"}, // the words of a read-back
		{"ben", "is:decision is:superseded", "decision session-policy<ana00001!"},
		{"ben", "is:blocked owner:ben", "item login<ben00002"},
		{"ben", "kind:resolution", "blocker bank-sandbox<cara0003"},
		{"ben", "is:handoff by:ana is:partial", ""},
	}
	s := fixture(t)
	for _, test := range tests {
		t.Run(test.question, func(t *testing.T) {
			a := ask(t, s, fixtureEnv(), test.me, test.question)
			if got := brief(a); got != test.rows {
				t.Errorf("\n got %s\nwant %s", got, test.rows)
			}
			if len(a.Rows) > 0 && (!a.Answered || len(a.Ask) > 0 || a.Total != len(a.Rows)) {
				t.Errorf("answer %+v", a)
			}
		})
	}
}

func TestRunWithoutRows(t *testing.T) {
	tests := []struct {
		question string
		answered bool
		say, ask string
	}{
		// None is an answer where handoffs would have said it.
		{"blocked severity:routine", true, "nothing is blocked that fits; 4 current handoffs say so (newest 1 hour ago)", ""},
		{"blocked by:cara", true, "nothing is blocked that fits; 1 current handoff says so (newest 3 days ago)", ""},
		{"blocked item:ledger", true, "nothing is blocked that fits; 1 current handoff says so (newest 2 days ago)", ""},
		{"holds sarah", true, "sarah holds nothing; 1 current handoff says so (newest 2 days ago)", ""},
		{"shipped since:1d", true, "nothing has shipped; 2 handoffs say so (newest 1 hour ago)", ""},
		{"is:blocked owner:sarah", true, "nothing matches; 1 current handoff says so (newest 2 days ago)", ""},

		// It is none where they would not.
		{"blocked owner:zoe", false, "no record covers it: ask ana, who handed over last, 9 hours ago", "ana"},
		{"blocked item:foo", false, "no record covers it: ask ana, who handed over last, 9 hours ago", "ana"},
		{"blocked since:30m", false, "no record covers it: ask ana, who handed over last, 9 hours ago", "ana"},
		{"holds zoe", false, "no record covers it: ask ana, who handed over last, 9 hours ago", "ana"},
		{"unacked by:cara since:1d", false, "no record covers it: ask cara, whom the question is about", "cara"},
		{"blocked team:qa since:1d", false, "no record covers it: ask cara, whom the question is about", "cara"},
		{"whois refnds", false, "no record covers refnds (did you mean refunds?): ask ana, who handed over last, 9 hours ago", "ana"},
		{"why foo", false, "no record covers it: ask ana, who handed over last, 9 hours ago", "ana"},
		{"decisions kafka", false, "no record covers it: ask ana, who handed over last, 9 hours ago", "ana"},
		{"kafka item:refunds", false, "no record covers it: ask ana, who holds refunds", "ana"},
	}
	s := fixture(t)
	for _, test := range tests {
		t.Run(test.question, func(t *testing.T) {
			a := ask(t, s, fixtureEnv(), "ben", test.question)
			if len(a.Rows) > 0 || a.Answered != test.answered || a.Say != test.say || strings.Join(a.Ask, " ") != test.ask {
				t.Errorf("got %s, answered %v: %q, ask %q", brief(a), a.Answered, a.Say, a.Ask)
			}
		})
	}
}

func TestRunOnNothing(t *testing.T) {
	s := fold.Of(nil, fold.PolicyPerItem).View
	for _, topic := range Topics() {
		if topic.agreed {
			continue
		}
		q, err := Parse([]string{strings.TrimPrefix(topic.Example, "handoff query ")}, parseEnv("ana"))
		if err != nil {
			t.Fatal(err)
		}
		a := Run(q, s, Env{Now: now})
		if got := toJSON(t, a); a.Answered || got != `{"topic":"`+string(topic.Name)+`","understood":`+toJSON(t, q.String())+`,"verdict":"","answered":false,"results":[],"total":0,"say":"`+a.Say+`","ask":[],"silent":[]}` {
			t.Errorf("%s: %s", topic.Name, got)
		}
		if !strings.HasSuffix(a.Say, ": nobody else has published a handoff yet") {
			t.Errorf("%s: %q", topic.Name, a.Say)
		}
	}
}

// Without a configuration every topic still works, and those that need one say
// that they cannot know.
func TestRunWithoutConfiguration(t *testing.T) {
	s := fixture(t)
	tests := []struct{ question, rows, say string }{
		{"overdue", "", "no ack is overdue: no ack SLA is set"},
		{"limbo", "", "nothing is in limbo (unanswered for a whole shift of its receivers): nobody's working hours are known"},
		{"items team:payments", "item login<ben00002, item refunds<ana00004, item receipts<ana00004", "3 items of team payments: login, refunds, receipts"}, // as handoffs name it
		{"waiting-on lead:payments", "handoff cara0001<cara0001", "cara handed over to lead:payments Tue 17:00 (cara0001, no verdict yet): Load test found a slow query"},
		{"waiting-on sarah", "escalation ben00003<ben00003, handoff ben00005<ben00005", "1 escalation, 1 handoff: session-timeout (sarah), ben00005 (ben)"}, // what is for the team is for everybody
	}
	for _, test := range tests {
		a := ask(t, s, Env{Now: now}, "ben", test.question)
		if brief(a) != test.rows || a.Say != test.say || !a.Answered {
			t.Errorf("%s: %s: %q", test.question, brief(a), a.Say)
		}
	}
}

func TestLimit(t *testing.T) {
	s := fixture(t)
	q := Query{Topic: Items, Limit: 2}
	if a := Run(q, s, fixtureEnv()); brief(a) != "item login<ben00002, item refunds<ana00004" || a.Total != 4 {
		t.Errorf("%s of %d", brief(a), a.Total)
	}
}

func TestNextShowsOwnSteps(t *testing.T) {
	item := handoff.Item{
		ID: "deploy", Status: handoff.StatusReady, Owner: "ana", State: "image is built", Intent: "the fix must reach users",
		Next: []handoff.Next{{Do: "roll it out", Owner: "ben"}, {Do: "tell support", Owner: "ana"}},
	}
	publish := record("ana00001", "16 09:00", "ana", &handoff.Handoff{To: handoff.List[string]{"ben"}, Items: handoff.List[handoff.Item]{item}})
	verdict := func(outcome string, take ...string) *handoff.Record {
		return record("ben00001", "16 10:00", "ben", &handoff.Ack{Subject: "ana00001", Outcome: outcome, Take: take})
	}
	assign := record("cara0001", "16 11:00", "cara", &handoff.Assignment{Item: "deploy", To: "dan"})
	danTakes := record("dan00001", "16 12:00", "dan", &handoff.Ack{Subject: "cara0001", Outcome: handoff.OutcomeAccepted, Take: []string{"deploy"}})
	tests := []struct {
		name    string
		records []*handoff.Record
		steps   map[string]string
	}{
		{"offered", []*handoff.Record{publish}, map[string]string{"ana": "tell support", "ben": "roll it out"}},
		{"taken", []*handoff.Record{publish, verdict(handoff.OutcomeAccepted, "deploy")}, map[string]string{"ana": "tell support", "ben": "roll it out"}},
		{"declined", []*handoff.Record{publish, verdict(handoff.OutcomeDeclined)}, map[string]string{"ana": "tell support", "ben": ""}},
		{"assigned", []*handoff.Record{publish, assign}, map[string]string{"ana": "tell support", "ben": "", "dan": "roll it out, tell support"}},
		{"assigned and taken", []*handoff.Record{publish, assign, danTakes}, map[string]string{"dan": "roll it out, tell support"}},
	}
	for _, test := range tests {
		s := fold.Of(test.records, fold.PolicyPerItem).View
		for who, want := range test.steps {
			var steps []string
			for _, line := range Run(Query{Topic: NextSteps, Arg: who}, s, Env{Now: now}).Rows {
				for _, n := range line.(*row.Item).Next {
					steps = append(steps, n.Do)
				}
			}
			if got := strings.Join(steps, ", "); got != want {
				t.Errorf("%s: next %s is %q, want %q", test.name, who, got, want)
			}
		}
	}
}

func TestFlags(t *testing.T) {
	h := &handoff.Handoff{
		To: handoff.List[string]{"ben", "cara"}, Shift: &handoff.Shift{End: at("16 18:00")},
		Items: handoff.List[handoff.Item]{
			{ID: "one", Owner: "ana", Status: handoff.StatusReady, Next: []handoff.Next{{Do: "a", Owner: "ben"}}},
			{ID: "two", Owner: "ana", Status: handoff.StatusReady, Next: []handoff.Next{{Do: "b", Owner: "cara"}}},
		},
	}
	take := &handoff.Ack{Subject: "ana00001", Outcome: handoff.OutcomeAccepted, Take: []string{"one"}, Drift: &handoff.Drift{Commits: 2}}
	takeRest := &handoff.Ack{Subject: "ana00001", Outcome: handoff.OutcomeAccepted, Take: []string{"two"}, Drift: &handoff.Drift{Commits: 2}}
	publish := record("ana00001", "16 18:10", "ana", h)
	first, second := record("ben00001", "16 19:00", "ben", take), record("cara0001", "16 20:00", "cara", takeRest)
	grace := &config.Config{Timing: config.Timing{PublishGrace: calendar.Duration{Clock: 10 * time.Minute}}}
	known := &config.Config{
		People: map[string]config.Person{"ben": always(""), "cara": always("")},
		SLA:    config.SLA{Ack: config.AckSLA{Routine: hours(1)}},
	}
	half := &config.Config{People: map[string]config.Person{"ben": always("")}}
	tests := []struct {
		name    string
		records []*handoff.Record
		env     Env
		flags   string
		taken   string
	}{
		{"late", []*handoff.Record{publish}, Env{Now: now}, "late", ""},
		{"within the grace", []*handoff.Record{publish}, Env{Now: now, Config: grace}, "", ""},
		{"nobody answered", []*handoff.Record{publish}, Env{Now: now, Config: known}, "late overdue limbo", ""},
		{"one receiver's hours are unknown", []*handoff.Record{publish}, Env{Now: now, Config: half}, "late", ""},
		{"one of two took", []*handoff.Record{publish, first}, Env{Now: now}, "late partial", "one"},
		{"all taken", []*handoff.Record{publish, first, second}, Env{Now: now, Config: known}, "late drifted", "one two"},
	}
	for _, test := range tests {
		s := fold.Of(test.records, fold.PolicyPerItem).View
		a := Run(Query{Topic: Search, Terms: []Term{term(Is, "handoff")}}, s, test.env)
		row := a.Rows[0].(*row.Handoff)
		if got := strings.Join(row.Flags, " "); got != test.flags {
			t.Errorf("%s: flags %q, want %q", test.name, got, test.flags)
		}
		if got := strings.Join(row.Taken, " "); got != test.taken {
			t.Errorf("%s: taken %q, want %q", test.name, got, test.taken)
		}
	}
}

func TestAtRisk(t *testing.T) {
	blocker := func(severity string, needed handoff.Time) handoff.Blocker {
		return handoff.Blocker{ID: "key", Needs: "a key", Because: "it is locked", Resolver: "ben", Blocks: []string{"one"}, Severity: severity, NeededBy: needed}
	}
	tests := []struct {
		name     string
		item     handoff.Item
		blockers []handoff.Blocker
		want     bool
	}{
		{"no deadline", handoff.Item{}, nil, false},
		{"past", handoff.Item{Due: at("19 12:00")}, nil, true},
		{"within a day", handoff.Item{Due: at("21 18:00")}, nil, true},
		{"later", handoff.Item{Due: at("21 18:01")}, nil, false},
		{"later, but long", handoff.Item{Due: at("22 01:00"), Effort: "1d"}, nil, true},
		{"later, effort that nobody can read", handoff.Item{Due: at("22 01:00"), Effort: "long"}, nil, false},
		{"a step is due", handoff.Item{Next: []handoff.Next{{Do: "x", Owner: "ana", Due: at("21 09:00")}}}, nil, true},
		{"blocked", handoff.Item{}, []handoff.Blocker{blocker("", handoff.Time{})}, false},
		{"blocked, needed soon", handoff.Item{}, []handoff.Blocker{blocker("", at("21 09:00"))}, true},
		{"blocked, critical", handoff.Item{}, []handoff.Blocker{blocker(handoff.SeverityCritical, handoff.Time{})}, true},
	}
	for _, test := range tests {
		test.item.ID, test.item.Owner, test.item.Status = "one", "ana", handoff.StatusReady
		s := fold.Of([]*handoff.Record{record("ana00001", "20 09:00", "ana", &handoff.Handoff{
			To: handoff.List[string]{"ben"}, Items: handoff.List[handoff.Item]{test.item}, Blockers: test.blockers,
		})}, fold.PolicyPerItem).View
		if got := len(Run(Query{Topic: AtRisk}, s, Env{Now: now}).Rows) == 1; got != test.want {
			t.Errorf("%s: at risk %v", test.name, got)
		}
	}
}

// The effort is worked in the hours of whoever is to do it: from a day after
// Friday evening to Tuesday noon there are eleven.
func TestAtRiskCountsWorkingHours(t *testing.T) {
	office := config.Person{
		TZ: config.Location{Location: time.UTC}, Hours: config.Hours{Start: 9 * 60, End: 17 * 60},
		Away: []config.Away{{From: config.Date{Year: 2026, Month: time.November, Day: 30}, To: config.Date{Year: 2026, Month: time.November, Day: 30}}},
	}
	env := Env{Now: now, Config: &config.Config{People: map[string]config.Person{"ben": office}}}
	tests := []struct {
		name, effort, to string
		due              handoff.Time
		want             bool
	}{
		{"just the time", "11h", "ben", at("24 12:00"), true},
		{"a minute more", "10h59m", "ben", at("24 12:00"), false},
		{"the receiver counts, not the sender", "11h", "", at("24 12:00"), false}, // nobody knows when ana works
		{"nothing to do, and no time for it", "", "ben", at("23 09:00"), true},
		{"nothing to do, and a minute for it", "", "ben", at("23 09:02"), false},
		{"away on the last day", "5d", "ben", at("30 17:00"), true},
		{"and enough without that day", "4d", "ben", at("30 17:00"), false},
		{"tomorrow", "", "ben", at("21 18:00"), true},
		{"for ever", "9999d", "ben", handoff.Time{Time: now.AddDate(0, 0, 9)}, true},
	}
	for _, test := range tests {
		item := handoff.Item{ID: "one", Owner: "ana", Status: handoff.StatusReady, Due: test.due, Effort: test.effort, Next: []handoff.Next{{Do: "go on", Owner: test.to}}}
		s := fold.Of([]*handoff.Record{record("ana00001", "20 09:00", "ana", &handoff.Handoff{
			To: handoff.List[string]{"ben"}, Items: handoff.List[handoff.Item]{item},
		})}, fold.PolicyPerItem).View
		if got := len(Run(Query{Topic: AtRisk}, s, env).Rows) == 1; got != test.want {
			t.Errorf("%s: at risk %v", test.name, got)
		}
	}
}

// TestStories asks about what the week of the fixture does not hold.
func TestStories(t *testing.T) {
	to := handoff.List[string]{"ben"}
	item := handoff.Item{ID: "one", Owner: "ana", Status: handoff.StatusInProgress, State: "half is done", Intent: "it is asked for", Next: []handoff.Next{{Do: "do the rest", Owner: "ben"}}}
	blocker := handoff.Blocker{ID: "key", Needs: "a key", Because: "it is locked", Resolver: "ben", Blocks: []string{"one"}}
	publish := func(id, when string, h handoff.Handoff) *handoff.Record {
		h.To = to
		return record(id, when, "ana", &h)
	}
	plain := publish("ana00001", "16 09:00", handoff.Handoff{Items: handoff.List[handoff.Item]{item}, Blockers: handoff.List[handoff.Blocker]{blocker}})
	proposal := handoff.DecisionFields{Decision: "we paint it blue", Rationale: "it is cheap", Status: fold.DecisionProposed}
	accepted := handoff.DecisionFields{Decision: "we paint it red", Rationale: "it is loud"}
	no := false
	tests := []struct {
		name     string
		question string
		records  []*handoff.Record
		rows     string
	}{
		{
			"changes requested wait for the sender", "waiting-on ana", []*handoff.Record{plain,
				record("ben00001", "16 10:00", "ben", &handoff.Ack{Subject: "ana00001", Outcome: handoff.OutcomeChangesRequested, Reason: "vague_next"})},
			"handoff ana00001<ben00001",
		},
		{
			"an answer that does not close waits for the asker", "waiting-on ana", []*handoff.Record{
				record("ana00001", "16 09:00", "ana", &handoff.Question{Ask: "Blue?", To: "ben"}),
				record("ben00001", "16 10:00", "ben", &handoff.Answer{Question: "ana00001", Text: "Perhaps", Closes: &no})},
			"question ana00001<ana00001",
		},
		{
			"an escalation waits for whom it is to", "waiting-on cara", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Escalation{Subject: "key", To: "cara", Level: 1})},
			"escalation ana00002<ana00002",
		},
		{
			"so does one of a handoff, of an item and of a question", "waiting-on cara", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Escalation{Subject: "ana00001", To: "cara", Level: 1}),
				record("ana00003", "16 10:01", "ana", &handoff.Escalation{Subject: "item:one", To: "cara", Level: 1}),
				record("ana00004", "16 10:02", "ana", &handoff.Question{Ask: "Blue?", To: "ben"}),
				record("ana00005", "16 10:03", "ana", &handoff.Escalation{Subject: "ana00004", To: "cara", Level: 1})},
			"escalation ana00002<ana00002, escalation ana00003<ana00003, escalation ana00005<ana00005",
		},
		{
			"one that is declined does not, and what it raised asks whom it did", "waiting-on cara", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Escalation{Subject: "key", To: "cara", Level: 1}),
				record("cara0001", "16 11:00", "cara", &handoff.Ack{Subject: "ana00002", Outcome: handoff.OutcomeDeclined, Reason: "wrong_receiver"})},
			"",
		},
		{
			"one that is taken up asks who took it", "waiting-on dan", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Escalation{Subject: "key", To: "cara", Level: 1}),
				record("dan00001", "16 11:00", "dan", &handoff.Ack{Subject: "ana00002", Outcome: handoff.OutcomeAccepted})},
			"blocker key<ana00001",
		},
		{
			"what is raised is escalated, whatever it is", "is:escalated", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Escalation{Subject: "ana00001", To: "cara", Level: 1}),
				record("ana00003", "16 10:01", "ana", &handoff.Escalation{Subject: "item:one", To: "cara", Level: 1}),
				record("ana00004", "16 10:02", "ana", &handoff.Question{Ask: "Blue?", To: "ben"}),
				record("ana00005", "16 10:03", "ana", &handoff.Escalation{Subject: "ana00004", To: "cara", Level: 1})},
			"question ana00004<ana00004, handoff ana00001<ana00001, item one<ana00001",
		},
		{
			"an escalation is overdue by its deadline", "overdue", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Escalation{Subject: "item:one", To: "cara", Level: 1, Deadline: at("17 10:00")}),
				record("ana00003", "16 10:01", "ana", &handoff.Escalation{Subject: "key", To: "cara", Level: 1, Deadline: at("17 10:00")}),
				record("cara0001", "16 11:00", "cara", &handoff.Ack{Subject: "ana00003", Outcome: handoff.OutcomeAccepted})},
			"escalation ana00002<ana00002",
		},
		{
			"where something was delivered says nothing of whom it asks", "waiting-on cara", []*handoff.Record{plain,
				record("ana00002", "16 10:00", "ana", &handoff.Route{Subject: "key", To: "cara", Because: "alternate", Via: "git"})},
			"",
		},
		{
			"a blocker is reopened", "is:reopened", []*handoff.Record{plain,
				record("ben00001", "16 10:00", "ben", &handoff.Resolution{Blocker: "key", Outcome: "resolved", How: "under the mat"}),
				publish("ana00002", "17 09:00", handoff.Handoff{Items: handoff.List[handoff.Item]{item}, Blockers: handoff.List[handoff.Blocker]{blocker}})},
			"blocker key<ana00002",
		},
		{
			"what an amendment repeats has shipped once", "shipped", []*handoff.Record{
				publish("ana00001", "16 09:00", handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{What: "a page"}}}),
				publish("ana00002", "16 10:00", handoff.Handoff{Amends: "ana00001", Shipped: handoff.List[handoff.Shipped]{{What: "a page"}}})},
			"item <ana00002",
		},
		{
			"a dropped item keeps its reason", "dropped is:dropped \"too dear\"", []*handoff.Record{plain,
				publish("ana00002", "17 09:00", handoff.Handoff{Dropped: []handoff.Reasoned{{ID: "one", Why: "dropped, too dear"}}})},
			"item one<ana00002",
		},
		{
			"a proposal stands beside what is decided", "decisions colour", []*handoff.Record{
				record("ana00001", "16 09:00", "ana", &handoff.DecisionRecord{Topic: "colour", DecisionFields: accepted}),
				record("ben00001", "16 10:00", "ben", &handoff.DecisionRecord{Topic: "colour", DecisionFields: proposal})},
			"decision colour<ben00001, decision colour<ana00001",
		},
		{
			"what is carried word for word has not changed", "changed since:2026-11-17", []*handoff.Record{plain,
				publish("ana00002", "17 09:00", handoff.Handoff{Items: handoff.List[handoff.Item]{item}, Blockers: handoff.List[handoff.Blocker]{blocker}})},
			"handoff ana00002<ana00002",
		},
		{
			"the program's own route notes are no change", "changed since:2026-11-17", []*handoff.Record{plain,
				record("ana00002", "17 09:00", "ana", &handoff.Route{Subject: "blk:key", To: "ben", Because: "primary", Via: "git"})},
			"",
		},
		{
			"codes are not text", "in_progress", []*handoff.Record{plain}, "",
		},
		{
			"a read-back is not searched twice", "is:handoff carefully", []*handoff.Record{plain,
				record("ben00001", "16 10:00", "ben", &handoff.Ack{Subject: "ana00001", Outcome: handoff.OutcomeAccepted, Take: []string{"one"},
					Readback: []handoff.Readback{{Item: "one", Understood: "finish it carefully", FirstAction: "read"}}})},
			"",
		},
		{
			"a blocker that nobody declared is not known to be gone", "is:item is:blocked", []*handoff.Record{
				publish("ana00001", "16 09:00", handoff.Handoff{Items: handoff.List[handoff.Item]{{ID: "one", Owner: "ana", Status: handoff.StatusReady, BlockedBy: []string{"ghost"}}}})},
			"item one<ana00001",
		},
	}
	for _, test := range tests {
		s := fold.Of(test.records, fold.PolicyPerItem)
		for _, p := range s.Problems {
			t.Errorf("%s: %+v", test.name, p)
		}
		if got := brief(ask(t, s.View, Env{Now: now}, "", test.question)); got != test.rows {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.rows)
		}
	}
}

// anyTerm draws a term that can say something about the fixture. Records of other
// kinds than these are found only where they are asked for.
func anyTerm(t *rapid.T) Term {
	values := map[Qualifier][]string{
		Is: isValues(), OfKind: {"handoff", "decision", "question", "resolution", "escalation", "gap"}, Severity: severities,
		By: {"ana", "ben", "cara"}, To: {"ana", "ben", "cara", "team", "lead:payments"}, Owner: {"ana", "ben"},
		Holder: {"ana", "ben", "team:payments"}, Resolver: {"sarah", "cara", "area:session-policy"}, Team: {"payments", "qa"},
		InItem: {"refunds", "login", "ledger"}, HasRef: {"1842", "pay-311", "1850"},
	}
	name := rapid.SampledFrom([]Qualifier{Is, OfKind, Severity, By, To, Owner, Holder, Resolver, Team, InItem, HasRef}).Draw(t, "qualifier")
	return term(name, rapid.SampledFrom(values[name]).Draw(t, "value"))
}

// anyQuery draws a query about the fixture.
func anyQuery(t *rapid.T) Query {
	q := Query{Topic: Topic(rapid.SampledFrom(append(topicNames(), string(Search))).Draw(t, "topic")), Me: "ben"}
	if spec, _ := findTopic(q.Topic); spec.arg.required || spec.arg.name != "" && rapid.Bool().Draw(t, "with an argument") {
		q.Arg = rapid.SampledFrom([]string{"ana", "ben", "sarah", "team", "refunds", "login", "session-policy"}).Draw(t, "argument")
	}
	for range rapid.IntRange(0, 2).Draw(t, "terms") {
		narrower := anyTerm(t)
		narrower.Not = rapid.Bool().Draw(t, "not")
		q.Terms = append(q.Terms, narrower)
	}
	return q
}

// A term and its negation, and a word and its negation, part the rows in two.
func TestNegationPartitions(t *testing.T) {
	s := fixture(t)
	rows := func(q Query) []string {
		var list []string
		for _, row := range Run(q, s, fixtureEnv()).Rows {
			list = append(list, string(row.RowType())+" "+row.Key()+" "+row.Cited().Record)
		}
		return list
	}
	rapid.Check(t, func(t *rapid.T) {
		all := anyQuery(t)
		with, without := all, all
		if all.Topic != Search && rapid.Bool().Draw(t, "word") {
			word := rapid.SampledFrom([]string{"refund", "session", "the", "approved"}).Draw(t, "text")
			with.Words, without.Words = []Word{{Text: word}}, []Word{{Text: word, Not: true}}
		} else {
			extra := anyTerm(t)
			with.Terms, without.Terms = append(slices.Clone(all.Terms), extra), append(slices.Clone(all.Terms), not(extra))
		}
		parts := append(rows(with), rows(without)...)
		whole := rows(all)
		slices.Sort(parts)
		slices.Sort(whole)
		if !slices.Equal(parts, whole) {
			t.Fatalf("parts %q\nwhole %q", parts, whole)
		}
	})
}

// The order of the records on the way in, and that of maps, never shows.
func TestRunIsDeterministic(t *testing.T) {
	s := fixture(t)
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuery(t)
		records := rapid.Permutation(fixtureRecords()).Draw(t, "records")
		want := Run(q, s, fixtureEnv())
		got := Run(q, fold.Of(records, fold.PolicyPerItem).View, fixtureEnv())
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\n got %s\nwant %s", q, brief(got), brief(want))
		}
	})
}

// TestAddressesAreTheSenders: "shift:emea" of one pod are not those of another,
// and "team" is the sender's own.
func TestAddressesAreTheSenders(t *testing.T) {
	offer := func(item, to string) *handoff.Handoff {
		return &handoff.Handoff{To: handoff.List[string]{to}, Items: handoff.List[handoff.Item]{{
			ID: item, Status: handoff.StatusReady, Next: []handoff.Next{{Do: "go on with " + item, Owner: to}},
		}}}
	}
	s := fold.Of([]*handoff.Record{
		record("hand0001", "20 09:00", "ana", offer("payouts", "shift:emea")),
		record("hand0002", "20 09:00", "jin", offer("passkeys", "shift:emea")),
		record("hand0003", "20 09:10", "kim", offer("captcha", "team")),
	}, "").View
	in := func(team, zone string) config.Person { return config.Person{Team: team, Zone: zone} }
	env := Env{Now: now, Config: &config.Config{
		People: map[string]config.Person{
			"ana": in("payouts", ""), "dirk": in("payouts", "emea"),
			"jin": in("auth", ""), "kim": in("auth", ""), "lin": in("auth", ""), "mia": in("auth-emea", "emea"),
		},
		Zones: []string{"emea"},
		Pods:  map[string]config.Pod{"pay": {Teams: []string{"payouts"}}, "login": {Teams: []string{"auth", "auth-emea"}}},
	}}
	for _, test := range []struct{ who, want string }{
		{"dirk", "handoff hand0001<hand0001, item payouts<hand0001"},
		{"mia", "handoff hand0002<hand0002, item passkeys<hand0002"},
		{"lin", "handoff hand0003<hand0003, item captcha<hand0003"},
		{"ana", ""},
	} {
		if got := brief(ask(t, s, env, test.who, "waiting-on "+test.who)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.who, got, test.want)
		}
	}
}
