package rules

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Rule is one row of the table.
type Rule struct {
	Code  string        // stable: an interface for configuration, waivers and tools
	Level handoff.Level // of its findings, before settings
	Mixed bool          // some of its cases have the other level
	Fixed bool          // cannot be waived, switched off or softened
	// English says that it reads English words, so that it is off for records
	// in other languages.
	English bool
	Title   string // the anti-pattern
	When    string // what it fires on

	// explains says that its errors also cover that the schema finds no usable
	// value in the same field.
	explains bool
	// check is nil where something else reports the rule: the schema, the
	// parser, CheckState, or whoever walks the history.
	check func(*subject)
}

// Table returns the rules in the order of their codes.
func Table() []Rule { return slices.Clone(table) }

// Lookup returns the rule with a code.
func Lookup(code string) (Rule, bool) {
	i, found := slices.BinarySearchFunc(table, code, func(r Rule, code string) int {
		switch {
		case r.Code < code:
			return -1
		case r.Code > code:
			return 1
		}
		return 0
	})
	if !found {
		return Rule{}, false
	}
	return table[i], true
}

// The levels as the table writes them.
const (
	e = handoff.LevelError
	w = handoff.LevelWarning
)

// table is all rules, in the order of their codes.
var table = []Rule{
	// Structure.
	{Code: "HO101", Level: e, Title: "malformed",
		When: "the record does not fit the schema: an unknown key, a wrong type, a value over its limit"},
	{Code: "HO102", Level: e, Title: "false confidence",
		When: "summary, shipped, items, blockers, decisions, returns_at or to is absent or null; [] is a valid none"},
	{Code: "HO103", Level: e, Title: "bad reference", check: badReference,
		When: "an id that no record knows, or a person who is not in the roster"},
	{Code: "HO104", Level: e, Title: "bad time", check: badTime,
		When: "a time without offset, returns_at not after at, reachable_until before at, at in the future"},

	// Content.
	{Code: "HO207", Level: e, Mixed: true, Title: "novel headline", explains: true, check: onHandoff(novelHeadline),
		When: "the summary is empty, has a line break or more than 140 characters; a warning for fewer than 4 words or two sentences"},
	{Code: "HO210", Level: e, Title: "intent loss", check: eachItem(intentLoss),
		When: "an item that was not live before says in fewer than 6 words, or not at all, why it is done"},
	{Code: "HO211", Level: e, Title: "nothing startable", explains: true, check: eachItem(nothingStartable),
		When: "an item that is not blocked has no next step that can start now"},

	// Continuity and consistency.
	{Code: "HO306", Level: e, Title: "contradiction", check: eachItem(blockedWithoutBlocker),
		When: "status blocked without blocked_by, or blocked_by with another status"},
	{Code: "HO307", Level: e, Title: "contradiction", check: eachBlocker(blocksMovingItem),
		When: "a blocker without workaround blocks an item whose status is not blocked"},
	{Code: "HO311", Level: e, Title: "cycle", check: onHandoff(dependencyCycle),
		When: "items depend on each other in a circle"},

	// Ownership.
	{Code: "HO401", Level: e, Title: "no or fuzzy owner", explains: true, check: onHandoff(fuzzyOwner),
		When: "owner, next[].owner or resolver is absent, a list, a word like someone, or a group where a person is needed"},
	{Code: "HO402", Level: e, Title: "several resolvers", explains: true, check: eachBlocker(severalResolvers),
		When: "resolver names more than one person"},

	// Theatre.
	{Code: "HO803", Level: e, English: true, Title: "template left in", check: templateLeft,
		When: "TODO, TBD, <placeholder> or [describe …] stands in a text"},
	{Code: "HO806", Level: e, English: true, Title: "filler", check: filler,
		When: "a required text says nothing: n/a, tbd, see above, done"},

	// Integrity.
	{Code: "HO901", Level: e, Fixed: true, Title: "secret", check: secrets,
		When: "a text holds what looks like a key, a token or a password"},
	{Code: "HO903", Level: e, Fixed: true, Title: "wrong place or name", check: wrongName,
		When: "file name, folder and record disagree; two records have one id; a link or an odd mode stands in place of a file"},
	{Code: "HO907", Level: e, Fixed: true, Title: "terminal or agent injection",
		When: "control, bidi or invisible characters, or bytes that are not UTF-8"},
	{Code: "HO910", Level: e, Fixed: true, Title: "YAML trick",
		When: "duplicate keys, anchors, aliases, merge keys, tags, a second document, or more than 256 KiB, 12 levels or 5,000 values"},
	{Code: "HO911", Level: e, Fixed: true, Title: "silently truncated text",
		When: "a text without quotes goes on after ` #`, where YAML drops the rest"},
}

// onHandoff makes a check of a handoff into one of any document.
func onHandoff(check func(*subject, *handoff.Handoff)) func(*subject) {
	return func(s *subject) {
		if h, ok := s.body().(*handoff.Handoff); ok {
			check(s, h)
		}
	}
}

// eachItem makes a check of an item, with its field, into one of a document.
func eachItem(check func(*subject, string, *handoff.Item)) func(*subject) {
	return onHandoff(func(s *subject, h *handoff.Handoff) {
		for i := range h.Items {
			check(s, indexField("items", i), &h.Items[i])
		}
	})
}

// eachBlocker makes a check of a blocker, with its field, into one of a
// document.
func eachBlocker(check func(*subject, string, *handoff.Blocker)) func(*subject) {
	return onHandoff(func(s *subject, h *handoff.Handoff) {
		for i := range h.Blockers {
			check(s, indexField("blockers", i), &h.Blockers[i])
		}
	})
}
