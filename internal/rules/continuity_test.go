package rules

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// yesterday is when the records of these tests were written.
var yesterday = time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)

// sent is a handoff that was published before, as a state has it.
func sent(id, by string, at time.Time, body *handoff.Handoff) *fold.Handoff {
	return &fold.Handoff{
		Record: handoff.New(id, at, by, body), Handoff: body,
		State: fold.HandoffPublished, First: id,
	}
}

// story is a state in which ana published a0000001 yesterday: she holds
// session-mw, login-form and api, of which ben took api; old-form is shipped.
func story(change func(*fold.View)) func(*Context) {
	return func(c *Context) {
		item := func(id, status, state, holder string) *fold.Item {
			return &fold.Item{Item: handoff.Item{ID: id, Status: status, State: state}, Holder: holder, Declared: "a0000001", At: yesterday}
		}
		first := sent("a0000001", "ana", yesterday, &handoff.Handoff{Summary: "Sessions and login are under way"})
		c.State = fold.Of([]*handoff.Record{first.Record}, fold.PolicyPerItem).View
		c.State.Handoffs["a0000001"] = first
		c.State.Items = map[string]*fold.Item{
			"session-mw": item("session-mw", "blocked", "Waits", "ana"),
			"login-form": item("login-form", "in_progress", "Started", "ana"),
			"api":        item("api", "in_progress", "Started", "ben"),
			"old-form":   item("old-form", "in_progress", "Started", "ana"),
		}
		c.State.Blockers = map[string]*fold.Blocker{
			"session-timeout": {Blocker: handoff.Blocker{ID: "session-timeout", Blocks: []string{"session-mw"}}, DeclaredBy: "ana"},
			"gone":            {Blocker: handoff.Blocker{ID: "gone", Blocks: []string{"session-mw"}}, DeclaredBy: "ana", Resolution: first.Record},
		}
		c.State.Items["old-form"].Closed, c.State.Items["old-form"].ClosedBy = fold.ItemShipped, "a0000001"
		if change != nil {
			change(c.State)
		}
	}
}

