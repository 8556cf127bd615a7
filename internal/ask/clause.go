package ask

import (
	"fmt"
	"slices"
)

// clause is a question by its parts. Whatever its voice and order, subj is who
// acts and obj what it is done to, as far as the question names them.
type clause struct {
	asks    string // what, who, why, when, where, how-long, how-many; yes for a question of yes or no; "" for none
	verb    verb
	form    form
	state   string // of a state, the value of "is:"
	noun    bool   // the verb is a noun: "the blockers of ben"
	modal   string // will, should, can …
	past    bool   // was, did
	not     bool
	passive bool
	subj    *phrase
	obj     *phrase
	preps   map[string]*phrase // what stands after prepositions
	bare    []string           // prepositions with nothing after them
	time    span
	verbs   []string // as they were typed
	tail    []string // the words after the verb, for what is no name
	timed   bool     // the time has been taken in
}

// parser makes a clause of tokens.
type parser struct {
	tokens []token
	at     int
	c      clause
	pre    []*phrase // in front of the verb
	post   []*phrase // after it
	be     bool      // one of the auxiliaries is "be"
}

// parse reads a question. It is false for words that are none.
func parse(tokens []token, at span) (*clause, bool) {
	some := slices.ContainsFunc(tokens, func(t token) bool { return t.text == "any" })
	tokens = withoutFillers(tokens)
	p := parser{tokens: tokens, c: clause{preps: make(map[string]*phrase), time: at}}
	if len(tokens) == 0 || !p.opening() || !p.body() {
		return nil, false
	}
	if p.c.verb == "" && !p.fromNoun() {
		return nil, false
	}
	if p.c.asks == "yes" && !some && !p.hasSubject() {
		return nil, false
	}
	p.roles()
	p.c.possessed()
	p.c.elliptic()
	return &p.c, true
}

// withoutFillers takes out the words that say nothing, and notes at the word after it
// that something is said of all: "all of my items".
func withoutFillers(tokens []token) []token {
	var kept []token
	all := false
	for _, t := range tokens {
		switch {
		case t.can(filler) && len(t.words) == 1:
			all = all || slices.Contains(universal, t.text)
		case all && t.text == "of":
		default:
			t.all, all = all, false
			kept = append(kept, t)
		}
	}
	return kept
}

// possessed makes "the items of ana" of "ana's items".
func (c *clause) possessed() {
	for _, q := range []*phrase{c.subj, c.obj} {
		if q != nil && q.owner != nil && !q.named() && c.preps["of"] == nil && (slices.Contains([]verb{nItem, vBlock, vAsk}, q.noun) || q.all) {
			c.preps["of"], q.owner = q.owner, nil
		}
	}
}

// hasSubject reports whether a question of yes or no says of whom or of what. Who is
// foreign to English may ask "is finish the refund flow".
func (p *parser) hasSubject() bool {
	return len(p.pre) > 0 || p.c.noun || p.be && p.c.form == base && len(p.post) > 0
}

// elliptic makes a question of "refunds done?", which lacks its verb: whether it is
// so.
func (c *clause) elliptic() {
	if c.asks == "" && !c.noun && c.modal == "" && c.form >= past && c.passive && c.subj == nil && c.obj != nil && (c.obj.named() || c.obj.any == "any") {
		c.asks = "yes"
	}
}

// opening reads the question word, or the auxiliary that asks for yes or no.
func (p *parser) opening() bool {
	switch first := p.tokens[0]; {
	case first.can(asking):
		w, _ := first.is(asking)
		p.c.asks, p.at = w.value, 1
		if w.value == "what-about" {
			p.c.asks, p.c.verb, p.c.noun = "what", nStatus, true
		}
	case first.can(auxiliary) && len(p.tokens) > 1:
		p.c.asks = "yes"
		return true
	default:
		return true
	}
	if slices.Contains([]string{"what", "who", "how-many"}, p.c.asks) {
		asked := &phrase{wanted: p.c.asks}
		of := 0 // "which of my items"
		if p.at < len(p.tokens) && p.tokens[p.at].text == "of" {
			of = 1
		}
		if q, n := p.phraseAt(p.at + of); of > 0 && n > 0 && q.noun != "" && q.owner != nil && q.names == nil {
			asked.noun, asked.states, p.c.preps["of"] = q.noun, q.states, q.owner
			p.at += of + n
			p.pre = append(p.pre, asked)
			return true
		}
		if q, n := p.phraseAt(p.at); n > 0 && q.noun != "" && q.names == nil && q.owner == nil && p.nounHere(p.at+n) {
			asked.noun, asked.states = q.noun, q.states
			p.at += n
		}
		p.pre = append(p.pre, asked)
	}
	return true
}

