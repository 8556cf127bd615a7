package rules

import (
	"slices"
	"strings"

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
	i, found := slices.BinarySearchFunc(table, code, func(r Rule, code string) int { return strings.Compare(r.Code, code) })
	if !found {
		return Rule{}, false
	}
	return table[i], true
}

// table is all rules, in the order of their codes.
var table = []Rule{
	// Structure.
	{Code: "HO101", Level: handoff.LevelError, Title: "malformed",
		When: "the record does not fit the schema: an unknown key, a wrong type, a value over its limit"},
	{Code: "HO102", Level: handoff.LevelError, Title: "false confidence",
		When: "summary, shipped, items, blockers, decisions, returns_at or to is absent or null; [] is a valid none"},
	{Code: "HO103", Level: handoff.LevelError, Title: "bad reference", check: badReference,
		When: "an id that no record knows, or a person who is not in the roster"},
	{Code: "HO104", Level: handoff.LevelError, Title: "bad time", check: badTime,
		When: "a time without offset, returns_at not after at, reachable_until before at, at in the future"},

	// Content.
	{Code: "HO201", Level: handoff.LevelError, Mixed: true, English: true, Title: "vague next action", check: eachNext(vagueNext),
		When: "a next step is filler, or one word like fix; a warning for two such words, or a verb like continue with nothing to go by"},
	{Code: "HO202", Level: handoff.LevelWarning, English: true, Title: "vague next action", check: eachNext(softNext),
		When: "a next step begins with a word such as waiting, maybe or we, and is no order"},
	{Code: "HO203", Level: handoff.LevelError, Mixed: true, English: true, Title: "status instead of state", check: eachItem(statusForState),
		When: "the state is filler or repeats the status; a warning for \"in progress\", a few words about work that has begun and no result in them, or the title again"},
	{Code: "HO204", Level: handoff.LevelWarning, English: true, Title: "relative time across zones", check: relativeTime,
		When: "what is to be done says tomorrow, Monday or soon, or a report what lies ahead; its entry has no absolute time, it is not the day of return, and not all are in one zone"},
	{Code: "HO205", Level: handoff.LevelError, Mixed: true, English: true, Title: "blocker names a wait, not a need", check: eachBlocker(waitForNeed),
		When: "needs is filler; a warning for \"waiting for sarah\" or fewer than 3 words, where they name nothing"},
	{Code: "HO206", Level: handoff.LevelError, Mixed: true, English: true, Title: "decision without reason", explains: true, check: eachDecision(emptyRationale),
		When: "the rationale is empty or filler; a warning for \"simpler\", fewer than 4 words that name nothing, or the decision again"},
	{Code: "HO207", Level: handoff.LevelError, Mixed: true, Title: "novel headline", explains: true, check: onHandoff(novelHeadline),
		When: "the summary is empty, has a line break or more than 140 characters; a warning for fewer than 3 words that name nothing, or three sentences"},
	{Code: "HO208", Level: handoff.LevelWarning, Mixed: true, Title: "novel", check: onHandoff(novel),
		When: "more than 600 words, 120 words of notes or 7 items; an error above 1000 words or 12 items; of a rollup only the notes count"},
	{Code: "HO209", Level: handoff.LevelWarning, English: true, Title: "too thin", check: ownWork(tooThin),
		When: "items, fewer than 15 words in the whole handoff, and no other rule that says where"},
	{Code: "HO210", Level: handoff.LevelError, Mixed: true, Title: "intent loss", check: eachItem(intentLoss),
		When: "an item that was not live before does not say why it is done; a warning for fewer than 3 words, where they name nothing and say hardly more than the id"},
	{Code: "HO211", Level: handoff.LevelError, Title: "nothing startable", explains: true, check: eachItem(nothingStartable),
		When: "an item that is not blocked has no next step that can start now"},
	{Code: "HO212", Level: handoff.LevelWarning, Title: "no acceptance criteria", check: eachItem(noAcceptance),
		When: "somebody else does the next step of an item to be watched or a critical one, accept is empty, and the step is no check of itself, as to merge something is"},
	{Code: "HO213", Level: handoff.LevelWarning, English: true, Title: "unmeasurable check", check: eachItem(unmeasurable),
		When: "a check is a matter of opinion, such as good or works: it has no command, no number, no reference and no word such as passes or visible"},
	{Code: "HO214", Level: handoff.LevelWarning, Mixed: true, Title: "no contingency", check: eachItem(noContingency),
		When: "an item to be watched has no if_then; an error for a critical one"},
	{Code: "HO215", Level: handoff.LevelError, Title: "unsafe step", check: eachNext(unsafeStep),
		When: "an irreversible step without confirm_with"},
	{Code: "HO216", Level: handoff.LevelWarning, English: true, Title: "opaque blocker", check: eachBlocker(opaqueBlocker),
		When: "because has fewer than 3 words that name nothing, or repeats needs"},
	{Code: "HO217", Level: handoff.LevelWarning, Mixed: true, Title: "question without question", explains: true, check: noQuestion,
		When: "a short question that names nothing, has no context, and stands beside no item; an error if it does not end with ? or is put to nobody"},

	// Continuity and consistency.
	{Code: "HO301", Level: handoff.LevelWarning, Title: "copy-forward", check: eachItem(copyForward),
		When: "an item has the status and the words of last time, no commit since, waits for nothing that is said, and is not in unchanged"},
	{Code: "HO302", Level: handoff.LevelError, Title: "vanished item", check: ownWork(vanishedItem),
		When: "an item that the sender holds is neither declared nor shipped nor dropped, and no other continues it"},
	{Code: "HO303", Level: handoff.LevelError, Title: "vanished blocker", check: ownWork(vanishedBlocker),
		When: "an open blocker of the sender is neither listed nor closed"},
	{Code: "HO304", Level: handoff.LevelWarning, Title: "vanished question", check: ownWork(vanishedQuestion),
		When: "an open question of the sender is neither listed nor closed; what they watch, or a standing condition, is neither listed, nor over, nor in ended"},
	{Code: "HO305", Level: handoff.LevelError, Title: "zombie", check: eachItem(zombie),
		When: "an item that was shipped or dropped is back without reopened"},
	{Code: "HO306", Level: handoff.LevelError, Title: "contradiction", check: eachItem(blockedWithoutBlocker),
		When: "status blocked without blocked_by, or with closed blockers alone; blocked_by with another status"},
	{Code: "HO307", Level: handoff.LevelError, Title: "contradiction", check: eachBlocker(blocksMovingItem),
		When: "a blocker without workaround blocks an item whose status is not blocked"},
	{Code: "HO308", Level: handoff.LevelError, Title: "contradiction", check: onHandoff(contradiction),
		When: "a shipped item is still blocked, progress is 100 outside of review, or an id stands twice"},
	{Code: "HO310", Level: handoff.LevelWarning, Title: "duplicate work", check: onHandoff(duplicateInRollup),
		When: "two live items of different people share a pull request, ticket or branch"},
	{Code: "HO311", Level: handoff.LevelError, Title: "cycle", check: ownWork(dependencyCycle),
		When: "items depend on each other in a circle"},
	{Code: "HO313", Level: handoff.LevelError, Title: "re-litigation", check: eachDecision(relitigation),
		When: "a topic with an accepted decision is decided again without supersedes"},
	{Code: "HO314", Level: handoff.LevelWarning, Title: "stale default", check: onHandoff(staleDefault),
		When: "a workaround or a proposed decision is older than 14 days"},
	{Code: "HO315", Level: handoff.LevelWarning, Title: "decided again", check: eachDecision(decidedAgain),
		When: "a decision says nearly what another one says that stands, on the same item or file, and neither supersedes it nor names it in beside"},
	{Code: "HO320", Level: handoff.LevelError, Title: "not allowed here",
		When: "a record that the state cannot use: a second resolution, a take of what somebody else holds"},

	// Ownership.
	{Code: "HO401", Level: handoff.LevelError, Title: "no or fuzzy owner", explains: true, check: onHandoff(fuzzyOwner),
		When: "owner, next[].owner or resolver is absent, a list, a word like someone, or a group where a person is needed"},
	{Code: "HO402", Level: handoff.LevelError, Title: "several resolvers", explains: true, check: eachBlocker(severalResolvers),
		When: "resolver names more than one person"},
	{Code: "HO403", Level: handoff.LevelWarning, Title: "self-blocking", check: eachBlocker(selfBlocking),
		When: "the resolver is the sender"},
	{Code: "HO404", Level: handoff.LevelWarning, Title: "hero overload", check: ownWork(heroOverload),
		When: "one person is to resolve 5 open blockers or more, or would hold more than 12 items"},
	{Code: "HO405", Level: handoff.LevelWarning, Title: "both think the other has it",
		When: "two people each offer the same item to the other"},
	{Code: "HO406", Level: handoff.LevelWarning, Title: "owner left", check: onHandoff(ownerLeft),
		When: "the authority for an area has expired, or owner or resolver is away on the date"},
	{Code: "HO407", Level: handoff.LevelError, Mixed: true, Title: "contract breach", check: ownWork(contractBreach),
		When: "an item crosses to a team or zone whose interface requires a field that is empty; by its on_missing an error, a warning, or published to somebody else"},

	// Timing.
	{Code: "HO501", Level: handoff.LevelWarning, Title: "late", check: onHandoff(late),
		When: "published after the end of the sender's shift and the grace"},
	{Code: "HO502", Level: handoff.LevelWarning, Title: "useless", check: onHandoff(tooLate),
		When: "published when half of the receiver's shift was over, and it was not when the sender's ended"},
	{Code: "HO503", Level: handoff.LevelWarning, Title: "no lead time", check: ownWork(noLeadTime),
		When: "less working time of the receiver before a date than the effort, or than 4 hours where that is not said"},
	{Code: "HO506", Level: handoff.LevelWarning, Title: "uncovered absence", check: onHandoff(uncovered),
		When: "an item stays with the sender, who is back more than a day after their next shift begins, and nobody stands in"},
	{Code: "HO507", Level: handoff.LevelWarning, Title: "nobody there", check: onHandoff(nobodyThere),
		When: "no receiver works within 24 hours, or before the sender's next shift, and nobody stands in"},

	// Evidence.
	{Code: "HO601", Level: handoff.LevelWarning, Title: "dead reference", check: eachRef(deadReference),
		When: "a commit that the repository does not have"},
	{Code: "HO602", Level: handoff.LevelWarning, Title: "dead file", check: eachRef(deadFile),
		When: "a file that is not in the tree"},
	{Code: "HO603", Level: handoff.LevelWarning, Title: "work left on the laptop", check: ownWork(workOnLaptop),
		When: "an item's branch has unpushed or changed work of which known_issues says nothing"},
	{Code: "HO604", Level: handoff.LevelError, Title: "laundered claim", check: eachItem(launderedClaim),
		When: "a verified claim without probe"},
	{Code: "HO605", Level: handoff.LevelWarning, English: true, Title: "bare assertion", check: ownWork(bareAssertion),
		When: "done, works or merged, and neither a commit, a pull request, a verified claim or a command, nor anything in the text that can be looked at or is not done"},
	{Code: "HO606", Level: handoff.LevelWarning, Title: "drifted claim", check: onAck(driftedClaim),
		When: "an ack takes an item with a claim about files that changed since"},

	// Acks.
	{Code: "HO701", Level: handoff.LevelError, Title: "self-ack", check: onAck(selfAck),
		When: "the sender acks their own handoff on the same day"},
	{Code: "HO702", Level: handoff.LevelError, Mixed: true, Title: "wrong target", check: onAck(wrongTarget),
		When: "an ack of something unknown, withdrawn, replaced or with other bytes; a warning if its author is no receiver"},
	{Code: "HO703", Level: handoff.LevelWarning, Title: "unread ack", check: onAck(unread),
		When: "acked faster than a quarter of the time that reading takes"},
	{Code: "HO704", Level: handoff.LevelError, Title: "no read-back", check: onAck(noReadback),
		When: "an item to be watched, or a critical one, is taken without readback"},
	{Code: "HO705", Level: handoff.LevelError, Title: "echo", check: onAck(echo),
		When: "understood repeats the item, or has fewer than 6 words that name nothing"},
	{Code: "HO706", Level: handoff.LevelWarning, Title: "missed the point", check: onAck(missedPoint),
		When: "a read-back has nothing in common with the item"},
	{Code: "HO707", Level: handoff.LevelWarning, Title: "bulk ack", check: onAck(bulkAck),
		When: "the third ack of one person within a minute"},
	{Code: "HO708", Level: handoff.LevelError, Title: "verdict without reason", check: onAck(bareVerdict),
		When: "changes_requested or declined without reason, accepted_with_gaps without gaps, exception without its class"},
	{Code: "HO709", Level: handoff.LevelWarning, Title: "ping-pong", check: pingPong,
		When: "the third round on one question"},

	// Theatre.
	{Code: "HO801", Level: handoff.LevelWarning, Title: "nothing happened", check: ownWork(nothingHappened),
		When: "all four lists are empty, and the sender made commits since the last handoff"},
	{Code: "HO803", Level: handoff.LevelError, English: true, Title: "template left in", check: templateLeft,
		When: "TODO, TBD, <placeholder> or [describe …] stands in a text"},
	{Code: "HO804", Level: handoff.LevelWarning, Title: "recycled headline", check: ownWork(recycledHeadline),
		When: "the summary is that of the sender's handoff before"},
	{Code: "HO805", Level: handoff.LevelWarning, Title: "clone answers", check: onHandoff(cloneAnswers),
		When: "two items have the same state or the same next step"},
	{Code: "HO806", Level: handoff.LevelError, English: true, Title: "filler", check: filler,
		When: "a required text says nothing: n/a, tbd, see above, done"},

	// Integrity.
	{Code: "HO901", Level: handoff.LevelError, Fixed: true, Title: "secret", check: secrets,
		When: "a text holds what looks like a key, a token or a password"},
	{Code: "HO902", Level: handoff.LevelError, Fixed: true, Title: "history edited",
		When: "a commit modifies, renames or deletes a record"},
	{Code: "HO903", Level: handoff.LevelError, Fixed: true, Title: "wrong place or name", check: wrongName,
		When: "file name, folder and record disagree; two records have one id; a link or an odd mode stands in place of a file"},
	{Code: "HO904", Level: handoff.LevelWarning, Title: "identity mismatch",
		When: "the author of the commit is somebody else of the roster than by says"},
	{Code: "HO905", Level: handoff.LevelWarning, Title: "backdating",
		When: "at is more than 15 minutes from the commit's author date, or in the future"},
	{Code: "HO907", Level: handoff.LevelError, Fixed: true, Title: "terminal or agent injection",
		When: "control, bidi or invisible characters, or bytes that are not UTF-8"},
	{Code: "HO910", Level: handoff.LevelError, Fixed: true, Title: "YAML trick",
		When: "duplicate keys, anchors, aliases, merge keys, tags, a second document, or more than 256 KiB, 12 levels or 5,000 values"},
	{Code: "HO911", Level: handoff.LevelError, Fixed: true, Title: "silently truncated text",
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

// ownWork is onHandoff without rollups. What a rollup lists was judged, and
// some of it waived, where its members declared it: the lead who draws it
// together can correct none of it.
func ownWork(check func(*subject, *handoff.Handoff)) func(*subject) {
	return onHandoff(func(s *subject, h *handoff.Handoff) {
		if h.Rollup == nil {
			check(s, h)
		}
	})
}

// eachItem makes a check of an item of its sender, with its field, into one of
// a document.
func eachItem(check func(*subject, string, *handoff.Item)) func(*subject) {
	return ownWork(func(s *subject, h *handoff.Handoff) {
		for i := range h.Items {
			check(s, indexField("items", i), &h.Items[i])
		}
	})
}

// eachBlocker makes a check of a blocker of its sender, with its field, into
// one of a document.
func eachBlocker(check func(*subject, string, *handoff.Blocker)) func(*subject) {
	return ownWork(func(s *subject, h *handoff.Handoff) {
		for i := range h.Blockers {
			check(s, indexField("blockers", i), &h.Blockers[i])
		}
	})
}

// eachNext makes a check of a next step, with its field, into one of a
// document.
func eachNext(check func(*subject, string, *handoff.Next)) func(*subject) {
	return eachItem(func(s *subject, field string, item *handoff.Item) {
		for i := range item.Next {
			check(s, indexField(field+".next", i), &item.Next[i])
		}
	})
}

// eachDecision makes a check of a decision, with its field and topic, into one
// of any document. The field of a decision record is "".
func eachDecision(check func(s *subject, field, topic string, d *handoff.DecisionFields)) func(*subject) {
	return func(s *subject) {
		switch body := s.body().(type) {
		case *handoff.DecisionRecord:
			check(s, "", body.Topic, &body.DecisionFields)
		case *handoff.Handoff:
			for i := range body.Decisions {
				check(s, indexField("decisions", i), body.Decisions[i].ID, &body.Decisions[i].DecisionFields)
			}
		}
	}
}
