package query

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// The fixture is a week of two sites. Ana works in Singapore for payments, Ben
// in London for payments, Cara in London for qa, Sarah decides on sessions.
// Now is Friday at 18:00 UTC.
var now = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// at is a time of that week, as "16 09:30".
func at(text string) handoff.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-11-"+text)
	if err != nil {
		panic(err)
	}
	return handoff.Time{Time: t}
}

// record builds a record as if it had been read from a commit.
func record(id, when, by string, body handoff.Body) *handoff.Record {
	r := handoff.New(id, at(when).Time, by, body)
	r.Source = handoff.Source{Path: ".handoffs/" + r.Name(), Commit: strings.Repeat("c", 40)}
	return r
}

const (
	anaMonday    = "ana00001"
	benMonday    = "ben00001" // ack
	anaTuesday   = "ana00002"
	caraTuesday  = "cara0001"
	benWednesday = "ben00002"
	anaThursday  = "ana00003"
	anaFriday    = "ana00004"
	resolved     = "cara0003"
	decided      = "sarah002"
	escalated    = "ben00003"
	answered     = "cara0002"
	asked        = "ben00004"
	rollup       = "ben00005"
)

func refunds(status, state string) handoff.Item {
	return handoff.Item{
		ID: "refunds", Title: "Partial refunds", Status: status, Severity: handoff.SeverityWatch, Owner: "ana", State: state,
		Due: at("21 12:00"), Effort: "2h",
		Next: []handoff.Next{{Do: "merge PR 1842 after review", Owner: "ana"}},
		Refs: []handoff.Ref{{Type: "pr", ID: "#1842"}, {Type: "ticket", ID: "PAY-311"}, {Type: "file", ID: "internal/refund/api.go"}},
	}
}

func ledger(to string) handoff.Item {
	return handoff.Item{
		ID: "ledger", Status: handoff.StatusReady, Owner: "ana", State: "schema is merged, backfill not begun",
		Intent: "finance closes the month from it",
		Next:   []handoff.Next{{Do: "run the backfill on staging", Owner: to}},
	}
}

func login(status string) handoff.Item {
	return handoff.Item{
		ID: "login", Status: status, Severity: handoff.SeverityCritical, Owner: "ben", State: "sessions drop after 15 minutes",
		Intent:    "half of the support tickets are about it",
		Next:      []handoff.Next{{Do: "set the session timeout that sarah chooses", Owner: "ben", Start: "after:session-timeout"}},
		BlockedBy: []string{"session-timeout"},
		Refs:      []handoff.Ref{{Type: "file", ID: "src/session/"}},
	}
}

func sessionTimeout() handoff.Blocker {
	return handoff.Blocker{
		ID: "session-timeout", Needs: "a choice of 15 or 30 minutes", Because: "security and support disagree",
		Resolver: "area:session-policy", Blocks: []string{"login"}, Severity: handoff.SeverityCritical,
	}
}

