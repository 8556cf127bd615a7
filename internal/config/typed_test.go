package config

import (
	"errors"
	"reflect"
	"testing"
)

// TestWith lays lines that somebody typed over a configuration, which stays as it is.
func TestWith(t *testing.T) {
	base := Default()
	base.People = map[string]Person{"ana": {Name: "Ana", Emails: []string{"ana@example.com"}}, "ben": {Name: "Ben Roth", GitHub: "ben-gh"}}
	before := *base
	with, err := base.With(Typed{
		People: []string{"@Ana ; Asia/Singapore; 09:00-18:00", "ben;22:00-06:00; ben@example.com;london", "kim"},
		Teams:  []string{"core; Ben Roth; ana, kim", "qa"},
		Branch: "handoffs",
	}, base.People)
	if err != nil {
		t.Fatal(err)
	}
	ana, ben := with.People["ana"], with.People["ben"]
	if ana.Name != "Ana" || ana.TZ.String() != "Asia/Singapore" || ana.Hours != (Hours{9 * 60, 18 * 60}) || ana.Team != "core" {
		t.Errorf("ana is %+v", ana)
	}
	if ben.GitHub != "ben-gh" || ben.TZ.String() != "Europe/London" || ben.Hours != (Hours{22 * 60, 6 * 60}) || !reflect.DeepEqual(ben.Emails, []string{"ben@example.com"}) || ben.Team != "" {
		t.Errorf("ben is %+v", ben)
	}
	if len(with.People) != 3 || with.People["kim"].Team != "core" || with.Teams["core"].Lead != "ben" || len(with.Teams) != 2 || with.Store.Branch != "handoffs" {
		t.Errorf("it is %+v", with)
	}
	if !reflect.DeepEqual(*base, before) || base.People["ana"].Team != "" {
		t.Errorf("what it began with is %+v now", base)
	}
	data, err := with.Format()
	if err != nil {
		t.Fatal(err)
	}
	if read, findings := Parse(data); len(findings) > 0 || !reflect.DeepEqual(read.Teams, with.Teams) {
		t.Errorf("it is read as %+v, %v", read, findings)
	}
	again, err := with.With(Typed{People: []string{"ana", "ben", "kim"}, Teams: []string{"core;ben;ana,kim", "qa"}}, with.People)
	if err != nil || len(Changes(with, again)) > 0 {
		t.Errorf("the same once more changes %v, %v", Changes(with, again), err)
	}
}

func TestWithRefuses(t *testing.T) {
	base := Default()
	base.People = map[string]Person{"ana": {Name: "Ana Lim"}, "sl": {Name: "Sam Lim"}, "sr": {Name: "Sam Roth"}}
	for _, c := range []struct {
		name  string
		typed Typed
		want  TypedError
	}{
		{"twice", Typed{People: []string{"ana", "ana"}}, TypedError{"person", "ana", "ana is there twice"}},
		{"one", Typed{People: []string{"ana"}}, TypedError{"person", "ana", "a roster of one refuses every receiver; name whom you hand over to as well"}},
		{"no zone", Typed{People: []string{"ana;Atlantis", "ben"}}, TypedError{"person", "ana;Atlantis", `"Atlantis" is not a time zone such as Europe/London`}},
		{"empty", Typed{People: []string{";Europe/London", "ben"}}, TypedError{"person", ";Europe/London", `"" is not a handle; use a-z, 0-9, dot, underscore and dash, at most 39 of them`}},
		{"of the machine", Typed{People: []string{"ana;Local", "ben"}}, TypedError{"person", "ana;Local", `"Local" is not a time zone such as Europe/London`}},
		{"hours of nowhere", Typed{People: []string{"ana;;09:00-17:30", "ben"}}, TypedError{"person", "ana;;09:00-17:30", "hours are of a time zone: say which, such as Europe/London"}},
		{"one address of two", Typed{People: []string{"ana;;;x@example.com", "ben;;;X@example.com"}}, TypedError{"person", "people.ben.emails[0]", "the email X@example.com belongs to ana already; one address names one person: keep it in one row"}},
		{"stranger", Typed{Teams: []string{"core;;zoe"}}, TypedError{"team", "core;;zoe", `"zoe" is none of the people`}},
		{"either", Typed{Teams: []string{"core;Sam"}}, TypedError{"team", "core;Sam", "Sam can be sl or sr"}},
		{"nobody", Typed{People: []string{}, Teams: []string{"core;ana"}}, TypedError{"team", "core;ana", "there are no people yet whom a team could consist of"}},
		{"branch", Typed{Branch: "refs/heads/x"}, TypedError{"branch", "refs/heads/x", `"refs/heads/x" is not the name of a branch; write a name such as handoffs, without refs/heads/, or current`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := base.With(c.typed, base.People)
			wrong, ok := errors.AsType[*TypedError](err)
			if !ok || *wrong != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}