func TestContinuityRules(t *testing.T) {
	const (
		login   = "Server side validation lives in internal/login/form.go, client side is missing"
		amends  = "amends: a0000001\nto: [ben]"
		loginID = "  - id: login-form\n"
	)
	same := func(s *fold.View) { s.Items["login-form"].State = login }
	runRuleTests(t, good, []ruleTest{
		{name: "the story goes on", ctx: story(nil)},

		// HO301
		{name: "copied", ctx: story(same), want: "HO301w:29"},
		{name: "copied with another status", ctx: story(func(s *fold.View) { same(s); s.Items["login-form"].Status = "ready" })},
		{name: "copied and said so", edits: []string{"returns_at", "unchanged: [{id: login-form, why: I was in the review all day}]\nreturns_at"}, ctx: story(same)},
		{name: "copied into an amendment", edits: []string{"to: [ben]", amends}, ctx: story(same)},
		{name: "copied after a commit", edits: []string{loginID, loginID + "    refs: [{type: branch, id: feature/login}]\n"}, ctx: func(c *Context) {
			story(same)(c)
			c.Committed = func(branch string, after time.Time) bool {
				return branch == "feature/login" && after.Equal(yesterday)
			}
		}},
		{name: "copied without a commit", edits: []string{loginID, loginID + "    refs: [{type: branch, id: feature/login}]\n"}, want: "HO301w:30", ctx: func(c *Context) {
			story(same)(c)
			c.Committed = func(string, time.Time) bool { return false }
		}},

		// HO302
		{name: "vanished item", ctx: story(func(s *fold.View) {
			s.Items["forgotten"] = &fold.Item{Item: handoff.Item{ID: "forgotten"}, Holder: "ana"}
		}), want: "HO302:11"},
		{name: "dropped", edits: []string{"returns_at", "dropped: [{id: forgotten, why: The customer left us}]\nreturns_at"}, ctx: story(func(s *fold.View) {
			s.Items["forgotten"] = &fold.Item{Item: handoff.Item{ID: "forgotten"}, Holder: "ana"}
		})},
		{name: "shipped", edits: []string{"  - what: Login", "  - id: forgotten\n    what: Login"}, ctx: story(func(s *fold.View) {
			s.Items["forgotten"] = &fold.Item{Item: handoff.Item{ID: "forgotten"}, Holder: "ana"}
		})},

		// HO303
		{name: "vanished blocker", ctx: story(func(s *fold.View) {
			s.Blockers["access"] = &fold.Blocker{Blocker: handoff.Blocker{ID: "access", Blocks: []string{"login-form"}}, DeclaredBy: "ben"}
		}), want: "HO303:34"},
		{name: "a blocker of what another holds", ctx: story(func(s *fold.View) {
			s.Blockers["access"] = &fold.Blocker{Blocker: handoff.Blocker{ID: "access", Blocks: []string{"api"}}, DeclaredBy: "ana"}
		})},
		{name: "a blocker of nothing that is live", ctx: story(func(s *fold.View) {
			s.Blockers["access"] = &fold.Blocker{Blocker: handoff.Blocker{ID: "access", Blocks: []string{"old-form"}}, DeclaredBy: "ana"}
		}), want: "HO303:34"},

		// HO304
		{name: "vanished question", ctx: story(func(s *fold.View) {
			s.Questions["which"] = &fold.Question{Key: "which", By: "ana", State: fold.QuestionOpen}
		}), want: "HO304w:1"},
		{name: "closed question", ctx: story(func(s *fold.View) {
			s.Questions["which"] = &fold.Question{Key: "which", By: "ana", State: fold.QuestionClosed}
		})},
		{name: "question with its own record", ctx: story(func(s *fold.View) {
			s.Questions["q0000001"] = &fold.Question{Key: "q0000001", By: "ana", State: fold.QuestionOpen}
			s.Records["q0000001"] = handoff.New("q0000001", yesterday, "ana", new(handoff.Question))
		})},

		// HO305
		{name: "zombie", edits: []string{loginID, "  - id: old-form\n"}, ctx: story(func(s *fold.View) { delete(s.Items, "login-form") }), want: "HO305:26"},
		{name: "reopened", edits: []string{loginID, "  - id: old-form\n    reopened: The fix broke Safari\n"}, ctx: story(func(s *fold.View) { delete(s.Items, "login-form") })},
		{name: "reopened by an amendment", edits: []string{loginID, "  - id: old-form\n", "to: [ben]", amends}, ctx: story(func(s *fold.View) { delete(s.Items, "login-form") })},

		// HO308
		{name: "shipped and blocked", edits: []string{"  - what: Login", "  - id: old-form\n    what: Login", "blocks: [session-mw]", "blocks: [session-mw, old-form]"}, ctx: story(nil), want: "HO308:9"},
		{name: "shipped and blocked in the state", edits: []string{"  - what: Login", "  - id: api\n    what: Login"}, want: "HO308:9", ctx: story(func(s *fold.View) {
			s.Blockers["access"] = &fold.Blocker{Blocker: handoff.Blocker{ID: "access", Blocks: []string{"item:api"}}, DeclaredBy: "ben"}
		})},
		{name: "at 100 %", edits: []string{"status: in_progress", "status: in_progress\n    progress: 100"}, want: "HO308:28"},
		{name: "at 100 % in review", edits: []string{"status: in_progress", "status: in_review\n    progress: 100"}},
		{name: "listed and shipped", edits: []string{"  - what: Login", "  - id: login-form\n    what: Login"}, want: "HO308:9"},
		{name: "listed twice", edits: []string{loginID, "  - id: session-mw\n"}, want: "HO308:26 HO307:39"},

		// HO313
		{name: "re-litigation", ctx: story(decided("Keep sessions in Redis", fold.DecisionAccepted)), want: "HO313:42"},
		{name: "decision repeated", ctx: story(decided("Keep sessions in a signed cookie", fold.DecisionAccepted))},
		{name: "decision superseded", edits: []string{"decision: Keep", "supersedes: cookie-store\n    decision: Keep"}, ctx: story(decided("Keep sessions in Redis", fold.DecisionAccepted))},
		{name: "decision on a proposal", ctx: story(decided("Keep sessions in Redis", fold.DecisionProposed))},
		{name: "proposal against a decision", edits: []string{"decision: Keep", "status: proposed\n    decision: Keep"}, ctx: story(decided("Keep sessions in Redis", fold.DecisionAccepted))},

		// HO315
		{name: "decided again on the same item", edits: alike("session-mw"), ctx: stands("Keep sessions in a signed cookie for now", "session-mw"), want: "HO315w:43"},
		{name: "decided again but for a number", edits: append(alike("session-mw"), "Keep sessions in a signed cookie", "Admin sessions expire after 60 minutes"), ctx: stands("Admin sessions expire after 15 minutes", "item:session-mw"), want: "HO315w:43"},
		{name: "decided again on the same file", edits: append(alike("session-mw"), "    blocked_by:", "    refs: [{type: file, id: ./src/cookie.go}]\n    blocked_by:"), want: "HO315w:44", ctx: story(func(s *fold.View) {
			again("Keep sessions in a signed cookie for now", "api")(s)
			s.Items["api"] = &fold.Item{Item: handoff.Item{ID: "api", Refs: []handoff.Ref{{Type: "file", ID: "src/cookie.go"}}}}
		})},
		{name: "decided again and proposed", edits: append(alike("session-mw"), "decision: Keep", "status: proposed\n    decision: Keep"), ctx: stands("Keep sessions in a signed cookie for now", "session-mw"), want: "HO315w:44"},
		{name: "said to take its place", edits: append(alike("session-mw"), "decision: Keep", "supersedes: dec:cookies\n    decision: Keep"), ctx: stands("Keep sessions in a signed cookie for now", "session-mw")},
		{name: "said to stand beside it", edits: append(alike("session-mw"), "decision: Keep", "beside: [cookies]\n    decision: Keep"), ctx: stands("Keep sessions in a signed cookie for now", "session-mw")},
		{name: "beside nothing", edits: append(alike("session-mw"), "decision: Keep", "beside: [cokies]\n    decision: Keep"), ctx: stands("Redis holds the queue of mails", "session-mw"), want: "HO103:43"},
		{name: "on another item", edits: alike("login-form"), ctx: stands("Keep sessions in a signed cookie for now", "session-mw")},
		{name: "on an item of its handoff", ctx: stands("Keep sessions in a signed cookie for now", "session-mw"), want: "HO315w:42"},
		{name: "on no item of its handoff", ctx: stands("Keep sessions in a signed cookie for now", "api")},
		{name: "something else on the item", edits: alike("session-mw"), ctx: stands("Keep the sessions of admins in Redis", "session-mw")},
		{name: "other words of the same", edits: append(alike("session-mw"), "Keep sessions in a signed cookie", "Retry failed refunds three times"), ctx: stands("Retry failed payouts three times", "session-mw")},
		{name: "decided later", edits: alike("session-mw"), ctx: story(func(s *fold.View) {
			again("Keep sessions in a signed cookie for now", "session-mw")(s)
			s.Decisions["cookies"].At = yesterday.Add(72 * time.Hour)
		})},
		{name: "like one that was reversed", edits: alike("session-mw"), ctx: story(func(s *fold.View) {
			again("Keep sessions in a signed cookie for now", "session-mw")(s)
			s.Decisions["cookies"].State = fold.DecisionReversed
		})},
		{name: "carried along", edits: alike("session-mw"), ctx: story(func(s *fold.View) {
			again("Keep sessions in a signed cookie for now", "session-mw")(s)
			decided("Keep sessions in a signed cookie", fold.DecisionAccepted)(s)
		})},

		// HO314
		{name: "stale workaround", edits: []string{"    resolver: sarah", "    workaround: Use 15 minutes on staging\n    since: \"2026-11-01T09:00:00+08:00\"\n    resolver: sarah"}, want: "HO314w:38"},
		{name: "young workaround", edits: []string{"    resolver: sarah", "    workaround: Use 15 minutes on staging\n    since: \"2026-11-10T09:00:00+08:00\"\n    resolver: sarah"}},
		{name: "stale workaround of the state", edits: []string{"    resolver: sarah", "    workaround: Use 15 minutes on staging\n    resolver: sarah"}, want: "HO314w:38",
			ctx: story(func(s *fold.View) {
				s.Blockers["session-timeout"].Since = handoff.Time{Time: yesterday.Add(-20 * 24 * time.Hour)}
			})},
		{name: "stale proposal", edits: []string{"decision: Keep", "status: proposed\n    decision: Keep"}, want: "HO314w:42", ctx: story(func(s *fold.View) {
			decided("Keep sessions in a signed cookie", fold.DecisionProposed)(s)
			s.Decisions["cookie-store"].At = yesterday.Add(-20 * 24 * time.Hour)
		})},

		// HO804
		{name: "recycled headline", edits: []string{"Session middleware is in review, waiting on the timeout policy", "Sessions and login are under way."}, ctx: story(nil), want: "HO804w:7"},
		{name: "headline of the amended version", edits: []string{"Session middleware is in review, waiting on the timeout policy", "Sessions and login are under way.", "to: [ben]", amends}, ctx: story(nil)},
	})
}

