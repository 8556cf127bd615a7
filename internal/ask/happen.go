package ask

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/query"
)

// What happened: what was decided, shipped, reviewed, changed.

// decide is about who decides, and what was decided.
func (m *meaning) decide() bool {
	what := m.pick(m.preps["about"], m.preps["on"], m.preps["over"], m.preps["for"], m.preps["regarding"], m.preps["concerning"], m.preps["of"], m.obj)
	done := m.past || m.passive || m.noun
	switch {
	case m.not || m.form == being:
		return false
	case m.asks == "who" && !done:
		if !m.allow("can", "should", "must", "could", "may", "will") || !m.subj.anyOf() || !m.now() {
			return false
		}
		key, ok := m.owned(what)
		return ok && m.about(query.Owns, key)
	case !done && m.asks == "what":
		who, ok := m.person(m.subj)
		if !ok || what != nil || !m.obj.anyOf(vDecide) || !m.allow("must", "should", "can") || !m.now() {
			return false
		}
		if m.modal == "must" || m.modal == "should" {
			return m.about(query.WaitingOn, who)
		}
		return m.about(query.Owns, who) && m.term(query.Is, "area")
	case !done && m.asks != "why":
		return false
	}
	return m.decided(what)
}

// decided is about decisions: by whom, about what, when.
func (m *meaning) decided(what *phrase) bool {
	by := m.subj
	if m.noun {
		by = m.pick(m.preps["by"], m.preps["from"], m.subj)
		if m.subj != nil && !m.subj.named() {
			m.decisionStates(m.subj)
		}
		if owner := m.preps["of"]; owner != nil && by == nil && len(only(owner.names, Person)) > 0 && what == owner {
			by, what = owner, m.pick(m.preps["about"], m.preps["on"])
		}
	}
	if m.passive && m.asks == "what" && !m.obj.named() && !m.decisionStates(m.obj) {
		return false
	}
	who := ""
	if by.named() {
		var ok bool
		if who, ok = m.person(by); !ok {
			return false
		}
	} else if by != nil && !by.anyOf(vDecide) {
		return false
	}
	if who == "team" {
		who = ""
	}
	if m.obj != nil && !m.obj.named() && !m.decisionStates(m.obj) {
		return false
	}
	if n, ok := m.blockerIn(what); ok && what == m.obj && !m.noun && m.time.zero() { // what was to be decided is no longer in the way
		if m.about(query.Status, n.Ref()); m.asks == "yes" {
			m.test(query.Is, "closed", false)
		}
		return slices.Contains([]string{"yes", "who", "when"}, m.asks) && (who == "" || m.asks == "yes" && m.test(query.By, who, false))
	}
	m.about(query.Decisions, "")
	if !m.decidedOn(what) {
		return false
	}
	return m.term(query.Decider, who) && m.when()
}

// decisionStates takes in the adjectives of decisions.
func (m *meaning) decisionStates(p *phrase) bool {
	if p == nil || !p.open() || p.noun != "" && p.noun != vDecide {
		return p == nil
	}
	for _, w := range p.states {
		if !slices.Contains([]string{"proposed", "reversed", "superseded"}, w.value) {
			return false
		}
		m.term(query.Is, w.value)
	}
	p.used = true
	return true
}

// decidedOn narrows the query to what the decisions are about: a topic, an item, a
// path, or words that they say.
func (m *meaning) decidedOn(what *phrase) bool {
	switch {
	case what == nil && m.obj == nil && len(m.tail) > 0:
		return m.about(query.Decisions, m.said())
	case what == nil || !what.named():
		return true
	}
	what.used = true
	found := only(what.names, Decision, Item, Blocker, Question, Area, Ref)
	switch {
	case len(found) == 1 && found[0].Kind == Ref:
		_, id, _ := strings.Cut(found[0].Key, ":")
		return m.about(query.Decisions, id)
	case len(found) == 1 && (found[0].Kind == Decision || found[0].Kind == Item):
		return m.about(query.Decisions, found[0].Ref())
	}
	return m.about(query.Decisions, what.text)
}

// use is about why it is done this way.
func (m *meaning) use() bool {
	who, ok := m.anyone(m.subj)
	if m.asks != "why" || m.not || !ok || who != "" && who != "team" || !m.time.zero() {
		return false
	}
	m.about(query.Decisions, "")
	return m.decidedOn(m.pick(m.obj, m.preps["for"]))
}

