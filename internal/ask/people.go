package ask

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/query"
)

// Who is there, who has said what, and lists of things in a state.

// returns is about who is away, and until when.
func (m *meaning) returns() bool {
	if m.past && m.form != being || m.not || !m.allow("will") {
		return false
	}
	if m.modal == "will" && m.asks != "when" {
		return false
	}
	p := m.pick(m.obj, m.subj, m.preps["of"])
	if !m.now() {
		return false
	}
	who, ok := m.anyone(p)
	if !ok || m.passive && m.obj != nil && m.obj.wanted == "what" {
		return false
	}
	away := m.state == "away"
	switch m.asks {
	case "when", "where", "how-long":
		return (who != "" || m.missing != "") && m.about(query.Returns, who)
	case "yes":
		if m.form != being {
			return false
		}
		m.all = who == "team" && p.all || m.every(p)
		m.about(query.Returns, who)
		return m.test(query.Is, "away", !away)
	case "who", "":
		if m.form != being || who != "" || m.missing != "" {
			return false
		}
		m.about(query.Returns, "team")
		if m.term(query.Is, "away"); !away && m.err == nil {
			m.q.Terms[0].Not = true
		}
		return true
	}
	return false
}

// cover is about who stands in for whom.
func (m *meaning) cover() bool {
	if m.past || m.not || !m.now() || !m.allow("will", "can", "should") {
		return false
	}
	away := m.pick(m.preps["for"], m.preps["of"])
	if away == nil {
		away = m.obj
	}
	if who, ok := m.person(m.subj); ok && !m.noun {
		if away.named() {
			absent, ok := m.person(away)
			return ok && m.asks == "yes" && m.about(query.Returns, absent) && m.test(query.To, who, false)
		}
		return away.anyOf() && m.about(query.Returns, "team") && m.term(query.To, who)
	}
	absent, ok := m.person(away)
	return ok && m.subj.anyOf() && (m.noun || m.asks == "who") && m.about(query.Returns, absent)
}

// ack is about who has seen, taken or refused what.
func (m *meaning) ack() bool {
	if m.modal != "" && m.asks != "who" && !m.noun && m.obj.anyOf(nHandoff) { // "what do I have to ack"
		who, ok := m.person(m.subj)
		return ok && !m.not && m.now() && m.time.zero() && m.allow("must", "should") && m.about(query.Unacked, "") && m.term(query.To, who)
	}
	if !m.time.zero() || m.modal != "" && (m.asks != "who" || !m.allow("must", "should") || m.not) {
		return false
	}
	who, what := m.subj, m.obj
	if m.noun {
		who, what = nil, m.of("for", "to", "on")
	}
	if m.form == being && m.asks == "who" {
		return false
	}
	if m.every(what, nHandoff) {
		return m.ackedAll(who)
	}
	if m.every(who) && !m.noun {
		ref, ok := m.acked(what)
		return ok && m.about(query.Acks, ref) && m.test(query.Is, m.verdict(), false)
	}
	if who != nil && who.any == "none" && m.asks != "who" && what.anyOf(nHandoff) { // "which handoffs has nobody acked"
		who.used = true
		return !m.not && m.about(query.Unacked, "")
	}
	if m.form == being || m.not && what.anyOf(nHandoff) && (m.asks != "who" || m.passive) {
		m.deny()
		by, ok := m.anyone(who)
		return ok && m.obj.anyOf(nHandoff) && m.about(query.Unacked, "") && m.term(query.To, by)
	}
	ref, ok := m.acked(what)
	if !ok {
		return false
	}
	by, ok := m.anyone(who)
	if !ok {
		return false
	}
	m.about(query.Acks, ref)
	if m.deny() || m.modal != "" {
		return m.asks == "who" && by == "" && m.term(query.Is, m.verdict()) && m.negate()
	}
	if m.asks == "yes" {
		m.test(query.Is, m.verdict(), false)
	}
	switch {
	case by != "" && m.asks == "yes":
		return m.test(query.By, by, false)
	case by != "":
		return m.term(query.By, by)
	case m.asks == "who" && !m.noun:
		return m.term(query.Is, m.verdict())
	}
	return true
}

// ackedAll asks whether all handoffs have a verdict, or those to somebody.
func (m *meaning) ackedAll(who *phrase) bool {
	missing := "unacked"
	if m.verdict() == "accepted" {
		missing = "published,changes_requested,declined"
	}
	by, ok := m.anyone(who)
	return ok && m.about(query.Handoffs, "") && m.term(query.To, by) && m.test(query.Is, missing, true) && m.ofWhom()
}