func decided(text, state string) func(*fold.View) {
	return func(s *fold.View) {
		s.Decisions["cookie-store"] = &fold.Decision{By: "ines", Record: "a0000001", State: state, At: yesterday,
			Decision: handoff.Decision{ID: "cookie-store", DecisionFields: handoff.DecisionFields{Decision: text, Rationale: "It is there already"}}}
	}
}

// alike makes the decision of good one on an item.
func alike(item string) []string {
	return []string{"decision: Keep", "items: [" + item + "]\n    decision: Keep"}
}

// again is a decision under another name that stands.
func again(text string, items ...string) func(*fold.View) {
	return func(s *fold.View) {
		s.Decisions["cookies"] = &fold.Decision{By: "ines", Record: "a0000001", State: fold.DecisionAccepted, At: yesterday,
			Decision: handoff.Decision{ID: "cookies", DecisionFields: handoff.DecisionFields{Decision: text, Items: items}}}
	}
}

func stands(text string, items ...string) func(*Context) { return story(again(text, items...)) }

func TestRelitigationCitesTheReason(t *testing.T) {
	ctx := before()
	story(decided("Keep sessions in Redis", fold.DecisionAccepted))(&ctx)
	findings := Check(handoff.Parse([]byte(good), ""), ctx)
	if len(findings) != 1 || !strings.Contains(findings[0].Message, "It is there already") {
		t.Errorf("%+v", findings)
	}
}

