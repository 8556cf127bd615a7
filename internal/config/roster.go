package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"golang.org/x/text/unicode/norm"
)

// noreply matches the addresses that GitHub and GitLab give to people who hide
// theirs: 12345+name@users.noreply.github.com, 12345-name@users.noreply.gitlab.com.
var noreply = text.Pattern(`(?i)^(?:\d+[+-])?(.+)@users\.noreply\.(github|gitlab)\.com$`)

// Handle returns the roster handle of a git identity: whose emails hold the
// address, in any case of letters; else whose GitHub or GitLab account the
// noreply address names; else the one person of that name whose row has no
// email.
func (c *Config) Handle(name, email string) (string, bool) {
	return c.only(func(p Person) bool { return ownsEmail(p, email) },
		func(p Person) bool { return name != "" && p.Name == name && len(p.Emails) == 0 })
}

func ownsEmail(p Person, email string) bool {
	if slices.ContainsFunc(p.Emails, func(own string) bool { return strings.EqualFold(own, email) }) {
		return true
	}
	m := noreply().FindStringSubmatch(email)
	switch {
	case m == nil:
		return false
	case strings.EqualFold(m[2], "github"):
		return p.GitHub != "" && strings.EqualFold(p.GitHub, m[1])
	}
	return p.GitLab != "" && strings.EqualFold(p.GitLab, m[1])
}

// only returns the handle of the only person who fits the first condition that
// anybody fits.
func (c *Config) only(conditions ...func(Person) bool) (string, bool) {
	for _, fits := range conditions {
		var found []string
		for handle, p := range c.People {
			if fits(p) {
				found = append(found, handle)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], true
		default:
			return "", false
		}
	}
	return "", false
}

// HandleFrom returns the handle of somebody who is in no roster: the local
// part of their email as a handle, the account of a noreply address, without
// what follows a "+". It is always valid, and the same for the same address; a
// local part of which nothing is left, or that Windows takes for a device,
// gives a handle that begins with "user-".
func HandleFrom(email string) string {
	local, _, _ := strings.Cut(email, "@")
	if m := noreply().FindStringSubmatch(email); m != nil {
		local = m[1]
	}
	local, _, _ = strings.Cut(local, "+")
	handle := asHandle(local)
	if handle == "" {
		sum := sha256.Sum256([]byte(strings.ToLower(email)))
		handle = "user-" + hex.EncodeToString(sum[:4])
	}
	if !handoff.ValidHandle(handle) { // a device
		handle = asHandle("user-" + handle)
	}
	return handle
}

// asHandle keeps what a handle can hold: letters lose their accents, what is
// left of other characters becomes "-".
func asHandle(text string) string {
	folded := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_':
			return r
		}
		return '-'
	}, strings.ToLower(norm.NFKD.String(text)))
	folded = strings.Trim(folded, "._-")
	return strings.TrimRight(folded[:min(len(folded), 39)], "._-")
}

// TeamOf returns the team of a person, "" when none is known.
func (c *Config) TeamOf(handle string) string { return c.People[handle].Team }

// ZoneOf returns the zone of a person, else that of their team, else "".
func (c *Config) ZoneOf(handle string) string {
	p := c.People[handle]
	return cmp.Or(p.Zone, c.Teams[p.Team].Zone)
}

// PodOf returns the pod of a person's team, "" when there is none. A team in
// several pods belongs to the first one by name.
func (c *Config) PodOf(handle string) string {
	team := c.TeamOf(handle)
	for _, name := range slices.Sorted(maps.Keys(c.Pods)) {
		if team != "" && slices.Contains(c.Pods[name].Teams, team) {
			return name
		}
	}
	return ""
}

// nextZone returns the zone that work goes to after the given one, "" when
// that is not in the ring or alone in it.
func (c *Config) nextZone(zone string) string {
	i := slices.Index(c.Zones, zone)
	if i < 0 || len(c.Zones) < 2 {
		return ""
	}
	return c.Zones[(i+1)%len(c.Zones)]
}

// Calendar returns when a person works. It is false for somebody without
// hours: nothing is known of their shifts then.
func (c *Config) Calendar(handle string) (calendar.Calendar, bool) {
	p, ok := c.People[handle]
	if !ok || p.Hours.IsZero() || p.TZ.IsZero() {
		return calendar.Calendar{}, false
	}
	days := cmp.Or(p.Days, mondayToFriday)
	return calendar.Calendar{Location: p.TZ.Location, Start: p.Hours.Start, End: p.Hours.End, Days: days, Away: p.absences()}, true
}

// HasHours reports whether anybody's hours of work are known.
func (c *Config) HasHours() bool {
	for handle := range c.People {
		if _, ok := c.Calendar(handle); ok {
			return true
		}
	}
	return false
}

// absences returns the times of the rows of Away, in their order.
func (p Person) absences() []calendar.Interval {
	location := cmp.Or(p.TZ.Location, time.UTC)
	var list []calendar.Interval
	for _, away := range p.Away {
		list = append(list, calendar.Interval{From: away.From.In(location), To: away.To.next().In(location)})
	}
	return list
}

