package ask

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/query"
)

// How things stand: what is in the way, who has it, what is next.

// block is about what is in the way of somebody or something.
func (m *meaning) block() bool {
	if !m.now() || m.not {
		return false
	}
	if m.noun {
		return m.blockers()
	}
	agent, patient := m.subj, m.obj
	if agent.open() && m.passive {
		for _, prep := range []string{"on", "with"} {
			if p := m.preps[prep]; p != nil {
				agent = p
			}
		}
	}
	if n, ok := m.blockerIn(patient); ok && agent.anyOf() {
		return (m.asks == "how-long" || !m.passive && m.asks != "yes") && m.about(query.Status, n.Ref())
	}
	if n, ok := m.blockerIn(agent); ok {
		return patient.anyOf(nItem) && m.about(query.Status, n.Ref())
	}
	who, ok := m.anyone(agent)
	if !ok {
		return false
	}
	m.about(query.Blocked, "")
	m.term(query.Resolver, who)
	return m.blocked(patient, who == "")
}

// blockerIn is a blocker that a phrase names, when it names no person or item.
func (m *meaning) blockerIn(p *phrase) (Name, bool) {
	if p == nil || len(only(p.narrow(), Person, Item, Ref)) > 0 || len(only(p.narrow(), Blocker)) == 0 {
		return Name{}, false
	}
	return m.thing(p, Blocker)
}

// blocked narrows the query to what is in the way of a phrase. Where only that is
// asked, an item that says that it is blocked is so, with a blocker or without.
func (m *meaning) blocked(patient *phrase, only bool) bool {
	yes := m.asks == "yes" && only
	if patient != nil && patient.noun != "" && m.every(patient, nItem) {
		return only && m.about(query.Items, "") && m.test(query.Is, "blocked", false) && m.ofWhom()
	}
	if patient.anyOf(vBlock) {
		return true
	}
	if patient.anyOf(nItem) {
		return only && m.about(query.Items, "") && m.term(query.Is, "blocked") && m.ofWhom()
	}
	if who, ok := m.person(patient); ok {
		if yes {
			m.about(query.Items, "")
			m.term(query.Is, "blocked")
		}
		return m.term(query.Holder, who)
	}
	n, ok := m.thing(patient, Item, Ref)
	if ok && strings.HasPrefix(n.Key, "pr:") { // what a pull request waits for is its reviews
		return only && m.asks != "yes" && m.asks != "how-long" && m.about(query.Reviews, n.Ref())
	}
	if ok && yes {
		return m.about(query.Status, n.Ref()) && m.test(query.Is, "blocked", false)
	}
	return ok && m.narrowTo(n)
}

// blockers are a noun: of whom, or of what.
func (m *meaning) blockers() bool {
	if !m.subj.inStates("open", "") && !m.severe() {
		return false
	}
	m.about(query.Blocked, "")
	if p := m.preps["for"]; p != nil && len(only(p.names, Person)) > 0 {
		return false // in the way of them, or for them to remove?
	}
	p := m.of("for", "on", "with", "in", "about")
	return p == nil || m.blocked(p, false)
}

// severe takes in "critical" before a noun.
func (m *meaning) severe() bool {
	return m.subj.inStates("critical") && m.term(query.Severity, "critical")
}

// inStates reports whether the adjectives of a phrase say only that it is in one
// of some states, and takes them in.
func (p *phrase) inStates(states ...string) bool {
	if p == nil {
		return true
	}
	fits := !slices.ContainsFunc(p.states, func(w word) bool { return w.verb != vState || !slices.Contains(states, w.value) })
	p.used = p.used || fits && !p.named()
	return fits
}

// resolve is about who can take something out of the way.
func (m *meaning) resolve() bool {
	if m.noun {
		p := m.of("for", "on")
		return m.removes(p)
	}
	if m.past || m.passive && m.asks != "who" {
		return m.resolved()
	}
	if !m.allow("can", "could", "should", "must", "will", "may") || m.not {
		return false
	}
	if who, ok := m.person(m.subj); ok && m.obj.anyOf(vBlock) {
		return m.about(query.Blocked, "") && m.term(query.Resolver, who)
	}
	return m.subj.anyOf() && m.asks == "who" && m.removes(m.obj)
}

func (m *meaning) removes(p *phrase) bool {
	if who, ok := m.person(p); ok {
		return m.about(query.Blocked, "") && m.term(query.Holder, who)
	}
	n, ok := m.removable(p)
	if !ok {
		return false
	}
	if n.Kind == Blocker {
		return m.about(query.Owns, n.Ref())
	}
	return m.about(query.Blocked, "") && m.narrowTo(n)
}

// removable is what can be out of the way: a blocker, and of items those that it
// is said of that they are unblocked.
func (m *meaning) removable(p *phrase) (Name, bool) {
	if m.noun || slices.ContainsFunc(m.verbs, func(v string) bool { return strings.HasPrefix(v, "unblock") }) {
		return m.thing(p, Blocker, Item, Ref)
	}
	return m.thing(p, Blocker)
}