func TestNothingHappened(t *testing.T) {
	const nothing = `schema: handoff/v1
kind: handoff
id: k3f9q2m7
at: "2026-11-20T18:02:11+08:00"
by: ana
to: [ben]
summary: Nothing to hand over after a day of meetings
shipped: []
items: []
blockers: []
decisions: []
returns_at: "2026-11-21T09:00:00+08:00"
`
	commits := func(c *Context) { c.OwnCommits = func() int { return 3 } }
	runRuleTests(t, nothing, []ruleTest{
		{name: "no commits"},
		{name: "commits", ctx: commits, want: "HO801w:8"},
		{name: "commits, and something shipped", edits: []string{"shipped: []", "shipped: [{what: The parser of durations}]"}, ctx: commits},
	})
}

func TestRollup(t *testing.T) {
	const source = "    source: a0000001\n"
	rollup := []string{"to: [ben]", "rollup: {level: team, scope: payments, sources: [{id: a0000001, digest: " + strings.Repeat("ab", 32) + "}]}\nto: [ben]",
		"  - id: session-mw\n", "  - id: session-mw\n" + source, "  - id: login-form\n", "  - id: login-form\n" + source, "  - id: session-timeout\n", "  - id: session-timeout\n" + source}
	holding := story(func(s *fold.View) {
		s.Items["own"] = &fold.Item{Item: handoff.Item{ID: "own"}, Holder: "ana"}
		first := s.Handoffs["a0000001"]
		first.Items = handoff.List[handoff.Item]{{ID: "session-mw"}, {ID: "login-form"}}
		first.Blockers = handoff.List[handoff.Blocker]{{ID: "session-timeout"}}
		first.Record.Source.Digest = strings.Repeat("ab", 32)
	})
	with := func(change func(*fold.View)) func(*Context) {
		return func(c *Context) {
			holding(c)
			change(c.State)
		}
	}
	changed := func(old, to string) []string {
		return []string{rollup[0], strings.Replace(rollup[1], old, to, 1), rollup[2], rollup[3], rollup[4], rollup[5], rollup[6], rollup[7]}
	}
	runRuleTests(t, good, []ruleTest{
		{name: "need not list what its sender holds", edits: rollup, ctx: holding},
		{name: "source missing", edits: append(slices.Clone(rollup), "  - id: login-form\n"+source, "  - id: login-form\n"), ctx: holding, want: "HO103:28"},
		{name: "source that says nothing of it", edits: rollup, ctx: with(func(s *fold.View) { s.Handoffs["a0000001"].Blockers = nil }), want: "HO103:39"},
		{name: "unknown source", edits: changed("id: a0000001", "id: a0000009"), ctx: holding, want: "HO103:6 HO103:14 HO103:29 HO103:39"},
		{name: "source with other bytes", edits: changed("abab", "cdcd"), ctx: holding, want: "HO103:6"},
		{name: "rollup of a rollup", edits: rollup, ctx: with(func(s *fold.View) { s.Handoffs["a0000001"].Rollup = new(handoff.Rollup) }), want: "HO103:6"},
		{name: "what is quoted was judged before", edits: append(slices.Clone(rollup), "status: in_progress", "status: blocked", "resolver: sarah", "resolver: ana"), ctx: holding},
		{name: "done twice", edits: rollup, ctx: with(func(s *fold.View) {
			pr := []handoff.Ref{{Type: "pr", ID: "7"}}
			s.Items["login-form"].Refs, s.Items["api"].Refs = pr, pr
		}), want: "HO310w:28"},
		{name: "foreign source", edits: append(slices.Clone(rollup), "  - id: login-form\n"+source, "  - id: login-form\n    source: a0000002\n"), ctx: holding, want: "HO103:29"},
	})
}