// make is about what a noun says that is made or taken: decisions.
func (m *meaning) make() bool {
	p := m.decisionMade()
	if p == nil || m.not {
		return false
	}
	if p.named() { // "who made the sqlite decision"
		return m.asks == "who" && m.subj.anyOf() && m.time.zero() && m.about(query.Decisions, "") && m.decidedOn(p)
	}
	other := m.subj
	if other == p {
		other = nil
	}
	p.used = true
	m.subj, m.obj, m.noun, m.passive, m.tail = other, nil, true, false, nil
	if !m.decisionStates(p) {
		return false
	}
	return m.decided(m.pick(m.preps["about"], m.preps["on"], m.preps["for"]))
}

// decisionMade is the one of subject and object that is a decision.
func (m *meaning) decisionMade() *phrase {
	for _, p := range []*phrase{m.obj, m.subj} {
		if p != nil && p.noun == vDecide {
			return p
		}
	}
	return nil
}

// reason is why something is done.
func (m *meaning) reason() bool {
	n, ok := m.thing(m.of("for", "behind"), Item, Blocker, Decision, Ref)
	if !ok || m.not || m.past || m.asks == "yes" {
		return false
	}
	return m.now() && m.about(query.Why, n.Ref())
}

// ship is about what is finished.
func (m *meaning) ship() bool {
	if m.modal != "" || m.noun {
		return false
	}
	who, what := m.subj, m.obj
	stranger := m.asks == "what" && m.unknownIn(who) != ""
	if !m.passive && who.named() && !what.named() && len(only(who.narrow(), Person)) == 0 && !stranger {
		who, what = nil, who // "did refunds ship", "what shipped"
	}
	if !m.passive && who != nil && who.wanted != "" && who.wanted != "who" {
		who, what = nil, who
	}
	if m.every(what, nItem) {
		return who.anyOf() && m.time.zero() && m.form != base && m.about(query.Items, "") && m.test(query.Is, "closed", false) && m.ofWhom()
	}
	if m.not && m.asks == "why" && what.named() && m.passive { // "why is it not done": as it stands
		n, ok := m.thing(what, Item, Ref, Blocker, Question)
		return ok && m.deny() && who.anyOf() && m.time.zero() && m.about(query.Status, n.Ref())
	}
	if m.deny() {
		return m.asks == "what" && what.anyOf(nItem) && who.anyOf() && m.time.zero() && m.about(query.Items, "")
	}
	if what.named() && (m.asks == "yes" || m.asks == "when" || m.asks == "who") {
		return m.shippedThing(who, what)
	}
	if m.asks == "when" || m.asks == "why" || m.asks == "how-long" || m.asks == "who" && !who.named() && !m.passive && m.obj != nil {
		return false
	}
	by, ok := m.anyone(who)
	if !ok || !what.anyOf(nItem) || what != nil && what.wanted == "who" || m.form == going || m.form == base && !m.past {
		return false
	}
	if by == "team" {
		by = ""
	}
	return m.about(query.Shipped, "") && m.term(query.By, by) && m.when()
}

// shippedThing is about one thing: whether and when it was finished, and by whom.
func (m *meaning) shippedThing(who, what *phrase) bool {
	n, ok := m.thing(what, Item, Ref, Blocker, Question)
	if !ok {
		return false
	}
	if strings.HasPrefix(n.Key, "pr:") { // it has a state of its own
		return m.says("closed") && m.asks == "yes" && who.anyOf() && m.time.zero() && m.about(query.Reviews, n.Ref()) && m.test(query.Is, "closed", false)
	}
	value := "shipped"
	if n.Kind == Blocker || n.Kind == Question {
		value = "closed"
	}
	by, ok := m.anyone(who)
	if !ok || by != "" && value == "closed" {
		return false
	}
	if by == "team" {
		by = ""
	}
	if m.asks == "yes" && !m.time.zero() {
		return value == "shipped" && m.about(query.Shipped, "") && m.narrowTo(n) && m.term(query.By, by) && m.when()
	}
	m.about(query.Status, n.Ref())
	if m.asks != "yes" {
		return m.time.zero() && by == ""
	}
	m.test(query.Is, value, false)
	if by != "" {
		m.test(query.By, by, false)
	}
	return true
}

// merge is about pull requests that went in.
func (m *meaning) merge() bool {
	what := m.pick(m.obj, m.subj)
	n, ok := m.thing(what, Ref, Item)
	if ok && m.asks == "why" && m.deny() && m.time.zero() { // "why is it not merged": as it stands
		return m.about(query.Reviews, n.Ref())
	}
	if !ok || m.not || m.modal != "" || m.asks != "yes" || !m.time.zero() {
		return false
	}
	return m.about(query.Reviews, n.Ref()) && m.test(query.Is, "merged", m.form == being)
}

