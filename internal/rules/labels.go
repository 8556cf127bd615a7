package rules

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// labels are the fields in the words of the form, to stand in a sentence. %s is the
// name of the entry that a field belongs to.
var labels = map[string]string{
	"summary": "the summary", "returns_at": "the time of return", "to": "whom it is to", "cc": "who is to read it", "notes": "the notes",
	"cover": "who stands in", "reachable_until": "until when you can be reached",
	"shipped": "the list of what was shipped", "items": "the list of items", "blockers": "the list of blockers", "decisions": "the list of decisions",
	"questions": "the list of questions", "dropped": "what was dropped", "watch": "what is watched", "standing": "what stands",
	"ended": "what has ended", "unchanged": "what is unchanged",

	"items.id": "the name of %s", "items.title": "the title of %s", "items.status": "the status of %s", "items.state": "the state of %s",
	"items.ready": "what is ready of %s", "items.intent": "why %s is done", "items.owner": "the owner of %s",
	"items.next": "the next step of %s", "items.next.do": "the next step of %s", "items.next.when": "when the next step of %s is done",
	"items.next.start": "when the next step of %s starts", "items.next.owner": "who does the next step of %s",
	"items.next.due": "when the next step of %s is due", "items.next.confirm_with": "who confirms the next step of %s",
	"items.accept": "how one can tell that %s is done", "items.accept.check": "the check of %s", "items.accept.cmd": "the command of the check of %s",
	"items.if_then.if": "what may happen to %s", "items.if_then.then": "what to do about %s then", "items.known_issues": "a known issue of %s",
	"items.do_not": "what not to do about %s", "items.assumptions": "what %s assumes", "items.claims.claim": "the claim about %s",
	"items.tried.what": "what was tried on %s", "items.tried.result": "what came of a try on %s", "items.reopened": "why %s is back",
	"items.continues": "what %s goes on with", "items.blocked_by": "what blocks %s", "items.depends_on": "what %s depends on",
	"items.severity": "the severity of %s", "items.due": "when %s is due", "items.effort": "the effort of %s", "items.consult": "whom to consult about %s",
	"items.refs": "where %s is", "items.refs.type": "the type of a reference of %s", "items.refs.id": "a reference of %s", "items.progress": "the progress of %s",

	"blockers.id": "the name of %s", "blockers.needs": "what %s needs", "blockers.because": "why %s stops the work",
	"blockers.resolver": "who can remove %s", "blockers.blocks": "what %s blocks", "blockers.workaround": "the workaround of %s",
	"blockers.needed_by": "when %s is to be gone",

	"decisions.id": "the topic %s", "decisions.decision": "the decision on %s", "decisions.rationale": "the reason of %s", "decisions.context": "the context of %s",
	"decisions.approved_by": "who approved %s", "decisions.decided_by": "who decided %s", "approved_by": "who approved it", "decided_by": "who decided it",
	"items.if_then.who": "who sees to %s then",
	"decisions.beside":  "what %s holds beside", "decisions.supersedes": "what %s supersedes", "decisions.items": "what %s is about",
	"topic": "the topic", "decision": "the decision", "rationale": "the reason", "beside": "what it holds beside", "supersedes": "what it supersedes",
	"context": "the context", "answers": "what it answers",

	"questions.ask": "the question %s", "questions.context": "the context of %s", "questions.to": "who is asked %s", "questions.blocks": "what %s blocks",
	"ask": "the question", "text": "the text", "how": "how it was removed", "about": "what it is about", "blocks": "what it blocks",

	"shipped.what": "what was shipped", "shipped.id": "what was shipped", "dropped.id": "what was dropped", "dropped.why": "why %s was dropped",
	"watch.what": "what is watched", "watch.signal": "what to look for", "standing.what": "what stands", "ended.what": "what has ended", "ended.why": "why it has ended",
	"unchanged.why": "why %s is unchanged", "waivers.why": "why the rule may be broken",

	"readback.understood": "what you understood of %s", "readback.first_action": "what you do first about %s", "take": "what you take",
	"gaps.note": "what was missing", "note": "the note", "why": "why", "recovery": "what was done about it", "subject": "what it is about",
}

// the is a field in the words of the form, with what it belongs to: "the next step
// of refund-flow". A field that the form does not know is itself.
func (s *subject) the(field string) string {
	label, known := labels[WithoutIndexes(field)]
	if !known {
		return field
	}
	return strings.Replace(label, "%s", s.entryName(field), 1)
}

// entryName is the name of the entry of a list at the top in which a field lies:
// its id, or else its place; "" outside of one.
func (s *subject) entryName(field string) string {
	entry := entryOf(field)
	list, index, ok := cutIndex(entry)
	if _, isEntry := s.raw(entry).(map[string]any); !ok || !isEntry {
		return ""
	}
	for _, key := range []string{".id", ".item"} {
		if id, isText := s.raw(entry + key).(string); isText && id != "" {
			return named(id)
		}
	}
	return strings.TrimSuffix(list, "s") + " " + ordinal(index)
}

// ordinal is a place in a list as people count.
func ordinal(index int) string { return "no. " + strings.TrimSuffix(indexField("", index+1)[1:], "]") }

// named is a name as it may stand in a message: what is no name is quoted.
func named(id string) string {
	_, name := handoff.SplitRef(id)
	if handoff.ValidSlug(name) && len(name) <= longestQuote {
		return id
	}
	return quote(id)
}
