// Package board draws together what a lead wants to see in one look: what needs
// somebody now, by person, and what is live, by who holds it. It is made of inboxes
// and of the rows that questions find, and it is the same whoever looks. Pure as they
// are.
package board

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/inbox"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// Board is what needs somebody now, and what is live.
type Board struct {
	Asked []Asked  `json:"asked"` // who is asked for something, the most urgent first; never nil
	Held  []Holder `json:"held"`  // who holds what, by handle; never nil
	Scope `json:"-"`
}

// Asked is somebody who is asked for something.
type Asked struct {
	Who    string      `json:"who"`    // handle, or the address of a group of which anybody is asked
	Person *row.Person `json:"person"` // null for a group
	Needs  []Need      `json:"needs"`  // the most urgent first, one at least
}

// Sum is how much of what somebody is asked for is of which kind.
type Sum struct {
	Asked   int // by others, or by a deadline
	Back    int // of what came back to them
	Overdue int // of those: their time has passed
}

// Sum counts the needs.
func (a Asked) Sum() (s Sum) {
	for _, n := range a.Needs {
		s.add(n)
	}
	return s
}

// Sum counts the needs of everybody.
func (b *Board) Sum() (s Sum) {
	for _, a := range b.Asked {
		for _, n := range a.Needs {
			s.add(n)
		}
	}
	return s
}

func (s *Sum) add(n Need) {
	if n.Lead.Part == inbox.Back {
		s.Back++
	} else {
		s.Asked++
	}
	if n.Overdue {
		s.Overdue++
	}
}

// Words say it: "2 things to do, 1 overdue, 8 came back".
func (s Sum) Words() string {
	var words []string
	if s.Asked > 0 {
		words = append(words, text.Count(s.Asked, "thing")+" to do")
	}
	if s.Overdue > 0 {
		words = append(words, strconv.Itoa(s.Overdue)+" overdue")
	}
	if s.Back > 0 {
		words = append(words, strconv.Itoa(s.Back)+" came back")
	}
	return text.JoinNonEmpty(", ", words...)
}

// Need is something that somebody is to do.
type Need struct {
	inbox.Errand
	Due     *time.Time // when it is wanted, nil without a deadline
	Overdue bool
}

// MarshalJSON encodes when it is wanted, then what is to be done, as an inbox has it.
func (n Need) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Severity string      `json:"severity"`
		Due      *time.Time  `json:"due"`
		Overdue  bool        `json:"overdue"`
		What     inbox.Row   `json:"what"`
		With     []inbox.Row `json:"with"` // what the same record asks as well
	}{n.Severity(), n.Due, n.Overdue, n.Lead, row.List(n.Rest)})
}

// Holder is somebody with what they hold.
type Holder struct {
	Who   string      `json:"who"`
	Items []*row.Item `json:"items"` // the most severe first, then the one declared longest ago
}

// EventLate is the event of a need that comes of nothing but its deadline.
const EventLate = "late"

// Of draws the board of everybody, or with only that of some people. Where a part of the
// state is known, it asks for what it needs.
func Of(recall query.Recall, env query.Env, only []string) (*Board, error) {
	s, err := recall(fold.Part{})
	if err != nil {
		return nil, err
	}
	people := People(s, env)
	for _, p := range people {
		if s, err = recall(inbox.StatePart(p.ID, env.Now)); err != nil {
			return nil, err
		}
	}
	d := &drawing{state: s, env: env, scope: newScope(only, s, env), deadlines: deadlines(s, env), items: make(map[string]*row.Item), asked: make(map[string]*Asked)}
	b := &Board{Asked: []Asked{}, Held: []Holder{}, Scope: d.scope}
	for _, r := range query.Rows(query.Query{Topic: query.Items}, s, env) {
		d.items[r.Key()] = r.(*row.Item)
		if d.scope.Concerns(r) {
			b.hold(r.(*row.Item))
		}
	}
	sorting.By(b.Held, func(a, b Holder) int { return cmp.Compare(a.Who, b.Who) })
	d.errands(people)
	d.late()
	b.Asked = append(b.Asked, d.inOrder(people)...)
	return b, nil
}

// hold adds an item to those of its holder.
func (b *Board) hold(item *row.Item) {
	i := slices.IndexFunc(b.Held, func(h Holder) bool { return h.Who == item.Holder })
	if i < 0 {
		i = len(b.Held)
		b.Held = append(b.Held, Holder{Who: item.Holder})
	}
	b.Held[i].Items = append(b.Held[i].Items, item)
}

// drawing is a board in the making.
type drawing struct {
	state     *fold.View
	env       query.Env
	scope     Scope
	deadlines map[string]time.Time // by reference, the first that ends
	items     map[string]*row.Item // that are live
	asked     map[string]*Asked
}

// deadlines are when things are wanted, by how records refer to them: the first
// deadline of each.
func deadlines(s *fold.View, env query.Env) map[string]time.Time {
	first := make(map[string]time.Time)
	for _, r := range query.Rows(query.Query{Topic: query.SLAs}, s, env) { // the soonest first
		if d := r.(*row.Deadline); first[d.ID].IsZero() {
			first[d.ID] = *d.Due
		}
	}
	return first
}

