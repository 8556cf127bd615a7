package config

import (
	"slices"
	"testing"
)

var somePeople = &Config{People: map[string]Person{
	"ana":    {Name: "Ana Lim", Emails: []string{"ana@example.com", "ana@old.example.com"}},
	"sj":     {Name: "Sarah Jones", GitHub: "sarah-gh"},
	"sk":     {Name: "Sarah Kim"},
	"jones":  {Name: "Tom Jones"},
	"nobody": {},
}}

func TestFind(t *testing.T) {
	for name, want := range map[string][]string{
		"ana": {"ana"}, "@ANA": {"ana"}, " Ana ": {"ana"}, "ana lim": {"ana"}, "Lim": {"ana"}, "Ana@OLD.example.com": {"ana"},
		"12345+sarah-gh@users.noreply.github.com": {"sj"},
		"Sarah": {"sj", "sk"}, "Kim": {"sk"}, "sarah jones": {"sj"},
		"Jones": {"jones"}, // a handle comes before a name
		"":      nil, "@": nil, "zoe": nil, "an": nil, "ana@example.org": nil,
	} {
		if got := somePeople.Find(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestNearestPerson(t *testing.T) {
	for name, want := range map[string]string{"anna": "ana", "jonse": "jones", "limm": "ana", "kym": "sk", "xerxes": "", "": ""} {
		if got := somePeople.Nearest(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCommitters(t *testing.T) {
	people := Committers([]Author{
		{"Ana", "ana@example.com"}, {"Ana Lim", "ana@example.org"}, {"renovate[bot]", "bot@example.com"},
		{"Ben", "1234+ben-gh@users.noreply.github.com"}, {"nobody", "no address"},
	}, map[string][]string{"ana@example.com": {"lim@home.example"}})
	ana := []string{"ana@example.com", "lim@home.example", "ana@example.org"}
	if len(people) != 2 || people["ana"].Name != "Ana" || !slices.Equal(people["ana"].Emails, ana) || people["ben-gh"].Name != "Ben" {
		t.Errorf("%+v", people)
	}
}