// verdict is what an ack has to be for the verb: to see something asks for less than to
// accept it.
func (m *meaning) verdict() string {
	for _, v := range m.verbs {
		switch {
		case strings.HasPrefix(v, "accept"), strings.HasPrefix(v, "confirm"):
			return "accepted"
		case strings.HasPrefix(v, "ack"):
			return "acked"
		}
	}
	return "given"
}

// negate turns the last term round.
func (m *meaning) negate() bool {
	if n := len(m.q.Terms); n > 0 {
		m.q.Terms[n-1].Not = true
	}
	return true
}

// acked is what an ack is of: a handoff, mine where nothing is said, or what
// somebody was asked.
func (m *meaning) acked(p *phrase) (ref string, ok bool) {
	if p == nil || p.anyOf(nHandoff) && !p.named() {
		return "", true
	}
	if id, ok := m.record(p); ok {
		return id, true
	}
	n, ok := m.thing(p, Blocker, Question, Item)
	return n.Ref(), ok
}

// declare is about who has handed over.
func (m *meaning) declare() bool {
	if m.modal != "" {
		return false
	}
	what, to := m.obj, m.preps["to"]
	if m.every(m.subj) {
		m.timed = m.time.zero() || m.time.today
		return m.timed && to == nil && what.anyOf(nHandoff) && m.about(query.Declared, "") && m.test(query.Is, "declared", false)
	}
	who, ok := m.anyone(m.subj)
	switch {
	case !ok:
		return false
	case what.named():
		n, ok := m.thing(what, Item)
		return ok && who == "" && m.asks == "who" && !m.not && m.time.zero() && m.about(query.Status, n.Ref())
	case m.asks == "who" && m.subj.named() && !m.toWhom():
		return false
	case m.asks == "who" && to == nil && (m.time.zero() || m.time.today) && !m.toWhom():
		return m.declaredNow(who)
	case m.asks == "yes" && to == nil && who != "" && (m.time.zero() || m.time.today) && m.obj.anyOf(nHandoff):
		m.timed = true
		return !m.not && m.about(query.Declared, who) && m.test(query.Is, "declared", false)
	case m.not || m.form == base && !m.past || m.form == going:
		return false
	}
	if to != nil {
		whom, ok := m.person(to)
		if !ok || !m.term(query.To, whom) {
			return false
		}
	}
	if who == "" && m.asks == "who" && to == nil {
		return false
	}
	return what.anyOf(nHandoff, nItem) && m.about(query.Handoffs, "") && m.term(query.By, who) && m.when()
}

// toWhom reports whether the question is to whom: "who did ana hand over to".
func (m *meaning) toWhom() bool { return slices.Contains(m.bare, "to") }

// declaredNow lists who has handed over today, or who has not.
func (m *meaning) declaredNow(who string) bool {
	m.timed = true
	team := m.preps["in"]
	if team == nil {
		team = m.preps["of"]
	}
	if team == nil {
		team = m.preps["from"]
	}
	group, ok := m.anyone(team)
	if !ok || who != "" || !m.obj.anyOf(nHandoff) {
		return false
	}
	m.about(query.Declared, group)
	if m.deny() {
		return m.term(query.Is, "missing")
	}
	return m.term(query.Is, "declared")
}

// expect is about who is to hand over today.
func (m *meaning) expect() bool {
	m.timed = m.time.zero() || m.time.today
	return m.timed && m.asks == "who" && !m.not && m.obj.anyOf() && m.subj.anyOf() && m.about(query.Declared, "") && m.term(query.Is, "expected")
}

// handoffs are those that still speak, or of a time.
func (m *meaning) handoffs() bool {
	if m.not {
		return false
	}
	by := m.pick(m.preps["of"], m.preps["from"], m.preps["by"])
	who, ok := m.anyone(by)
	whom, known := m.anyone(m.pick(m.preps["to"], m.preps["for"]))
	if !ok || !known {
		return false
	}
	for _, w := range m.states() {
		switch {
		case w.verb == vAck && w.form == being:
			return m.unacked(who, whom)
		case w.value == "overdue":
			return m.about(query.Overdue, "") && m.term(query.By, who) && m.term(query.To, whom) && m.taken()
		case w.value == "limbo":
			return m.about(query.Limbo, "") && m.term(query.By, who) && m.term(query.To, whom) && m.taken()
		case w.value != "open":
			return false
		}
	}
	m.taken()
	return m.about(query.Handoffs, "") && m.term(query.By, who) && m.term(query.To, whom) && m.when()
}

