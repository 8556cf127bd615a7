package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Routing says whom something goes to, and why.
type Routing struct {
	To      string // handle; from Receiver also an address; "" when nobody can be named
	Because string // one of the Because values; "" without To
	Note    string // what a reader of the route should know, or ""
}

// Why something goes to somebody. The first three stand in route records.
const (
	BecausePrimary    = "primary"
	BecauseAlternate  = "alternate"
	BecauseLadder     = "ladder"
	BecauseCodeowners = "codeowners" // they own the touched paths
	BecauseNextZone   = "next_zone"  // they lead where the work goes next
)

// NoteNobody marks a route to a resolver who, like everybody else, does not
// work before the answer is due.
const NoteNobody = "no_one_in_window"

// Route says whom a blocker that a sender published goes to: the resolver if
// they work before it is due; else whoever covers for them, or the first
// alternate of the area who does; else the first of the ladder who does; else
// the resolver all the same, with NoteNobody. Nothing but its resolver sends a
// blocker back to its sender. It is due at its needed_by or, without one, sla
// after now on the wall; with neither there is no hurry. (On the resolver's
// own clock an SLA could not end before they work.)
//
// A question goes where the blocker would that has its To as the resolver.
func (c *Config) Route(b handoff.Blocker, from string, now time.Time, sla time.Duration) Routing {
	due := b.NeededBy.Time
	if due.IsZero() && sla > 0 {
		due = now.Add(sla)
	}
	first := func(handles ...string) (string, bool) {
		i := slices.IndexFunc(handles, func(handle string) bool {
			return handle != "" && handle != from && c.reachable(handle, now, due)
		})
		if i < 0 {
			return "", false
		}
		return handles[i], true
	}
	primary, area, known := c.resolver(b.Resolver)
	if known && c.reachable(primary, now, due) {
		return Routing{primary, BecausePrimary, expiry(area, now)}
	}
	if to, ok := first(c.cover(primary, now)); ok {
		return Routing{to, BecauseAlternate, "covers for " + primary}
	}
	if to, ok := first(area.Alternates...); ok {
		return Routing{to, BecauseAlternate, expiry(area, now)}
	}
	note := NoteNobody
	if !known {
		note = "nobody decides in " + b.Resolver
	}
	if to, ok := first(c.Ladder(b)...); ok {
		if known {
			note = ""
		}
		return Routing{to, BecauseLadder, note}
	}
	if !known {
		return Routing{Note: note}
	}
	return Routing{primary, BecausePrimary, note}
}

// Resolver returns the person that a blocker's resolver means: the primary of an
// area, else the handle itself.
func (c *Config) Resolver(resolver string) string {
	handle, _, _ := c.resolver(resolver)
	return handle
}

// resolver returns the person that a resolver means, and the area whose
// alternates stand in for them. A person stands for the area in which they are
// primary only where that is a single one: which of several is meant, nobody
// said.
func (c *Config) resolver(resolver string) (handle string, area Authority, known bool) {
	if name, isArea := strings.CutPrefix(resolver, "area:"); isArea {
		area, known = c.Authority(name)
		return area.Primary, area, known
	}
	for _, row := range c.Authorities {
		switch {
		case row.Primary != resolver:
		case area.Area != "":
			return resolver, Authority{}, true
		default:
			area = row
		}
	}
	return resolver, area, true
}

func expiry(area Authority, now time.Time) string {
	if !area.expiredAt(now) {
		return ""
	}
	return fmt.Sprintf("the authority over %s ended on %s", area.Area, area.Expires)
}

// reachable reports whether a person works between now and due. Who has no
// calendar is taken to, unless away all the time. A zero due is no hurry:
// then it only counts whether they are away now and somebody covers for them.
func (c *Config) reachable(handle string, now, due time.Time) bool {
	if due.IsZero() {
		return c.cover(handle, now) == ""
	}
	hours, ok := c.Calendar(handle)
	if !ok {
		return !slices.ContainsFunc(c.People[handle].absences(), func(away calendar.Interval) bool {
			return away.Contains(now) && !away.To.Before(due)
		})
	}
	if _, working := hours.Shift(now); working {
		return true
	}
	next, ok := hours.NextShift(now)
	return ok && next.From.Before(due)
}

// cover returns who covers for a person that is away now, or "".
func (c *Config) cover(handle string, now time.Time) string {
	p := c.People[handle]
	for i, away := range p.absences() {
		if away.Contains(now) {
			return p.Away[i].Cover
		}
	}
	return ""
}

// Ladder returns the handles to whom a blocker is raised, the nearest first,
// each once: the ladder of its area, else of its severity, else the default
// one. Steps that lead to nobody are left out.
func (c *Config) Ladder(b handoff.Blocker) []string {
	primary, area, _ := c.resolver(b.Resolver)
	var handles []string
	for _, step := range c.ladder(area.Area, cmp.Or(b.Severity, handoff.SeverityRoutine)) {
		for _, handle := range c.climb(step, primary, area) {
			if handle != "" && !slices.Contains(handles, handle) {
				handles = append(handles, handle)
			}
		}
	}
	return handles
}

func (c *Config) ladder(keys ...string) []string {
	for _, key := range append(keys, ladderDefault) {
		if steps, ok := c.Escalation[key]; ok {
			return steps
		}
	}
	return nil
}

// climb returns who is on one step of a ladder.
func (c *Config) climb(step, primary string, area Authority) []string {
	team, isLead := strings.CutPrefix(step, "lead:")
	switch {
	case step == stepAlternate:
		return area.Alternates
	case step == stepTeamLead:
		return []string{c.Teams[c.TeamOf(primary)].Lead}
	case step == stepPodLead:
		lead, _ := c.podLead(c.PodOf(primary), primary)
		return []string{lead}
	case isLead:
		return []string{c.Teams[team].Lead}
	}
	return []string{step}
}

// Receiver proposes who should take over work for which nobody is named: who
// owns most of the touched paths by the CODEOWNERS file (the bytes of which
// the caller found; nil without one), else the lead of the zone that the
// sender's work goes to next.
func (c *Config) Receiver(from string, owners []byte, paths []string) Routing {
	if to := c.owner(from, parseOwners(owners), paths); to != "" {
		return Routing{To: to, Because: BecauseCodeowners}
	}
	zone := c.nextZone(c.ZoneOf(from))
	if lead, ok := c.zoneLead(zone, from); ok && zone != "" && lead != from {
		return Routing{To: lead, Because: BecauseNextZone, Note: zone}
	}
	return Routing{}
}
