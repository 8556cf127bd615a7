package query

import "strings"

// phraseSpec is a plain question and the topic that it asks about. A word in
// braces is a slot for one word, or at the end of the pattern, as {topic...},
// for the rest of them. A slot that is the argument of the topic is that;
// another one is a term.
type phraseSpec struct {
	pattern string
	topic   Topic
}

// phrases are all the plain questions that are known. The first that matches
// counts.
var phrases = []phraseSpec{
	{"what is blocked", Blocked},
	{"what is blocking {item}", Blocked},
	{"what blocks {item}", Blocked},
	{"who is blocked", Blocked},
	{"who is blocking {item}", Blocked},
	{"is anything blocked", Blocked},
	{"why is {item} blocked", Blocked},
	{"is {item} blocked", Blocked},
	{"what is {holder} blocked on", Blocked},
	{"what waits for {who}", WaitingOn},
	{"what is waiting for {who}", WaitingOn},
	{"what is waiting on {who}", WaitingOn},
	{"who is waiting for {who}", WaitingOn},
	{"who is waiting on {who}", WaitingOn},
	{"waiting on {who}", WaitingOn},
	{"waiting for {who}", WaitingOn},
	{"what is next", NextSteps},
	{"what is next for {who}", NextSteps},
	{"what should i do", NextSteps},
	{"what should i do next", NextSteps},
	{"what should {who} do next", NextSteps},
	{"what do i hold", Holds},
	{"what does {who} hold", Holds},
	{"what does {who} have", Holds},
	{"what is {who} working on", Holds},
	{"what is {who} holding", Holds},
	{"who has {item}", Whois},
	{"who holds {item}", Whois},
	{"who owns {item}", Whois},
	{"who decides {item}", Whois},
	{"who is working on {item}", Whois},
	{"why {item}", Why},
	{"why are we doing {item}", Why},
	{"what was decided", Decisions},
	{"what did we decide", Decisions},
	{"what was decided about {topic...}", Decisions},
	{"what did we decide about {topic...}", Decisions},
	{"why did we decide {topic...}", Decisions},
	{"what is asked", Questions},
	{"what questions are open", Questions},
	{"are there open questions", Questions},
	{"what is unacked", Unacked},
	{"what is not acked", Unacked},
	{"who has not acked", Unacked},
	{"what is unclaimed", Unclaimed},
	{"what has nobody taken", Unclaimed},
	{"what is in limbo", Limbo},
	{"what is overdue", Overdue},
	{"what is escalated", Escalated},
	{"what was escalated", Escalated},
	{"at risk", AtRisk},
	{"what is at risk", AtRisk},
	{"what is stale", Stale},
	{"what should i watch", Watched},
	{"what should we watch", Watched},
	{"what has shipped", Shipped},
	{"what shipped", Shipped},
	{"what was shipped", Shipped},
	{"what did we ship", Shipped},
	{"what has changed", Changed},
	{"what changed", Changed},
	{"what is new", Changed},
	{"what is going on", Items},
	{"what is open", Items},
	{"what are contracts", Contracts},
	{"what is contract with {team}", Contracts},
	{"what does {team} require", Contracts},
}

// slotText is the name of the slot for the rest of a question.
const slotText = "topic..."

// slot is what a word of a question stands for.
type slot struct{ name, value string }

// matchPhrase finds the phrase that the words are. Every phrase may end in
// "since" or "until" with a time.
func matchPhrase(words []string) (phraseSpec, []slot, bool) {
	words, times := cutTimes(normalise(words))
	for _, p := range phrases {
		if slots, ok := matchPattern(strings.Fields(p.pattern), words); ok {
			return p, append(slots, times...), true
		}
	}
	return phraseSpec{}, nil, false
}

// normalise drops what does not change a plain question: the question mark,
// the article, the short forms.
func normalise(words []string) []string {
	var list []string
	for i, w := range words {
		if i == len(words)-1 {
			w = strings.TrimRight(w, "?")
		}
		switch lower := strings.ToLower(w); lower {
		case "", "the":
		case "what's", "who's":
			list = append(list, strings.TrimSuffix(lower, "'s"), "is")
		default:
			list = append(list, w)
		}
	}
	return list
}

// cutTimes takes "since X" and "until X" off the end.
func cutTimes(words []string) ([]string, []slot) {
	var times []slot
	for n := len(words); n > 2; n = len(words) {
		name := strings.ToLower(words[n-2])
		if name != string(Since) && name != string(Until) {
			break
		}
		times = append(times, slot{name, words[n-1]})
		words = words[:n-2]
	}
	return words, times
}

// matchPattern compares word by word and collects the slots.
func matchPattern(pattern, words []string) ([]slot, bool) {
	var slots []slot
	for i, p := range pattern {
		if i >= len(words) {
			return nil, false
		}
		name, isSlot := strings.CutPrefix(strings.TrimSuffix(p, "}"), "{")
		switch {
		case name == slotText:
			return append(slots, slot{name, strings.Join(words[i:], " ")}), true
		case isSlot:
			slots = append(slots, slot{name, words[i]})
		case p != strings.ToLower(words[i]):
			return nil, false
		}
	}
	return slots, len(pattern) == len(words)
}
