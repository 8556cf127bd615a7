package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// Run answers a query from the folded records. The same query, state and
// environment give the same answer, row by row.
func Run(q Query, s *fold.View, env Env) Answer {
	spec, _ := findTopic(q.Topic)
	r := newRunner(q, s, env)
	var found, all []candidate
	if q.Unknown == "" {
		all = spec.find(r)
		found = r.fitting(spec, all)
	}
	if q.Test != nil {
		found = r.proving(found)
	}

	a := Answer{Topic: spec.Name, Understood: q.String(), Answered: true, Rows: []row.Row{}, Total: len(found), Ask: []string{}}
	a.count(found)
	a.hold(found, q.Limit)
	r.say(&a, spec, found, all)
	if q.Test != nil {
		r.judge(&a, found)
	}
	a.Say = text.OneLine(a.Say)
	a.Silent = text.NonNil(a.none.silent)
	return a
}

// say fills in what an answer says: of what was found, that there is none, or that
// no record covers the question.
func (r *runner) say(a *Answer, spec *TopicSpec, found, all []candidate) {
	switch {
	case r.query.Unknown != "":
		a.near = r.nearest(r.query.Unknown)
		a.states = unknownName(r.query.Unknown, a.near)
		r.advise(a, "; ", nil)
		return
	case len(found) > 0:
		a.states = r.sentence(spec, found, a)
	case len(all) > 0 && spec.whole:
		a.none = none{say: r.noneOf(spec, all), fixed: true}
		a.states = a.none.say
	default:
		if !r.sayNone(a, spec) {
			a.states = r.uncovered(a.none.silent)
			r.advise(a, ": ", a.none.silent)
			return
		}
	}
	a.Say = a.states
}

// sayNone says that there is none, and reports whether that is known.
func (r *runner) sayNone(a *Answer, spec *TopicSpec) (known bool) {
	if say := r.noneOfPerson(); say != "" {
		a.none, known = none{say: say, fixed: true}, true
	} else {
		a.none, known = r.none(spec, r.covering(spec))
	}
	if known {
		a.states = a.none.sentence(r.env.Now, "")
	}
	return known
}

// advise makes an answer one that no record covers, and says whom to ask.
func (r *runner) advise(a *Answer, sep string, silent []Silence) {
	a.Answered = false
	a.knowers = r.knowersBeside(silent)
	a.Ask = handlesOf(a.knowers)
	a.Say = a.states + sep + r.advice(a.knowers)
}

// Rows is the rows of an answer, without what is said about them.
func Rows(q Query, s *fold.View, env Env) []row.Row {
	spec, _ := findTopic(q.Topic)
	r := newRunner(q, s, env)
	a := Answer{Rows: []row.Row{}}
	a.hold(r.find(spec), q.Limit)
	return a.Rows
}

// find returns what the query is about, in order.
func (r *runner) find(spec *TopicSpec) []candidate { return r.fitting(spec, spec.find(r)) }

// fitting are those of all that the terms, the time and the words leave, in order.
func (r *runner) fitting(spec *TopicSpec, all []candidate) []candidate {
	found := filter(all, r.meets)
	if spec.Name != Search { // which has read the words, to cite who said them
		found = filter(found, func(c candidate) bool { return r.says(c.thread) })
	}
	sortCandidates(found, spec.order)
	return found
}

// count notes what was found, whatever the limit leaves of it.
func (a *Answer) count(found []candidate) {
	a.found = make(map[row.Type]int)
	for _, c := range found {
		a.found[c.row.RowType()]++
		if c.row.Cited().Superseded {
			a.outdated++
		}
	}
}

// hold makes the first of what was found the rows, and lets go of the state.
func (a *Answer) hold(found []candidate, limit int) {
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	for _, c := range found {
		if c.changes != nil {
			c.row = row.Changed{Changes: c.changes, Row: c.row}
		}
		a.Rows = append(a.Rows, c.row)
		a.ranked = append(a.ranked, candidate{row: c.row, severity: c.severity, since: c.since, idle: c.idle})
	}
}

// summary counts what was found by type: "2 blockers, 1 item (1 superseded)".
func (a *Answer) summary() string {
	var parts []string
	for _, t := range typeOrder {
		if a.found[t] > 0 {
			parts = append(parts, text.Count(a.found[t], t.Noun()))
		}
	}
	say := strings.Join(parts, ", ")
	if a.outdated > 0 {
		say += fmt.Sprintf(" (%d superseded)", a.outdated)
	}
	return say
}

// anyTime reports whether handoffs that no longer speak count, too: what they
// said is what was asked.
func (q Query) anyTime(spec *TopicSpec) bool {
	past := spec.Name == Search && slices.ContainsFunc(q.Terms, Term.past)
	timed := spec.Name != SLAs && (!q.Since.IsZero() || !q.Until.IsZero()) // a deadline of a time is not said in it
	return spec.history || past || timed
}

