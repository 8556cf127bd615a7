package config

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Author is somebody who has committed, in the words of the commit: anybody can
// have written anything there.
type Author struct{ Name, Email string }

// Bounds of what becomes of a history. A roster is for people to read, and a file
// of more than 5,000 values is refused.
const (
	maxPeople = 200      // the first ones
	maxEmails = 10       // of one person
	maxEmail  = 254      // bytes, as mail has it
	maxName   = 80       // code points
	maxRoster = 64 << 10 // bytes of names and addresses together
)

// PeopleOf returns the people among authors, by a handle that their address gives.
// Two addresses are of one person when they differ in case alone, or when they
// give one handle and come with one name. Programs are no people, and what is no
// address names nobody. [Config.Format] writes any of it in a form in which
// [Parse] finds nothing wrong. Of more than a roster can hold it is the first,
// and left is how many addresses did not fit.
func PeopleOf(authors []Author) (people map[string]Person, left int) {
	people = make(map[string]Person)
	seen, size := make(map[string]bool), 0
	for _, a := range authors {
		key := strings.ToLower(strings.ToUpper(a.Email)) // a few letters have two small forms
		if seen[key] || !isMailbox(a.Email) || isProgram(a.Name, a.Email) {
			continue
		}
		seen[key] = true
		name := properName(a.Name)
		handle := freeHandle(people, name, a.Email)
		p, known := people[handle]
		size += len(name) + len(a.Email)
		if !known && len(people) == maxPeople || len(p.Emails) == maxEmails || size > maxRoster {
			left++
			continue
		}
		p.Name = cmp.Or(p.Name, name)
		p.Emails = append(p.Emails, a.Email)
		people[handle] = p
	}
	return people, left
}

// freeHandle returns the handle of an author: the one that their address gives,
// unless somebody else has it; then one of their name, or with a number.
func freeHandle(people map[string]Person, name, email string) string {
	handle := HandleFrom(email)
	fits := func(handle string) bool {
		p, taken := people[handle]
		return handoff.ValidHandle(handle) && (!taken || p.Name == "" || name == "" || strings.EqualFold(p.Name, name))
	}
	if fits(handle) {
		return handle
	}
	if other := asHandle(name); fits(other) {
		return other
	}
	for n := 2; ; n++ {
		suffix := "-" + strconv.Itoa(n)
		if other := strings.TrimRight(handle[:min(len(handle), 39-len(suffix))], "._-") + suffix; fits(other) {
			return other
		}
	}
}

// properName is the name in one line, without what a terminal would obey.
func properName(name string) string {
	name = strings.TrimSpace(text.OneLine(strings.ToValidUTF8(name, string(utf8.RuneError))))
	if runes := []rune(name); len(runes) > maxName {
		name = strings.TrimSpace(string(runes[:maxName]))
	}
	return name
}

// isAddress reports whether a text has the form of an email address.
func isAddress(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && domain != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>,", r)
	})
}

// isMailbox reports whether an address of a commit can be one of mail: machines
// without a name of their own write what git guesses.
func isMailbox(email string) bool {
	return isAddress(email) && len(email) <= maxEmail && utf8.ValidString(email) && text.OneLine(email) == email
}

var (
	// programName matches the accounts and names of programs, as the services and
	// the programs themselves write them. Bot is also a surname: it takes the
	// brackets or the dash.
	programName = text.Pattern(`(?i)\[bot\]|[-_]bot\d*$|^bot$|^bot[-_]|^(?:project|group)_\d+_bot|` +
		`^(?:dependabot|renovate|github-actions|greenkeeper|pre-commit-ci|semantic-release|mergify|imgbot|snyk|codecov|weblate|allcontributors)$`)
	// noMailbox matches the local parts of addresses that nobody reads.
	noMailbox = text.Pattern(`(?i)^(?:no-?reply|do-?not-?reply)(?:\+.*)?$`)
	// serviceAddress matches the addresses under which GitHub itself commits.
	serviceAddress = text.Pattern(`(?i)^(?:noreply|actions?|support)@github\.com$`)
)

// isProgram reports whether an author is a program: a bot, or a service that
// commits by itself. Somebody who hides their address behind a noreply address of
// their service is a person.
func isProgram(name, email string) bool {
	account, _, _ := strings.Cut(email, "@")
	if m := noreply().FindStringSubmatch(email); m != nil {
		account = m[1]
	}
	return programName().MatchString(strings.TrimSpace(name)) || programName().MatchString(account) ||
		noMailbox().MatchString(account) || serviceAddress().MatchString(email)
}
