package config

import (
	"strings"
	"testing"
)

// TestChangesNamesEverySection changes one thing of a whole file at a time: no
// section can change without being named.
func TestChangesNamesEverySection(t *testing.T) {
	whole := team + "verify:\n  settled:\n    - {finding: HO904, record: k3f9q2m7, why: reviewed}\n"
	tests := []struct{ from, to, want string }{
		{"branch: current", "branch: handoffs", "store"},
		{"read: all", "read: current", "read"},
		{"skip_ci: false", "skip_ci: true", "commit"},
		{"ana@home.example", "ana@evil.example", "people"},
		{"away: [{from: 2026-12-21", "away: [{from: 2026-12-20", "people"},
		{"payments: {lead: ana, zone: apac}", "payments: {lead: ben, zone: apac}", "teams.lead"},
		{"payments: {lead: ana, zone: apac}", "payments: {lead: ana, zone: emea}", "teams"},
		{"product: {lead: sarah, zone: amer}", "product: {lead: sarah, zone: amer}\n  qa: {lead: ines}", "teams teams.lead"},
		{"leads: {apac: ana, emea: ben}", "leads: {apac: ben, emea: ben}", "pods.leads"},
		{"teams: [payments, payments-emea]", "teams: [payments]", "pods"},
		{"zones: [apac, emea, amer]", "zones: [emea, apac, amer]", "zones"},
		{"backdate: 15m", "backdate: 15d", "timing"},
		{"ack_policy: per_item", "ack_policy: any", "ack_policy"},
		{"signed: true", "signed: false", "acks"},
		{"commits: 10", "commits: 0", "hook"},
		{"answer: 8h", "answer: 80h", "sla"},
		{"primary: sarah", "primary: ben", "authority"},
		{"default: [alternate, team:lead]", "default: [alternate]", "escalation"},
		{"on_missing: reject", "on_missing: warn", "interfaces"},
		{"judgement: sarah", "judgement: ben", "exceptions"},
		{"HO204: off", "HO904: off", "rules"},
		{"handoffs: payments-chat", "handoffs: evil-chat", "deliver"},
		{"answer: publish", "answer: draft", "agents"},
		{"jira.example.com", "jira.example.org", "refs"},
		{"why: reviewed", "why: reviewed again", "verify"},
		{"k3f9q2m7", "k3f9q2m8", "verify"},
	}
	named := map[string]bool{}
	for _, test := range tests {
		if strings.Count(whole, test.from) == 0 {
			t.Fatalf("%q is not in the file", test.from)
		}
		got := Changes(parse(t, whole), parse(t, strings.Replace(whole, test.from, test.to, 1)))
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s → %s: %q, want %s", test.from, test.to, got, test.want)
		}
		for _, name := range got {
			section, _, _ := strings.Cut(name, ".")
			named[section] = true
		}
	}
	for key := range byKey(Default()) {
		if key != "format" && !named[key] {
			t.Errorf("no test changes %s", key)
		}
	}
	if got := Changes(parse(t, whole), parse(t, whole)); len(got) > 0 {
		t.Errorf("the same file: %q", got)
	}
}

func TestSettlements(t *testing.T) {
	v := parse(t, `format: 1
verify:
  settled:
    - {finding: HO902, record: k3f9q2m7, why: redacted}
    - {finding: HO904, commit: ABCDEF0, why: imported}
    - {finding: HO905, record: k3f9q2m7, commit: abcdef0, why: a clock}
`).Verify
	hash := "abcdef0" + strings.Repeat("1", 33)
	tests := []struct{ code, record, commit, want string }{
		{"HO902", "k3f9q2m7", hash, "redacted"},
		{"HO902", "k3f9q2m7", "", "redacted"},
		{"HO902", "k3f9q2m8", hash, ""},
		{"HO902", "", "", ""},
		{"HO904", "k3f9q2m8", hash, "imported"},
		{"HO904", "k3f9q2m8", "", ""},
		{"HO905", "k3f9q2m7", hash, "a clock"},
		{"HO905", "k3f9q2m7", strings.Repeat("2", 40), ""},
		{"HO905", "k3f9q2m8", hash, ""},
	}
	for _, test := range tests {
		if got := v.Reason(test.code, test.record, test.commit); got != test.want {
			t.Errorf("%s of %q in %q: %q, want %q", test.code, test.record, test.commit, got, test.want)
		}
	}
}

func TestSettlementsAreChecked(t *testing.T) {
	tests := []struct{ line, want string }{
		{"{finding: HO101, record: k3f9q2m7, why: x}", "none of HO902"},
		{"{finding: HO902, record: K3F9Q2M7, why: x}", "not the id of a record"},
		{"{finding: HO902, commit: abc, why: x}", "not the hash of a commit"},
		{"{finding: HO902, why: x}", "neither which record nor which commit"},
		{"{finding: HO902, record: k3f9q2m7}", "the reason is missing"},
		{"{finding: HO902, record: k3f9q2m7, why: '  '}", "the reason is missing"},
		{"{finding: HO902, record: k3f9q2m7, why: " + strings.Repeat("x", 301) + "}", "more than 300 bytes"},
		{"{finding: HO902, records: k3f9q2m7, why: x}", "not known"},
		{"all", "not a mapping"},
	}
	for _, test := range tests {
		_, findings := Parse([]byte("format: 1\nverify:\n  settled:\n    - " + test.line + "\n"))
		says := func(text string) bool {
			for _, f := range findings {
				if strings.Contains(f.Message, text) && f.Line == 4 {
					return true
				}
			}
			return false
		}
		if !says(test.want) {
			t.Errorf("%s: %+v, want %q in line 4", test.line, findings, test.want)
		}
	}
}
