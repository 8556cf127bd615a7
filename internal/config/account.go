package config

import (
	"cmp"
	"strings"
)

// ByAccount returns the handle of whom a service knows by an account, in any case of
// letters. It is false where the roster gives it to nobody, or to several.
func (c *Config) ByAccount(service, account string) (string, bool) {
	if account == "" {
		return "", false
	}
	return c.only(func(p Person) bool { return strings.EqualFold(p.Account(service), account) })
}

// CommitsAs is the name and the address under which a commit is somebody's, as
// [Config.Handle] reads them: the first address of their row, else the one that their
// service gives to people who hide theirs. It is false for whom no commit could be.
func (c *Config) CommitsAs(handle string) (name, email string, ok bool) {
	p := c.People[handle]
	name = cmp.Or(p.Name, handle)
	switch {
	case len(p.Emails) > 0:
		email = p.Emails[0]
	case p.GitHub != "":
		email = p.GitHub + "@users.noreply.github.com"
	case p.GitLab != "":
		email = p.GitLab + "@users.noreply.gitlab.com"
	default:
		email = handle + "@users.noreply.invalid" // the name says who it is
	}
	found, known := c.Handle(name, email)
	return name, email, known && found == handle
}
