package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestOwnershipRules(t *testing.T) {
	crowd := func(resolver string, n int) func(*Context) {
		return story(func(s *handoff.View) {
			for i := range n {
				id := "blocker-" + string(rune('a'+i))
				s.Blockers[id] = &handoff.BlockerState{Blocker: handoff.Blocker{ID: id, Resolver: resolver, Blocks: []string{"api"}}, DeclaredBy: "ben"}
			}
		})
	}
	load := func(n int) func(*Context) {
		return story(func(s *handoff.View) {
			for i := range n {
				id := "item-" + string(rune('a'+i))
				s.Items[id] = &handoff.ItemState{Item: handoff.Item{ID: id}, Holder: "ben"}
			}
		})
	}
	expires := func(date string) func(*Context) {
		return func(c *Context) {
			at, _ := time.Parse(time.DateOnly, date)
			c.Authority = []Authority{{Area: "sessions", Expires: at}, {Area: "logins"}}
		}
	}
	away := func(who, from string) func(*Context) {
		return func(c *Context) {
			c.Away = func(handle string, at time.Time) bool { return handle == who && at.Format(time.DateOnly) >= from }
		}
	}
	interfaces := func(onMissing string) func(*Context) {
		return func(c *Context) {
			c.TeamOf = func(handle string) string {
				return map[string]string{"ana": "payments", "ben": "qa"}[handle]
			}
			c.Interfaces = []Interface{
				{From: "payments", To: "qa", Requires: []string{"accept", "effort"}, OnMissing: onMissing},
				{From: "payments", To: "legal", Requires: []string{"ready"}, OnMissing: onMissing},
			}
		}
	}
	const due = "    due: \"2026-11-25T18:00:00+08:00\"\n    effort: 2h\n"
	runRuleTests(t, good, []ruleTest{
		// HO403
		{name: "resolves it oneself", edits: []string{"resolver: sarah", "resolver: ana"}, want: "HO403w:38"},
		// HO404
		{name: "five blockers", ctx: crowd("sarah", 4), want: "HO404w:38"},
		{name: "four blockers", ctx: crowd("sarah", 3)},
		{name: "blockers of others", ctx: crowd("ines", 9)},
		{name: "thirteen items", ctx: load(11), want: "HO404w:18"},
		{name: "twelve items", ctx: load(10)},
		// HO406
		{name: "authority expired", edits: []string{"resolver: sarah", "resolver: area:sessions"}, ctx: expires("2026-11-01"), want: "HO406w:38"},
		{name: "authority lasts", edits: []string{"resolver: sarah", "resolver: area:sessions"}, ctx: expires("2027-11-01")},
		{name: "authority without end", edits: []string{"resolver: sarah", "resolver: area:logins"}, ctx: expires("2026-11-01")},
		{name: "owner away", edits: []string{"  - id: login-form\n", "  - id: login-form\n" + due}, ctx: away("ana", "2026-11-24"), want: "HO406w:30"},
		{name: "owner back", edits: []string{"  - id: login-form\n", "  - id: login-form\n" + due}, ctx: away("ana", "2026-11-26")},
		{name: "resolver away", edits: []string{"    resolver: sarah\n", "    needed_by: \"2026-11-25T18:00:00+08:00\"\n    resolver: sarah\n", "  - id: session-mw\n", "  - id: session-mw\n    effort: 2h\n"}, ctx: away("sarah", "2026-11-24"), want: "HO406w:40"},
		// HO407
		{name: "contract", ctx: interfaces("reject"), want: "HO407:12"},
		{name: "contract that warns", ctx: interfaces("warn"), want: "HO407w:12"},
		{name: "contract kept", edits: []string{"  - id: session-mw\n", "  - id: session-mw\n    effort: 2h\n"}, ctx: interfaces("reject")},
		{name: "contract with a team", edits: []string{"        owner: ben\n", "        owner: team:legal\n", "to: [ben]", "to: [\"team:legal\"]"}, ctx: interfaces("reject"), want: "HO407:12"},
		{name: "no contract", edits: []string{"        owner: ben\n", "        owner: sarah\n"}, ctx: interfaces("reject")},
	})
}

