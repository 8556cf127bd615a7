package ask

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/query"
)

// What is in a state, and how one thing stands.

// watch is about what to keep an eye on.
func (m *meaning) watch() bool {
	if m.past || m.not || !m.now() || !m.allow("should", "must") || m.asks == "who" {
		return false
	}
	who, ok := m.anyone(m.subj)
	return ok && (who == "" || who == "me" || who == "team") && m.obj.anyOf() && m.about(query.Watched, "")
}

// lists are the topics of things in a state.
var lists = map[string]query.Topic{
	"stale": query.Stale, "at-risk": query.AtRisk, "overdue": query.Overdue, "limbo": query.Limbo, "unclaimed": query.Unclaimed,
}

// inState is about how things are: stale, at risk, in review.
func (m *meaning) inState() bool {
	if m.not || !m.now() || m.subj.named() || m.asks == "who" { // things are in states, not people
		return false
	}
	what := m.obj
	if what.named() {
		n, ok := m.thing(what, Item, Ref, Blocker, Question, Record, Decision)
		switch {
		case !ok:
			return false
		case m.asks == "how-long": // how long it is there, not in some other state
			return m.state == "open" && (n.Kind == Blocker || n.Kind == Question) && m.about(query.Status, n.Ref())
		case m.asks != "yes" && m.asks != "why":
			return false
		}
		return m.oneIn(n, what.noun)
	}
	if p := m.preps["on"]; m.says("pending") && p != nil && what.anyOf() {
		who, ok := m.person(p)
		return ok && m.about(query.WaitingOn, who)
	}
	if what == nil {
		what = &phrase{}
	}
	if p := m.of("for", "on", "with"); p.named() && m.state == "open" && m.says("left") && what.anyOf(nItem) {
		return m.nextOf(p) // "what is left for ana"
	}
	return m.listIn(what) && m.ofWhom()
}

// oneIn asks whether a thing is in the state.
func (m *meaning) oneIn(n Name, noun verb) bool {
	switch {
	case m.state == "overdue" && n.Kind != Record:
		m.about(query.SLAs, n.Ref())
	case noun == nPR:
		m.about(query.Reviews, n.Ref())
	default:
		m.about(query.Status, n.Ref())
	}
	if m.state == "critical" {
		return m.asks == "yes" && m.test(query.Severity, "critical", false)
	}
	return m.asks != "yes" || m.test(query.Is, m.state, false)
}

// listIn lists what is in the state, of the kind that was asked for.
func (m *meaning) listIn(what *phrase) bool {
	if len(what.states) > 0 {
		return false
	}
	if what.noun != "" && m.every(what, nItem, vBlock) {
		return m.allIn(what)
	}
	what.used = true
	topic, own := lists[m.state]
	switch {
	case own && (m.state == "overdue" || m.state == "limbo") && what.anyOf(nHandoff, vAck):
		return m.about(topic, "")
	case own && m.state != "overdue" && m.state != "limbo" && what.anyOf(nItem):
		return m.about(topic, "")
	case m.state == "overdue" && what.noun == vDue:
		return m.about(query.SLAs, "") && m.term(query.Is, "overdue")
	case m.state == "overdue" && what.anyOf(nItem, vBlock, vAsk, vReview):
		return false
	case m.state == "open":
		return m.openOf(what)
	case m.state == "critical" && what.noun == vBlock:
		return m.about(query.Blocked, "") && m.term(query.Severity, m.state)
	case m.state == "critical" && what.noun == nItem:
		return m.about(query.Items, "") && m.term(query.Severity, m.state)
	case slices.Contains([]string{"in_review", "in_progress", "ready", "offered"}, m.state) && what.anyOf(nItem):
		return m.about(query.Items, "") && m.term(query.Is, m.state)
	case slices.Contains([]string{"proposed", "reversed", "superseded"}, m.state) && what.noun == vDecide:
		return m.about(query.Decisions, "") && m.term(query.Is, m.state)
	}
	return false
}

// allIn asks whether all items or all blockers are in the state.
func (m *meaning) allIn(what *phrase) bool {
	switch {
	case m.state == "critical" && what.noun == vBlock:
		return m.about(query.Blocked, "") && m.test(query.Severity, m.state, false)
	case what.noun == vBlock:
		return false
	case m.state == "critical":
		return m.about(query.Items, "") && m.test(query.Severity, m.state, false)
	case slices.Contains([]string{"stale", "at-risk", "unclaimed", "in_review", "in_progress", "ready", "offered"}, m.state):
		return m.about(query.Items, "") && m.test(query.Is, m.state, false)
	}
	return false
}

