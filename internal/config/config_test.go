package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// team is a whole file: two sites, one pod, everything that can be said.
const team = `format: 1
store: {branch: current}
read: all
commit: {skip_ci: false}
people:
  ana: {name: Ana, emails: [ana@example.com, ana@home.example], team: payments, tz: Asia/Singapore, hours: "09:00-18:00", days: mon-fri, github: ana-gh, slack: U01, away: [{from: 2026-12-21, to: 2027-01-04, cover: ben}]}
  ben: {name: Ben, emails: [ben@example.com], team: payments-emea, tz: Europe/London, hours: 09:00-17:30}
  sarah: {team: product, tz: America/New_York, hours: 09:00-17:00}
  ines: {team: product, tz: Europe/Lisbon, hours: 09:00-17:00}
  no: {team: payments, zone: amer}
teams:
  payments: {lead: ana, zone: apac}
  payments-emea: {lead: ben, zone: emea}
  product: {lead: sarah, zone: amer}
pods: {payments: {teams: [payments, payments-emea], leads: {apac: ana, emea: ben}}}
zones: [apac, emea, amer]
timing: {publish_grace: 0m, clock_skew: 5m, backdate: 15m}
ack_policy: per_item
acks: {signed: true}
hook: {before_shift_end: 90m, commits: 10, hours: 12}
sla: {ack: {routine: 1h, watch: 30m, critical: 15m}, answer: 8h, blocker_ack: 4h, blocker_resolve: 2d}
authority:
  - {area: session-policy, primary: sarah, alternates: [ines], expires: "2027-12-31"}
escalation: {default: [alternate, team:lead]}
interfaces:
  - {from: payments, to: product, trigger: "…", done_when: ["…"], requires: [accept, effort], on_missing: reject, ack: 2h}
exceptions: {judgement: sarah, policy: ines}
rules: {HO204: off}
deliver: {blockers: github, handoffs: payments-chat}
agents: {answer: publish, decide: propose}
refs: {ticket: "https://jira.example.com/browse/{id}"}
`

// parse reads a file that must be right.
func parse(t *testing.T, data string) *Config {
	t.Helper()
	c, findings := Parse([]byte(data))
	if len(findings) > 0 {
		t.Fatalf("findings %+v in\n%s", findings, data)
	}
	return c
}

func TestParseReadsEverything(t *testing.T) {
	c := parse(t, team)
	ana := c.People["ana"]
	if ana.TZ.String() != "Asia/Singapore" || ana.Hours != (Hours{540, 1080}) || ana.Days != mondayToFriday {
		t.Errorf("ana works %v %v %v", ana.TZ, ana.Hours, ana.Days)
	}
	if got := ana.Away[0]; got.From.String() != "2026-12-21" || got.To.String() != "2027-01-04" || got.Cover != "ben" {
		t.Errorf("ana is away %+v", got)
	}
	if got := c.SLA.BlockerResolve; got.Days != 2 || c.SLA.Ack.Watch.Wall() != 30*time.Minute {
		t.Errorf("SLA %+v", c.SLA)
	}
	if c.Rules.Levels["HO204"] != RuleOff || c.Rules.Preset != PresetDefault {
		t.Errorf("rules %+v", c.Rules)
	}
	if _, ok := c.People["no"]; !ok {
		t.Error("the handle no is lost")
	}
}

func TestParseKeepsDefaults(t *testing.T) {
	for _, in := range []string{"format: 1\n", "format: 1\npeople:\nteams: {}\nstore:\n"} {
		c := parse(t, in)
		c.Teams = nil
		if !reflect.DeepEqual(c, Default()) {
			t.Errorf("%q gives %+v", in, c)
		}
	}
	c := parse(t, "format: 1\ntiming: {backdate: 1h}\n")
	if c.Timing.Backdate.Wall() != time.Hour || c.Timing.ClockSkew.Wall() != 5*time.Minute {
		t.Errorf("timing %+v", c.Timing)
	}
}