func fixtureRecords() []*handoff.Record {
	sandbox := handoff.Blocker{
		ID: "bank-sandbox", Needs: "credentials for the bank's sandbox", Because: "refunds cannot be tried without it",
		Resolver: "cara", Blocks: []string{"refunds"}, Workaround: "a recorded response",
	}
	withIntent := refunds(handoff.StatusInProgress, "the API works, the page does not")
	withIntent.Intent = "customers ask for part of their money"
	timeout := handoff.Decision{ID: "session-policy", DecisionFields: handoff.DecisionFields{
		Decision: "sessions end after 15 minutes", Rationale: "the auditor asked for it", Items: []string{"login"},
	}}
	return []*handoff.Record{
		record(anaMonday, "16 09:00", "ana", &handoff.Handoff{
			To: handoff.List[string]{"ben"}, Team: "payments", Summary: "Refund API works, ledger is ready for the backfill",
			Shipped: handoff.List[handoff.Shipped]{{What: "checkout copy in German"}}, ReturnsAt: at("17 01:00"),
			Items:    handoff.List[handoff.Item]{withIntent, ledger("ben")},
			Blockers: handoff.List[handoff.Blocker]{sandbox}, Decisions: handoff.List[handoff.Decision]{timeout},
			Questions: []handoff.OpenQuestion{{ID: "refund-limit", Ask: "What is the largest refund?", To: "cara", Blocks: []string{"refunds"}}},
			Watch:     []handoff.Watch{{What: "the old queue", Signal: "depth over 100"}},
		}),
		record(benMonday, "16 10:00", "ben", &handoff.Ack{
			Subject: anaMonday, Outcome: handoff.OutcomeAccepted, Take: []string{"ledger"},
			Readback: []handoff.Readback{{Item: "ledger", Understood: "month end depends on it", FirstAction: "dry run"}},
		}),
		record(anaTuesday, "17 09:00", "ana", &handoff.Handoff{
			To: handoff.List[string]{"ben"}, Team: "payments", Summary: "Refund page is in review",
			Shipped: handoff.List[handoff.Shipped]{}, ReturnsAt: at("18 01:00"),
			Items:    handoff.List[handoff.Item]{refunds(handoff.StatusInReview, "the page is in review, one approval of two")},
			Blockers: handoff.List[handoff.Blocker]{sandbox}, Decisions: handoff.List[handoff.Decision]{},
		}),
		record(caraTuesday, "17 17:00", "cara", &handoff.Handoff{
			To: handoff.List[string]{"lead:payments"}, Team: "qa", Summary: "Load test found a slow query",
			Shipped: handoff.List[handoff.Shipped]{}, ReturnsAt: at("18 09:00"),
			Items: handoff.List[handoff.Item]{{
				ID: "slow-query", Status: handoff.StatusReady, Owner: "cara", State: "search takes 4 s at 10k rows",
				Intent: "the release waits for it", Next: []handoff.Next{{Do: "add the index on created_at", Owner: "team:payments"}},
			}},
			Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
			Standing: []handoff.Standing{{What: "release freeze", Until: at("19 00:00")}},
		}),
		record(benWednesday, "18 18:00", "ben", &handoff.Handoff{
			To: handoff.List[string]{"ana"}, Team: "payments", Summary: "Backfill has run, login is blocked on a choice",
			Shipped: handoff.List[handoff.Shipped]{{ID: "ledger", What: "backfill of the ledger", Refs: []handoff.Ref{{Type: "pr", ID: "1850"}}}},
			Items:   handoff.List[handoff.Item]{login(handoff.StatusBlocked)}, ReturnsAt: at("19 09:00"),
			Blockers: handoff.List[handoff.Blocker]{sessionTimeout()}, Decisions: handoff.List[handoff.Decision]{},
		}),
		record(escalated, "18 18:05", "ben", &handoff.Escalation{
			Subject: "blk:session-timeout", Reason: "severity", To: "sarah", Ask: "15 or 30 minutes?", Level: 1,
		}),
		record(anaThursday, "19 09:00", "ana", &handoff.Handoff{
			To: handoff.List[string]{"cara"}, Team: "payments", Summary: "Refund page approved, waiting for the sandbox",
			Shipped: handoff.List[handoff.Shipped]{}, ReturnsAt: at("20 01:00"),
			Items: handoff.List[handoff.Item]{
				refunds(handoff.StatusInReview, "the page is approved"),
				{
					ID: "receipts", Status: handoff.StatusReady, Owner: "ana", State: "template is written",
					Intent: "the law wants one for each refund", Next: []handoff.Next{{Do: "translate the template", Owner: "cara"}},
				},
			},
			Blockers: handoff.List[handoff.Blocker]{sandbox}, Decisions: handoff.List[handoff.Decision]{},
		}),
		record(resolved, "20 08:00", "cara", &handoff.Resolution{
			Blocker: "bank-sandbox", Outcome: "resolved", How: "the bank sent the keys by courier",
		}),
		record(anaFriday, "20 09:00", "ana", &handoff.Handoff{
			Amends: anaThursday, To: handoff.List[string]{"cara"}, Team: "payments", Summary: "Refund page approved, sandbox has arrived",
			Shipped: handoff.List[handoff.Shipped]{}, ReturnsAt: at("23 01:00"),
			Items: handoff.List[handoff.Item]{
				refunds(handoff.StatusInReview, "the page is approved"),
				{
					ID: "receipts", Status: handoff.StatusReady, Owner: "ana", State: "template is written",
					Next: []handoff.Next{{Do: "translate the template", Owner: "cara"}},
				},
			},
			Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
		}),
		record(decided, "20 12:00", "sarah", &handoff.DecisionRecord{
			Topic: "session-policy", DecisionFields: handoff.DecisionFields{
				Decision: "sessions end after 30 minutes", Rationale: "support shows that nobody finishes in 15",
				Supersedes: "session-policy", Items: []string{"login"}, DecidedBy: "sarah",
			},
		}),
		record(asked, "20 13:00", "ben", &handoff.Question{
			About: "item:receipts", Ask: "Which languages first?", To: "ana",
		}),
		record(answered, "20 14:00", "cara", &handoff.Answer{Question: "refund-limit", Text: "500 euros", Source: "chat"}),
		record(rollup, "20 17:00", "ben", &handoff.Handoff{
			To: handoff.List[string]{"team"}, Team: "payments", Summary: "Payments, end of the week",
			Rollup:  &handoff.Rollup{Level: "team", Scope: "payments", Sources: []handoff.RollupSource{{ID: anaFriday}}},
			Shipped: handoff.List[handoff.Shipped]{}, ReturnsAt: at("23 09:00"),
			Items:    handoff.List[handoff.Item]{{ID: "refunds", Status: handoff.StatusInReview, Owner: "ana", State: "the page is approved", Source: anaFriday}},
			Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
		}),
	}
}