func (m *meaning) unacked(by, to string) bool {
	return m.taken() && m.about(query.Unacked, "") && m.term(query.By, by) && m.term(query.To, to)
}

// states are the adjectives of the noun.
func (m *meaning) states() []word {
	if m.subj == nil {
		return nil
	}
	return m.subj.states
}

// taken takes the noun with its adjectives in.
func (m *meaning) taken() bool {
	if m.subj != nil && !m.subj.named() {
		m.subj.used = true
	}
	return true
}

// ask is about questions that are open, and who asked.
func (m *meaning) ask() bool {
	m.past = m.past && m.preps["about"] == nil // who asked stays who asked
	if m.not || m.modal != "" && m.asks != "who" || !m.now() && !m.noun || !m.time.zero() && !m.time.today {
		return false
	}
	m.now()
	if m.asks == "who" && !m.noun && m.obj != nil && m.obj.wanted == "who" && m.preps["about"] != nil { // "whom do I ask about refunds"
		return m.know()
	}
	if !m.noun {
		if n, ok := m.thing(m.pick(m.obj, m.preps["about"]), Question); ok && m.asks == "who" && m.subj.anyOf() {
			return m.about(query.Status, n.Ref())
		}
		who, ok := m.anyone(m.pick(m.preps["of"], m.preps["from"]))
		return ok && m.passive && m.obj.anyOf(vAsk) && m.subj.anyOf() && m.about(query.Questions, "") && m.term(query.To, who)
	}
	for _, w := range m.states() {
		if w.value != "open" && w.verb != vAnswer {
			return false
		}
		if w.verb == vAnswer {
			m.term(query.Is, "open")
		}
	}
	m.taken()
	m.about(query.Questions, "")
	if p := m.of("about", "on"); p != nil && len(only(p.names, Person)) == 0 {
		n, ok := m.thing(p, Item, Ref)
		return ok && m.narrowTo(n)
	}
	by, ok := m.anyone(m.pick(m.preps["by"], m.preps["from"], m.preps["of"]))
	to, known := m.anyone(m.pick(m.preps["for"], m.preps["to"]))
	return ok && known && m.term(query.By, by) && m.term(query.To, to)
}

// asked is what "my question about refunds" names, of a question that they asked.
func (m *meaning) asked() *phrase {
	about, of := m.preps["about"], m.preps["of"]
	if !m.obj.anyOf(vAsk) || about == nil || of == nil {
		return nil
	}
	n, ok := m.thing(about, Question)
	who, known := m.person(of)
	if q := m.names.view.Questions[n.Key]; !ok || !known || q == nil || q.By != who && (who != "me" || q.By != m.env.Me) {
		return nil
	}
	return about
}

// answer is about what is answered.
func (m *meaning) answer() bool {
	if m.not || !m.time.zero() {
		return false
	}
	if m.form == being { // unanswered
		if n, ok := m.thing(m.obj, Question); ok {
			return m.subj.anyOf() && m.asks == "yes" && m.about(query.Status, n.Ref()) && m.test(query.Is, "open", false)
		}
		return m.obj.anyOf(vAsk) && m.about(query.Questions, "") && m.term(query.Is, "open")
	}
	if m.past || m.passive {
		if m.every(m.obj, vAsk) {
			return m.subj.anyOf() && m.about(query.Questions, "") && m.test(query.Is, "open", true) && m.ofWhom()
		}
		n, ok := m.thing(m.pick(m.obj, m.asked()), Question)
		return ok && m.subj.anyOf() && m.asks == "yes" && m.about(query.Status, n.Ref()) && m.test(query.Is, "open", true)
	}
	if n, ok := m.thing(m.obj, Question); ok && m.asks == "who" && m.subj.anyOf() {
		return m.allow("must", "should", "can") && m.about(query.Owns, n.Ref())
	}
	who, ok := m.person(m.subj)
	return ok && m.allow("must", "should") && m.obj.anyOf(vAsk) && m.about(query.Questions, "") && m.term(query.To, who) && m.term(query.Is, "open")
}
