package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// fuzzyOwner is rule HO401.
func fuzzyOwner(s *subject, h *handoff.Handoff) {
	for i, item := range h.Items {
		field := indexField("items", i)
		s.checkOwner(field+".owner", "name the one person who is accountable", item.Owner)
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

// checkOwner reports a field that has to name one person and does not.
func (s *subject) checkOwner(field, fix, owner string) bool {
	switch raw := s.raw(field).(type) {
	case []any:
		s.report(field, fix, "%s is a list (%s)", field, listed(raw))
	case map[string]any:
		s.report(field, fix, "%s is a mapping, not a person", field)
	default:
		switch {
		case strings.TrimSpace(owner) == "":
			s.report(field, fix, "%s is missing", field)
		case notPeople[norm(owner)]:
			s.report(field, fix, "%s is %s, which is nobody in particular", field, quote(owner))
		case s.isGroup(owner):
			s.report(field, fix, "%s is %s, a group", field, quote(owner))
		default:
			return true
		}
	}
	return false
}

// checkStepOwner is checkOwner for a step, which may be offered to a group that
// receives the handoff.
func (s *subject) checkStepOwner(h *handoff.Handoff, field, owner string) {
	if !handoff.IsScope(owner) {
		s.checkOwner(field, "name who does it, or a group out of `to`", owner)
		return
	}
	if !slices.Contains(h.To, owner) {
		s.report(field, "add it to `to`, or name a person", "%s is %s, a group that is not in `to`", field, quote(owner))
	}
}

// readsLikeGroup matches addresses of groups that have not quite their form.
var readsLikeGroup = lazy(`^(?:team\b|shift:|lead:)`)

// isGroup reports whether an owner is a group. A person of the roster is none,
// whatever the handle.
func (s *subject) isGroup(owner string) bool {
	return readsLikeGroup().MatchString(owner) && !slices.Contains(s.People, owner)
}

// severalResolvers is rule HO402.
func severalResolvers(s *subject, field string, _ *handoff.Blocker) {
	field += ".resolver"
	if people := resolvers(s.raw(field)); len(people) > 1 {
		s.report(field, "keep the one who decides, and name the others in the item's `consult`",
			"%s names %d people (%s)", field, len(people), quote(strings.Join(people, ", ")))
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
