package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// fuzzyOwner is rule HO401.
func fuzzyOwner(s *subject, h *handoff.Handoff) {
	for i, item := range h.Items {
		field := indexField("items", i)
		if !s.leftOpen(h, field+".owner", item.Owner) {
			s.checkOwner(field+".owner", "name the one person who is accountable", item.Owner)
		}
		for j, next := range item.Next {
			s.checkStepOwner(h, indexField(field+".next", j)+".owner", next.Owner)
		}
	}
	for i, blocker := range h.Blockers {
		if len(resolvers(s.raw(indexField("blockers", i)+".resolver"))) < 2 {
			s.checkOwner(indexField("blockers", i)+".resolver", "name the one person who can remove it, or area:<name>", blocker.Resolver)
		}
	}
}

// IsNobody reports whether an owner is a word such as "someone": nobody in particular.
func IsNobody(owner string) bool { return notPeople[normal(owner)] }

// checkOwner reports a field that has to name one person and does not.
func (s *subject) checkOwner(field, fix, owner string) bool {
	switch raw := s.raw(field).(type) {
	case []any:
		s.report(field, fix, "%s is a list (%s)", s.the(field), listed(raw))
	case map[string]any:
		s.report(field, fix, "%s is a mapping, not a person", s.the(field))
	default:
		switch {
		case strings.TrimSpace(owner) == "":
			s.report(field, fix, "%s is missing", s.the(field))
		case IsNobody(owner):
			s.report(field, fix, "%s is %s: nobody in particular", s.the(field), quote(owner))
		case s.isGroup(owner):
			s.report(field, fix, "%s is %s, a group", s.the(field), quote(owner))
		default:
			return true
		}
	}
	return false
}

// leftOpen reports whether a draft leaves it open who owns an item or a step. It may,
// but for a rollup: it is judged once more when it is sealed, which fills that in.
func (s *subject) leftOpen(h *handoff.Handoff, field, owner string) bool {
	return owner == "" && s.Draft && s.record.ID == "" && h.Rollup == nil && s.raw(field) == nil
}

// checkStepOwner is checkOwner for a step, which may be offered to a group that
// receives the handoff. A rollup shows what its sources offer, and to whom.
func (s *subject) checkStepOwner(h *handoff.Handoff, field, owner string) {
	if s.leftOpen(h, field, owner) {
		return
	}
	if !handoff.IsScope(owner) {
		s.checkOwner(field, "name who does it, or a group that it is to", owner)
		return
	}
	if h.Rollup == nil && !slices.Contains(h.To, owner) {
		s.report(field, "name a person, or hand it over to that group as well", "%s is %s, whom it is not to", s.the(field), quote(owner))
	}
}

// readsLikeGroup matches addresses of groups that have not quite their form.
var readsLikeGroup = text.Pattern(`^(?:team\b|shift:|lead:)`)

// isGroup reports whether an owner is a group. A person of the roster is none,
// whatever the handle.
func (s *subject) isGroup(owner string) bool {
	_, known := s.Config.People[owner]
	return !known && readsLikeGroup().MatchString(owner)
}

// severalResolvers is rule HO402.
func severalResolvers(s *subject, field string, _ *handoff.Blocker) {
	field += ".resolver"
	if people := resolvers(s.raw(field)); len(people) > 1 {
		s.report(field, "keep the one who decides; the others are to be consulted (consult)",
			"%s: %d people (%s)", s.the(field), len(people), quote(strings.Join(people, ", ")))
	}
}

// resolvers splits what stands in a resolver into the people that it names.
// A text with anything else in it is no list of people.
func resolvers(raw any) []string {
	var people []string
	switch raw := raw.(type) {
	case []any:
		for _, entry := range raw {
			people = append(people, fmt.Sprint(entry))
		}
		return people
	case string:
		for _, piece := range strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune(",;/&+| \n\t", r) }) {
			piece = strings.TrimPrefix(piece, "@")
			switch {
			case piece == "and" || piece == "or":
			case !handoff.ValidHandle(piece) || notPeople[piece]:
				return nil
			default:
				people = append(people, piece)
			}
		}
	}
	return people
}

// listed names the entries of a list in a message.
func listed(entries []any) string {
	if len(entries) == 0 {
		return "empty"
	}
	texts := make([]string, len(entries))
	for i, entry := range entries {
		texts[i] = describe(entry)
	}
	return strings.Join(texts, ", ")
}

