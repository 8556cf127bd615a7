package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

func TestPeopleOf(t *testing.T) {
	tests := []struct {
		name    string
		authors []Author
		want    string // handle: name <addresses>, …
	}{
		{"two", []Author{{"Ana Lim", "ana@example.com"}, {"Ben", "ben@example.com"}}, "ana: Ana Lim <ana@example.com>, ben: Ben <ben@example.com>"},
		{"addresses that differ in case", []Author{{"Ana", "Ana@Example.com"}, {"Ana", "ana@example.com"}}, "ana: Ana <Ana@Example.com>"},
		{"two addresses of one", []Author{{"Ana", "ana@example.com"}, {"ANA", "12345+ana@users.noreply.github.com"}}, "ana: Ana <ana@example.com 12345+ana@users.noreply.github.com>"},
		{"two of one handle", []Author{{"Ana Lim", "ana@a.example"}, {"Ana Roth", "ana@b.example"}, {"Ana Roth", "ana@c.example"}},
			"ana: Ana Lim <ana@a.example>, ana-roth: Ana Roth <ana@b.example ana@c.example>"},
		{"names that make no handle", []Author{{"Ana", "ana@a.example"}, {"李", "ana@b.example"}, {"王", "ana@c.example"}},
			"ana: Ana <ana@a.example>, ana-2: 李 <ana@b.example>, ana-3: 王 <ana@c.example>"},
		{"a name that is taken too", []Author{{"X", "ana-roth@a.example"}, {"Ana Lim", "ana@a.example"}, {"Ana Roth", "ana@b.example"}},
			"ana: Ana Lim <ana@a.example>, ana-2: Ana Roth <ana@b.example>, ana-roth: X <ana-roth@a.example>"},
		{"no addresses", []Author{{"A", ""}, {"B", "b"}, {"C", "c@"}, {"D", "@d"}, {"E", "e e@example.com"}, {"F", "f\u00a0f@example.com"}, {"G", "a@x,b@y"}, {"H", "h\xff@example.com"}, {"I", "i\u202e@example.com"}}, ""},
		{"programs", []Author{
			{"dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"}, {"GitHub", "noreply@github.com"}, {"renovate", "29139614+renovate@users.noreply.github.com"},
			{"Renovate Bot", "bot@renovateapp.com"}, {"github-actions", "action@github.com"}, {"x", "41898282+github-actions[bot]@users.noreply.github.com"},
			{"CI", "no-reply@ci.example"}, {"release", "release-bot@example.com"}, {"x", "project_7_bot_0af3@noreply.gitlab.com"},
		}, ""},
		{"people who look like programs", []Author{{"Jan Bot", "jan.bot@example.com"}, {"Abbot", "abbot@example.com"}, {"Ana", "12345+ana@users.noreply.github.com"}},
			"abbot: Abbot <abbot@example.com>, ana: Ana <12345+ana@users.noreply.github.com>, jan.bot: Jan Bot <jan.bot@example.com>"},
		{"words of YAML and devices", []Author{{"null", "on@example.com"}, {"~", "no@example.com"}, {"true", "con@example.com"}},
			"no: ~ <no@example.com>, on: null <on@example.com>, user-con: true <con@example.com>"},
		{"names that are no text", []Author{{" ", "a@example.com"}, {"Jos\xe9", "b@example.com"}, {"c\u202ed\x1b", "c@example.com"}, {strings.Repeat("x", 100), "d@example.com"}},
			"a:  <a@example.com>, b: Jos\ufffd <b@example.com>, c: c\\u202ed\\x1b <c@example.com>, d: " + strings.Repeat("x", 80) + " <d@example.com>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			people, _ := PeopleOf(test.authors)
			var got []string
			for _, handle := range slices.Sorted(maps.Keys(people)) {
				p := people[handle]
				got = append(got, fmt.Sprintf("%s: %s <%s>", handle, p.Name, strings.Join(p.Emails, " ")))
			}
			if text := strings.Join(got, ", "); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

func TestPeopleOfThousands(t *testing.T) {
	var authors []Author
	for n := range 5_000 {
		authors = append(authors, Author{strings.Repeat("\U0001f600", 80), fmt.Sprintf("%s%d@example.com", strings.Repeat("é", 100), n)})
	}
	people, left := PeopleOf(authors)
	if len(people) == 0 || len(people) > maxPeople || left == 0 {
		t.Errorf("%d people, %d left", len(people), left)
	}
	mustHold(t, people, authors)
}

// Whatever a history says, the configuration made of it is in order, and knows
// by their handles those whom it has.
func TestAnyAuthorsMakeAGoodConfig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"ana", "Ana", "on", "no", "null", "con", "lpt1", "~", "7", "1e3", "a #b", "a: b", "*x", "&x", "!x", "- ", "? ", "'", `"`, "{", "[", "%", "@", "`", "|", ">", "\u202e", "\ufeff", "", " "}))
		author := rapid.Custom(func(t *rapid.T) Author {
			email := text.Draw(t, "local") + rapid.SampledFrom([]string{"@", "@", "@", "", "@@"}).Draw(t, "at") + rapid.OneOf(text, rapid.Just("example.com"), rapid.Just("users.noreply.github.com")).Draw(t, "domain")
			return Author{text.Draw(t, "name"), email}
		})
		authors := rapid.SliceOfN(author, 0, 30).Draw(t, "authors")
		people, _ := PeopleOf(authors)
		mustHold(t, people, authors)
	})
}

// mustHold writes people as init does and reads them back.
func mustHold(t interface {
	Fatalf(format string, args ...any)
}, people map[string]Person, authors []Author) {
	c := Default()
	c.People = people
	data, err := c.Format()
	if err != nil {
		t.Fatalf("%v", err)
	}
	got, findings := Parse(data)
	if len(findings) > 0 {
		t.Fatalf("%+v in\n%s", findings, data)
	}
	if len(got.People) != len(people) {
		t.Fatalf("%d people of %d in\n%s", len(got.People), len(people), data)
	}
	for _, a := range authors {
		handle, ok := got.Handle(a.Name, a.Email)
		if !ok {
			continue // nobody, or no room for them
		}
		if !handoff.ValidHandle(handle) || !slices.ContainsFunc(people[handle].Emails, func(own string) bool { return strings.EqualFold(own, a.Email) }) {
			t.Fatalf("%q <%q> is %s in\n%s", a.Name, a.Email, handle, data)
		}
	}
	for handle, p := range people {
		for _, email := range p.Emails {
			if got, ok := got.Handle("", email); !ok || got != handle {
				t.Fatalf("%q of %s is %q in\n%s", email, handle, got, data)
			}
		}
	}
}