// hours is a roster in UTC: everybody works from the given hour on for eight
// hours, every day but Sunday.
func hours(starts map[string]int) func(handle string, at time.Time) (start, end time.Time, ok bool) {
	return func(handle string, at time.Time) (time.Time, time.Time, bool) {
		hour, ok := starts[handle]
		if !ok {
			return time.Time{}, time.Time{}, false
		}
		at = at.UTC()
		start := time.Date(at.Year(), at.Month(), at.Day()-1, hour, 0, 0, 0, time.UTC)
		for !start.Add(8*time.Hour).After(at) || start.Weekday() == time.Sunday {
			start = start.AddDate(0, 0, 1)
		}
		return start, start.Add(8 * time.Hour), true
	}
}

func TestTimingRules(t *testing.T) {
	const (
		shift = "shift: {start: \"2026-11-20T09:00:00+08:00\", end: \"2026-11-20T18:00:00+08:00\", tz: Asia/Singapore}\nto: [ben]"
		login = "  - id: login-form\n"
		mw    = "  - id: session-mw\n"
	)
	roster := func(starts map[string]int) func(*Context) {
		return func(c *Context) { c.Shift = hours(starts) }
	}
	world := map[string]int{"ana": 1, "ben": 9} // 09:00 in Singapore, 09:00 in London
	runRuleTests(t, good, []ruleTest{
		{name: "an ordinary day", edits: []string{"to: [ben]", shift}, ctx: func(c *Context) { c.Shift, c.PublishGrace = hours(world), 5*time.Minute }},

		// HO501
		{name: "late", edits: []string{"to: [ben]", shift}, want: "HO501w:1"},
		{name: "late within the grace", edits: []string{"to: [ben]", shift}, ctx: func(c *Context) { c.PublishGrace = 5 * time.Minute }},

		// HO502: it is 10:02 in London.
		{name: "useless", edits: []string{"to: [ben]", shift}, ctx: func(c *Context) { c.Shift, c.PublishGrace = hours(map[string]int{"ana": 1, "ben": 5}), time.Hour }, want: "HO502w:1"},
		{name: "in time for one of two", edits: []string{"to: [ben]", strings.Replace(shift, "[ben]", "[ben, ines]", 1)},
			ctx: func(c *Context) {
				c.Shift, c.PublishGrace = hours(map[string]int{"ana": 1, "ben": 5, "ines": 9}), time.Hour
			}},
		{name: "beside each other", edits: []string{"to: [ben]", shift}, ctx: func(c *Context) { c.Shift, c.PublishGrace = hours(map[string]int{"ana": 1, "ben": 1}), time.Hour }},

		// HO503
		{name: "due without effort", edits: []string{login, login + "    due: \"2026-11-30T18:00:00+08:00\"\n"}, want: "HO503w:26"},
		{name: "due with effort", edits: []string{login, login + "    due: \"2026-11-30T18:00:00+08:00\"\n    effort: 1d\n"}, ctx: roster(world)},
		{name: "too little time", edits: []string{mw, mw + "    due: \"2026-11-20T13:00:00Z\"\n    effort: 1d\n"}, ctx: roster(world), want: "HO503w:14"},
		{name: "just enough time", edits: []string{mw, mw + "    due: \"2026-11-20T13:00:00Z\"\n    effort: 2h\n"}, ctx: roster(world)},
		{name: "a day and a weekend", edits: []string{mw, mw + "    due: \"2026-11-23T12:00:00Z\"\n    effort: 2d\n"}, ctx: roster(world)},
		{name: "a day and a weekend, not enough", edits: []string{mw, mw + "    due: \"2026-11-23T12:00:00Z\"\n    effort: 3d\n"}, ctx: roster(world), want: "HO503w:14"},
		{name: "nobody knows the hours", edits: []string{mw, mw + "    due: \"2026-11-20T13:00:00Z\"\n    effort: 1d\n"}, ctx: roster(nil)},
		{name: "needed without effort", edits: []string{"    resolver: sarah\n", "    resolver: sarah\n    needed_by: \"2026-11-25T18:00:00+08:00\"\n"}, want: "HO503w:39"},

		// HO506: the next shift begins on the 21st at 09:00 in Singapore.
		{name: "back the next day", ctx: roster(world)},
		{name: "back a week later", edits: []string{"2026-11-21T09", "2026-11-27T09"}, ctx: roster(world), want: "HO506w:1"},
		{name: "covered", edits: []string{"returns_at: \"2026-11-21T09", "cover: ines\nreturns_at: \"2026-11-27T09"}, ctx: roster(world)},

		// HO507: the 22nd is a Sunday.
		{name: "nobody there", edits: []string{"2026-11-20T18", "2026-11-21T18", "2026-11-21T09", "2026-11-22T09"}, ctx: func(c *Context) {
			c.Shift, c.Now = hours(map[string]int{"ben": 1}), time.Date(2026, 11, 21, 10, 3, 0, 0, time.UTC)
		}, want: "HO507w:6"},
		{name: "somebody there", edits: []string{"2026-11-20T18", "2026-11-21T18", "2026-11-21T09", "2026-11-22T09", "[ben]", "[ben, ines]"}, ctx: func(c *Context) {
			c.Shift, c.Now = hours(map[string]int{"ben": 1, "ines": 9}), time.Date(2026, 11, 21, 10, 3, 0, 0, time.UTC)
		}},
		{name: "away", ctx: func(c *Context) {
			c.Shift, c.Away = hours(world), func(handle string, _ time.Time) bool { return handle == "ben" }
		}, want: "HO507w:6"},
		{name: "a group may be there", edits: []string{"[ben]", "[ben, team]"}, ctx: func(c *Context) {
			c.Shift, c.Away = hours(world), func(handle string, _ time.Time) bool { return handle == "ben" }
		}},
	})
}

