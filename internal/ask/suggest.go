package ask

import (
	"slices"
	"strings"
	"sync"

	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/text"
)

// near are the topics that a class of words is about, the nearest first.
var near = map[verb][]query.Topic{
	vBlock: {query.Blocked, query.WaitingOn}, vWait: {query.WaitingOn, query.Awaits}, vOwe: {query.WaitingOn, query.Awaits},
	vWork: {query.NextSteps, query.Holds, query.Items}, vNext: {query.NextSteps}, vHold: {query.Holds, query.Whois}, nPlate: {query.Holds},
	vOwn: {query.Owns, query.Whois}, vDecide: {query.Decisions, query.Owns}, vUse: {query.Decisions, query.Why}, vResolve: {query.Blocked, query.Owns, query.History},
	vShip: {query.Shipped, query.Status}, vMerge: {query.Reviews, query.Shipped}, vReview: {query.Reviews}, vReturn: {query.Returns}, vCover: {query.Returns},
	vAck: {query.Acks, query.Unacked}, vTake: {query.Whois, query.Unclaimed}, vDeclare: {query.Declared, query.Handoffs}, vExpect: {query.Declared},
	vAsk: {query.Questions}, vAnswer: {query.Questions}, vChange: {query.Changed, query.History}, vHappen: {query.Changed, query.History}, vMiss: {query.Changed},
	vEscalate: {query.Escalated}, vWatch: {query.Watched}, vDrop: {query.Changed, query.Status}, vState: {query.Items, query.Status}, vDue: {query.SLAs, query.AtRisk},
	vMake: {query.Decisions, query.Shipped}, vKnow: {query.Owns, query.History}, vStand: {query.Status}, nItem: {query.Items}, nHandoff: {query.Handoffs, query.Unacked}, nStatus: {query.Status},
	nHistory: {query.History}, nReason: {query.Why, query.Decisions}, nPR: {query.Reviews}, nTeam: {query.Owns}, nArea: {query.Owns},
	nTicket: {query.Status}, nBranch: {query.Status}, nFile: {query.Decisions, query.Owns}, nGap: {query.Gaps}, nContract: {query.Contracts},
}

// nearWords are the topics to which words are near that the grammar does not read.
var nearWords = map[string][]query.Topic{
	"fire urgent emergency important risky": {query.AtRisk, query.Blocked}, "down broken failing wrong problem problems incident depend depends workaround waits": {query.Blocked, query.AtRisk},
	"overloaded busy overworked free load capacity": {query.Holds}, "handed leave gave give given received got": {query.Handoffs, query.WaitingOn}, "touch careful avoid mind": {query.Watched},
	"summarize summarise summary overview recap": {query.Changed, query.Items}, "explain describe details": {query.Status, query.History},
	"oldest longest newest older longer most": {query.Blocked, query.Items}, "standup": {query.Changed, query.Declared}, "call on-call oncall": {query.Owns, query.Whois},
	"postponed slipped delayed": {query.AtRisk, query.SLAs},
}

// wordsNear is nearWords by the word.
var wordsNear = sync.OnceValue(func() map[string][]query.Topic {
	all := make(map[string][]query.Topic)
	for words, topics := range nearWords {
		for word := range strings.FieldsSeq(words) {
			all[word] = topics
		}
	}
	return all
})

// byQuestion are the topics that a question word alone is near to.
var byQuestion = map[string][]query.Topic{
	"who": {query.Whois, query.Owns}, "what": {query.Items, query.Changed}, "why": {query.Why, query.Decisions},
	"when": {query.SLAs, query.Returns, query.History}, "where": {query.Status, query.Returns}, "how": {query.Status, query.History},
}

// mostNear is how many topics are named for a question that is not understood.
const mostNear = 3

// refusal says that a question is not understood, and which topics are near: those
// of its verbs and nouns, those that its words may be a slip of, else those that
// its question word asks for.
func refusal(pieces []query.Piece) error {
	words := split(plainWords(pieces))
	var found []query.Topic
	add := func(topics ...query.Topic) {
		for _, t := range topics {
			if !slices.Contains(found, t) {
				found = append(found, t)
			}
		}
	}
	for _, w := range words {
		add(wordsNear()[w]...)
	}
	for i := range words {
		for n := min(longestPhrase, len(words)-i); n > 0; n-- {
			t, ok := inLexicon(words[i : i+n])
			for _, w := range t.words {
				if topic, known := lists[w.value]; known && w.verb == vState {
					add(topic)
				} else if w.verb != "" && (w.kind == action || w.kind == noun) && !serves(t.text) {
					add(near[w.verb]...)
				}
			}
			if ok {
				break
			}
		}
	}
	for _, w := range words {
		if len(lexicon()[w]) == 0 && len(w) > 3 {
			add(slipOf(w)...)
		}
	}
	if len(found) == 0 {
		for _, w := range words {
			add(byQuestion[w]...)
		}
	}
	if len(found) == 0 {
		add(query.Items, query.Changed, query.Blocked)
	}
	return &query.UnknownQuestionError{Question: typed(pieces), Suggest: found[:min(len(found), mostNear)]}
}

// typed is the question with what stands beside its words.
func typed(pieces []query.Piece) string {
	var words []string
	for _, p := range pieces {
		word, _ := p.Name()
		if p.Not {
			word = "-" + word
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// serves reports whether a verb mostly serves another one.
func serves(w string) bool {
	return slices.Contains([]string{"do", "does", "have", "has", "had", "doing", "having"}, w)
}

// slipOf are the topics that a word is probably a slip of, by their names and by
// the words of the lexicon.
func slipOf(w string) []query.Topic {
	var found []query.Topic
	for _, t := range query.Topics() {
		if text.EditDistance(w, string(t.Name)) <= len(w)/4 {
			found = append(found, t.Name)
		}
	}
	for spelling, readings := range lexicon() {
		if len(spelling) > 3 && text.EditDistance(w, spelling) <= len(w)/4 {
			for _, r := range readings {
				if r.kind == action || r.kind == noun {
					found = append(found, near[r.verb]...)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
