package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// How a person and a team are typed, in a flag or in a line of a form. Parts at the end
// may be left out, and any but the first may be empty.
const (
	PersonShape = "handle;zone;hours;email"
	TeamShape   = "name;lead;members"
)

// Typed is what somebody types who sets a team up. What is nil was not said.
type Typed struct {
	People []string // each as in PersonShape
	Teams  []string // each as in TeamShape, with commas between the members
	Branch string   // for the records
}

// TypedError says what is wrong with what was typed.
type TypedError struct {
	What    string // "person", "team" or "branch"
	Typed   string // the line
	Problem string
}

func (e *TypedError) Error() string { return text.OneLine(e.Typed) + ": " + e.Problem }

// With returns the configuration with what was typed in place of what it has; c stays
// as it is. Of somebody among known, who are by their handles, a line says only what is
// to be added. The error is a [*TypedError], or one of writing the file.
func (c *Config) With(typed Typed, known map[string]Person) (*Config, error) {
	with := *c
	with.People, with.Teams = maps.Clone(c.People), maps.Clone(c.Teams)
	if typed.People != nil {
		with.People = make(map[string]Person)
	}
	for _, line := range typed.People {
		if problem := with.addPerson(line, known); problem != "" {
			return nil, &TypedError{"person", line, problem}
		}
	}
	if len(typed.People) == 1 {
		return nil, &TypedError{"person", typed.People[0], "a roster of one refuses every receiver; name whom you hand over to as well"}
	}
	if typed.Teams != nil {
		with.Teams = make(map[string]Team)
	}
	for _, line := range typed.Teams {
		if problem := with.addTeam(line, c.Teams); problem != "" {
			return nil, &TypedError{"team", line, problem}
		}
	}
	if len(with.People) == 0 { // as where nothing of them is written
		with.People = nil
	}
	if len(with.Teams) == 0 {
		with.Teams = nil
	}
	if typed.Branch != "" {
		with.Store.Branch = typed.Branch
	}
	return &with, with.mustBeRead(typed)
}

// addPerson adds the person of a line, and returns what is wrong with it, or "". What
// stands behind the handle is known by its form, wherever it stands.
func (c *Config) addPerson(line string, known map[string]Person) (problem string) {
	parts := typedParts(line, PersonShape)
	handle := strings.ToLower(strings.TrimPrefix(parts[0], "@"))
	switch {
	case !handoff.ValidHandle(handle):
		return fmt.Sprintf("%q is not a handle; use a-z, 0-9, dot, underscore and dash, at most 39 of them", text.OneLine(parts[0]))
	case c.has(handle):
		return handle + " is there twice"
	}
	person := known[handle]
	for _, part := range parts[1:] {
		if err := person.learn(part); err != nil {
			return err.Error()
		}
	}
	if !person.Hours.IsZero() && person.TZ.IsZero() {
		return "hours are of a time zone: say which, such as Europe/London"
	}
	c.People[handle] = person
	return ""
}

// learn takes in hours, an address of mail or a time zone.
func (p *Person) learn(typed string) error {
	switch {
	case typed == "":
		return nil
	case typed[0] >= '0' && typed[0] <= '9':
		return p.Hours.UnmarshalText([]byte(typed))
	case !strings.Contains(typed, "@"):
		return p.TZ.UnmarshalText([]byte(zoneName(typed)))
	case !isMailbox(typed):
		return fmt.Errorf("%q is not an address such as ana@example.com", text.OneLine(typed))
	case !ownsEmail(*p, typed):
		p.Emails = append(slices.Clone(p.Emails), typed)
	}
	return nil
}

// zoneAreas are the parts of the world in which the zone database has cities.
var zoneAreas = []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"}

// zoneName is the name of the zone that a city gives its name to, and any other text as
// it is.
func zoneName(typed string) string {
	city := []byte(strings.ReplaceAll(strings.ToLower(typed), " ", "_"))
	for i := range city {
		if i == 0 || city[i-1] == '_' {
			city[i] = []byte(strings.ToUpper(string(city[i])))[0]
		}
	}
	for _, area := range zoneAreas {
		name := area + "/" + string(city)
		if _, err := time.LoadLocation(name); err == nil && !strings.Contains(typed, "/") {
			return name
		}
	}
	return typed
}

// addTeam adds the team of a line, and returns what is wrong with it, or "". The zone
// of one that was known is not typed, and stays.
func (c *Config) addTeam(line string, known map[string]Team) (problem string) {
	parts := typedParts(line, TeamShape)
	name, team := parts[0], Team{Zone: known[parts[0]].Zone}
	member := func(who string) (handle string) {
		found := c.Find(who)
		switch {
		case len(found) == 1:
			return found[0]
		case len(found) > 1:
			problem = who + " can be " + strings.Join(found, " or ")
		case len(c.People) == 0:
			problem = "there are no people yet whom a team could consist of"
		default:
			problem = text.JoinNonEmpty("; ", fmt.Sprintf("%q is none of the people", text.OneLine(who)), suggestion(who, c.Handles()))
		}
		return ""
	}
	if parts[1] != "" {
		team.Lead = member(parts[1])
	}
	for who := range strings.SplitSeq(parts[2], ",") {
		if who = strings.TrimSpace(who); who == "" {
			continue
		}
		if handle := member(who); handle != "" {
			person := c.People[handle]
			person.Team = name
			c.People[handle] = person
		}
	}
	c.Teams[name] = team
	return problem
}

// typedParts splits a line at semicolons, into as many parts as its shape has.
func typedParts(line, shape string) []string {
	parts := make([]string, strings.Count(shape, ";")+1)
	for i, part := range strings.SplitN(line, ";", len(parts)) {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

// mustBeRead refuses what would not be used once it is written.
func (c *Config) mustBeRead(typed Typed) error {
	data, err := c.Format()
	if err != nil {
		return err
	}
	_, findings := Parse(data)
	if len(findings) == 0 {
		return nil
	}
	f := findings[0]
	problem := text.JoinNonEmpty("; ", f.Message, f.Fix)
	switch {
	case f.Field == "store.branch":
		return &TypedError{"branch", typed.Branch, problem}
	case strings.HasPrefix(f.Field, "teams"):
		return &TypedError{"team", f.Field, problem}
	}
	return &TypedError{"person", f.Field, problem}
}
