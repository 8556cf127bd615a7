package ask

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/query"
)

// Who has what, who is accountable for it, and what is next.

// work is about what somebody does, or is to do.
func (m *meaning) work() bool {
	if m.past || m.not || !m.now() || !m.allow("should", "must", "can", "could", "shall", "will") {
		return false
	}
	if m.asks == "who" && m.time.today && m.obj == nil && len(m.preps) == 0 && m.modal == "" { // who is working today
		return m.subj.anyOf() && m.about(query.Returns, "team") && m.term(query.Is, "away") && m.negate()
	}
	thing := m.preps["on"]
	if thing == nil {
		thing = m.obj
	}
	if n, ok := m.thing(m.subj, Item, Ref); ok && m.asks == "how" {
		return thing == nil && m.form == going && m.about(query.Status, n.Ref())
	}
	if m.asks == "why" {
		n, ok := m.thing(thing, Item, Ref)
		who, known := m.anyone(m.subj)
		return ok && known && (who == "" || who == "team") && m.about(query.Why, n.Ref())
	}
	busy := m.form == going || m.modal == "" && m.form == base && !m.says("do") && m.asks != "who"
	if who, ok := m.person(m.subj); ok {
		if n, ok := m.thing(thing, Item, Ref); ok {
			return m.asks == "yes" && busy && m.about(query.Whois, n.Ref()) && m.test(query.Holder, who, false)
		}
		if m.asks == "yes" && m.form == going && thing == nil {
			m.about(query.Returns, who) // "is sarah working today"
			return m.test(query.Is, "away", true)
		}
		if !thing.anyOf(nItem) {
			return false
		}
		if busy {
			return m.about(query.Holds, who)
		}
		return m.about(query.NextSteps, who)
	}
	n, ok := m.thing(thing, Item, Ref)
	if !ok || !m.subj.anyOf() {
		return false
	}
	if m.form == going || m.asks == "yes" && m.modal == "" {
		m.about(query.Whois, n.Ref())
		return m.asks != "yes" || m.test(query.Is, "open", false)
	}
	return m.about(query.NextSteps, "team") && m.narrowTo(n)
}

// says reports whether the question has a word.
func (m *meaning) says(word string) bool { return slices.Contains(m.verbs, word) }

// next is about the next steps of somebody, or of something.
func (m *meaning) next() bool {
	if !m.now() || m.not || !m.subj.inStates() {
		return false
	}
	p := m.of("for", "on", "with", "in")
	if !m.noun && (m.asks == "who" || m.obj.named()) {
		return false
	}
	return m.nextOf(p)
}

// nextOf asks for the next steps of somebody, or on something.
func (m *meaning) nextOf(p *phrase) bool {
	if who, ok := m.anyone(p); ok {
		return m.about(query.NextSteps, who)
	}
	n, ok := m.thing(p, Item, Ref)
	return ok && m.about(query.NextSteps, "team") && m.narrowTo(n)
}

// hold is about who has what.
func (m *meaning) hold() bool {
	if m.asks == "how-long" { // "how long has ana held refunds": since when whoever does
		n, ok := m.thing(m.obj, Item, Ref)
		who, known := m.person(m.subj)
		return ok && known && who != "team" && !m.not && m.time.zero() && m.about(query.Whois, n.Ref())
	}
	if m.past || m.not || !m.now() {
		return false
	}
	if m.noun { // the holder of
		n, ok := m.thing(m.of("for"), Item, Ref)
		return ok && m.whois(n, m.pick(m.subj, m.obj))
	}
	subject, object := m.subj, m.obj
	if who, ok := m.person(subject); ok {
		if object.named() {
			n, ok := m.thing(object, Item, Ref)
			return ok && m.asks == "yes" && m.about(query.Whois, n.Ref()) && m.test(query.Holder, who, false)
		}
		return m.with(who, object)
	}
	if n, ok := m.thing(subject, Item, Ref); ok && object != nil && object.noun == vBlock && !object.named() {
		return object.inStates("open") && m.asks == "yes" && m.about(query.Blocked, "") && m.narrowTo(n)
	}
	n, ok := m.thing(object, Item, Ref, Blocker)
	if !ok || !subject.anyOf() {
		return false
	}
	if n.Kind == Blocker {
		return m.about(query.Owns, n.Ref())
	}
	return m.whois(n, nil)
}

// pick is the first phrase that names somebody.
func (m *meaning) pick(phrases ...*phrase) *phrase {
	for _, p := range phrases {
		if p.named() {
			return p
		}
	}
	return nil
}

// whois asks who holds something, or whether somebody does.
func (m *meaning) whois(n Name, who *phrase) bool {
	m.about(query.Whois, n.Ref())
	if who == nil {
		return m.asks != "yes" || m.test(query.Is, "open", false)
	}
	handle, ok := m.person(who)
	return ok && m.asks == "yes" && m.test(query.Holder, handle, false)
}

