package handoff

import (
	"fmt"
	"slices"
)

// MapPeople returns a body in which name has said who stands wherever somebody
// chooses a person: it gets the field, such as items[0].next[1].owner, and who is
// there, who may also be the address of a group or an area. Fields that say nobody
// are passed over, and so are those that the program fills in itself. The body that
// is given stays as it is.
func MapPeople(body Body, name func(field, who string) string) Body {
	m := peopleMapper(name)
	switch body := body.(type) {
	case *Handoff:
		c := *body
		m.handoff(&c)
		return &c
	case *Question:
		c := *body
		m.one("to", &c.To)
		return &c
	case *DecisionRecord:
		c := *body
		m.decision("", &c.DecisionFields)
		return &c
	case *Escalation:
		c := *body
		m.one("to", &c.To)
		return &c
	case *Assignment:
		c := *body
		m.one("to", &c.To)
		return &c
	case *Route:
		c := *body
		if c.Via == ViaGit {
			m.one("to", &c.To) // elsewhere it is a target
		}
		c.Told = each("told", c.Told, m.one)
		return &c
	}
	return body
}

// EachPerson visits what [MapPeople] maps.
func EachPerson(body Body, visit func(field, who string)) {
	MapPeople(body, func(field, who string) string {
		visit(field, who)
		return who
	})
}

// peopleMapper maps the fields of a body that is its own; the lists in it are still
// shared with others, so each is copied before anything in it changes.
type peopleMapper func(field, who string) string

func (m peopleMapper) one(field string, who *string) {
	if *who != "" {
		*who = m(field, *who)
	}
}

// each returns a copy of a list, with what do has made of every entry.
func each[L ~[]T, T any](field string, list L, do func(field string, entry *T)) L {
	list = slices.Clone(list)
	for i := range list {
		do(fmt.Sprintf("%s[%d]", field, i), &list[i])
	}
	return list
}

func (m peopleMapper) handoff(h *Handoff) {
	h.To = each("to", h.To, m.one)
	h.CC = each("cc", h.CC, m.one)
	h.Items = each("items", h.Items, m.item)
	h.Blockers = each("blockers", h.Blockers, func(field string, b *Blocker) { m.one(field+".resolver", &b.Resolver) })
	h.Decisions = each("decisions", h.Decisions, func(field string, d *Decision) { m.decision(field+".", &d.DecisionFields) })
	h.Questions = each("questions", h.Questions, func(field string, q *OpenQuestion) { m.one(field+".to", &q.To) })
	m.one("cover", &h.Cover)
	if h.Rollup != nil {
		rollup := *h.Rollup
		rollup.Missing = each("rollup.missing", rollup.Missing, func(field string, missing *Missing) { m.one(field+".who", &missing.Who) })
		h.Rollup = &rollup
	}
}

func (m peopleMapper) item(field string, item *Item) {
	m.one(field+".owner", &item.Owner)
	item.Next = each(field+".next", item.Next, func(field string, n *Next) {
		m.one(field+".owner", &n.Owner)
		m.one(field+".confirm_with", &n.ConfirmWith)
	})
	item.IfThen = each(field+".if_then", item.IfThen, func(field string, c *Contingency) { m.one(field+".who", &c.Who) })
	item.Consult = each(field+".consult", item.Consult, m.one)
}

// decision maps who decided; before is the field of the decision and its dot.
func (m peopleMapper) decision(before string, d *DecisionFields) {
	m.one(before+"approved_by", &d.ApprovedBy)
	m.one(before+"decided_by", &d.DecidedBy)
}