// selfBlocking is rule HO403.
func selfBlocking(s *subject, field string, blocker *handoff.Blocker) {
	if blocker.Resolver != "" && blocker.Resolver == s.by() {
		s.report(field+".resolver", "name who else has to act, or make it a next step", "%s is to be resolved by its own sender", named(blocker.ID))
	}
}

// What one person can carry (rule HO404).
const (
	heroBlockers = 5
	heroItems    = 12
)

// heroOverload is rule HO404. It counts what the handoff adds to the state.
func heroOverload(s *subject, h *handoff.Handoff) {
	if s.State == nil {
		return
	}
	blockers := make(map[string]string) // id → resolver, of open ones
	for id, blocker := range s.State.Blockers {
		if blocker.Open() {
			blockers[id] = blocker.Resolver
		}
	}
	for _, blocker := range h.Blockers {
		blockers[blocker.ID] = blocker.Resolver
	}
	perPerson := count(blockers)
	reported := make(map[string]bool)
	for i, blocker := range h.Blockers {
		who := blocker.Resolver
		if n := perPerson[who]; n >= heroBlockers && handoff.ValidHandle(who) && !reported[who] {
			reported[who] = true
			s.report(indexField("blockers", i)+".resolver", "ask somebody else, such as an alternate of the area", "%s is the resolver of %d open blockers", who, n)
		}
	}
	s.checkHolders(h)
}

// checkHolders reports people who hold too many items once they have taken what
// this handoff offers.
func (s *subject) checkHolders(h *handoff.Handoff) {
	holders := make(map[string]string) // id → holder, of live items
	for id, item := range s.State.Items {
		if item.Live() {
			holders[id] = item.Holder
		}
	}
	for _, item := range h.Items {
		holders[item.ID] = receiverOf(item, s.by())
	}
	perPerson := count(holders)
	reported := make(map[string]bool)
	for i, item := range h.Items {
		who := receiverOf(item, s.by())
		if n := perPerson[who]; n > heroItems && handoff.ValidHandle(who) && !reported[who] {
			reported[who] = true
			s.report(indexField("items", i)+".next", "offer some of them to somebody else", "%s would hold %d items", who, n)
		}
	}
}

// receiverOf is who goes on with an item: the first who is to do a step and is
// not the sender, or else the sender.
func receiverOf(item handoff.Item, sender string) string {
	for _, next := range item.Next {
		if next.Owner != "" && next.Owner != sender {
			return next.Owner
		}
	}
	return sender
}

// count is how often each value stands in a map.
func count(m map[string]string) map[string]int {
	n := make(map[string]int)
	for _, value := range m {
		n[value]++
	}
	return n
}

// ownerLeft is rule HO406.
func ownerLeft(s *subject, h *handoff.Handoff) {
	for i, item := range h.Items {
		if s.awayAt(item.Owner, item.Due) {
			s.report(indexField("items", i)+".owner", "name who owns it meanwhile, or move the date", "%s owns %s, and is away when it is due", item.Owner, named(item.ID))
		}
	}
	for i, blocker := range h.Blockers {
		field := indexField("blockers", i) + ".resolver"
		if s.awayAt(blocker.Resolver, blocker.NeededBy) {
			s.report(field, "name who decides meanwhile, or move the date", "%s is to resolve %s, and is away then", blocker.Resolver, named(blocker.ID))
		}
		area, isArea := strings.CutPrefix(blocker.Resolver, "area:")
		if !isArea || s.at().IsZero() {
			continue
		}
		if row, ok := s.Config.Authority(area); ok && !row.Expires.IsZero() && row.ExpiresAt().Before(s.at()) {
			s.report(field, "name a person, and renew the area in the configuration", "the authority for %s ended with %s", area, row.Expires)
		}
	}
}

func (s *subject) awayAt(who string, at handoff.Time) bool {
	hours, _ := s.Config.Calendar(who)
	return !at.IsZero() && slices.ContainsFunc(hours.Away, func(away calendar.Interval) bool { return away.Contains(at.Time) })
}

// says reports whether a value is more than nothing.
func says(value any) bool {
	switch value := value.(type) {
	case nil:
		return false
	case string:
		return strings.TrimSpace(value) != ""
	case []any:
		return len(value) > 0
	}
	return true
}
