package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"
)

// Ident is who made something, and when.
type Ident struct {
	Name  string
	Email string
	When  time.Time // in the zone to be recorded; commits and reflogs hold its whole seconds
}

// String writes an ident as commits and reflogs hold it:
// "NAME <EMAIL> SECONDS ZONE".
func (i Ident) String() string {
	return fmt.Sprintf("%s <%s> %d %s", i.Name, i.Email, i.When.Unix(), i.When.Format("-0700"))
}

// Signature is the ident as go-git writes it into a commit.
func (i Ident) Signature() object.Signature {
	return object.Signature{Name: i.Name, Email: i.Email, When: i.When}
}

// NoIdentityError says that git would not know in whose name to commit.
type NoIdentityError struct {
	Why  string // one line, "" when git knows of none
	Hint string // git's own advice, several lines
}

func (e *NoIdentityError) Error() string {
	return "no identity: " + cmp.Or(e.Why, "git does not know who you are")
}

// Identity returns author and committer as git would record them at [Repo.Now]. The
// environment (GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_AUTHOR_DATE and the same
// for COMMITTER, EMAIL) goes before the configuration (author.*, committer.*,
// user.*). What neither says, git guesses or refuses; a refusal is a
// [NoIdentityError].
func (r *Repo) Identity(ctx context.Context) (author, committer Ident, err error) {
	now := r.Now()
	if author, err = r.ident(ctx, "author", now); err != nil {
		return Ident{}, Ident{}, err
	}
	committer, err = r.ident(ctx, "committer", now)
	return author, committer, err
}

// CanStand reports whether an ident can be written into a commit and be read
// again as it was.
func (i Ident) CanStand() bool {
	return i.Name != "" && !strings.ContainsAny(i.Name+i.Email, "<>\n\x00")
}

// ident returns the identity for a role, "author" or "committer". Names, zones
// and dates that are not spelled out, it leaves to git, and names that git
// cleans: its versions differ in how (since 2.47 a dot at the end stays).
func (r *Repo) ident(ctx context.Context, role string, now time.Time) (Ident, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return Ident{}, err
	}
	upper := strings.ToUpper(role)
	zone, zoneKnown := r.zone()
	name := r.firstSet("GIT_"+upper+"_NAME", c, role+".name", "user.name")
	email := r.firstSet("GIT_"+upper+"_EMAIL", c, role+".email", "user.email")
	who := Ident{Name: cleanName(name), Email: cleanName(cmp.Or(email, r.Env.Get("EMAIL"))), When: now.In(zone)}
	date := r.Env.Get("GIT_" + upper + "_DATE")
	complete := who.Name != "" && who.Email != ""
	clean := who.Name == name && who.Email == email
	plain := date == "" && zoneKnown
	if at, ok := plainDate(date); ok {
		who.When, plain = at, true
	}
	if complete && clean && plain {
		return who, nil
	}
	return r.gitIdent(ctx, upper, now)
}

// plainDate reads a date that git reads in no other way: RFC 3339 to the second,
// in the years that git takes for years.
func plainDate(text string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, text)
	year := at.UTC().Year()
	return at, err == nil && !strings.ContainsAny(text, ".,") && 1970 < year && year < 2100
}

// firstSet returns the environment variable when it is set, else the first key
// of the configuration that has a value.
func (r *Repo) firstSet(variable string, c Config, keys ...string) string {
	if value, ok := r.Env.lookup(variable); ok {
		return value
	}
	for _, key := range keys {
		if value := c.Get(key); value != "" {
			return value
		}
	}
	return ""
}

// zone returns the time zone of the environment. It reports false for one that
// the zone database does not name, such as the rules that POSIX allows in TZ.
func (r *Repo) zone() (*time.Location, bool) {
	name, set := r.Env.lookup("TZ")
	if !set {
		return time.Local, true
	}
	zone, err := time.LoadLocation(strings.TrimPrefix(name, ":"))
	if err != nil {
		return time.UTC, false
	}
	return zone, true
}

// gitIdent asks git for the identity of a role, "AUTHOR" or "COMMITTER", now
// unless the environment has another date.
func (r *Repo) gitIdent(ctx context.Context, role string, now time.Time) (Ident, error) {
	date, variable := "GIT_"+role+"_DATE", "GIT_"+role+"_IDENT"
	if r.Env.Get(date) != "" {
		return r.Git.ident(ctx, variable)
	}
	zone, known := r.zone()
	git := r.Git
	git.env = git.env.with(date + "=" + gitDate(now.In(zone), known))
	who, err := git.ident(ctx, variable)
	who.When = now.In(who.When.Location()) // git has seconds
	return who, err
}

// gitDate writes a time as git reads it in GIT_AUTHOR_DATE. A zone that is not
// known is left to git, which takes that of TZ.
func gitDate(when time.Time, zoneKnown bool) string {
	if !zoneKnown {
		return strconv.FormatInt(when.Unix(), 10)
	}
	return fmt.Sprintf("@%d %s", when.Unix(), when.Format("-0700"))
}

// ident asks git for an identity.
func (g Program) ident(ctx context.Context, variable string) (Ident, error) {
	out, err := g.Output(ctx, "var", variable)
	failed, _ := errors.AsType[*Error](err)
	switch {
	case failed == nil:
	case saysAny(failed.Stderr, "disallowed characters"):
		return Ident{}, &NoIdentityError{Why: errorLine(failed.Stderr), Hint: failed.Stderr}
	case saysAny(failed.Stderr, "ident name", "auto-detect", "no email was given", "no name was given"):
		return Ident{}, &NoIdentityError{Hint: failed.Stderr}
	}
	if err != nil {
		return Ident{}, err
	}
	return parseIdent(strings.TrimSuffix(string(out), "\n"))
}

// parseIdent reads what [Ident.String] writes.
func parseIdent(text string) (Ident, error) {
	end := strings.LastIndexByte(text, '>')
	begin := strings.LastIndexByte(text[:max(end, 0)], '<')
	if begin < 0 {
		return Ident{}, fmt.Errorf("identity %q: no email address", text)
	}
	when, err := parseDate(text[end+1:])
	return Ident{Name: strings.Trim(text[:begin], " \t\r\n"), Email: text[begin+1 : end], When: when}, err
}

// parseDate reads a date as commits and reflogs hold it: "1700000000 +0100".
func parseDate(text string) (time.Time, error) {
	seconds, zone, _ := strings.Cut(strings.TrimSpace(text), " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	offset, zoneErr := time.Parse("-0700", zone)
	if err != nil || zoneErr != nil {
		return time.Time{}, fmt.Errorf("date %q: no seconds with a time zone", text)
	}
	return time.Unix(unix, 0).In(offset.Location()), nil
}

// cleanName removes what some version of git removes from names and addresses:
// characters that would end them anywhere, and punctuation and space at both
// ends (strbuf "crud" in git's ident.c).
func cleanName(name string) string {
	name = strings.TrimFunc(name, func(c rune) bool {
		return c <= ' ' || strings.ContainsRune(`.,:;<>"\'`, c)
	})
	return strings.NewReplacer("\n", "", "<", "", ">", "").Replace(name)
}
