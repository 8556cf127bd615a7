package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// The keys of a handoff under which it can say none. A handoff without the key
// says nothing: absent is not empty.
const (
	keyShipped   = "shipped"
	keyItems     = "items"
	keyBlockers  = "blockers"
	keyDecisions = "decisions"
	keyQuestions = "questions"
	keyDropped   = "dropped"
	keyWatch     = "watch"
	keyStanding  = "standing"
)

// Silence is a handoff that would count for the answer "none", and leaves out a
// key on which that rests.
type Silence struct {
	Repo   string   `json:"repo,omitempty"` // of several repositories
	Record string   `json:"record"`
	By     string   `json:"by"`
	Keys   []string `json:"keys"`
}

// none is why there are no rows.
type none struct {
	say     string // as in "nothing is blocked"
	less    string // all that can be said where no handoff has a key of besides, "" where they have
	fixed   bool   // it is not for handoffs to say
	stands  bool   // it is the state that says so, and not a key of the handoffs
	anyTime bool   // handoffs that no longer speak count, too
	all     int    // handoffs that count
	sayers  int    // of those, the ones that say so
	silent  []Silence
	newest  time.Time // when it was said last
}

// rests are the keys on which the answer "none" to a question rests: those of
// its topic, and those that its terms ask for. A handoff must have all of them
// to say none; besides are those without which it says none of less. There are
// no keys where the state itself says so.
func (r *runner) rests(spec *TopicSpec) (rests, besides []string) {
	rests, besides = spec.rests, spec.besides
	asked, ofState := r.query.keys()
	if spec.Name == Search && (ofState || len(asked) > 0) {
		rests, besides = nil, nil
	}
	for _, key := range asked {
		if !slices.Contains(rests, key) {
			rests = append(slices.Clone(rests), key)
		}
	}
	besides = filter(besides, func(key string) bool { return !slices.Contains(rests, key) })
	return rests, besides
}

// keys are the keys that terms ask for. ofState is set when one asks for what
// records of other kinds say, or for the state of handoffs.
func (q Query) keys() (keys []string, ofState bool) {
	for _, t := range q.Terms {
		switch {
		case t.Not:
		case t.Qualifier == OfKind:
			ofState = true
		case t.Qualifier == Resolver:
			keys = append(keys, keyBlockers)
		case t.Qualifier == Is:
			for _, value := range t.values() {
				of, known := isKeys[value]
				keys = append(keys, of...)
				ofState = ofState || !known
			}
		}
	}
	return keys, ofState
}

// isKeys are the keys on which it rests that no row has a value of `is:`. What
// is not here is known from the state.
var isKeys = map[string][]string{
	string(row.TypeItem): {keyItems}, handoff.StatusReady: {keyItems}, handoff.StatusInProgress: {keyItems}, handoff.StatusInReview: {keyItems},
	row.IsOffered: {keyItems}, row.IsUnclaimed: {keyItems}, row.IsStale: {keyItems},
	handoff.StatusBlocked: {keyItems, keyBlockers}, row.IsAtRisk: {keyItems, keyBlockers},
	fold.ItemShipped: {keyShipped}, fold.ItemDropped: {keyDropped},
	string(row.TypeBlocker): {keyBlockers}, fold.BlockerDeclared: {keyBlockers}, row.IsReopened: {keyBlockers},
	string(row.TypeQuestion): {keyQuestions}, fold.QuestionAnswered: {keyQuestions},
	string(row.TypeDecision): {keyDecisions}, fold.DecisionProposed: {keyDecisions}, fold.DecisionReversed: {keyDecisions}, fold.DecisionRejected: {keyDecisions},
	fold.DecisionSuperseded: {keyDecisions}, fold.DecisionAccepted: {keyDecisions},
	string(row.TypeWatch): {keyWatch, keyStanding}, row.IsExpired: {keyWatch, keyStanding},
	row.IsOpen: nil, row.IsClosed: nil, // of any type
}