// with is what somebody has, of the kind that a phrase says.
func (m *meaning) with(who string, object *phrase) bool {
	team := who == "team"
	switch {
	case object != nil && object.noun == nItem && len(object.states) > 0 && object.owner == nil && !object.named():
		object.used = true
		return !team && m.itemsIn(object.states) && (m.q.Topic == query.Items || m.q.Topic == query.Stale || m.q.Topic == query.AtRisk) && m.term(query.Holder, who)
	case object.anyOf(nItem):
		m.about(query.Holds, who)
	case object != nil && object.owner == nil && object.inStates("open", "critical") && object.noun == vBlock:
		m.about(query.Blocked, "")
		if !team {
			m.term(query.Holder, who)
		}
	case object != nil && object.owner == nil && object.inStates("open") && object.noun == vAsk && team:
		m.about(query.Questions, "")
	case object != nil && object.owner == nil && object.inStates() && object.noun == vNext:
		m.about(query.NextSteps, who)
	case object != nil && object.owner == nil && object.inStates("open") && (object.noun == vReview || object.noun == nPR) && !team:
		m.about(query.Reviews, who)
	case object != nil && object.owner == nil && object.inStates() && object.noun == nGap && team:
		m.about(query.Gaps, "")
	default:
		return false
	}
	return true
}

// know is about whom to ask about something: who answers for it.
func (m *meaning) know() bool {
	if m.asks == "what" && m.form == base { // "what do we know about refunds"
		return m.status()
	}
	if m.past || m.not || m.asks != "who" || !m.now() || !m.allow("would", "may", "might", "could", "can", "should", "must") {
		return false
	}
	if who, ok := m.person(m.subj); ok && who != "team" && who != "me" && who != m.env.Me || !ok && !m.subj.anyOf() {
		return false
	}
	what := m.pick(m.preps["about"], m.preps["of"], m.preps["with"], m.obj)
	key, ok := m.owned(what)
	return ok && m.about(query.Owns, key)
}

// plate is what somebody has on theirs.
func (m *meaning) plate() bool {
	who, ok := m.person(m.of())
	return ok && m.about(query.Holds, who)
}

// take is about who took what, and what nobody did.
func (m *meaning) take() bool {
	nobody := m.subj != nil && m.subj.any == "none"
	if n, ok := m.thing(m.obj, Item, Ref); ok && m.asks == "yes" && !m.not && m.subj != nil && m.subj.any == "any" {
		m.subj.used = true // "has anybody taken refunds": not while it is offered
		return m.time.zero() && m.about(query.Whois, n.Ref()) && m.test(query.Is, "offered,closed", true)
	}
	if m.form == being || nobody || m.deny() {
		if nobody {
			m.subj.used = true
		}
		return m.time.zero() && m.asks != "who" && m.obj.anyOf(nItem) && m.about(query.Unclaimed, "")
	}
	if who, ok := m.person(m.subj); ok {
		if m.obj.anyOf(nItem) {
			return m.allow("can", "could", "may") && m.modal != "" && who != "" && m.about(query.Unclaimed, "")
		}
		n, ok := m.thing(m.obj, Item, Ref)
		return ok && m.asks == "yes" && m.about(query.Whois, n.Ref()) && m.test(query.Holder, who, false)
	}
	n, ok := m.thing(m.obj, Item, Ref)
	return ok && m.asks == "who" && m.subj.anyOf() && m.about(query.Whois, n.Ref())
}

// own is about who is accountable.
func (m *meaning) own() bool {
	if m.past || m.not || !m.now() {
		return false
	}
	who, what := m.subj, m.obj
	if m.form == being && !m.noun {
		who, what = m.obj, m.of("for")
	}
	if m.noun {
		who, what = m.pick(m.subj, m.obj), m.of("for")
	}
	if what.named() {
		key, ok := m.owned(what)
		if !ok || !m.about(query.Owns, key) {
			return false
		}
		if handle, named := m.person(who); named {
			return m.asks == "yes" && m.test(query.Owner, handle, false)
		}
		return who.anyOf() && (m.asks == "who" || m.noun && m.asks == "")
	}
	handle, ok := m.person(who)
	return ok && what.anyOf(nItem, nArea) && !m.noun && m.about(query.Owns, handle)
}

// owned is what somebody can be accountable for: by its bare name where that is
// all that several things share.
func (m *meaning) owned(p *phrase) (key string, ok bool) {
	if p == nil {
		return "", false
	}
	if m.unknownIn(p) != "" {
		n, ok := m.thing(p, Item)
		return n.Key, ok
	}
	var teams []Name
	for _, n := range p.narrow() {
		if name, isTeam := cutTeam(n); isTeam {
			teams = append(teams, Name{n.Kind, name})
		}
	}
	if n, ok := m.thing(p, Area, Item, Blocker, Question, Decision, Ref); ok && len(teams) == 0 {
		return n.Ref(), true
	} else if ok {
		return teams[0].Key, true
	}
	if p.used = len(teams) > 0; p.used {
		return "team:" + teams[0].Key, true
	}
	return "", false
}

// cutTeam is the name of a team whose address a name is.
func cutTeam(n Name) (string, bool) {
	name, ok := strings.CutPrefix(n.Key, "team:")
	return name, ok && n.Kind == Person
}
