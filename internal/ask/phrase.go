package ask

import "slices"

// phrase is who or what a part of a question is about: "the open questions of
// ben", "PR #1842", "anything", "what".
type phrase struct {
	wanted string // of what is asked for: the question word
	names  []Name // what it may be
	text   string // of a name: as typed; a name that nobody knows has no names
	noun   verb   // the class of its noun
	any    string // any, all or none where it is nobody and nothing in particular
	all    bool   // it stands for all of them: "every item"
	owner  *phrase
	states []word // adjectives before the noun
	used   bool   // the reading of the question has taken it in
}

// open reports whether the phrase leaves open who or what is meant.
func (p *phrase) open() bool {
	return p == nil || p.wanted != "" || p.any == "any" || p.any == "all" || p.any == "" && len(p.names) == 0 && p.text == ""
}

// named reports whether the phrase names somebody or something.
func (p *phrase) named() bool { return p != nil && (len(p.names) > 0 || p.text != "") }

// ofAll reports whether the phrase is said of all of several. All of one thing is the
// thing: "all of the refund flow".
func (p *phrase) ofAll() bool {
	return p.any == "all" || p.all && (!p.named() || len(only(p.names, Person)) > 0)
}

// narrowed are the kinds of names that a noun beside a name allows.
var narrowed = map[verb][]Kind{
	nItem: {Item}, vBlock: {Blocker}, vAsk: {Question}, vDecide: {Decision}, nHandoff: {Record}, nArea: {Area}, nTeam: {Person},
	nPR: {Ref}, nTicket: {Ref}, nBranch: {Ref}, nFile: {Ref},
}

// narrowsTo reports whether the noun beside a name says what kind of thing it is,
// and nothing about it: "item refunds".
func narrowsTo(p *phrase) bool {
	kinds, ok := narrowed[p.noun]
	return ok && len(only(p.names, kinds...)) > 0
}

// narrow keeps of the names of a phrase those that its noun allows; there are none
// without a phrase.
func (p *phrase) narrow() []Name {
	if p == nil {
		return nil
	}
	kinds, ok := narrowed[p.noun]
	if !ok || p.owner != nil && len(p.names) == 0 {
		return p.names
	}
	return only(p.names, kinds...)
}

// unknownIn is a name in the clause that nobody knows, "" when there is none.
func (c *clause) unknownIn(p *phrase) string {
	if p != nil && p.text != "" && len(p.narrow()) == 0 {
		return p.text
	}
	return ""
}

// isPhrase reports whether a phrase begins here, and no verb.
func (p *parser) isPhrase() bool {
	t := p.tokens[p.at]
	if t.can(action) && t.can(noun) { // "review", "cover", "lead": a verb between those who act and what is done
		return p.c.verb != "" || p.be && p.c.asks != "yes" || len(p.pre) == 0 && p.at == 0
	}
	_, n := p.phraseAt(p.at)
	return n > 0
}

func (p *parser) phrase() bool {
	q, n := p.phraseAt(p.at)
	p.at += n
	if p.c.verb == "" {
		p.pre = append(p.pre, q)
	} else {
		p.post = append(p.post, q)
	}
	return true
}

// phraseAt reads a phrase from a place and returns how many tokens it has, 0
// where there is none.
func (p *parser) phraseAt(at int) (*phrase, int) {
	q, n := p.readPhrase(at)
	if n > 0 {
		q.all = slices.ContainsFunc(p.tokens[at:at+n], func(t token) bool { return t.all })
	}
	return q, n
}

func (p *parser) readPhrase(at int) (*phrase, int) {
	q, i := &phrase{}, at
	next := func() token {
		if i < len(p.tokens) {
			return p.tokens[i]
		}
		return token{}
	}
	if w, ok := next().is(possessive); ok && w.value != "" {
		q.owner = &phrase{names: []Name{{Person, w.value}}, text: w.value}
		i++
	}
	if t := next(); q.owner != nil && (t.can(pronoun) || t.can(indefinite)) {
		return nil, 0
	}
	if w, ok := next().is(pronoun); ok {
		return &phrase{names: []Name{{Person, w.value}}, text: w.value}, i - at + 1
	}
	if w, ok := next().is(indefinite); ok {
		return &phrase{any: w.value}, i - at + 1
	}
	i = p.adjectives(q, i)
	if w, ok := next().is(noun); ok {
		q.noun = w.verb
		i++
		if t := next(); t.known && t.names != nil {
			q.names, q.text = t.names, t.text
			i++
		} else if t.known {
			q.text = t.text
			i++
		}
		return q, i - at
	}
	t := next()
	if !t.known {
		if q.owner != nil && i > at && len(q.states) == 0 {
			return q, i - at // "is it mine?"
		}
		return nil, 0
	}
	if len(q.states) > 0 {
		return nil, 0
	}
	i++
	if next().text == possessor && p.possesses(i) {
		owner := &phrase{names: t.names, text: t.text}
		i++
		q.owner = owner
		i = p.adjectives(q, i)
		if w, ok := next().is(noun); ok {
			q.noun = w.verb
			return q, i - at + 1
		}
		return nil, 0
	}
	q.names, q.text = t.names, t.text
	if w, ok := next().is(noun); ok && !p.verbHere(i) {
		q.noun = w.verb
		i++
	}
	return q, i - at
}

// possesses reports whether the "'s" at a place makes somebody own the noun after
// it, and is no verb.
func (p *parser) possesses(at int) bool {
	for _, t := range p.tokens[at+1:] {
		if t.can(noun) {
			return true
		}
		if !t.can(action) {
			return false
		}
	}
	return false
}

// verbHere reports whether a word that is both a noun and a verb is the verb.
func (p *parser) verbHere(at int) bool {
	t := p.tokens[at]
	return t.can(action) && p.c.verb == "" && p.c.asks != "" && !p.be
}

// adjectives reads those before a noun and returns where they end, which is where
// they begin when no noun follows.
func (p *parser) adjectives(q *phrase, from int) int {
	var states []word
	i := from
	for i < len(p.tokens) && p.tokens[i].can(action) && !p.tokens[i].can(noun) {
		w, _ := p.tokens[i].is(action)
		if w.form == base || w.form == third || w.form != being && !p.qualifies(q) {
			return from
		}
		states = append(states, w)
		i++
	}
	for i < len(p.tokens) && slices.Contains(passed, p.tokens[i].text) {
		i++
	}
	if i >= len(p.tokens) || !p.tokens[i].can(noun) || p.tokens[i].can(action) && len(states) > 0 && p.c.asks == "who" {
		return from
	}
	q.states = states
	return i
}

// qualifies reports whether a participle here is an adjective, and not the verb.
func (p *parser) qualifies(q *phrase) bool {
	return q.owner != nil || p.c.verb != "" || p.c.asks == "" || p.c.asks == "yes" && len(p.pre) == 0
}