// none says that the answer is none, and which of the handoffs that count say
// so. It is false when none of them does: then nothing is known.
func (r *runner) none(spec *TopicSpec, counting []*fold.Handoff) (none, bool) {
	who := r.who()
	if who == everyoneAddress {
		who = "the team"
	}
	about := func(say string) string { return strings.ReplaceAll(say, "%s", who) }
	switch {
	case spec.known != nil && !spec.known(r.env.Config):
		return none{say: about(spec.none) + ": " + spec.unknown, fixed: true}, spec.agreed || len(counting) > 0
	case spec.agreed:
		say := spec.none
		if r.query.Arg != "" {
			say += " for " + r.query.Arg
		}
		if len(r.query.Terms)+len(r.query.Words) > 0 {
			say = fits(say)
		}
		return none{say: say, fixed: true}, true
	}
	rests, besides := r.rests(spec)
	n := none{say: about(spec.none), stands: len(rests) == 0, anyTime: r.query.anyTime(spec), all: len(counting)}
	say := r.sayers(counting, rests, besides)
	if len(say) == 0 && len(besides) > 0 {
		say = r.sayers(counting, rests, nil)
		n.less = about(spec.less)
	}
	n.sayers = len(say)
	if n.sayers > 0 {
		n.newest = say[0].Record.At.Time
	}
	for _, h := range counting {
		if missing := lacking(h, slices.Concat(rests, besides)); len(missing) > 0 {
			n.silent = append(n.silent, Silence{Record: h.Record.ID, By: h.Record.By, Keys: missing})
		}
	}
	if len(r.query.Terms)+len(r.query.Words) > 0 && spec.Name != Search {
		n.say, n.less = fits(n.say), fits(n.less)
	}
	return n, n.sayers > 0
}

// fits narrows a sentence to what the terms ask for.
func fits(say string) string {
	if say == "" {
		return ""
	}
	return say + " that fits"
}

// sayers are the handoffs that have all keys.
func (r *runner) sayers(counting []*fold.Handoff, rests, besides []string) []*fold.Handoff {
	return filter(counting, func(h *fold.Handoff) bool { return len(lacking(h, slices.Concat(rests, besides))) == 0 })
}

// lacking are the keys that a handoff has not.
func lacking(h *fold.Handoff, keys []string) []string {
	return filter(keys, func(key string) bool { return !h.Handoff.Says(key) })
}

// sentence says it, with who says so and who says nothing; in is where, of
// several repositories.
func (n none) sentence(now time.Time, in string) string {
	switch {
	case n.fixed:
		return n.say
	case n.stands:
		return n.say + "; that is how " + n.count(n.all) + " " + standVerb(n.all) + in + n.age(now)
	}
	say, counted, last := n.say, n.count(n.sayers), n.age(now)
	if n.less != "" {
		say = n.less
	}
	if n.sayers < n.all {
		counted = fmt.Sprintf("%d of %s", n.sayers, n.count(n.all))
	}
	said := say + "; " + counted + " " + sayVerb(n.sayers) + " so" + in
	if len(n.silent) == 0 {
		return said + last
	}
	return said + ", " + silences(n.silent) + last
}

// age is when it was said last. Of several repositories there is no such time.
func (n none) age(now time.Time) string {
	switch {
	case n.newest.IsZero():
		return ""
	case len(n.silent) > 0:
		return " (last said " + calendar.Ago(now.Sub(n.newest)) + ")"
	}
	return " (newest " + calendar.Ago(now.Sub(n.newest)) + ")"
}

func (n none) count(handoffs int) string {
	if n.anyTime {
		return text.Count(handoffs, "handoff")
	}
	return text.Count(handoffs, "current handoff")
}

func sayVerb(handoffs int) string {
	if handoffs == 1 {
		return "says"
	}
	return "say"
}

func standVerb(handoffs int) string {
	if handoffs == 1 {
		return "stands"
	}
	return "stand"
}

// listed is how many of those who say nothing are named.
const listed = 3

// silences says whose handoffs say nothing about what, those about the same
// together: "ana's and ben's say nothing about questions".
func silences(silent []Silence) string {
	var topics []string
	authors := make(map[string][]string)
	for _, s := range silent {
		topic, who := keyWords(s.Keys), s.By+"'s"
		if s.Repo != "" {
			who += " (" + s.Repo + ")"
		}
		if authors[topic] == nil {
			topics = append(topics, topic)
		}
		if !slices.Contains(authors[topic], who) {
			authors[topic] = append(authors[topic], who)
		}
	}
	var parts []string
	for _, topic := range topics {
		who := authors[topic]
		subject := strings.Join(who[:len(who)-1], ", ") + " and " + who[len(who)-1]
		switch {
		case len(who) == 1:
			subject = who[0]
		case len(who) > listed:
			subject = fmt.Sprintf("those of %d others", len(who))
		}
		parts = append(parts, subject+" "+sayVerb(len(who))+" nothing about "+topic)
	}
	return strings.Join(parts, ", ")
}

// keyWords are the keys as people say them.
func keyWords(keys []string) string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = cmp.Or(map[string]string{
			keyShipped: "what shipped", keyDropped: "what was dropped", keyWatch: "what to watch", keyStanding: "standing conditions",
		}[key], key)
	}
	return strings.Join(words, " and ")
}
