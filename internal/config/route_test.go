package config

import (
	"slices"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// desk is a resolver in London with an alternate in New York.
const desk = `format: 1
people:
  ana: {team: apac, tz: Asia/Singapore, hours: 09:00-18:00}
  sarah: {team: product, tz: Europe/London, hours: 09:00-17:30, away: [{from: 2026-12-21, to: 2027-01-04, cover: carl}]}
  carl: {team: product, tz: Europe/London, hours: 09:00-17:30}
  ines: {team: product, tz: America/New_York, hours: 09:00-17:00}
  lea: {team: product}
  night: {tz: Europe/London, hours: 20:00-04:00}
teams: {product: {lead: lea, zone: emea}, apac: {lead: ana, zone: apac}}
zones: [apac, emea]
authority:
  - {area: session-policy, primary: sarah, alternates: [ana, ines], expires: 2026-12-31}
  - {area: billing, primary: carl}
  - {area: tax, primary: carl, alternates: [ines]}
escalation: {default: [alternate], watch: [alternate, team:lead], critical: [night], tax: [night, lea]}
`

func TestRoute(t *testing.T) {
	c := parse(t, desk)
	london := c.People["sarah"].TZ.Location
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, london)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	const hour = time.Hour
	tests := []struct {
		name string
		b    handoff.Blocker
		now  string
		sla  time.Duration
		want Routing
	}{
		{"in hours", handoff.Blocker{Resolver: "sarah"}, "2026-11-20 10:00", 4 * hour, Routing{"sarah", BecausePrimary, ""}},
		{"hours begin in time", handoff.Blocker{Resolver: "sarah"}, "2026-11-20 06:00", 4 * hour, Routing{"sarah", BecausePrimary, ""}},
		{"hours begin when it ends", handoff.Blocker{Resolver: "sarah"}, "2026-11-20 05:00", 4 * hour, Routing{"ana", BecauseAlternate, ""}},
		{"alternate of an area", handoff.Blocker{Resolver: "area:session-policy"}, "2026-11-20 18:00", 4 * hour, Routing{"ines", BecauseAlternate, ""}},
		{"needed later than the SLA", handoff.Blocker{Resolver: "sarah", NeededBy: handoff.Time{Time: at("2026-11-23 10:00")}}, "2026-11-20 18:00", 4 * hour, Routing{"sarah", BecausePrimary, ""}},
		{"needed earlier than the SLA", handoff.Blocker{Resolver: "sarah", NeededBy: handoff.Time{Time: at("2026-11-20 08:00")}}, "2026-11-20 06:00", 4 * hour, Routing{"ana", BecauseAlternate, ""}},
		{"nobody", handoff.Blocker{Resolver: "sarah"}, "2026-11-21 12:00", 4 * hour, Routing{"sarah", BecausePrimary, NoteNobody}},
		{"ladder of the severity", handoff.Blocker{Resolver: "sarah", Severity: "watch"}, "2026-11-21 12:00", 4 * hour, Routing{"lea", BecauseLadder, ""}},
		{"ladder of the area", handoff.Blocker{Resolver: "area:tax", Severity: "critical"}, "2026-11-20 23:00", 4 * hour, Routing{"night", BecauseLadder, ""}},
		{"no hurry", handoff.Blocker{Resolver: "sarah"}, "2026-11-21 12:00", 0, Routing{"sarah", BecausePrimary, ""}},
		{"away without hurry", handoff.Blocker{Resolver: "sarah"}, "2026-12-22 12:00", 0, Routing{"carl", BecauseAlternate, "covers for sarah"}},
		{"away", handoff.Blocker{Resolver: "sarah"}, "2026-12-22 12:00", 4 * hour, Routing{"carl", BecauseAlternate, "covers for sarah"}},
		{"ended authority", handoff.Blocker{Resolver: "area:session-policy"}, "2027-01-05 10:00", hour, Routing{"sarah", BecausePrimary, "the authority over session-policy ended on 2026-12-31"}},
		{"primary of two areas has no known alternates", handoff.Blocker{Resolver: "carl"}, "2026-11-20 18:00", 4 * hour, Routing{"carl", BecausePrimary, NoteNobody}},
		{"without hours", handoff.Blocker{Resolver: "lea"}, "2026-11-21 12:00", hour, Routing{"lea", BecausePrimary, ""}},
		{"a stranger", handoff.Blocker{Resolver: "zoe"}, "2026-11-21 12:00", hour, Routing{"zoe", BecausePrimary, ""}},
		{"an area of nobody", handoff.Blocker{Resolver: "area:none"}, "2026-11-20 12:00", hour, Routing{Note: "nobody decides in area:none"}},
		{"an area of nobody, with a ladder", handoff.Blocker{Resolver: "area:none", Severity: "critical"}, "2026-11-20 21:00", hour, Routing{"night", BecauseLadder, "nobody decides in area:none"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := c.Route(test.b, "lea2", at(test.now), test.sla); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
	if got := c.Route(handoff.Blocker{Resolver: "sarah"}, "ana", at("2026-11-20 05:00"), 4*hour); got.To != "sarah" || got.Note != NoteNobody {
		t.Errorf("ana's own blocker goes to %+v", got)
	}
}

func TestRouteWithoutConfig(t *testing.T) {
	got := Default().Route(handoff.Blocker{Resolver: "sarah"}, "ana", time.Unix(0, 0), 0)
	if want := (Routing{"sarah", BecausePrimary, ""}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReceiver(t *testing.T) {
	c := parse(t, `format: 1
people:
  ana: {team: payments, emails: [ana@example.com]}
  ben: {team: payments, github: Ben-GH, emails: [ben@example.com]}
  lea: {team: emea}
teams: {payments: {zone: apac, lead: ana}, emea: {zone: emea, lead: lea}, docs: {}}
zones: [apac, emea]
`)
	const owners = "*.go @ana\n/api/ ben@example.com\n[Section] is not for GitHub\n/docs/ @org/docs @org/unknown\n/web/ @ben-gh\n/x/ @stranger\n"
	tests := []struct {
		name, from string
		owners     string
		paths      []string
		want       Routing
	}{
		{"most paths", "lea", owners, []string{"a.go", "api/x", "api/y"}, Routing{To: "ben", Because: BecauseCodeowners}},
		{"the last rule counts", "lea", owners, []string{"api/a.go"}, Routing{To: "ben", Because: BecauseCodeowners}},
		{"account", "lea", owners, []string{"web/index.html"}, Routing{To: "ben", Because: BecauseCodeowners}},
		{"handle", "lea", owners, []string{"a.go"}, Routing{To: "ana", Because: BecauseCodeowners}},
		{"team", "lea", owners, []string{"docs/a.md"}, Routing{To: "team:docs", Because: BecauseCodeowners}},
		{"own paths go to the next zone", "ana", owners, []string{"a.go"}, Routing{To: "lea", Because: BecauseNextZone, Note: "emea"}},
		{"no file", "ben", "", []string{"a.go"}, Routing{To: "lea", Because: BecauseNextZone, Note: "emea"}},
		{"unknown owner", "lea", owners, []string{"x/y"}, Routing{To: "ana", Because: BecauseNextZone, Note: "apac"}},
		{"nobody", "stranger", owners, []string{"x/y"}, Routing{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := c.Receiver(test.from, []byte(test.owners), test.paths); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// A CODEOWNERS file with headings is one of GitLab's: of each section the last
// rule counts, and a rule that names nobody has the owners of its heading.
func TestReceiverBySections(t *testing.T) {
	c := parse(t, `format: 1
people:
  ana: {team: payments, gitlab: ana.tan, emails: [ana@example.engineering]}
  ben: {team: payments, emails: [ben@example.com]}
  lea: {team: emea}
  max: {team: emea}
teams: {payments: {zone: apac, lead: ana}, emea: {zone: emea, lead: lea}, docs: {}, platform: {}}
zones: [apac, emea]
`)
	const sections = `* @max

[Documentation][2] @group/with-nested/docs @stranger
docs/
README.md
docs/api/ @ben

^[Database] @ana.tan
model/db/
!model/db/seeds/
/config/db/setup.sql @@maintainer ana@example.engineering

[Empty]
/empty/

[Service] @platform
/service/

[documentation] @ben
/guides/
`
	for _, test := range []struct {
		name  string
		paths []string
		want  []string // by all sections
	}{
		{"outside of sections", []string{"main.go"}, []string{"max"}},
		{"the heading's owners", []string{"docs/a.md"}, []string{"max", "team:docs"}},
		{"at any depth", []string{"ee/docs/a.md"}, []string{"max", "team:docs"}},
		{"the rule's own", []string{"docs/api/a.md"}, []string{"ben", "max"}},
		{"an optional section", []string{"model/db/a.sql"}, []string{"ana", "max"}},
		{"excluded", []string{"model/db/seeds/a.sql"}, []string{"max"}},
		{"a role and an address", []string{"config/db/setup.sql"}, []string{"ana", "max"}},
		{"nobody at all", []string{"empty/a"}, []string{"max"}},
		{"a group of one part", []string{"service/a.go"}, []string{"max", "team:platform"}},
		{"a section that goes on", []string{"guides/a.md"}, []string{"ben", "max"}},
	} {
		var got []string
		for _, owner := range parseOwners([]byte(sections)).of(test.paths[0]) {
			if to := c.ownerAddress(owner); to != "" {
				got = append(got, to)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	paths := []string{"docs/a.md", "docs/b.md", "docs/api/c.md"}
	for from, want := range map[string]string{"lea": "max", "max": "team:docs"} {
		if got := c.Receiver(from, []byte(text.BOM+sections), paths); got.To != want {
			t.Errorf("for %s %+v, want %s", from, got, want)
		}
	}
	// Without a heading a rule that names nobody has no owner, as on GitHub, and a
	// nested group is one all the same.
	const plain = "* @ben\n/docs/\n/site/ @group/with-nested/docs\n"
	for path, want := range map[string]string{"main.go": "ben", "docs/a.md": "lea", "site/a": "team:docs"} {
		if got := c.Receiver("ana", []byte(plain), []string{path}); got.To != want {
			t.Errorf("%s: %+v, want %s", path, got, want)
		}
	}
}
