package workspace

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
)

// Person returns the handle of whoever is meant by a name that a person typed: a
// handle in any case of letters and with or without @, "me", an address of mail, a name
// as the roster has it or, without a roster, as commits have it, or a part of that
// name where nobody else has it. The address of a group or an area stays as it is.
//
// Whether there is such a person is not said: a name that nobody has is returned as
// the handle that it would be, and what could be none as it was typed. The error is
// a [*handoff.AmbiguousError], or one of git.
//
// What is known from the configuration and the records costs nothing; any other
// name has git look through the history, once. Before the records are loaded a handle
// is taken as it is.
func (ws *Workspace) Person(typed string) (string, error) {
	name := strings.TrimPrefix(strings.TrimSpace(typed), "@")
	handle := strings.ToLower(name)
	if !handoff.ValidHandle(handle) {
		handle = ""
	}
	if meant := ws.meant[handle]; meant != "" {
		return meant, nil
	}
	people := ws.TeamConfig
	switch {
	case name == "":
		return typed, nil
	case config.IsGroup(name):
		return name, nil
	case rules.IsNobody(name):
		return cmp.Or(handle, typed), nil
	case handle == "me" && ws.Me != "" && len(people.Find(handle)) == 0:
		return ws.Me, nil
	case len(people.People) > 0:
	case handle != "" && (ws.State == nil || slices.Contains(ws.known(), handle)):
		return handle, nil
	default:
		committers, err := ws.committers()
		if err != nil {
			return "", err
		}
		people = &config.Config{People: committers}
	}
	switch found := people.Find(name); {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", &handoff.AmbiguousError{Name: typed, Matches: found}
	case handle == "" && len(ws.TeamConfig.People) == 0 && config.IsAddress(name):
		return config.HandleFrom(name), nil
	case config.IsAddress(name):
		return ws.formerly(typed)
	}
	return cmp.Or(handle, typed), nil
}

// formerly returns who in the roster has committed under an address that .mailmap knows
// and the roster does not, and the address itself where nobody has.
func (ws *Workspace) formerly(address string) (string, error) {
	committers, err := ws.committers()
	if err != nil {
		return "", err
	}
	for _, handle := range (&config.Config{People: committers}).Find(address) {
		for _, email := range committers[handle].Emails {
			if found := ws.TeamConfig.Find(email); len(found) == 1 {
				return found[0], nil
			}
		}
	}
	return address, nil
}

// Named returns a body with the handles of the people whom somebody has typed, and
// the names that can mean several people, each a finding for [Explained].
func (ws *Workspace) Named(body handoff.Body) (handoff.Body, []handoff.Finding) {
	var findings []handoff.Finding
	named := handoff.MapPeople(body, ws.reader(&findings))
	if h, ok := named.(*handoff.Handoff); ok {
		h.To, h.CC = once(h.To), once(h.CC)
	}
	return named, findings
}

// once is a list in which everybody stands once, however often they were typed.
func once[L ~[]string](list L) L {
	var seen []string
	return slices.DeleteFunc(list, func(who string) bool {
		again := slices.Contains(seen, who)
		seen = append(seen, who)
		return again
	})
}

// Explained are the findings of the rules, those about the form of a name replaced by
// what it can mean. A question and the route that goes with it name the same person:
// what is wrong with that is said once.
func Explained(findings, ambiguous []handoff.Finding) []handoff.Finding {
	findings = slices.DeleteFunc(findings, func(f handoff.Finding) bool {
		return f.Code == "HO101" && slices.ContainsFunc(ambiguous, func(a handoff.Finding) bool { return a.Field == f.Field })
	})
	seen := make(map[[3]string]bool)
	return slices.DeleteFunc(append(findings, ambiguous...), func(f handoff.Finding) bool {
		said := [3]string{f.Code, f.Field, f.Message}
		again := seen[said]
		seen[said] = true
		return again
	})
}

// nameDraft is [Workspace.Named] for a draft and the text that it was read from.
func (ws *Workspace) nameDraft(d *Draft) (ambiguous []handoff.Finding) {
	if d.Handoff == nil {
		return nil
	}
	if d.Doc != nil {
		d.Doc.ReadPeople(ws.reader(new([]handoff.Finding)))
	}
	named, ambiguous := ws.Named(d.Handoff)
	d.Handoff = named.(*handoff.Handoff)
	return ambiguous
}

// reader is [Workspace.Person] for each field of a body. What it cannot say becomes
// a finding, and the name stays.
func (ws *Workspace) reader(findings *[]handoff.Finding) func(field, who string) string {
	return func(field, who string) string {
		handle, err := ws.Person(who)
		if err != nil {
			*findings = append(*findings, handoff.Finding{
				Code: "HO103", Level: handoff.LevelError, Field: field, Message: err.Error(), Fix: "write the handle of the one who is meant",
			})
			return who
		}
		return handle
	}
}

// known are the user, those who have ever written a record and those whom one names
// that counts now: their handles, sorted.
func (ws *Workspace) known() []string {
	known := map[string]bool{ws.Me: true}
	for _, author := range ws.State.Authors() {
		known[author] = true
	}
	for _, r := range ws.State.Known() {
		handoff.EachPerson(r.Body, func(_, who string) { known[who] = true })
	}
	maps.DeleteFunc(known, func(who string, _ bool) bool { return !isPerson(who) })
	return slices.Sorted(maps.Keys(known))
}

// isPerson reports whether a name is the handle of one person: no group, and no word
// such as "someone".
func isPerson(name string) bool {
	return handoff.ValidHandle(name) && !config.IsGroup(name) && !rules.IsNobody(name)
}

// Stranger is somebody whom no record and no commit knows.
type Stranger struct {
	Handle string
	Near   string // somebody known whose handle is nearly the same, "" for none
}

// Strangers lists who is named in records to come and is not known yet, sorted.
// Where there is a roster that is for the rules to judge, and there are none.
func (ws *Workspace) Strangers(bodies ...handoff.Body) ([]Stranger, error) {
	if len(ws.TeamConfig.People) > 0 {
		return nil, nil
	}
	named := make(map[string]bool)
	for _, body := range bodies {
		body, _ = ws.Named(body)
		handoff.EachPerson(body, func(_, who string) {
			if isPerson(who) {
				named[who] = true
			}
		})
	}
	known := ws.known()
	for _, handle := range known {
		delete(named, handle)
	}
	if len(named) == 0 {
		return nil, nil
	}
	committers, err := ws.committers()
	if err != nil {
		return nil, err
	}
	known = append(known, slices.Sorted(maps.Keys(committers))...)
	var strangers []Stranger
	for _, handle := range slices.Sorted(maps.Keys(named)) {
		if _, committed := committers[handle]; !committed {
			strangers = append(strangers, Stranger{handle, text.Nearest(handle, known)})
		}
	}
	return strangers, nil
}

// Mean settles that a name which somebody typed is a person's: from now on
// [Workspace.Person] says so.
func (ws *Workspace) Mean(name, handle string) {
	if ws.meant == nil {
		ws.meant = make(map[string]string)
	}
	ws.meant[name] = handle
}
