package ask

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
)

// meaning makes the query that a clause asks.
type meaning struct {
	*clause
	env     query.ParseEnv
	names   *directory
	q       query.Query
	missing string // a name that nobody knows
	err     error  // of a name that several things have, or a time that is none
	allowed bool   // the auxiliary has been taken in
	denied  bool   // the negation has
	all     bool   // "everybody" and "everything" have
}

// meanings say what the classes ask for. A function that returns false has not
// understood the clause; so has one that leaves a part of it.
var meanings map[verb]func(*meaning) bool

func init() { // not in the declaration: some of them ask for others
	meanings = map[verb]func(*meaning) bool{
		vBlock: (*meaning).block, vWait: (*meaning).wait, vOwe: (*meaning).owe, vResolve: (*meaning).resolve, vEscalate: (*meaning).escalate,
		vWork: (*meaning).work, vNext: (*meaning).next, vHold: (*meaning).hold, nPlate: (*meaning).plate, vTake: (*meaning).take, vOwn: (*meaning).own,
		vDecide: (*meaning).decide, vUse: (*meaning).use, vMake: (*meaning).make, nReason: (*meaning).reason,
		vShip: (*meaning).ship, vMerge: (*meaning).merge, vReview: (*meaning).review, vDrop: (*meaning).drop, nPR: (*meaning).pulls,
		vReturn: (*meaning).returns, vCover: (*meaning).cover,
		vAck: (*meaning).ack, vDeclare: (*meaning).declare, vExpect: (*meaning).expect, nHandoff: (*meaning).handoffs,
		vAsk: (*meaning).ask, vAnswer: (*meaning).answer,
		vChange: (*meaning).change, vHappen: (*meaning).change, vMiss: (*meaning).change, nHistory: (*meaning).history,
		vWatch: (*meaning).watch, vState: (*meaning).inState, vDue: (*meaning).due, nItem: (*meaning).items,
		nStatus: (*meaning).status, vStand: (*meaning).status, vKnow: (*meaning).know, nGap: (*meaning).gaps, nContract: (*meaning).contracts,
	}
}

// askable are the classes that can be asked about with a question word, for those
// that ask for something that few rows tell.
var askable = map[string][]verb{
	"when":     {vShip, vResolve, vReturn, vDue, vAck, vDeclare, vDecide, vDrop},
	"where":    {vReturn, nStatus, vStand},
	"how":      {nStatus, vStand, vResolve, vWork, vHappen},
	"how-long": {vBlock, vReturn, vState, nStatus, vHold},
}

// understand makes a query of a clause; ok is false when it is not understood.
func understand(c *clause, env query.ParseEnv, names *directory) (q query.Query, ok bool, err error) {
	if c.asks == "yes" && c.denies() {
		return query.Query{}, false, nil
	}
	env.Person = nil // the names are those of the records already, and mean nobody else
	m := &meaning{clause: c, env: env, names: names, q: query.Query{Topic: query.Search, Me: env.Me}}
	mean, known := meanings[c.verb]
	if only, limited := askable[c.asks]; limited && !slices.Contains(only, c.verb) || !known || !mean(m) {
		return query.Query{}, false, nil
	}
	if m.err != nil {
		return query.Query{}, true, m.err
	}
	if !m.complete() {
		return query.Query{}, false, nil
	}
	if m.asks == "yes" && m.q.Test == nil {
		m.q.Test = &query.Test{}
	}
	if m.all {
		m.q.Test.All = true
	}
	switch m.asks {
	case "how-long", "when", "how-many":
		m.q.Form = query.Form(m.asks)
	}
	m.q.Unknown = m.missing
	return m.q, true, nil
}

// parts are those who act, what it is done to, and what stands beside.
func (c *clause) parts() []*phrase {
	parts := []*phrase{c.subj, c.obj}
	for _, p := range c.preps {
		parts = append(parts, p)
	}
	return parts
}

