package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/hmarr/codeowners"
)

// owners are the rules of a CODEOWNERS file. Of each section of it the last rule
// counts that matches a path; the rules before the first heading, which are all
// that GitHub knows, are a section as well.
type owners []*ownersSection

type ownersSection struct {
	name     string // in lower case, "" before the first heading
	rules    codeowners.Ruleset
	excluded codeowners.Ruleset // paths without an owner, whatever the rules say
}

// ownersHeading matches the heading of a section of GitLab's: [Name], [Name][2],
// ^[Name], with owners behind it for the rules that name none.
var ownersHeading = text.Pattern(`^\^?\[([^\[\]]+)\](?:\[\d*\])?(?:\s+(.*))?$`)

// Owners as GitLab writes them. A group is a path whose last part is taken for
// the name of the team; one of a single part looks like a person.
var (
	gitlabEmail  = text.Pattern(`^[\w.%+-]+@[\w-]+(?:\.[\w-]+)+$`)
	gitlabGroup  = text.Pattern(`^@([\w.-]+(?:/[\w.-]+)+)$`)
	gitlabPerson = text.Pattern(`^@([\w.-]+)$`)
)

// personOrTeam is an owner that may be a group of GitLab's.
const personOrTeam = "person or team"

// parseOwners reads a CODEOWNERS file. Lines that cannot be read are skipped, as
// on GitHub.
func parseOwners(data []byte) owners {
	lines := strings.Split(strings.TrimPrefix(string(data), text.BOM), "\n")
	sectioned := slices.ContainsFunc(lines, func(line string) bool { return ownersHeading().MatchString(strings.TrimSpace(line)) })
	section, defaults := new(ownersSection), ""
	all := owners{section}
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if heading := ownersHeading().FindStringSubmatch(line); heading != nil {
			section, defaults = all.section(strings.ToLower(heading[1])), heading[2]
			if !slices.Contains(all, section) {
				all = append(all, section)
			}
			continue
		}
		pattern, excludes := line, false
		if sectioned && line != "" && line[0] != '#' {
			if pattern, excludes = strings.CutPrefix(line, "!"); pattern != "" && pattern[0] != '/' {
				pattern = "**/" + pattern // GitLab means any directory
			}
		}
		rules := parseOwnersLine(pattern, sectioned)
		if len(rules) == 1 && len(rules[0].Owners) == 0 && defaults != "" {
			rules = parseOwnersLine(pattern+" "+defaults, sectioned)
		}
		if excludes {
			section.excluded = append(section.excluded, rules...)
		} else {
			section.rules = append(section.rules, rules...)
		}
	}
	return all
}

// section returns the section of that name, a new one when there is none yet.
func (o owners) section(name string) *ownersSection {
	for _, s := range o {
		if s.name == name {
			return s
		}
	}
	return &ownersSection{name: name}
}

// parseOwnersLine returns the rule of a line, nothing for one that has none.
func parseOwnersLine(line string, sectioned bool) codeowners.Ruleset {
	match := func(s string) (codeowners.Owner, error) {
		switch {
		case gitlabEmail().MatchString(s):
			return codeowners.Owner{Value: s, Type: codeowners.EmailOwner}, nil
		case gitlabGroup().MatchString(s):
			return codeowners.Owner{Value: s[1:], Type: codeowners.TeamOwner}, nil
		case gitlabPerson().MatchString(s) && sectioned:
			return codeowners.Owner{Value: s[1:], Type: personOrTeam}, nil
		case gitlabPerson().MatchString(s):
			return codeowners.Owner{Value: s[1:], Type: codeowners.UsernameOwner}, nil
		case sectioned: // a role such as @@maintainer, or a slip: the others own it
			return codeowners.Owner{}, nil
		}
		return codeowners.Owner{}, codeowners.ErrNoMatch
	}
	rules, err := codeowners.ParseFile(strings.NewReader(line),
		codeowners.WithOwnerMatchers([]codeowners.OwnerMatcher{codeowners.OwnerMatchFunc(match)}))
	if err != nil {
		return nil
	}
	return rules
}

// of returns who owns a path, by all sections.
func (o owners) of(path string) []codeowners.Owner {
	var all []codeowners.Owner
	for _, s := range o {
		if excluded, err := s.excluded.Match(path); err != nil || excluded != nil {
			continue
		}
		if rule, err := s.rules.Match(path); err == nil && rule != nil {
			all = append(all, rule.Owners...)
		}
	}
	return all
}

// owner returns who owns the most paths; of several with as many, the first by
// name. "" means nobody that the roster knows.
func (c *Config) owner(from string, rules owners, paths []string) string {
	owned := make(map[string]int)
	for _, path := range paths {
		theirs := make(map[string]bool) // a path counts once, however many sections say so
		for _, owner := range rules.of(path) {
			if to := c.ownerAddress(owner); to != "" && to != from && !theirs[to] {
				theirs[to] = true
				owned[to]++
			}
		}
	}
	best := ""
	for _, to := range slices.Sorted(maps.Keys(owned)) {
		if owned[to] > owned[best] {
			best = to
		}
	}
	return best
}

// ownerAddress returns the address in the roster that an owner means.
func (c *Config) ownerAddress(owner codeowners.Owner) string {
	switch owner.Type {
	case codeowners.EmailOwner:
		handle, _ := c.Handle("", owner.Value)
		return handle
	case codeowners.TeamOwner:
		return c.teamAddress(owner.Value[strings.LastIndex(owner.Value, "/")+1:])
	}
	handle, _ := c.only(
		func(p Person) bool { return strings.EqualFold(p.GitHub, owner.Value) },
		func(p Person) bool { return strings.EqualFold(p.GitLab, owner.Value) },
		func(p Person) bool { return strings.EqualFold(p.Gitea, owner.Value) },
	)
	if _, ok := c.People[strings.ToLower(owner.Value)]; handle == "" && ok {
		handle = strings.ToLower(owner.Value)
	}
	if handle == "" && owner.Type == personOrTeam {
		return c.teamAddress(owner.Value)
	}
	return handle
}

// teamAddress is the address of a team that the configuration knows, else "".
func (c *Config) teamAddress(name string) string {
	name = strings.ToLower(name)
	if _, ok := c.Teams[name]; !ok {
		return ""
	}
	return "team:" + name
}