func TestCheckState(t *testing.T) {
	item := func(id, holder string, refs ...handoff.Ref) *fold.Item {
		return &fold.Item{Item: handoff.Item{ID: id, Refs: refs}, Holder: holder, Declared: "a0000001"}
	}
	pr := handoff.Ref{Type: "pr", ID: "#1842"}
	offers := func(id, by, to string) *fold.Handoff {
		return sent(id, by, yesterday, &handoff.Handoff{Items: handoff.List[handoff.Item]{{ID: "api", Next: []handoff.Next{{Do: "Go on", Owner: to}}}}})
	}
	tests := []struct {
		name     string
		view     fold.View
		problems []handoff.Problem
		ctx      Context
		want     string
	}{
		{name: "empty"},
		{name: "problem", problems: []handoff.Problem{{Record: "a0000001", Code: "HO320", Message: "takes x"}}, want: "HO320:0"},
		{name: "problem that the pilot softens", problems: []handoff.Problem{{Record: "a0000001", Code: "HO320", Message: "takes x"}},
			ctx: Context{Config: &config.Config{Rules: config.Rules{Preset: config.PresetPilot}}}, want: "HO320w:0"},
		{name: "duplicate work", view: fold.View{Items: map[string]*fold.Item{"a1": item("a1", "ana", pr), "b1": item("b1", "ben", handoff.Ref{Type: "pr", ID: "1842"})}}, want: "HO310w:0"},
		{name: "one person", view: fold.View{Items: map[string]*fold.Item{"a1": item("a1", "ana", pr), "b1": item("b1", "ana", pr)}}},
		{name: "main is shared", view: fold.View{Items: map[string]*fold.Item{"a1": item("a1", "ana", handoff.Ref{Type: "branch", ID: "main"}), "b1": item("b1", "ben", handoff.Ref{Type: "branch", ID: "main"})}}},
		{name: "development is shared", view: fold.View{Items: map[string]*fold.Item{"a1": item("a1", "ana", handoff.Ref{Type: "branch", ID: "development"}), "b1": item("b1", "ben", handoff.Ref{Type: "branch", ID: "development"})}}},
		{name: "switched off", view: fold.View{Items: map[string]*fold.Item{"a1": item("a1", "ana", pr), "b1": item("b1", "ben", pr)}},
			ctx: Context{Config: &config.Config{Rules: config.Rules{Levels: map[string]string{"HO310": config.RuleOff}}}}},
		{name: "both offer it", view: fold.View{Handoffs: map[string]*fold.Handoff{"a0000001": offers("a0000001", "ana", "ben"), "b0000001": offers("b0000001", "ben", "ana")}}, want: "HO405w:0"},
		{name: "one offers it", view: fold.View{Handoffs: map[string]*fold.Handoff{"a0000001": offers("a0000001", "ana", "ben"), "b0000001": offers("b0000001", "ben", "ben")}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings := CheckState(&fold.State{View: &test.view, Problems: test.problems}, test.ctx)
			if got := shown(findings); got != test.want {
				t.Errorf("got %s, want %s: %+v", got, test.want, findings)
			}
			for _, f := range findings {
				checkWording(t, f)
			}
		})
	}
	taken := map[string]*fold.Handoff{"a0000001": offers("a0000001", "ana", "ben"), "b0000001": offers("b0000001", "ben", "ana")}
	taken["a0000001"].Taken = map[string]string{"api": "ben"}
	if findings := CheckState(&fold.State{View: &fold.View{Handoffs: maps.Clone(taken)}}, Context{}); len(findings) > 0 {
		t.Errorf("taken: %+v", findings)
	}
}

// The command of a fix can be pasted, whatever a record calls things.
func TestFixesAreQuoted(t *testing.T) {
	ctx := before()
	story(func(s *fold.View) {
		s.Blockers["a; id"] = &fold.Blocker{Blocker: handoff.Blocker{ID: "a; id", Blocks: []string{"login-form"}}, DeclaredBy: "ben"}
	})(&ctx)
	findings := Check(handoff.Parse([]byte(good), ""), ctx)
	if len(findings) != 1 || !strings.HasSuffix(findings[0].Fix, ": handoff resolve 'blk:a; id'") {
		t.Errorf("%+v", findings)
	}
}