// nounHere reports whether the words before a place were a noun that is asked
// for, and no verb: an auxiliary or another verb follows, or nothing.
func (p *parser) nounHere(next int) bool {
	if next >= len(p.tokens) {
		return true
	}
	t := p.tokens[next]
	return t.can(auxiliary) || t.can(action) || t.can(pronoun) || t.can(preposition) || len(t.names) > 0 && p.c.asks != "who"
}

// body reads everything after the question word.
func (p *parser) body() bool {
	for p.at < len(p.tokens) {
		t := p.tokens[p.at]
		if t.all && p.c.asks == "yes" && !p.isPhrase() && !p.ofAll() {
			return false
		}
		switch {
		case (t.text == "last" || t.text == "ever") && p.at+1 < len(p.tokens) && p.tokens[p.at+1].can(action):
			p.at++ // "when did ana last hand over"
		case t.can(negation):
			p.c.not = true
			p.at++
		case t.can(auxiliary) && !p.mainVerb(t):
			if !p.auxiliary(t) {
				return false
			}
		case p.whyWeDo(t):
			p.c.verb, p.c.form, p.c.tail, p.at = vUse, base, p.texts(p.at), len(p.tokens)
		case p.isPhrase():
			if !p.phrase() {
				return false
			}
		case t.can(action):
			if !p.action(t) {
				return false
			}
		case t.can(preposition):
			if t.text == "of" && p.c.verb == "" && len(p.pre) == 0 {
				p.at++ // "are any of my items blocked"
				continue
			}
			if !p.preposition(t) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// ofAll reads "all" after what it is said of: "are we all here".
func (p *parser) ofAll() bool {
	if len(p.pre) == 0 {
		return false
	}
	p.pre[len(p.pre)-1].all = true
	return true
}

// whyWeDo reports whether the question is why we do something that the lexicon has no
// word for: "why do we key refunds by payment id".
func (p *parser) whyWeDo(t token) bool {
	return p.c.asks == "why" && p.c.verb == "" && !p.be && len(p.pre) == 1 && p.pre[0].text == "team" && !t.can(action) && !t.can(preposition)
}

// mainVerb reports whether "have" or "do" stands for itself: no other verb follows
// that it could serve.
func (p *parser) mainVerb(t token) bool {
	if !t.can(action) || p.c.verb != "" || p.at == 0 {
		return false
	}
	if p.c.asks == "why" && p.at+1 < len(p.tokens) && p.tokens[p.at+1].can(pronoun) { // "why do we"
		return false
	}
	if p.c.asks == "yes" && len(p.pre) > 0 && p.at+1 < len(p.tokens) && p.tokens[p.at+1].can(indefinite) { // "does ben have anything in review"
		return true
	}
	for _, next := range p.tokens[p.at+1:] {
		if next.can(action) && next.text != "next" && !next.can(noun) {
			return false
		}
		if w, serves := next.is(auxiliary); next.text == "to" || serves && w.value == "must" {
			return false
		}
	}
	return true
}

func (p *parser) auxiliary(t token) bool {
	w, _ := t.is(auxiliary)
	switch w.value {
	case "is", "are", "am", "be", "been", "being":
		p.be = true
	case "was", "were":
		p.be, p.c.past = true, true
	case "did":
		p.c.past = true
	case "has", "have", "had", "do", "does":
	default:
		p.c.modal = w.value
	}
	p.at++
	return true
}

// action takes in the verb. A second one after "to" says more exactly what is
// done, and a word for being next is of every verb.
func (p *parser) action(t token) bool {
	w, _ := t.is(action)
	p.at++
	p.c.verbs = append(p.c.verbs, t.text)
	switch {
	case p.c.verb == "" && (w.verb == vDecide || w.verb == vUse) && w.form != going && p.freely():
		p.c.verb, p.c.form = w.verb, w.form
		p.c.tail = p.texts(p.at)
		p.at = len(p.tokens)
	case p.c.verb == "":
		p.c.verb, p.c.form, p.c.state = w.verb, w.form, w.value
		p.c.tail = p.texts(p.at)
	case w.verb == vNext && (p.c.verb == vWork || p.c.verb == vTake || p.c.verb == vHold):
	case w.verb == vWork && p.c.verb == vState && slices.Equal(p.c.bare, []string{"to"}): // "what is left to do"
		p.c.verb, p.c.form, p.c.state, p.c.bare = vNext, being, "", nil
	case w.verb == vWork && p.c.verb == vNext:
		p.c.verb, p.c.form = vWork, w.form
	case p.c.verb == vWork && p.c.form == base && w.form == base, p.c.verb == vWait && w.form >= past && w.form != being:
		p.c.verb, p.c.form, p.c.state = w.verb, w.form, w.value
		if slices.Equal(p.c.bare, []string{"to"}) {
			p.c.bare = nil
		}
	case p.c.verb == vHold && w.form >= past && p.anythingSo(w): // "does ben have anything in review"
	case p.c.verb == vHold && p.c.form <= third && w.form == base && slices.Contains(p.c.bare, "to"):
		p.c.verb, p.c.form, p.c.modal, p.c.bare = w.verb, w.form, "must", nil
	default:
		return false
	}
	return true
}

// anythingSo gives "anything" after the verb the adjective that stands behind it.
func (p *parser) anythingSo(w word) bool {
	if len(p.post) != 1 || p.post[0].any != "any" {
		return false
	}
	p.post[0].any, p.post[0].noun, p.post[0].states = "", nItem, []word{w}
	return true
}

// freely reports whether what was decided stands here in words of its own, and not
// as one phrase.
func (p *parser) freely() bool {
	at := p.at
	if at < len(p.tokens) && p.tokens[at].can(preposition) && p.tokens[at].text != "by" {
		at++
	}
	if at >= len(p.tokens) {
		return false
	}
	_, n := p.phraseAt(at)
	if n == 0 {
		return p.tokens[at].text != "by"
	}
	return at+n < len(p.tokens) && p.tokens[at+n].text != "by"
}

func (p *parser) texts(from int) []string {
	var list []string
	for _, t := range p.tokens[from:] {
		list = append(list, t.text)
	}
	return list
}

func (p *parser) preposition(t token) bool {
	w, _ := t.is(preposition)
	p.at++
	if q, n := p.phraseAt(p.at); n > 0 && p.c.preps[w.value] == nil {
		p.c.preps[w.value] = q
		p.at += n
		if w.value == "of" && p.at < len(p.tokens) && p.tokens[p.at].text == possessor { // "of ben's"
			p.at++
		}
		return true
	}
	p.c.bare = append(p.c.bare, w.value)
	return true
}

// roles says who acts and what it is done to.
func (p *parser) roles() {
	var wanted, subject *phrase
	if i := slices.IndexFunc(p.pre, func(q *phrase) bool { return q.wanted != "" }); i >= 0 {
		wanted = p.pre[i]
		p.pre = slices.Delete(p.pre, i, i+1)
	}
	if n := len(p.pre); n > 0 {
		subject = p.pre[n-1]
		p.beside(p.pre[:n-1])
	}
	participle := p.c.form == past || p.c.form == partial
	p.c.passive = p.isPassive(participle, subject)
	if participle && !p.be && p.c.asks == "" && subject != nil && (subject.named() || subject.any == "any") && len(p.post) == 0 && len(p.c.preps) == 0 {
		p.c.passive = true // "refunds blocked?"
	}
	p.c.past = p.c.past || participle && !p.c.passive
	if p.c.passive {
		p.passive(subject, wanted)
	} else {
		p.active(subject, wanted)
	}
}

// isPassive reports whether the verb says what is done to its subject. With
// something after it, "who's acked it" is short for "who has".
func (p *parser) isPassive(participle bool, subject *phrase) bool {
	switch {
	case p.c.form == being:
		return true
	case !participle || len(p.post) > 0 && (p.be || p.c.preps["by"] == nil):
		return false
	}
	bare := !p.c.noun && p.c.asks == "" && subject == nil                                                         // "blocked by ben"
	short := p.c.asks == "" && p.c.preps["by"] != nil && subject != nil && subject.noun != "" && !subject.named() // "items owned by ben"
	return p.be || bare || short
}

func (p *parser) passive(subject, wanted *phrase) {
	c := &p.c
	c.obj, c.subj = subject, c.preps["by"]
	delete(c.preps, "by")
	switch {
	case subject == nil:
		c.obj = wanted
	case c.subj == nil:
		c.subj = wanted
	case wanted != nil:
		p.beside([]*phrase{wanted})
	}
	p.beside(p.post)
}

func (p *parser) active(subject, wanted *phrase) {
	c := &p.c
	if c.subj = subject; subject == nil {
		c.subj, wanted = wanted, nil
	}
	if len(p.post) > 0 {
		c.obj = p.post[0]
		p.beside(p.post[1:])
	} else {
		c.obj, wanted = wanted, nil
	}
	if wanted != nil {
		p.beside([]*phrase{wanted})
	}
}

// beside keeps phrases for which the verb has no place, so that they are missed.
func (p *parser) beside(phrases []*phrase) {
	for _, q := range phrases {
		p.c.preps[fmt.Sprintf("beside %d", len(p.c.preps))] = q
	}
}