// denies reports whether the clause says that something is not so, or of nothing. Yes
// to "is it not done" says that it is done to some, and that it is not to others.
func (c *clause) denies() bool {
	return c.not || slices.ContainsFunc(c.parts(), func(p *phrase) bool { return p != nil && p.any == "none" })
}

// complete reports whether every part of the clause has been taken in.
func (m *meaning) complete() bool {
	left := slices.ContainsFunc(m.parts(), func(p *phrase) bool {
		all := p != nil && p.ofAll() && m.asks == "yes" && !m.all
		return p != nil && (all || !p.used) && (all || p.named() || p.noun != "" || len(p.states) > 0 || p.owner != nil || p.any == "none")
	})
	return !left && (m.time.zero() || m.timed) && (m.modal == "" || m.allowed) && (!m.not || m.denied)
}

// about sets the topic and its argument.
func (m *meaning) about(topic query.Topic, arg string) bool {
	if m.missing != "" || m.err != nil {
		m.q.Topic = topic
		return true
	}
	if arg == "" {
		m.q.Topic = topic
		return true
	}
	m.err = m.q.About(topic, arg, m.env)
	return true
}

// term narrows the query. A value that is empty stands for anybody.
func (m *meaning) term(qualifier query.Qualifier, value string) bool {
	if value == "" || m.missing != "" || m.err != nil {
		return true
	}
	m.err = m.q.Add(qualifier, value, m.env)
	return true
}

// test makes the query one of yes or no: whether a row has the value.
func (m *meaning) test(qualifier query.Qualifier, value string, not bool) bool {
	if m.missing != "" || m.err != nil {
		return true
	}
	var q query.Query
	if m.err = q.Add(qualifier, value, m.env); m.err != nil {
		return true
	}
	if m.q.Test == nil {
		m.q.Test = &query.Test{}
	}
	q.Terms[0].Not = not
	m.q.Test.Terms = append(m.q.Test.Terms, q.Terms[0])
	return true
}

// person is the address of somebody whom a phrase names; false when it names
// nobody.
func (m *meaning) person(p *phrase) (who string, ok bool) {
	if p == nil {
		return "", false
	}
	if p.owner != nil && p.noun == "" && len(p.names) == 0 && p.text == "" {
		return m.person(p.owner) // "of mine"
	}
	if p.any == "all" && m.asks != "yes" {
		p.used = true
		return "team", true
	}
	if m.unknownIn(p) != "" && (p.noun == "" || p.noun == nTeam) {
		m.missing, p.used = p.text, true
		return "", true
	}
	found := only(p.narrow(), Person)
	if len(found) == 0 {
		return "", false
	}
	p.used = true
	if i := slices.Index(found, Name{Person, strings.TrimPrefix(p.text, "@")}); i >= 0 {
		return found[i].Key, true // a handle comes before a name
	}
	return m.one(found, p.text).Key, true
}

// anyone is as person, and takes a phrase that leaves it open for everybody, which
// is "".
func (m *meaning) anyone(p *phrase) (who string, ok bool) {
	if p == nil || p.open() && p.noun == "" && p.owner == nil && len(p.states) == 0 {
		return "", true
	}
	return m.person(p)
}

// thing is what a phrase names out of some kinds, those in front preferred; false
// when it names nothing of them.
func (m *meaning) thing(p *phrase, kinds ...Kind) (Name, bool) {
	if p == nil {
		return Name{}, false
	}
	if m.unknownIn(p) != "" {
		m.missing, p.used = p.text, true
		return Name{}, true
	}
	found := only(p.narrow(), kinds...)
	if len(found) == 0 {
		return Name{}, false
	}
	p.used = true
	return m.one(found, p.text), true
}

// one is the only one of several, or the error that lists them. References of
// several types with one id are one, as an item names them.
func (m *meaning) one(found []Name, text string) Name {
	if len(found) == 1 {
		return found[0]
	}
	var matches []string
	for _, n := range found {
		matches = append(matches, n.Ref())
	}
	slices.Sort(matches)
	m.err = &handoff.AmbiguousError{Name: text, Matches: matches}
	return found[0]
}