// errands are those of the inboxes. What several people are asked as a group is a need
// of the group, and what the sender of a handoff waits for too long is one of its
// receivers.
func (d *drawing) errands(people []*row.Person) {
	type found struct {
		inbox.Errand
		by []string // in whose inboxes it is
	}
	var all []*found
	known := make(map[string]*found)
	for _, p := range people {
		rows := slices.DeleteFunc(inbox.Waiting(p.ID, d.state, d.env), func(r inbox.Row) bool { return r.Event == row.IsOverdue })
		back := slices.IndexFunc(rows, func(r inbox.Row) bool { return r.Part == inbox.Back })
		if back < 0 {
			back = len(rows)
		}
		for _, e := range append(inbox.Errands(rows[:back]), inbox.Errands(rows[back:])...) {
			key := p.ID + " " + e.Lead.Key()
			if group := groupOf(e.Lead, p.ID); group != "" {
				key = group + " " + e.Lead.Key()
			}
			f := known[key]
			if f == nil {
				f = &found{Errand: e}
				known[key] = f
				all = append(all, f)
			}
			f.by = append(f.by, p.ID)
		}
	}
	for _, f := range all {
		if !slices.ContainsFunc(f.by, d.scope.Has) {
			continue
		}
		who := f.by[0]
		if len(f.by) > 1 {
			who = groupOf(f.Lead, who)
		}
		d.need(who, f.Errand)
	}
}

// groupOf is the address of the group as one of which somebody is asked, "" where they
// are asked themselves.
func groupOf(r inbox.Row, who string) string {
	var to []string
	switch r := r.Row.(type) {
	case *row.Handoff:
		to = r.To
	case *row.Item:
		to = r.OfferedTo
	}
	if r.Part != inbox.Act || slices.Contains(to, who) {
		return ""
	}
	if i := slices.IndexFunc(to, config.IsGroup); i >= 0 {
		return to[i]
	}
	return ""
}

// late are the items and steps whose time has passed, where nothing else says so to who
// is to do them: who holds the item, and who is named in the step.
func (d *drawing) late() {
	for _, r := range query.Rows(query.Query{Topic: query.SLAs}, d.state, d.env) {
		line := r.(*row.Deadline)
		_, name := handoff.SplitRef(line.ID)
		item := d.items[name]
		if !line.Late || item == nil {
			continue
		}
		who, say := line.Who, "the time of a step of it has passed: "
		switch line.What {
		case "item":
			who, say = item.Holder, "its time has passed: "
		case "step":
		default:
			continue
		}
		if d.scope.Has(who) && !d.asks(who, name) {
			d.need(who, inbox.Errand{Lead: inbox.Row{Part: inbox.Act, Event: EventLate, Say: say + item.State, Do: "handoff declare --carry", Row: item}})
		}
	}
}

// asks reports whether somebody is asked for something about an item already.
func (d *drawing) asks(who, item string) bool {
	a := d.asked[who]
	return a != nil && slices.ContainsFunc(a.Needs, func(n Need) bool {
		return n.Lead.Key() == item || slices.ContainsFunc(n.Rest, func(r inbox.Row) bool { return r.Key() == item })
	})
}

// need adds an errand to those of somebody.
func (d *drawing) need(who string, e inbox.Errand) {
	a := d.asked[who]
	if a == nil {
		a = &Asked{Who: who}
		d.asked[who] = a
	}
	n := Need{Errand: e}
	for _, r := range append([]inbox.Row{e.Lead}, e.Rest...) {
		if due := d.due(r); due != nil && (n.Due == nil || due.Before(*n.Due)) {
			n.Due = due
		}
	}
	n.Overdue = n.Due != nil && n.Due.Before(d.env.Now)
	a.Needs = append(a.Needs, n)
}

// due is when something is wanted, nil for what came back: that waits for as long as it
// takes.
func (d *drawing) due(r inbox.Row) *time.Time {
	if r.Part != inbox.Act {
		return nil
	}
	ref := r.Key()
	switch r := r.Row.(type) {
	case *row.Escalation:
		return r.Deadline
	case *row.Blocker:
		ref = fold.Target{Type: fold.TargetBlocker, Name: r.ID}.Ref()
	case *row.Question:
		ref = fold.Target{Type: fold.TargetQuestion, Name: r.ID}.Ref()
	case *row.Item:
		ref = fold.Target{Type: fold.TargetItem, Name: r.ID}.Ref()
	}
	return row.Stamp(d.deadlines[ref])
}

// inOrder are those who are asked, the most urgent first.
func (d *drawing) inOrder(people []*row.Person) []Asked {
	var all []Asked
	for _, a := range d.asked {
		if i := slices.IndexFunc(people, func(p *row.Person) bool { return p.ID == a.Who }); i >= 0 {
			a.Person = people[i]
		}
		sorting.By(a.Needs, compareNeeds)
		all = append(all, *a)
	}
	sorting.By(all, func(a, b Asked) int { return cmp.Or(compareNeeds(a.Needs[0], b.Needs[0]), cmp.Compare(a.Who, b.Who)) })
	return all
}

// compareNeeds puts first what is overdue, then what others ask before what came back,
// then what was escalated, then the most severe, then what is wanted soonest, then the
// oldest.
func compareNeeds(a, b Need) int {
	return cmp.Or(
		compareFlags(a.Overdue, b.Overdue), compareFlags(a.Lead.Part == inbox.Act, b.Lead.Part == inbox.Act), compareFlags(a.Lead.RowType() == row.TypeEscalation, b.Lead.RowType() == row.TypeEscalation),
		handoff.CompareSeverity(a.Severity(), b.Severity()), compareFlags(a.Due != nil, b.Due != nil), compareTimes(a.Due, b.Due),
		cmp.Compare(b.Lead.Cited().Age, a.Lead.Cited().Age), cmp.Compare(a.Lead.Key(), b.Lead.Key()),
	)
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func compareTimes(a, b *time.Time) int {
	if a == nil || b == nil {
		return 0
	}
	return a.Compare(*b)
}
