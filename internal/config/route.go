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
	BecauseCover      = "cover"      // for somebody who is away; in route records an alternate
	BecauseEscalated  = "escalated"  // it was raised to them
	BecauseTaken      = "taken"      // they acknowledged it, or took it up
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
	to := c.choose(request{to: b.Resolver, subject: b, from: from, due: window(b.NeededBy.Time, now, sla)}, now)
	if to.Because == BecauseCover {
		to.Because = BecauseAlternate // as route records say it
	}
	return to
}

// window is until when somebody has to be there: a fixed time, else so long
// after now; zero without either.
func window(fixed, now time.Time, sla time.Duration) time.Time {
	if fixed.IsZero() && sla > 0 {
		return now.Add(sla)
	}
	return fixed
}

// request asks for somebody.
type request struct {
	to      string          // a handle, a group or an area
	from    string          // who needs them
	subject handoff.Blocker // its resolver, else to, and its severity say who stands in for them
	due     time.Time       // before then they have to be there; zero is no hurry
	raised  bool            // to them: only who is above them on the ladder stands in
	taken   bool            // by them: their nights and weekends are no reason to ask another
}

// choose returns who is asked: the one that the request names, if they are there
// in time, else who stands in for them.
func (c *Config) choose(q request, now time.Time) Routing {
	first := func(handles ...string) (string, bool) {
		i := slices.IndexFunc(handles, func(handle string) bool {
			return handle != "" && handle != q.from && c.reachable(handle, now, q.due)
		})
		if i < 0 {
			return "", false
		}
		return handles[i], true
	}
	primary, area, known := c.resolver(q.to)
	if members := c.Members(primary, q.from); len(members) == 1 {
		primary = members[0]
	}
	if known && (c.reachable(primary, now, q.due) || q.taken && !c.away(primary, now)) {
		return Routing{primary, BecausePrimary, expiry(area, now)}
	}
	if q.subject.Resolver = cmp.Or(q.subject.Resolver, q.to); q.subject.Resolver != q.to {
		_, area, _ = c.resolver(q.subject.Resolver)
	}
	if to, ok := first(c.covers(primary, now)...); ok {
		return Routing{to, BecauseCover, "covers for " + primary}
	}
	if to, ok := first(without(primary, area.Alternates)...); ok {
		return Routing{to, BecauseAlternate, expiry(area, now)}
	}
	note := NoteNobody
	if !known {
		note = "nobody decides in " + q.to
	}
	ladder := c.Ladder(q.subject)
	if q.raised {
		ladder = ladder[slices.Index(ladder, primary)+1:]
	}
	if to, ok := first(without(primary, ladder)...); ok {
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

// without leaves one handle out.
func without(handle string, handles []string) []string {
	return slices.DeleteFunc(slices.Clone(handles), func(one string) bool { return one == handle })
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
// then it only counts whether they are away now.
func (c *Config) reachable(handle string, now, due time.Time) bool {
	if due.IsZero() {
		return !c.away(handle, now)
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

// away reports whether a person is away, by the days of their absences.
func (c *Config) away(handle string, now time.Time) bool {
	return slices.ContainsFunc(c.People[handle].absences(), func(away calendar.Interval) bool { return away.Contains(now) })
}

// covers returns who covers for a person that is away now, then who covers for
// that one if they are away too, and so on.
func (c *Config) covers(handle string, now time.Time) []string {
	var list []string
	for who := c.cover(handle, now); who != "" && who != handle && !slices.Contains(list, who); who = c.cover(who, now) {
		list = append(list, who)
	}
	return list
}

// cover returns who covers for a person that is away now, or "".
func (c *Config) cover(handle string, now time.Time) string {
	p := c.People[handle]
	for i, away := range p.absences() {
		if away.Contains(now) && p.Away[i].Cover != "" {
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
// sender's work goes to next, else of two people the other one.
func (c *Config) Receiver(from string, owners []byte, paths []string) Routing {
	if to := c.owner(from, parseOwners(owners), paths); to != "" {
		return Routing{To: to, Because: BecauseCodeowners}
	}
	zone := c.nextZone(c.ZoneOf(from))
	if lead, ok := c.zoneLead(zone, from); ok && zone != "" && lead != from {
		return Routing{To: lead, Because: BecauseNextZone, Note: zone}
	}
	if pair := c.Handles(); len(pair) == 2 && c.has(from) {
		return Routing{To: pair[1-slices.Index(pair, from)], Because: BecausePrimary}
	}
	return Routing{}
}