func TestParseFindings(t *testing.T) {
	tests := []struct {
		name, in string
		code     string
		line     int
		field    string
		message  string // a part of message and fix
	}{
		{"unknown key", "tems: {}", "HO101", 2, "tems", "did you mean `teams`?"},
		{"unknown key far from all", "flavour: x", "HO101", 2, "flavour", "known here: ack_policy, acks, agents, authority"},
		{"unknown key in a row", "people:\n  ana: {emial: [a@b.c]}", "HO101", 3, "people.ana.emial", "did you mean `emails`?"},
		{"extension", "x-ours: 1", "HO101", 2, "x-ours", "not known"},
		{"webhook", "slack_webhook: https://hooks.example.com/x", "HO101", 2, "slack_webhook", "no URL to call"},
		{"token", "people:\n  ana: {github_token: ghp_1234}", "HO101", 3, "people.ana.github_token", "no token"},
		{"command", "hook: {cmd: ./run.sh}", "HO101", 2, "hook.cmd", "no command"},
		{"url", "store: {url: https://example.com}", "HO101", 2, "store.url", "refused"},
		{"host of a target", "deliver: {blockers: 'https://github.example.com'}", "HO101", 2, "deliver.blockers", "your own configuration"},
		{"channel of a target", "deliver: {handoffs: '#payments'}", "HO101", 2, "deliver.handoffs", "not the name of a target"},
		{"address of a target", "deliver: {handoffs: team@example.com}", "HO101", 2, "deliver.handoffs", "not the name of a target"},
		{"definition of a target", "deliver: {handoffs: {type: slack, channel: C1}}", "HO101", 2, "deliver.handoffs", "your own configuration"},
		{"targets", "deliver: {channel: C1}", "HO101", 2, "deliver.channel", "refused"},
		{"command of a target", "deliver: {token_command: [sh, -c, x]}", "HO101", 2, "deliver.token_command", "refused"},
		{"targets beside the names", "targets: {chat: {type: slack}}", "HO101", 2, "targets", "your own configuration"},
		{"wrong type", "people: [ana]", "HO101", 2, "people", "not a mapping"},
		{"list for a value", "read: [all]", "HO101", 2, "read", "not a single value"},
		{"value for a list", "zones: apac", "HO101", 2, "zones", "not a list"},
		{"boolean", "commit: {hooks: yes}", "HO101", 2, "commit.hooks", "neither true nor false"},
		{"number", "hook: {commits: ten}", "HO101", 2, "hook.commits", "not a whole number"},
		{"negative", "hook: {commits: -1}", "HO101", 2, "hook.commits", "negative"},
		{"duration", "sla: {answer: 8 hours}", "HO101", 2, "sla.answer", "not a duration"},
		{"zone of time", "people: {ana: {tz: Singapore/Asia}}", "HO101", 2, "people.ana.tz", "not a time zone"},
		{"zone of this machine", "people: {ana: {tz: Local}}", "HO101", 2, "people.ana.tz", "not a time zone"},
		{"hours", "people: {ana: {tz: UTC, hours: 9-18}}", "HO101", 2, "people.ana.hours", "09:00-18:00"},
		{"no hours", "people: {ana: {tz: UTC, hours: 09:00-09:00}}", "HO101", 2, "people.ana.hours", "same time"},
		{"hours without zone", "people: {ana: {hours: 09:00-18:00}}", "HO101", 2, "people.ana.hours", "time zone"},
		{"days without hours", "people: {ana: {days: mon-fri}}", "HO101", 2, "people.ana.days", "without hours"},
		{"days", "people: {ana: {tz: UTC, hours: 09:00-18:00, days: weekdays}}", "HO101", 2, "people.ana.days", "mon-fri"},
		{"handle", "people:\n  Ana: {}", "HO101", 3, "people.Ana", "not a handle"},
		{"device", "people: {nul: {}}", "HO101", 2, "people.nul", "not a handle"},
		{"email", "people: {ana: {emails: [ana]}}", "HO101", 2, "people.ana.emails[0]", "not an email"},
		{"email of two", "people:\n  ana: {emails: [a@b.c]}\n  ben: {emails: [A@b.c]}", "HO103", 4, "people.ben.emails[0]", "belongs to ana"},
		{"account", "people: {ana: {slack: 'https://hooks.slack.com/x'}}", "HO101", 2, "people.ana.slack", "account"},
		{"team of a person", "people: {ana: {team: paymnts}}\nteams: {payments: {}}", "HO103", 2, "people.ana.team", "did you mean `payments`?"},
		{"absence", "people: {ana: {away: [{from: 2026-12-21}]}}", "HO101", 2, "people.ana.away[0]", "last day"},
		{"absence backwards", "people: {ana: {away: [{from: 2026-12-21, to: 2026-12-20}]}}", "HO101", 2, "people.ana.away[0]", "before it begins"},
		{"date", "people: {ana: {away: [{from: 21.12.2026, to: 2026-12-20}]}}", "HO101", 2, "people.ana.away[0].from", "not a date"},
		{"own cover", "people: {ana: {away: [{from: 2026-12-21, to: 2026-12-22, cover: ana}]}}", "HO101", 2, "people.ana.away[0].cover", "themselves"},
		{"lead", "people: {ana: {}}\nteams: {payments: {lead: anna}}", "HO103", 3, "teams.payments.lead", "did you mean `ana`?"},
		{"zone of a team", "zones: [apac]\nteams: {payments: {zone: apca}}", "HO103", 3, "teams.payments.zone", "did you mean `apac`?"},
		{"team of a pod", "teams: {a1: {}}\npods: {p: {teams: [a2]}}", "HO103", 3, "pods.p.teams[0]", "`teams`"},
		{"zone of a pod", "pods: {p: {leads: {apac: ana}}}", "HO103", 2, "pods.p.leads.apac", "add it to `zones`"},
		{"zone twice", "zones: [apac, emea, apac]", "HO101", 2, "zones[2]", "twice"},
		{"read", "read: everything", "HO101", 2, "read", "all, current"},
		{"policy", "ack_policy: peritem", "HO101", 2, "ack_policy", "did you mean `per_item`?"},
		{"branch", "store: {branch: --upload-pack=x}", "HO101", 2, "store.branch", "name of a branch"},
		{"branch with refs", "store: {branch: refs/heads/x}", "HO101", 2, "store.branch", "name of a branch"},
		{"branch lock", "store: {branch: a/b.lock}", "HO101", 2, "store.branch", "name of a branch"},
		{"subject with a field", "commit: {subject: '{summary}'}", "HO101", 2, "commit.subject", "kind, by, to, counts"},
		{"subject with an effect", "commit: {subject: 'fixes #12 {kind}'}", "HO101", 2, "commit.subject", "issues"},
		{"subject that skips", "commit: {subject: '{kind} [skip ci]'}", "HO101", 2, "commit.subject", "stop CI"},
		{"area", "authority: [{area: Session Policy, primary: ana}]", "HO101", 2, "authority[0].area", "not an area"},
		{"area twice", "authority:\n  - {area: x-y, primary: ana}\n  - {area: x-y, primary: ben}", "HO101", 4, "authority[1].area", "twice"},
		{"area of nobody", "authority: [{area: x-y}]", "HO101", 2, "authority[0].primary", "missing"},
		{"alternate", "people: {ana: {}}\nauthority: [{area: x-y, primary: ana, alternates: [bob]}]", "HO103", 3, "authority[0].alternates[0]", "people"},
		{"ladder", "escalation: {defualt: [ana]}", "HO103", 2, "escalation.defualt", "did you mean `default`?"},
		{"step", "escalation: {default: [team:manager]}", "HO101", 2, "escalation.default[0]", "step"},
		{"step to a lead", "teams: {payments: {}}\nescalation: {default: [lead:payment]}", "HO103", 3, "escalation.default[0]", "payments"},
		{"side", "interfaces: [{from: qa, to: qa}]\nteams: {payments: {}}", "HO103", 2, "interfaces[0].from", "teams"},
		{"required key", "teams: {qa: {}}\ninterfaces: [{from: qa, to: qa, requires: [acept]}]", "HO101", 3, "interfaces[0].requires[0]", "did you mean `accept`?"},
		{"on missing", "teams: {qa: {}}\ninterfaces: [{from: qa, to: qa, on_missing: explode}]", "HO101", 3, "interfaces[0].on_missing", "reject"},
		{"on missing to nobody", "teams: {qa: {}}\ninterfaces: [{from: qa, to: qa, on_missing: 'return:'}]", "HO101", 3, "interfaces[0].on_missing", "handle"},
		{"class", "exceptions: {judgment: ana}", "HO101", 2, "exceptions.judgment", "did you mean `judgement`?"},
		{"preset", "rules: {preset: lax}", "HO101", 2, "rules.preset", "pilot"},
		{"level", "rules: {HO204: on}", "HO101", 2, "rules.HO204", "error, warn, off"},
		{"fixed rule", "rules: {HO901: off}", "HO101", 2, "rules.HO901", "fixed"},
		{"fixed form", "rules: {HO102: warn}", "HO101", 2, "rules.HO102", "fixed"},
		{"no rule", "rules: {HO20: off}", "HO101", 2, "rules.HO20", "did you mean `HO201`?"},
		{"no rule of that series", "rules: {HO999: off}", "HO101", 2, "rules.HO999", "did you mean `HO901`?"},
		{"a zero for a letter", "rules: {H0204: off}", "HO101", 2, "rules.H0204", "did you mean `HO204`?"},
		{"a rule in small letters", "rules: {ho204: off}", "HO101", 2, "rules.ho204", "did you mean `HO204`?"},
		{"no rule at all", "rules: {HO12345: off}", "HO101", 2, "rules.HO12345", "handoff help rules"},
		{"a key that is no code", "rules: {prest: pilot}", "HO101", 2, "rules.prest", "did you mean `preset`?"},
		{"lang", "rules: {lang: english}", "HO101", 2, "rules.lang", "language"},
		{"words", "rules: {words: {fillers: [x]}}", "HO101", 2, "rules.words.fillers", "did you mean `filler`?"},
		{"ref over http", "refs: {ticket: 'http://jira.example.com/{id}'}", "HO101", 2, "refs.ticket", "https link"},
		{"ref without id", "refs: {ticket: 'https://jira.example.com/'}", "HO101", 2, "refs.ticket", "https link"},
		{"ref to any host", "refs: {ticket: 'https://{id}.example.com/'}", "HO101", 2, "refs.ticket", "https link"},
		{"ref with a password", "refs: {ticket: 'https://u:p@example.com/{id}'}", "HO101", 2, "refs.ticket", "https link"},
		{"ref script", "refs: {ticket: 'javascript:alert({id})'}", "HO101", 2, "refs.ticket", "https link"},
		{"ref of no type", "refs: {jira: 'https://jira.example.com/{id}'}", "HO101", 2, "refs.jira", "ticket"},
		{"hidden character", "people: {ana: {name: \"a\u202eb\"}}", "HO907", 2, "", "hidden"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, findings := Parse([]byte("format: 1\n" + test.in + "\n"))
			if len(findings) == 0 {
				t.Fatal("no finding")
			}
			f := findings[0]
			if f.Code != test.code || f.Line != test.line || f.Field != test.field || !strings.Contains(f.Message+" "+f.Fix, test.message) {
				t.Errorf("got %+v", f)
			}
			if c == nil && test.code != "HO907" {
				t.Error("no config beside the findings")
			}
			for _, f := range findings {
				if f.Col < 1 || strings.Contains(f.Message+f.Fix, "config.") || strings.Contains(f.Message+f.Fix, "ghp_") {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
}

func TestParseRefusesTheFile(t *testing.T) {
	tests := []struct {
		name, in, code string
		line           int
		message        string
	}{
		{"empty", "", "HO101", 1, "empty"},
		{"list", "- a\n", "HO101", 1, "not a mapping"},
		{"no format", "people: {}\n", "HO101", 1, "add the line `format: 1`"},
		{"format that is a value", "read: format\nformats: 1\n", "HO101", 1, "`format` is missing"},
		{"newer format", "people: {}\nformat: 2\nsurprise: 1\n", "HO101", 2, "written for a newer program"},
		{"format zero", "format: 0\n", "HO101", 1, "not known"},
		{"alias", "format: 1\nzones: &z [a]\n", "HO910", 2, "anchors"},
		{"deep", "format: 1\nzones: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "\n", "HO910", 2, "nested"},
		{"large", "format: 1\n" + strings.Repeat("# filler\n", 40000), "HO910", 1, "larger"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, findings := Parse([]byte(test.in))
			if c != nil || len(findings) == 0 {
				t.Fatalf("config %v, findings %+v", c, findings)
			}
			if f := findings[0]; f.Code != test.code || f.Line != test.line || !strings.Contains(f.Message+" "+f.Fix, test.message) {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestParseReportsAllAtOnce(t *testing.T) {
	_, findings := Parse([]byte("format: 1\nred: all\nteams: {a1: {lead: NO}}\nzones: [x, x]\nrules: {HO999: maybe}\n"))
	var fields []string
	for _, f := range findings {
		fields = append(fields, f.Field)
	}
	if got, want := strings.Join(fields, " "), "red teams.a1.lead zones[1] rules.HO999"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestValues(t *testing.T) {
	for in, want := range map[string]string{
		"mon-fri": "mon-fri", "sun-thu": "mon-thu,sun", "fri-mon": "mon,fri-sun", "wed": "wed", "mon,wed,fri": "mon,wed,fri", "mon-sun": "mon-sun",
	} {
		var d Days
		if err := d.UnmarshalText([]byte(in)); err != nil {
			t.Error(err)
		}
		out, _ := d.MarshalText()
		if string(out) != want {
			t.Errorf("%s became %s, want %s", in, out, want)
		}
	}
	for _, in := range []string{"09:00-18:00", "22:00-06:00", "16:00-24:00", "00:00-24:00"} {
		var h Hours
		if err := h.UnmarshalText([]byte(in)); err != nil {
			t.Error(err)
		}
		if out, _ := h.MarshalText(); string(out) != in {
			t.Errorf("%s became %s", in, out)
		}
	}
}

func TestFormatReadsBackTheSame(t *testing.T) {
	for name, c := range map[string]*Config{"default": Default(), "team": parse(t, team)} {
		out, err := c.Format()
		if err != nil {
			t.Fatal(err)
		}
		again, findings := Parse(out)
		if len(findings) > 0 {
			t.Fatalf("%s: findings %+v in\n%s", name, findings, out)
		}
		if !reflect.DeepEqual(again, c) {
			t.Errorf("%s: got %+v\nwant %+v", name, again, c)
		}
	}
}

// Names come from git, and git takes any.
func TestFormatOfAnyName(t *testing.T) {
	for _, name := range []string{"Ana \u202eevil", "a: b #c", "- x", "{}", "no", "@ana", "\x1b[31m", "''\"", "&a", "é世", "#", "%"} {
		c := Default()
		c.People = map[string]Person{"on": {Name: name, Emails: []string{"a@b.c"}}}
		out, err := c.Format()
		if err != nil {
			t.Fatal(err)
		}
		again, findings := Parse(out)
		if len(findings) > 0 {
			t.Errorf("%q: %+v in\n%s", name, findings, out)
			continue
		}
		if got := again.People["on"].Name; got != text.OneLine(name) {
			t.Errorf("%q became %q", name, got)
		}
	}
}

// The examples that stand in the file as comments are right when somebody
// takes the comment signs away.
func TestExamples(t *testing.T) {
	in := "format: 1\n"
	for _, s := range sections {
		if s.example != "" {
			in += s.example + "\n"
		}
		if _, ok := byKey(Default())[s.key]; !ok {
			t.Errorf("no key %s", s.key)
		}
	}
	parse(t, in)
	if got, want := len(sections), len(byKey(Default())); got != want {
		t.Errorf("%d sections for %d keys", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(team))
	f.Add([]byte("format: 1\npeople: {ana: {days: fri-mon, away: [{from: 2026-01-01, to: 2026-01-02}]}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, findings := Parse(data)
		for _, finding := range findings {
			if finding.Line < 1 || finding.Col < 1 || finding.Code == "" || text.Neutralise(finding.Message) != finding.Message {
				t.Errorf("finding %+v", finding)
			}
		}
		if len(findings) > 0 {
			return
		}
		out, err := c.Format()
		if err != nil {
			t.Fatal(err)
		}
		if _, findings := Parse(out); len(findings) > 0 {
			t.Fatalf("%+v in\n%s", findings, out)
		}
	})
}

// A line about a rule that does not exist leaves the rest of the file in force.
func TestParseKeepsWhatStandsBesideAnUnknownRule(t *testing.T) {
	c, findings := Parse([]byte("format: 1\nrules: {H0204: off, HO205: off}\n"))
	if handoff.HasErrors(findings) || len(findings) != 1 || c.Rules.Levels["HO205"] != RuleOff {
		t.Errorf("%+v, %+v", c.Rules, findings)
	}
}
