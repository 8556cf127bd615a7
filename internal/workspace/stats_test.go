package workspace

import (
	"testing"

	"github.com/handoff-cli/handoff/internal/config"
)

func TestWorkers(t *testing.T) {
	c, findings := config.Parse([]byte("format: 1\nteams: {payments: {zone: apac}}\nzones: [apac, amer]\n" +
		"people:\n  ana: {emails: [ana@example.com], team: payments, tz: Asia/Singapore, hours: \"09:00-18:00\", days: mon-fri}\n" +
		"  no: {emails: [no@example.com], tz: America/New_York, zone: amer}\n"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	workers := Workers(c)
	if ana := workers["ana"]; ana.Team != "payments" || ana.Zone != "apac" || ana.Calendar == nil || ana.Calendar.Start != 9*60 {
		t.Errorf("ana is %+v", ana)
	}
	if no := workers["no"]; no.Zone != "amer" || no.Calendar != nil {
		t.Errorf("no is %+v", no)
	}
}