// openOf lists what is open.
func (m *meaning) openOf(what *phrase) bool {
	switch what.noun {
	case vBlock:
		return m.about(query.Blocked, "")
	case vAsk:
		return m.about(query.Questions, "")
	case nHandoff:
		return m.about(query.Handoffs, "")
	case vReview, nPR:
		return m.about(query.Reviews, "")
	case vDue:
		return m.about(query.SLAs, "")
	case nItem, "":
		return m.about(query.Items, "")
	}
	return false
}

// ofWhom narrows a list to somebody's, or to what is for somebody.
func (m *meaning) ofWhom() bool {
	if p := m.preps["for"]; p != nil {
		who, ok := m.person(p)
		if !ok || m.q.Topic != query.Questions && m.q.Topic != query.Overdue {
			return false
		}
		return m.term(query.To, who)
	}
	p := m.of()
	if p == nil {
		return true
	}
	who, ok := m.person(p)
	if m.q.Topic == query.Questions || m.q.Topic == query.Handoffs || m.q.Topic == query.Overdue || m.q.Topic == query.Limbo {
		return ok && m.term(query.By, who)
	}
	return ok && m.q.Topic != query.Decisions && m.q.Topic != query.Reviews && m.q.Topic != query.SLAs && m.term(query.Holder, who)
}

// items are a noun: of somebody, or in a state.
func (m *meaning) items() bool {
	if m.not || !m.now() {
		return false
	}
	m.taken()
	return m.itemsIn(m.states())
}

// itemsIn are the items that some adjectives are said of.
func (m *meaning) itemsIn(states []word) bool {
	if len(states) == 1 {
		switch w := states[0]; {
		case w.verb == vState:
			m.state = w.value
			return m.listIn(&phrase{noun: nItem}) && m.ofWhom()
		case w.verb == vBlock && w.form >= past:
			return m.about(query.Items, "") && m.term(query.Is, "blocked") && m.ofWhom()
		case w.verb == vShip && w.form >= past:
			by, ok := m.anyone(m.pick(m.preps["of"], m.preps["by"]))
			return ok && m.about(query.Shipped, "") && m.term(query.By, by) && m.when()
		case w.verb == vTake && w.form == being:
			return m.about(query.Unclaimed, "")
		}
		return false
	}
	if len(states) > 1 {
		return false
	}
	if p := m.of("with", "for"); p != nil {
		who, ok := m.person(p)
		return ok && m.about(query.Holds, who)
	}
	return m.about(query.Items, "")
}

// status is how a thing stands.
func (m *meaning) status() bool {
	if m.not || m.past || !m.now() || m.asks == "yes" || m.asks == "who" || m.asks == "when" || m.asks == "how-long" {
		return false
	}
	p := m.of("on", "with", "for", "about")
	if p == nil {
		p = m.pick(m.obj, m.subj)
	}
	if p == nil {
		return false
	}
	if m.subj != nil && len(only(m.subj.names, Person)) > 0 && m.subj != p {
		if who, _ := m.person(m.subj); who != "team" && who != "me" {
			return false
		}
	}
	if p.noun == nPR {
		n, ok := m.thing(p, Ref)
		return ok && m.about(query.Reviews, n.Ref())
	}
	n, ok := m.thing(p, Item, Blocker, Question, Decision, Record, Ref)
	return ok && m.about(query.Status, n.Ref())
}

// gaps are what handoffs lacked.
func (m *meaning) gaps() bool {
	if m.not || !m.subj.inStates("open") {
		return false
	}
	m.about(query.Gaps, "")
	p := m.of("in", "on", "with")
	if p == nil {
		return m.when()
	}
	if p.noun == nHandoff && p.owner != nil && len(p.names) == 0 {
		p.used = true
		p = p.owner
	}
	if who, ok := m.person(p); ok {
		return m.term(query.To, who) && m.when()
	}
	n, ok := m.thing(p, Item, Ref)
	return ok && m.narrowTo(n) && m.when()
}

// contracts are what boundaries demand: all of them, or those of a team or person.
func (m *meaning) contracts() bool {
	if m.not || m.past || !m.now() || !m.subj.inStates() {
		return false
	}
	p := m.pick(m.of("for", "with", "to", "from"), m.preps["between"])
	if p == nil {
		return m.about(query.Contracts, "")
	}
	who, ok := m.person(p)
	return ok && m.about(query.Contracts, strings.TrimPrefix(who, "team:"))
}