func fixture(t testing.TB) *fold.View {
	t.Helper()
	s := fold.Of(fixtureRecords(), fold.PolicyPerItem)
	for _, p := range s.Problems {
		t.Errorf("problem in the fixture: %+v", p)
	}
	return s.View
}

func fixtureEnv() Env {
	return Env{
		Now: now,
		Config: &config.Config{
			People: map[string]config.Person{
				"ana": always("payments"), "ben": always("payments"), "cara": always("qa"), "sarah": always("security"),
			},
			Teams: map[string]config.Team{"payments": {Lead: "ben"}, "qa": {Lead: "cara"}},
			Authorities: []config.Authority{{
				Area: "session-policy", Primary: "sarah", Alternates: []string{"ines"},
				Expires: config.Date{Year: 2026, Month: time.November, Day: 18},
			}},
			SLA: config.SLA{Ack: config.AckSLA{Routine: hours(36), Watch: hours(36), Critical: hours(36)}},
		},
		ConfigFile: ".handoffs/config.yaml",
	}
}

// always is somebody of a team who works around the clock, but for one minute.
func always(team string) config.Person {
	return config.Person{
		Team: team, TZ: config.Location{Location: time.UTC}, Hours: config.Hours{Start: 18*60 + 1, End: 18 * 60},
		Days: config.Days{true, true, true, true, true, true, true},
	}
}

func hours(n int) calendar.Duration { return calendar.Duration{Clock: time.Duration(n) * time.Hour} }

func parseEnv(me string) ParseEnv { return ParseEnv{Me: me, Now: now, Location: time.UTC} }

// ask parses and runs a question.
func ask(t testing.TB, s *fold.View, env Env, me, question string) Answer {
	t.Helper()
	q, err := Parse([]string{question}, parseEnv(me))
	if err != nil {
		t.Fatalf("Parse(%q): %v", question, err)
	}
	return Run(q, s, env)
}

// brief is the rows of an answer as "type key<record" each, "!" for a
// superseded one.
func brief(a Answer) string {
	var rows []string
	for _, row := range a.Rows {
		superseded := ""
		if row.Cited().Superseded {
			superseded = "!"
		}
		rows = append(rows, fmt.Sprintf("%s %s<%s%s", row.RowType(), row.Key(), row.Cited().Record, superseded))
	}
	return strings.Join(rows, ", ")
}

func toJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