func TestEvidenceRules(t *testing.T) {
	const (
		login  = "  - id: login-form\n"
		anchor = "anchor: {branch: feature/login, head: 4f2a9c1, dirty: 2, unpushed: 1, stashes: 0}\nto: [ben]"
		branch = login + "    refs: [{type: branch, id: feature/login}]\n"
		state  = "Server side validation lives in internal/login/form.go, client side is missing"
	)
	repository := func(c *Context) {
		c.HasCommit = func(hash string) (bool, bool) { return hash == "4f2a9c1", hash != "abcdef0" }
		c.HasFile = func(path string) (bool, bool) { return path == "go.mod", true }
	}
	runRuleTests(t, good, []ruleTest{
		// HO601
		{name: "commit that exists", ctx: repository},
		{name: "dead commit", edits: []string{"id: 4f2a9c1}", "id: 4f2a9c2}"}, ctx: repository, want: "HO601w:10"},
		{name: "shallow clone", edits: []string{"id: 4f2a9c1}", "id: abcdef0}"}, ctx: repository},
		// HO602
		{name: "file that exists", edits: []string{login, login + "    refs: [{type: file, id: go.mod}]\n"}, ctx: repository},
		{name: "dead file", edits: []string{login, login + "    refs: [{type: file, id: go.mood}]\n"}, ctx: repository, want: "HO602w:27"},
		// HO603
		{name: "on the laptop", edits: []string{"to: [ben]", anchor, login, branch}, want: "HO603w:27"},
		{name: "on the laptop, and said so", edits: []string{"to: [ben]", anchor, login, branch + "    known_issues: [The last commit is not pushed]\n"}},
		{name: "on the laptop, on another branch", edits: []string{"to: [ben]", strings.Replace(anchor, "feature/login", "main", 1), login, branch}},
		{name: "all pushed", edits: []string{"to: [ben]", strings.Replace(anchor, "dirty: 2, unpushed: 1", "dirty: 0, unpushed: 0", 1), login, branch}},
		// HO604
		{name: "laundered claim", edits: []string{login, login + "    claims: [{claim: The form validates, status: verified}]\n"}, want: "HO604:27"},
		{name: "claim with a probe", edits: []string{login, login + "    claims: [{claim: The form validates, status: verified, probe: make test}]\n"}},
		// HO605
		{name: "bare assertion", edits: []string{state, "Validation works in internal/login/form.go"}, want: "HO605w:29"},
		{name: "bare assertion of readiness", edits: []string{login, login + "    ready: The server side is fully tested\n"}, want: "HO605w:27"},
		{name: "assertion with a commit", edits: []string{state, "Validation works in internal/login/form.go", login, login + "    refs: [{type: commit, id: 4f2a9c1}]\n"}},
		{name: "assertion with a claim", edits: []string{state, "Validation works in internal/login/form.go", login, login + "    claims: [{claim: It validates, status: verified, probe: make test}]\n"}},
		{name: "not yet", edits: []string{state, "Validation is not merged, see internal/login/form.go"}},
		{name: "shipped without proof", edits: []string{"    refs: [{type: commit, id: 4f2a9c1}]\n", "", "Login form validates the email before it is sent", "Email validation is deployed"}, want: "HO605w:9"},
	})
}
