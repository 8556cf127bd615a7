package handoff

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/text"
)

// sayings are the words that people use for keys, with the keys that they mean, of
// which a mapping has one or none.
var sayings = map[string][]string{
	"who":         {"owner", "resolver", "to"},
	"assignee":    {"owner", "resolver", "to"},
	"person":      {"owner", "resolver", "to"},
	"responsible": {"owner", "resolver"},
	"receiver":    {"to"},
	"receivers":   {"to"},
	"for":         {"to"},
	"recipient":   {"to"},
	"returns":     {"returns_at"},
	"return":      {"returns_at"},
	"back":        {"returns_at"},
	"back_at":     {"returns_at"},
	"done":        {"shipped"},
	"finished":    {"shipped"},
	"blocked":     {"blockers", "blocked_by"},
	"blocker":     {"blockers", "blocked_by"},
	"waits_for":   {"blocked_by"},
	"name":        {"id"},
	"why":         {"intent", "rationale", "because", "why_not"},
	"reason":      {"why", "rationale", "because", "intent"},
	"goal":        {"intent"},
	"what":        {"how", "decision", "needs", "do", "state"},
	"need":        {"needs"},
	"description": {"state", "needs", "context"},
	"todo":        {"next", "items"},
	"next_step":   {"next"},
	"next_steps":  {"next"},
	"step":        {"do"},
	"check":       {"accept"},
	"checks":      {"accept"},
	"acceptance":  {"accept"},
	"question":    {"ask", "questions"},
	"deadline":    {"due", "needed_by"},
	"by":          {"needed_by", "due", "owner"},
	"links":       {"refs"},
	"warning":     {"do_not"},
	"message":     {"summary"},
	"title":       {"summary"},
	"headline":    {"summary"},
	"text":        {"summary", "do"},
}

// MeantKey is the key out of some which was probably meant by another: one that is
// nearly spelled so, else one that people call so. It is "" where none is near.
func MeantKey(key string, keys []string) string {
	if meant := text.Nearest(key, keys); meant != "" {
		return meant
	}
	for _, meant := range sayings[ParseChoice(key)] {
		if slices.Contains(keys, meant) {
			return meant
		}
	}
	return ""
}