// named reports whether handoffs cannot say "none": the question is about a name or
// about words, which nobody who does not know them can deny.
func (q Query) named(spec *TopicSpec) bool {
	return spec.unnamed && q.Arg != "" || spec.Name == Search && len(q.Words) > 0
}

// covering are the handoffs, the newest first, that could have said it if there
// were anything: without one, "none" is not known, and [runner.none] looks which
// of them did. What a question names must
// be named by a handoff; a handoff that does not know it says nothing about it.
func (r *runner) covering(spec *TopicSpec) []*fold.Handoff {
	if r.query.named(spec) {
		return nil
	}
	handoffs := r.state.Current()
	if r.query.anyTime(spec) {
		handoffs = r.allHandoffs()
	}
	return filter(handoffs, func(h *fold.Handoff) bool { return r.covers(h, spec) })
}

// allHandoffs are the handoffs that were not withdrawn, the newest first.
func (r *runner) allHandoffs() []*fold.Handoff {
	return filter(slices.Collect(r.state.Newest()), func(h *fold.Handoff) bool { return h.State != fold.HandoffWithdrawn })
}

func (r *runner) covers(h *fold.Handoff, spec *TopicSpec) bool {
	if !within(r.query, h.Record.At.Time) {
		return false
	}
	if who := r.who(); spec.arg.name == aboutPeople && who != everyoneAddress && !r.knows(h, who) {
		return false
	}
	known := r.latest(r.handoffThread(h)).facets
	return !slices.ContainsFunc(r.query.Terms, func(t Term) bool {
		if t.Not {
			return false
		}
		switch t.Qualifier {
		case By, Team, InItem, HasRef:
			return !r.has(known, t)
		case Decider:
			return !r.has(known, Term{Qualifier: By, Value: t.Value})
		case To, Owner, Holder, Resolver:
			return !slices.ContainsFunc(t.values(), func(who string) bool { return r.knows(h, who) })
		}
		return false
	})
}

// knows reports whether a handoff is by somebody or names them, by themselves
// or as one of a group.
func (r *runner) knows(h *fold.Handoff, who string) bool {
	named := append([]string{h.Record.By}, h.To...)
	for _, item := range h.Items {
		named = append(named, item.Owner)
		for _, n := range item.Next {
			named = append(named, n.Owner)
		}
	}
	for _, b := range h.Blockers {
		named = append(named, b.Resolver)
	}
	for _, q := range h.Handoff.Questions {
		named = append(named, q.To)
	}
	named = slices.DeleteFunc(named, func(address string) bool { return address == everyoneAddress })
	group := r.expand(who)
	return slices.ContainsFunc(r.expandFrom(h.Record.By, named...), func(one string) bool { return slices.Contains(group, one) })
}

// uncovered says that no record covers the question, and who is silent on it.
func (r *runner) uncovered(silent []Silence) string {
	if near := r.slip(); near != "" {
		return fmt.Sprintf("no record covers %s (did you mean %s?)", r.query.Arg, near)
	}
	return text.JoinNonEmpty(", ", "no record covers it", silences(silent))
}

// slip is a name that the argument of the question is probably a slip of.
func (r *runner) slip() string {
	name := nameIn(r.query.Arg)
	known := slices.Concat(
		r.state.Alike(handoff.RefItem, name), r.state.Alike(handoff.RefBlocker, name), r.state.Alike(handoff.RefDecision, name), r.everyone,
	)
	if slices.Contains(known, name) {
		return ""
	}
	return text.Slip(name, known)
}

// authors are those who have published a handoff, but for who asks, the latest
// first, and the newest handoff of each.
func (r *runner) authors() (people []string, newest map[string]*fold.Handoff) {
	newest = make(map[string]*fold.Handoff)
	for _, h := range r.allHandoffs() {
		if by := h.Record.By; by != r.query.Me && newest[by] == nil {
			newest[by] = h
			people = append(people, by)
		}
	}
	return people, newest
}

// concerned are the people whom the question names: who may know best.
func (r *runner) concerned() []string {
	named := r.expand(r.query.Arg)
	for _, t := range r.query.Terms {
		switch t.Qualifier {
		case By, To, Owner, Holder, Resolver:
			named = append(named, r.expand(t.values()...)...)
		case Team:
			for _, team := range t.values() {
				named = append(named, r.expand("lead:"+team)...)
			}
		case InItem:
			for _, id := range t.values() {
				if it := r.state.Items[id]; it != nil {
					named = append(named, it.Holder)
				}
			}
		}
	}
	slices.Sort(named)
	return slices.Compact(named)
}
