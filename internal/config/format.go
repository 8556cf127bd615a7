package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// sections says, in the order of the file, what each key is for, and what it
// may look like. The examples of one file fit together.
var sections = []struct{ key, comment, example string }{
	{"format", "", ""},
	{"people", "Who works here. Without people, handles come from git identities.",
		`people:
  ana: {name: Ana, emails: [ana@example.com], team: payments, tz: Asia/Singapore, hours: 09:00-18:00, days: mon-fri, github: ana-gh}
  ben: {name: Ben, emails: [ben@example.com], team: payments, tz: Europe/London, hours: 09:00-17:30, away: [{from: 2026-12-21, to: 2027-01-04, cover: ana}]}`},
	{"teams", "Who leads a team, and in which zone it works.", "teams:\n  payments: {lead: ben, zone: apac}"},
	{"pods", "Teams in several zones that pass the same work on.", "pods:\n  payments: {teams: [payments], leads: {apac: ana, emea: ben}}"},
	{"zones", "The ring that work follows.", "zones: [apac, emea, amer]"},
	{"store", "Where records are written: current is the checked-out branch; a name is a branch of their own.", "store: {branch: handoffs}"},
	{"read", "Which refs count: all, current for HEAD alone, or foreign for other remotes and pull requests too.", "read: current"},
	{"commit", "The commits that hold records. The subject may use {kind}, {by}, {to} and {counts}.",
		"commit: {skip_ci: true, subject: 'chore(handoff): {by} to {to}, {counts}', hooks: true}"},
	{"timing", "Slack after a shift, for clocks that differ, between a record and its commit.", "timing: {publish_grace: 10m, clock_skew: 5m, backdate: 15m}"},
	{"ack_policy", "When a handoff to several people is accepted: per_item, any or all.", "ack_policy: any"},
	{"acks", "Whether handoff verify wants every ack signed by its author, or said on a forge. An agent with the git identity of a person can do neither.", "acks: {signed: true}"},
	{"hook", "When the pre-push reminder speaks.", "hook: {before_shift_end: 1h, commits: 20, hours: 24}"},
	{"sla", "How long things may wait, on the receiver's working clock (a day is 8 h); critical is on the wall.",
		"sla: {ack: {routine: 1h, watch: 30m, critical: 15m}, answer: 8h, blocker_ack: 4h, blocker_resolve: 2d}"},
	{"authority", "Who decides in an area. A blocker names it as its resolver: area:session-policy.",
		"authority:\n  - {area: session-policy, primary: ben, alternates: [ana], expires: 2027-12-31}"},
	{"escalation", "Whom to ask next, by area, severity or default: alternate, team:lead, pod:lead, lead:<team> or a handle.",
		"escalation: {default: [alternate, 'team:lead']}"},
	{"interfaces", "What a handoff from one team or zone to another must hold; on_missing: reject, warn, or 'return:ben' to send it to ben instead.",
		"interfaces:\n  - {from: apac, to: emea, trigger: end of shift, done_when: [the receiver has acked], conditions: ['no deploy after 16:00'], requires: [accept, effort], on_missing: reject, ack: 2h}"},
	{"exceptions", "Who looks at a handoff that a receiver declines for one of these classes; of another, the sender's lead.", "exceptions: {judgement: ben, policy: ana, incomplete: sender}"},
	{"rules", "preset: default, strict or pilot; a rule by its code: error, warn or off.", "rules: {preset: pilot, HO204: off}"},
	{"deliver", "Where things go by default: names of targets. What a target is, everybody configures for themselves.",
		"deliver: {blockers: github, questions: github, decisions: github, handoffs: payments-chat}"},
	{"agents", "What coding agents may do by themselves: publish, draft (the person publishes it), or propose a decision. What gives or takes work is always a draft.",
		"agents: {answer: publish, ask: publish, decide: propose, resolve: draft}"},
	{"refs", "Links to show for references. Nothing is ever called.", "refs: {ticket: 'https://jira.example.com/browse/{id}'}"},
	{"verify", "Findings of handoff verify that a review has settled: by code, and by record, commit or both. keys: fingerprints of what a machine signs with that records comments.",
		"verify:\n  settled:\n    - {finding: HO902, record: k3f9q2m7, why: 'held a customer address, removed on 2026-11-21'}"},
}

// Format returns the file with a comment on every key, as init writes it. Keys
// that have their default stand there as comments, with an example. [Parse] of
// it gives the same Config; hidden characters in names are shown escaped.
func (c *Config) Format() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# The team's agreement on handoffs; `handoff help config` explains it. It is changed by review.\n" +
		"# No URL to call, no token and no command can stand here.\n")
	ours, defaults := byKey(c), byKey(Default())
	for _, s := range sections {
		if s.comment != "" {
			b.WriteString("\n# " + s.comment + "\n")
		}
		value := ours[s.key]
		if s.example != "" && (value.IsZero() || reflect.DeepEqual(value.Interface(), defaults[s.key].Interface())) {
			b.WriteString("# " + strings.ReplaceAll(s.example, "\n", "\n# ") + "\n")
			continue
		}
		text, err := formatSection(s.key, value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.key, err)
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}

// byKey returns the fields of a Config by their key in the file.
func byKey(c *Config) map[string]reflect.Value {
	fields := make(map[string]reflect.Value)
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		fields[key] = v.Field(i)
	}
	return fields
}

// formatSection writes one key: rows of a table each on a line of their own,
// everything else on one line.
func formatSection(key string, value reflect.Value) ([]byte, error) {
	var n yaml.Node
	if err := n.Encode(value.Interface()); err != nil {
		return nil, err
	}
	neutralise(&n)
	if isTable(value.Type()) {
		for _, row := range n.Content {
			flow(row)
		}
	} else {
		flow(&n)
	}
	name := &yaml.Node{Kind: yaml.ScalarNode, Value: key}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	err := encoder.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{name, &n}})
	return b.Bytes(), err
}

func isTable(t reflect.Type) bool {
	return (t.Kind() == reflect.Map || t.Kind() == reflect.Slice) && t.Elem().Kind() == reflect.Struct
}

func flow(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode {
		n.Style = yaml.FlowStyle
	}
}

// neutralise makes every text one that Parse accepts: names come from git
// histories, where anybody can write anything.
func neutralise(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		if text := text.OneLine(n.Value); text != n.Value {
			n.Value, n.Style = text, yaml.DoubleQuotedStyle
		}
	}
	for _, child := range n.Content {
		neutralise(child)
	}
}
