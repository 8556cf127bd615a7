package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Find returns the handles of the people whom a name can mean that somebody typed,
// sorted: the one who has that handle, in any case of letters; else whose address it
// is; else those of that name; else those one of whose names it is. A handle may be
// written with the @ that people put before it.
func (c *Config) Find(name string) []string {
	name = strings.TrimPrefix(strings.TrimSpace(name), "@")
	if handle := strings.ToLower(name); name != "" && c.has(handle) {
		return []string{handle}
	}
	for _, fits := range []func(Person) bool{
		func(p Person) bool { return ownsEmail(p, name) },
		func(p Person) bool { return strings.EqualFold(p.Name, name) },
		func(p Person) bool {
			return slices.ContainsFunc(strings.Fields(p.Name), func(word string) bool { return strings.EqualFold(word, name) })
		},
	} {
		if found := c.peopleWho(func(handle string) bool { return fits(c.People[handle]) }); name != "" && len(found) > 0 {
			return found
		}
	}
	return nil
}

func (c *Config) has(handle string) bool {
	_, known := c.People[handle]
	return known
}

// Nearest returns the handle of whoever was probably meant by a name that nobody has:
// who is nearly called so by their handle, else by a part of their name, "" for nobody.
func (c *Config) Nearest(name string) string {
	if handle := text.Nearest(name, c.Handles()); handle != "" {
		return handle
	}
	var words []string
	whose := make(map[string]string)
	for _, handle := range c.Handles() {
		for word := range strings.FieldsSeq(strings.ToLower(c.People[handle].Name)) {
			words = append(words, word)
			whose[word] = handle
		}
	}
	return whose[text.Nearest(name, words)]
}

// Handles are the people of the roster, sorted.
func (c *Config) Handles() []string { return slices.Sorted(maps.Keys(c.People)) }

// IsAddress reports whether a name is one of mail, as in ana@example.com.
func IsAddress(name string) bool { return isAddress(name) }

// Committers returns the people among authors by the handle that each of them has
// who is in no roster, see [HandleFrom]. wrote are other addresses of theirs, by the one
// of the author. Programs are no people.
func Committers(authors []Author, wrote map[string][]string) map[string]Person {
	people := make(map[string]Person)
	for _, a := range authors {
		if !isMailbox(a.Email) || isProgram(a.Name, a.Email) {
			continue
		}
		handle := HandleFrom(a.Email)
		p := people[handle]
		if p.Name == "" {
			p.Name = properName(a.Name)
		}
		p.Emails = slices.Concat(p.Emails, []string{a.Email}, wrote[a.Email])
		people[handle] = p
	}
	return people
}

// IsGroup reports whether an address stands for a group of people or for an area,
// and not for a person.
func IsGroup(address string) bool {
	return handoff.IsScope(address) || strings.HasPrefix(address, "area:")
}