// Members returns the handles that an address stands for, sorted, seen from a
// sender, who is never among them: "team" is the sender's own team, "team:x"
// that team, "shift:x" who works in zone x (of the sender's pod, where it has
// anybody there), "lead:x" the lead of x. A handle stands for itself.
func (c *Config) Members(scope, from string) []string {
	if !handoff.IsScope(scope) {
		return []string{scope}
	}
	kind, name, _ := strings.Cut(scope, ":")
	switch {
	case kind == "lead":
		if lead, ok := c.Lead(name, from); ok && lead != from {
			return []string{lead}
		}
		return nil
	case kind == "shift":
		return c.shift(name, from)
	case name == "":
		name = c.TeamOf(from)
	}
	return c.peopleWho(func(handle string) bool { return name != "" && c.TeamOf(handle) == name && handle != from })
}

func (c *Config) shift(zone, from string) []string {
	there := c.peopleWho(func(handle string) bool { return c.ZoneOf(handle) == zone && handle != from })
	pod := c.PodOf(from)
	ours := slices.DeleteFunc(slices.Clone(there), func(handle string) bool { return pod == "" || c.PodOf(handle) != pod })
	if len(ours) > 0 {
		return ours
	}
	return there
}

// Covered returns the handles of those for whom a rollup of a level and scope
// speaks, sorted: the people of a team, those of a pod's teams, or everybody.
// It is false for a team or pod that is not configured.
func (c *Config) Covered(level, scope string) (handles []string, ok bool) {
	switch level {
	case handoff.LevelTeam:
		_, ok = c.Teams[scope]
		return c.peopleWho(func(handle string) bool { return ok && c.TeamOf(handle) == scope }), ok
	case handoff.LevelPod:
		pod, ok := c.Pods[scope]
		return c.peopleWho(func(handle string) bool { return slices.Contains(pod.Teams, c.TeamOf(handle)) }), ok
	}
	return c.peopleWho(func(string) bool { return true }), true
}

func (c *Config) peopleWho(fit func(handle string) bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.People)), func(handle string) bool { return !fit(handle) })
}

// Lead returns the lead of a team; of a zone: of the sender's pod there, else
// of the first team by name that is there and has one; of a pod: in the
// sender's zone, else in the first zone of the ring that has one. Where a name
// means several of these, the first that has a lead counts.
func (c *Config) Lead(name, from string) (string, bool) {
	if lead := c.Teams[name].Lead; lead != "" {
		return lead, true
	}
	if slices.Contains(c.Zones, name) {
		return c.zoneLead(name, from)
	}
	return c.podLead(name, from)
}

// LeadOf returns who leads a person: the lead of their team, else, of somebody who
// is that, the one of their pod; "" for neither.
func (c *Config) LeadOf(handle string) string {
	if lead := c.Teams[c.TeamOf(handle)].Lead; lead != "" && lead != handle {
		return lead
	}
	if lead, ok := c.podLead(c.PodOf(handle), handle); ok && lead != handle {
		return lead
	}
	return ""
}

func (c *Config) podLead(pod, from string) (string, bool) {
	leads := c.Pods[pod].Leads
	for _, zone := range append([]string{c.ZoneOf(from)}, c.Zones...) {
		if lead := leads[zone]; lead != "" {
			return lead, true
		}
	}
	return "", false
}

func (c *Config) zoneLead(zone, from string) (string, bool) {
	if lead := c.Pods[c.PodOf(from)].Leads[zone]; lead != "" {
		return lead, true
	}
	for _, name := range slices.Sorted(maps.Keys(c.Teams)) {
		if team := c.Teams[name]; team.Zone == zone && team.Lead != "" {
			return team.Lead, true
		}
	}
	return "", false
}

// Leads reports whether somebody is the lead of a team or of a pod.
func (c *Config) Leads(handle string) bool {
	for _, team := range c.Teams {
		if team.Lead == handle {
			return true
		}
	}
	for _, pod := range c.Pods {
		if slices.Contains(slices.Collect(maps.Values(pod.Leads)), handle) {
			return true
		}
	}
	return false
}

// Authority returns who decides in an area.
func (c *Config) Authority(area string) (Authority, bool) {
	i := slices.IndexFunc(c.Authorities, func(row Authority) bool { return row.Area == area })
	if i < 0 {
		return Authority{}, false
	}
	return c.Authorities[i], true
}

// ExpiresAt is the end of the last day of the authority, zero without one.
func (a Authority) ExpiresAt() time.Time {
	if a.Expires.IsZero() {
		return time.Time{}
	}
	return a.Expires.next().In(time.UTC)
}

// expiredAt reports whether the last day of the authority is over.
func (a Authority) expiredAt(t time.Time) bool {
	return !a.Expires.IsZero() && !t.Before(a.ExpiresAt())
}