// record is the handoff that a phrase names: by its id, or as somebody's.
func (m *meaning) record(p *phrase) (id string, ok bool) {
	if p == nil {
		return "", false
	}
	if n, ok := m.thing(p, Record); ok && (m.missing != "" || n.Key != "") {
		return n.Key, true
	}
	who, ok := p, len(only(p.names, Person)) > 0
	if p.noun == nHandoff && len(p.names) == 0 {
		who, ok = p.owner, p.owner != nil
	}
	if !ok {
		return "", false
	}
	handle, ok := m.person(who)
	if handle == "me" {
		handle = m.env.Me
	}
	p.used = true
	if h := m.names.view.Latest(handle); ok && h != nil {
		return h.Record.ID, true
	}
	if m.missing == "" && m.err == nil {
		m.err = &handoff.UnknownError{Name: "@" + handle}
	}
	return "", ok
}

// of is what a noun is said of: "of", "for", "on" and the like.
func (m *meaning) of(preps ...string) *phrase {
	for _, prep := range append([]string{"of"}, preps...) {
		if p := m.preps[prep]; p != nil {
			return p
		}
	}
	return nil
}

// any reports whether a phrase leaves open what is meant, among things of these
// nouns if it has one, and takes it in.
func (p *phrase) anyOf(nouns ...verb) bool {
	if p == nil {
		return true
	}
	if !p.open() || p.noun != "" && !slices.Contains(nouns, p.noun) || p.owner != nil {
		return false
	}
	p.used = len(p.states) == 0
	return true
}

// now reports whether the clause asks for what is so now.
func (m *meaning) now() bool {
	if m.time.today {
		m.timed = true
	}
	return !m.past
}

// when takes the time in.
func (m *meaning) when() bool {
	if m.timed = true; m.time.zero() {
		return true
	}
	m.q.Since, m.q.Until = m.time.since, m.time.until
	if !m.time.away {
		return true
	}
	h := m.names.view.Latest(m.env.Me)
	if h == nil {
		m.err = &query.TermError{Term: query.Term{Value: "while I was away"}, Problem: "gives no time", Hint: "you have not published a handoff yet; write since:yesterday"}
		return true
	}
	m.q.Since = h.Record.At.Add(1) // what that handoff says is known to who wrote it
	return true
}

// allow takes an auxiliary in that is one of these.
func (m *meaning) allow(modals ...string) bool {
	m.allowed = m.modal == "" || slices.Contains(modals, m.modal)
	return m.allowed
}

// every takes in "everybody", "everything" or all things of some nouns, of whom a
// question of yes or no asks whether it is so of all, and reports whether it is there.
func (m *meaning) every(p *phrase, nouns ...verb) bool {
	if p == nil || m.asks != "yes" || m.not || !p.ofAll() {
		return false
	}
	if p.any != "all" && (p.named() || p.owner != nil || len(p.states) > 0 || !slices.Contains(nouns, p.noun)) {
		return false
	}
	p.used, m.all = true, true
	return true
}

// deny takes the negation in, and reports whether there is one.
func (m *meaning) deny() bool {
	m.denied = m.not
	return m.not
}

// narrowTo adds the term for a thing: an item, or what items refer to.
func (m *meaning) narrowTo(n Name) bool {
	if n.Kind == Ref {
		return m.term(query.HasRef, n.Key)
	}
	return m.term(query.InItem, n.Key)
}

// said is the words of the tail that say something: what is chosen, and no more.
func (m *meaning) said() string {
	words := slices.Clone(m.tail)
	for len(words) > 0 && slices.Contains([]string{"to", "on", "about", "for", "use", "using", "go", "with", "as", "have", "make", "upon", "over", "in", "favour", "favor", "of", "do"}, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, " ")
}
