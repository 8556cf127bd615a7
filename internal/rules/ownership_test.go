package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestOwnershipRules(t *testing.T) {
	crowd := func(resolver string, n int) func(*Context) {
		return story(func(s *fold.View) {
			for i := range n {
				id := "blocker-" + string(rune('a'+i))
				s.Blockers[id] = &fold.Blocker{Blocker: handoff.Blocker{ID: id, Resolver: resolver, Blocks: []string{"api"}}, DeclaredBy: "ben"}
			}
		})
	}
	load := func(n int) func(*Context) {
		return story(func(s *fold.View) {
			for i := range n {
				id := "item-" + string(rune('a'+i))
				s.Items[id] = &fold.Item{Item: handoff.Item{ID: id}, Holder: "ben"}
			}
		})
	}
	expires := func(date string) func(*Context) {
		return func(c *Context) {
			c.Config.Authorities = []config.Authority{{Area: "sessions", Expires: day(date)}, {Area: "logins"}}
		}
	}
	away := func(who, from string) func(*Context) {
		return func(c *Context) {
			c.Config.People = roster(map[string]int{"ana": 1, "ben": 9, "sarah": 9})
			absent(c, who, day(from))
		}
	}
	interfaces := func(onMissing string) func(*Context) {
		return func(c *Context) {
			c.Config.People["ana"] = config.Person{Team: "payments"}
			c.Config.People["ben"] = config.Person{Team: "qa"}
			c.Config.Interfaces = []config.Interface{
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
		{name: "contract that says nothing of it", ctx: interfaces(""), want: "HO407:12"},
		{name: "contract that returns", ctx: interfaces("return:sarah"), want: "HO407w:12"},
		{name: "contract that returns to the receiver", ctx: interfaces("return:ben")},
		{name: "contract with a zone", ctx: func(c *Context) {
			c.Config.People["ana"], c.Config.People["ben"] = config.Person{Zone: "apac"}, config.Person{Zone: "emea"}
			c.Config.Interfaces = []config.Interface{{From: "apac", To: "emea", Requires: []string{"effort"}}}
		}, want: "HO407:12"},
		{name: "contract kept", edits: []string{"  - id: session-mw\n", "  - id: session-mw\n    effort: 2h\n"}, ctx: interfaces("reject")},
		{name: "contract with a team", edits: []string{"        owner: ben\n", "        owner: team:legal\n", "to: [ben]", "to: [\"team:legal\"]"}, ctx: interfaces("reject"), want: "HO407:12"},
		{name: "no contract", edits: []string{"        owner: ben\n", "        owner: sarah\n"}, ctx: interfaces("reject")},
	})
}

// roster is people in UTC: those with an hour work from then on for eight hours,
// every day but Sunday.
func roster(starts map[string]int) map[string]config.Person {
	people := before().Config.People
	for handle, hour := range starts {
		people[handle] = config.Person{
			TZ: config.Location{Location: time.UTC}, Hours: config.Hours{Start: hour * 60, End: (hour + 8) * 60},
			Days: config.Days{false, true, true, true, true, true, true},
		}
	}
	return people
}

// absent takes a person away from a day on, for a week.
func absent(c *Context, who string, from config.Date) {
	p := c.Config.People[who]
	p.Away = []config.Away{{From: from, To: config.Date{Year: from.Year, Month: from.Month, Day: from.Day + 7}}}
	c.Config.People[who] = p
}

func day(text string) (d config.Date) {
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

func TestTimingRules(t *testing.T) {
	const (
		shift = "shift: {start: \"2026-11-20T09:00:00+08:00\", end: \"2026-11-20T18:00:00+08:00\", tz: Asia/Singapore}\nto: [ben]"
		early = "shift: {start: \"2026-11-20T09:00:00+08:00\", end: \"2026-11-20T17:30:00+08:00\", tz: Asia/Singapore}\nto: [ben]"
		login = "  - id: login-form\n"
		mw    = "  - id: session-mw\n"
	)
	grace := func(starts map[string]int, minutes int) func(*Context) {
		return func(c *Context) {
			c.Config.People, c.Config.Timing.PublishGrace.Clock = roster(starts), time.Duration(minutes)*time.Minute
		}
	}
	work := func(starts map[string]int) func(*Context) { return grace(starts, 0) }
	onSaturday := func(starts map[string]int) func(*Context) {
		return func(c *Context) {
			c.Config.People, c.Now = roster(starts), time.Date(2026, 11, 21, 10, 3, 0, 0, time.UTC)
		}
	}
	world := map[string]int{"ana": 1, "ben": 9} // 09:00 in Singapore, 09:00 in London
	runRuleTests(t, good, []ruleTest{
		{name: "an ordinary day", edits: []string{"to: [ben]", shift}, ctx: grace(world, 5)},

		// HO501
		{name: "late", edits: []string{"to: [ben]", shift}, want: "HO501w:1"},
		{name: "late within the grace", edits: []string{"to: [ben]", shift}, ctx: grace(nil, 5)},

		// HO502: it is 10:02 in London.
		{name: "useless", edits: []string{"to: [ben]", early}, ctx: grace(map[string]int{"ana": 1, "ben": 6}, 60), want: "HO502w:1"},
		{name: "no earlier in the shift", edits: []string{"to: [ben]", early}, ctx: grace(map[string]int{"ana": 1, "ben": 5}, 60)},
		{name: "in time for one of two", edits: []string{"to: [ben]", strings.Replace(early, "[ben]", "[ben, ines]", 1)},
			ctx: grace(map[string]int{"ana": 1, "ben": 6, "ines": 9}, 60)},
		{name: "beside each other", edits: []string{"to: [ben]", shift}, ctx: grace(map[string]int{"ana": 1, "ben": 1}, 60)},

		// HO503
		{name: "due at once without effort", edits: []string{login, login + "    due: \"2026-11-20T13:00:00Z\"\n"}, ctx: work(world), want: "HO503w:26"},
		{name: "due without effort", edits: []string{login, login + "    due: \"2026-11-30T18:00:00+08:00\"\n"}, ctx: work(world)},
		{name: "due with effort", edits: []string{login, login + "    due: \"2026-11-30T18:00:00+08:00\"\n    effort: 1d\n"}, ctx: work(world)},
		{name: "too little time", edits: []string{mw, mw + "    due: \"2026-11-20T13:00:00Z\"\n    effort: 1d\n"}, ctx: work(world), want: "HO503w:14"},
		{name: "just enough time", edits: []string{mw, mw + "    due: \"2026-11-20T13:00:00Z\"\n    effort: 2h\n"}, ctx: work(world)},
		{name: "a day and a weekend", edits: []string{mw, mw + "    due: \"2026-11-23T12:00:00Z\"\n    effort: 2d\n"}, ctx: work(world)},
		{name: "a day and a weekend, not enough", edits: []string{mw, mw + "    due: \"2026-11-23T12:00:00Z\"\n    effort: 3d\n"}, ctx: work(world), want: "HO503w:14"},
		{name: "nobody knows the hours", edits: []string{mw, mw + "    due: \"2026-11-20T13:00:00Z\"\n    effort: 1d\n"}, ctx: work(nil)},

		// HO506: the next shift begins on the 21st at 09:00 in Singapore.
		{name: "back the next day", ctx: work(world)},
		{name: "back a week later", edits: []string{"2026-11-21T09", "2026-11-27T09"}, ctx: work(world), want: "HO506w:1"},
		{name: "covered", edits: []string{"returns_at: \"2026-11-21T09", "cover: ines\nreturns_at: \"2026-11-27T09"}, ctx: work(world)},

		// HO507: the 22nd is a Sunday.
		{name: "nobody there", edits: []string{"2026-11-20T18", "2026-11-21T18", "2026-11-21T09", "2026-11-22T09"}, ctx: onSaturday(map[string]int{"ben": 1}), want: "HO507w:6"},
		{name: "somebody there", edits: []string{"2026-11-20T18", "2026-11-21T18", "2026-11-21T09", "2026-11-22T09", "[ben]", "[ben, ines]"}, ctx: onSaturday(map[string]int{"ben": 1, "ines": 9})},
		{name: "away", ctx: func(c *Context) {
			c.Config.People = roster(world)
			absent(c, "ben", day("2026-11-20"))
		}, want: "HO507w:6"},
		{name: "a group may be there", edits: []string{"[ben]", "[ben, team]"}, ctx: func(c *Context) {
			c.Config.People = roster(world)
			absent(c, "ben", day("2026-11-20"))
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
		{name: "bare assertion", edits: []string{state, "Validation works on both sides of the form"}, want: "HO605w:29"},
		{name: "assertion that names a file", edits: []string{state, "Validation works in internal/login/form.go"}},
		{name: "assertion that names a commit", edits: []string{state, "Validation is merged as fbb61b3"}},
		{name: "almost", edits: []string{state, "Validation is almost complete on both sides"}},
		{name: "a part", edits: []string{state, "Validation is ~40% complete on both sides"}},
		{name: "bare assertion of readiness", edits: []string{login, login + "    ready: The server side is fully tested\n"}, want: "HO605w:27"},
		{name: "assertion with a commit", edits: []string{state, "Validation works in internal/login/form.go", login, login + "    refs: [{type: commit, id: 4f2a9c1}]\n"}},
		{name: "assertion with a claim", edits: []string{state, "Validation works in internal/login/form.go", login, login + "    claims: [{claim: It validates, status: verified, probe: make test}]\n"}},
		{name: "not yet", edits: []string{state, "Validation is not merged, see internal/login/form.go"}},
		{name: "shipped without proof", edits: []string{"    refs: [{type: commit, id: 4f2a9c1}]\n", "", "Login form validates the email before it is sent", "Email validation is deployed"}, want: "HO605w:9"},
	})
}