// drop is about what was given up.
func (m *meaning) drop() bool {
	n, ok := m.thing(m.obj, Item, Ref)
	if !ok || m.not || !m.subj.anyOf() {
		return false
	}
	m.about(query.Status, n.Ref())
	if m.asks == "yes" {
		m.test(query.Is, "dropped", false)
	}
	return slices.Contains([]string{"yes", "why", "who", "when"}, m.asks)
}

// review is about who looks at a pull request, and what somebody is to look at.
func (m *meaning) review() bool {
	if m.not || !m.allow("should", "must", "can") {
		return false
	}
	if m.noun {
		return m.reviews()
	}
	if m.passive || m.past {
		n, ok := m.thing(m.obj, Ref, Item)
		return ok && m.subj.anyOf() && m.asks == "yes" && m.about(query.Reviews, n.Ref()) && m.test(query.Is, "approved", m.form == being)
	}
	if !m.now() {
		return false
	}
	if who, ok := m.person(m.subj); ok {
		if n, ok := m.thing(m.obj, Ref, Item); ok {
			return m.asks == "yes" && m.about(query.Reviews, n.Ref()) && m.test(query.To, who, false)
		}
		return m.obj.anyOf(nPR) && m.about(query.Reviews, who)
	}
	n, ok := m.thing(m.obj, Ref, Item)
	return ok && m.subj.anyOf() && m.about(query.Reviews, n.Ref())
}

// reviews are a noun: of a pull request, or of somebody.
func (m *meaning) reviews() bool {
	p := m.of("for", "on")
	if p == nil {
		return m.now() && m.subj.inStates("open") && m.about(query.Reviews, "")
	}
	if who, ok := m.person(p); ok {
		return m.subj.inStates("open") && m.about(query.Reviews, who)
	}
	n, ok := m.thing(p, Ref, Item)
	return ok && m.now() && m.about(query.Reviews, n.Ref())
}

// pulls are pull requests.
func (m *meaning) pulls() bool {
	if m.not || !m.now() || !m.subj.inStates("open", "in_review") {
		return false
	}
	who, ok := m.anyone(m.of("for"))
	return ok && m.preps["of"] == nil && m.about(query.Reviews, who)
}

// change is about what is new.
func (m *meaning) change() bool {
	if m.not || m.modal != "" {
		return false
	}
	about := m.pick(m.preps["to"], m.preps["with"], m.preps["on"], m.preps["about"], m.preps["in"], m.preps["of"], m.preps["for"])
	if about.named() {
		n, ok := m.thing(about, Item, Blocker, Question, Decision, Ref)
		return ok && m.subj.anyOf(vChange) && m.obj.anyOf(vChange) && m.asks != "yes" && m.about(query.History, n.Ref()) && m.when()
	}
	if m.verb == vHappen && m.form == going {
		return m.now() && m.subj.anyOf() && m.about(query.Items, "")
	}
	if m.verb == vMiss {
		if who, ok := m.person(m.subj); !ok || who != "me" && who != m.env.Me {
			return false
		}
		return m.obj.anyOf() && m.about(query.Changed, "") && m.when()
	}
	if !m.subj.anyOf(vChange, nItem) || !m.obj.anyOf(vChange, nItem) || m.asks == "who" || m.asks == "why" {
		return false
	}
	return m.about(query.Changed, "") && m.when()
}

// history is the story of something.
func (m *meaning) history() bool {
	n, ok := m.thing(m.of("for", "behind"), Item, Blocker, Question, Decision, Ref)
	return ok && !m.not && m.about(query.History, n.Ref()) && m.when()
}

// due is about deadlines.
func (m *meaning) due() bool {
	if m.not || m.past {
		return false
	}
	if m.noun && !m.subj.inStates("open", "in_progress") {
		return false
	}
	m.about(query.SLAs, "")
	m.timed = true
	switch {
	case m.time.away || !m.time.until.IsZero():
		return false
	case m.time.today:
		m.q.Until = m.time.since.AddDate(0, 0, 1)
	case !m.time.since.IsZero():
		if m.time.since.Weekday() != time.Monday || m.env.Now.Sub(m.time.since) > 7*24*time.Hour || m.time.since.Equal(m.env.Now) {
			return false
		}
		m.q.Until = m.time.since.AddDate(0, 0, 7)
	}
	what := m.pick(m.obj, m.of("for", "from"))
	if !what.named() {
		return m.obj.anyOf(nItem, vReview, vAck) && m.asks != "who"
	}
	if who, ok := m.person(what); ok {
		return m.term(query.To, who)
	}
	n, ok := m.thing(what, Item, Blocker, Question, Record, Ref)
	return ok && m.about(query.SLAs, n.Ref())
}
