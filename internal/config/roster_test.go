package config

import (
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

func TestHandle(t *testing.T) {
	c := parse(t, `format: 1
people:
  ana: {name: Ana Lim, emails: [ana@example.com, Ana@Home.example], github: ana-gh}
  ben: {name: Ben, gitlab: ben-gl}
  eva: {name: Kim}
  kim: {name: Kim}
`)
	tests := []struct{ name, email, want string }{
		{"whoever", "ana@example.com", "ana"},
		{"", "ANA@home.EXAMPLE", "ana"},
		{"", "12345+ana-gh@users.noreply.github.com", "ana"},
		{"", "Ana-GH@users.noreply.github.com", "ana"},
		{"", "777-ben-gl@users.noreply.gitlab.com", "ben"},
		{"", "12345+ben-gl@users.noreply.github.com", ""},
		{"Ben", "ben@new.example", "ben"},
		{"Ana Lim", "ana@new.example", ""}, // her row lists her addresses, and this is none of them
		{"Kim", "kim@example.com", ""},     // two of that name
		{"", "", ""},
	}
	for _, test := range tests {
		if got, ok := c.Handle(test.name, test.email); got != test.want || ok != (test.want != "") {
			t.Errorf("%s <%s> is %q, %v; want %q", test.name, test.email, got, ok, test.want)
		}
	}
	if got, ok := Default().Handle("Ana", "ana@example.com"); ok {
		t.Errorf("without a roster somebody is %q", got)
	}
}

func TestAccounts(t *testing.T) {
	c := parse(t, `format: 1
people:
  ana: {name: Ana Lim, emails: [ana@example.com, ana@home.example], github: ana-gh, gitea: ana}
  ben: {gitlab: ben-gl}
  eva: {name: Kim}
  kim: {name: Kim}
  lee: {name: Lee, github: shared, gitea: lee}
  max: {github: Shared}
`)
	for _, test := range []struct{ service, account, want string }{
		{"github", "ana-gh", "ana"}, {"github", "Ana-GH", "ana"}, {"github", "ana", ""}, {"gitea", "ana", "ana"}, {"forgejo", "ana", "ana"},
		{"github", "shared", ""}, {"github", "", ""}, {"slack", "", ""}, {"gitlab", "ben-gl", "ben"}, {"unknown", "ben-gl", ""},
	} {
		if got, ok := c.ByAccount(test.service, test.account); got != test.want || ok != (test.want != "") {
			t.Errorf("%s of %s is %q, %v; want %q", test.account, test.service, got, ok, test.want)
		}
	}
	for handle, want := range map[string]string{
		"ana": "Ana Lim <ana@example.com>", "ben": "ben <ben-gl@users.noreply.gitlab.com>",
		"eva": "", "kim": "", "nobody": "",
		"lee": "", "max": "", // their account is of two
	} {
		got := ""
		if name, email, ok := c.CommitsAs(handle); ok {
			got = name + " <" + email + ">"
		}
		if got != want {
			t.Errorf("%s commits as %q, want %q", handle, got, want)
		}
	}
}

func TestHandleFrom(t *testing.T) {
	tests := []struct{ email, want string }{
		{"ana@example.com", "ana"},
		{"Ana.Lim@example.com", "ana.lim"},
		{"ana+work@example.com", "ana"},
		{"12345+ana-gh@users.noreply.github.com", "ana-gh"},
		{"ana-gh@users.noreply.github.com", "ana-gh"},
		{"12345-ana@users.noreply.gitlab.com", "ana"},
		{"jörg.müller@example.com", "jorg.muller"},
		{"_ana_@example.com", "ana"},
		{"con@example.com", "user-con"},
		{"aux.foo@example.com", "user-aux.foo"},
		{"o'neil@example.com", "o-neil"},
		{"root", "root"},
		{strings.Repeat("a", 60) + "@example.com", strings.Repeat("a", 39)},
	}
	for _, test := range tests {
		if got := HandleFrom(test.email); got != test.want {
			t.Errorf("%s gives %s, want %s", test.email, got, test.want)
		}
	}
	if a, b := HandleFrom("世@example.com"), HandleFrom("界@example.com"); a == b || !strings.HasPrefix(a, "user-") {
		t.Errorf("two people are %s and %s", a, b)
	}
}

func TestHandleFromIsAlwaysValid(t *testing.T) {
	device := rapid.SampledFrom([]string{"con", "nul", "com1", "lpt9.x", "prn..", "AUX"})
	rapid.Check(t, func(t *rapid.T) {
		email := rapid.OneOf(rapid.String(), device).Draw(t, "email")
		if got := HandleFrom(email); !handoff.ValidHandle(got) || got != HandleFrom(email) {
			t.Fatalf("%q gives %q", email, got)
		}
	})
}

func TestMembers(t *testing.T) {
	c := parse(t, team)
	tests := []struct{ scope, from, want string }{
		{"ben", "ana", "ben"},
		{"somebody", "ana", "somebody"},
		{"team", "ana", "no"},
		{"team", "stranger", ""},
		{"team:product", "ana", "ines sarah"},
		{"team:payments", "ben", "ana no"},
		{"team:nothing", "ana", ""},
		{"shift:emea", "ana", "ben"},
		{"shift:amer", "ana", "no"},         // of her pod
		{"shift:amer", "", "ines no sarah"}, // of nobody's pod
		{"lead:payments", "ben", "ana"},
		{"lead:payments", "ana", ""}, // herself
		{"lead:emea", "ana", "ben"},
		{"lead:amer", "ana", "sarah"},
		{"lead:nothing", "ana", ""},
	}
	for _, test := range tests {
		if got := strings.Join(c.Members(test.scope, test.from), " "); got != test.want {
			t.Errorf("%s from %q is %q, want %q", test.scope, test.from, got, test.want)
		}
	}
}

func TestZones(t *testing.T) {
	c := parse(t, team)
	for handle, want := range map[string]string{"ana": "apac", "no": "amer", "ben": "emea", "stranger": ""} {
		if got := c.ZoneOf(handle); got != want {
			t.Errorf("%s is in %q, want %q", handle, got, want)
		}
	}
	for zone, want := range map[string]string{"apac": "emea", "amer": "apac", "": "", "mars": ""} {
		if got := c.nextZone(zone); got != want {
			t.Errorf("after %q comes %q, want %q", zone, got, want)
		}
	}
}

func TestCalendarOfAbsences(t *testing.T) {
	c := parse(t, team)
	if _, ok := c.Calendar("no"); ok {
		t.Error("a calendar without hours")
	}
	calendar, ok := c.Calendar("ana")
	if !ok {
		t.Fatal("no calendar")
	}
	friday := time.Date(2026, 12, 18, 19, 0, 0, 0, calendar.Location)
	next, ok := calendar.NextShift(friday)
	if want := "2027-01-05T09:00:00+08:00"; !ok || next.From.Format(time.RFC3339) != want {
		t.Errorf("ana is back at %s, want %s: the last day away counts", next.From.Format(time.RFC3339), want)
	}
}

func TestAuthorityExpires(t *testing.T) {
	row, ok := parse(t, team).Authority("session-policy")
	if !ok || row.Primary != "sarah" {
		t.Fatalf("authority %+v", row)
	}
	for at, want := range map[string]bool{"2027-12-31T23:59:59Z": false, "2028-01-01T00:00:00Z": true} {
		if when, _ := time.Parse(time.RFC3339, at); row.expiredAt(when) != want {
			t.Errorf("expired at %s: %v", at, !want)
		}
	}
	if (Authority{}).expiredAt(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("an authority without an end has ended")
	}
}

func TestCovered(t *testing.T) {
	c := parse(t, team)
	tests := []struct {
		level, scope, want string
		known              bool
	}{
		{handoff.LevelTeam, "payments", "ana no", true},
		{handoff.LevelPod, "payments", "ana ben no", true},
		{handoff.LevelTeam, "sales", "", false},
		{handoff.LevelPod, "sales", "", false},
		{handoff.LevelOrg, "org", "ana ben ines no sarah", true},
	}
	for _, test := range tests {
		got, known := c.Covered(test.level, test.scope)
		if strings.Join(got, " ") != test.want || known != test.known {
			t.Errorf("%s %s: %v, %v; want %s, %v", test.level, test.scope, got, known, test.want, test.known)
		}
	}
}