// resolved is about what is out of the way.
func (m *meaning) resolved() bool {
	if who, ok := m.person(m.subj); ok && m.asks == "what" && m.obj.anyOf(vBlock) {
		return m.about(query.Search, "") && m.term(query.OfKind, "resolution") && m.term(query.By, who) && m.when()
	}
	if m.every(m.obj, vBlock) { // what is listed is open
		return m.form != being && m.subj.anyOf() && m.about(query.Blocked, "") && m.test(query.Is, "closed", false) && m.ofWhom()
	}
	n, ok := m.removable(m.obj)
	by, known := m.anyone(m.subj)
	if !ok || m.not || !known {
		return false
	}
	m.about(query.Status, n.Ref())
	switch {
	case m.asks != "yes" && n.Kind != Blocker: // who removed its blockers, they say
		return m.asks == "why"
	case m.form == being: // unresolved
		return by == "" && m.asks == "yes" && m.test(query.Is, "closed", true)
	case m.asks != "yes":
		return by == "" || m.asks != "what"
	case by != "":
		return n.Kind == Blocker && m.test(query.Is, "closed", false) && m.test(query.By, by, false)
	case n.Kind == Blocker:
		return m.test(query.Is, "closed", false)
	}
	return m.test(query.Is, "blocked", true)
}

// escalate is about what went further up.
func (m *meaning) escalate() bool {
	if m.not {
		return false
	}
	if n, ok := m.thing(m.obj, Blocker, Item, Question, Record); ok && m.subj.anyOf() {
		if m.about(query.Status, n.Ref()); m.asks == "yes" {
			m.test(query.Is, "escalated", false)
		}
		return m.asks == "yes" || m.asks == "who"
	}
	if !m.time.zero() || m.modal != "" || !m.noun && !m.passive {
		return false
	}
	who, ok := m.anyone(m.preps["to"])
	by, known := m.anyone(m.pick(m.preps["by"], m.preps["of"], m.preps["from"]))
	if m.passive && m.subj.named() {
		by, known = m.person(m.subj)
	}
	object := m.obj
	if m.noun {
		object = m.subj
	}
	if object != nil && !object.inStates("open") {
		return false
	}
	return ok && known && object.anyOf(nItem, vBlock, vAsk, nHandoff, vEscalate) && m.escalated(object) && m.term(query.To, who) && m.term(query.By, by)
}

// escalated lists escalations, of blockers alone where the question names those.
func (m *meaning) escalated(what *phrase) bool {
	if what != nil && what.noun == vBlock {
		return m.about(query.Blocked, "") && m.term(query.Is, "escalated")
	}
	return (what == nil || what.noun == "" || what.noun == vEscalate) && m.about(query.Escalated, "")
}

// wait is about who waits for whom.
func (m *meaning) wait() bool {
	if !m.now() || m.not {
		return false
	}
	subject := m.subj
	if subject == nil && m.passive {
		subject = m.obj
	}
	target := m.preps["on"]
	if target == nil {
		target = m.preps["for"]
	}
	if from := m.preps["from"]; target == nil && from != nil {
		target = from
	}
	if who, ok := m.person(subject); ok {
		m.about(query.Awaits, who)
		whom, ok := m.anyone(target)
		return ok && m.obj.anyOf() && m.term(query.To, whom)
	}
	if n, ok := m.thing(subject, Item, Ref, Question, Record); ok {
		if !target.anyOf() || m.asks == "yes" {
			return false
		}
		if subject.noun == nPR || n.Kind == Ref {
			return m.about(query.Reviews, n.Ref())
		}
		return m.about(query.Status, n.Ref())
	}
	if subject.anyOf(nPR) && subject != nil && (subject.noun == nPR || subject.wanted == "what") && target != nil && target.noun == vReview && target.anyOf(vReview) {
		return m.asks != "yes" && m.about(query.Reviews, "")
	}
	if n, ok := m.blockerIn(target); ok {
		return subject.anyOf(nItem) && m.asks != "yes" && m.about(query.Status, n.Ref())
	}
	who, ok := m.person(target)
	if !ok {
		return false
	}
	switch {
	case subject.anyOf(vDecide):
		m.about(query.WaitingOn, who)
	case subject.anyOf(vAsk):
		m.about(query.Questions, "")
		m.term(query.To, who)
	case subject.anyOf(nHandoff):
		m.about(query.Unacked, "")
		m.term(query.To, who)
	case subject.anyOf(vBlock):
		m.about(query.Blocked, "")
		m.term(query.To, who)
	case subject.anyOf(vReview, nPR):
		m.about(query.Reviews, who)
	default:
		return false
	}
	return true
}

// owe is about what somebody has to do for others.
func (m *meaning) owe() bool {
	if !m.now() || m.not {
		return false
	}
	whom := m.obj
	if p := m.preps["to"]; p != nil {
		whom = p
	}
	if who, ok := m.person(m.subj); ok {
		by, ok := m.anyone(whom)
		return ok && m.about(query.WaitingOn, who) && m.term(query.By, by)
	}
	if who, ok := m.person(whom); ok && m.subj.anyOf() {
		return m.about(query.Awaits, who)
	}
	return false
}
