package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// knower is somebody to ask, and why.
type knower struct{ who, why string }

// knowers are those who may know what no record says, the likeliest first: whoever
// answers for the thing that the question is about, whoever spoke of it last, and
// whoever it is about or names.
func (r *runner) knowers() []knower {
	var found []knower
	add := func(who, why string) {
		if who == "" || !handoff.ValidHandle(who) || who == everyoneAddress {
			return
		}
		if !slices.ContainsFunc(found, func(k knower) bool { return k.who == who }) {
			found = append(found, knower{who, why})
		}
	}
	if r.query.Test != nil {
		for _, t := range r.query.Test.Terms {
			if t.Qualifier == By && t.Value != r.query.Me {
				add(t.Value, "whom the question is about")
			}
		}
	}
	for _, t := range r.aboutAll() {
		switch t := t.(type) {
		case itemThread:
			if t.Live() {
				add(t.Holder, "who holds "+t.ID)
				add(t.Owner, "who is accountable for "+t.ID)
			}
			add(r.source(t.latest()).By, "who declared "+t.ID+" last")
		case blockerThread:
			for _, who := range r.expandFrom(t.DeclaredBy, t.Resolver) {
				add(who, "who is to resolve "+t.ID)
			}
			add(t.DeclaredBy, "who declared "+t.ID+" last")
		case questionThread:
			add(t.To, "who was asked "+t.Key)
			add(t.By, "who asked "+t.Key)
		case decisionThread:
			add(t.Decision.By, "who recorded "+t.ID)
		case handoffThread:
			add(t.Record.By, "who wrote "+t.Record.ID)
		}
	}
	for _, who := range r.concerned() {
		if slices.Contains(r.everyone, who) && who != r.query.Me {
			add(who, "whom the question is about")
		}
	}
	return found
}

// aboutAll are the things that the question names, in its argument and its terms.
func (r *runner) aboutAll() []citable {
	var all []citable
	if r.query.Arg != "" {
		all = r.about()
	}
	for _, t := range r.query.Terms {
		if t.Qualifier != InItem && t.Qualifier != HasRef {
			continue
		}
		for _, name := range t.values() {
			for _, it := range itemsNamed(r.state, name) {
				all = append(all, itemThread{it})
			}
		}
	}
	return all
}

// knowersBeside are the people to ask but for who asks: those who may know, those
// whose handoffs are silent on it, and where there is nobody who leads the team, or
// who handed over last.
func (r *runner) knowersBeside(silent []Silence) []knower {
	known := r.knowers()
	for _, s := range silent {
		if !slices.ContainsFunc(known, func(k knower) bool { return k.who == s.By }) {
			known = append(known, knower{s.By, "whose handoff does not say"})
		}
	}
	people := filter(known, func(k knower) bool { return k.who != r.query.Me })
	if len(people) > 0 || len(known) > 0 {
		return people
	}
	if lead, ok := r.env.Config.Lead(r.teams[r.query.Me], r.query.Me); ok && lead != r.query.Me {
		return []knower{{lead, "who leads your team"}}
	}
	authors, newest := r.authors()
	if len(authors) == 0 {
		return nil
	}
	return []knower{{authors[0], "who handed over last, " + calendar.Ago(r.env.Now.Sub(newest[authors[0]].Record.At.Time))}}
}

// advice says whom to ask and why.
func (r *runner) advice(people []knower) string {
	switch known := r.knowers(); {
	case len(people) > 0:
		return "ask " + reasons(people)
	case len(known) > 0:
		return "nobody knows better than you, " + known[0].why
	}
	return "nobody else has published a handoff yet"
}

// reasons names the first of some people, each with why to ask them.
func reasons(people []knower) string {
	var who []string
	for _, p := range people[:min(len(people), listed)] {
		who = append(who, p.who+", "+p.why)
	}
	return strings.Join(who, "; or ")
}

// handlesOf are the handles of the first of some people, never nil.
func handlesOf(people []knower) []string {
	ask := []string{}
	for _, p := range people[:min(len(people), listed)] {
		if !slices.Contains(ask, p.who) {
			ask = append(ask, p.who)
		}
	}
	return ask
}

// unknownName says that no record knows a name, and which are near.
func unknownName(name string, near []string) string {
	say := `no record knows "` + shortName(name) + `"`
	if len(near) > 0 {
		say += ": near are " + strings.Join(near, ", ")
	}
	return say
}

// shortName is a name that somebody typed, of a length that a sentence can hold.
func shortName(name string) string {
	const most = 60
	letters := []rune(text.OneLine(name))
	if len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return string(letters)
}

// nearest are the names that are most like one: of which it may be a slip, or
// that share a word with it.
func (r *runner) nearest(name string) []string {
	known := append(sortedKeys(r.env.Config.Teams), r.everyone...)
	for _, t := range []handoff.RefType{handoff.RefItem, handoff.RefBlocker, handoff.RefDecision, handoff.RefQuestion} {
		known = append(known, r.state.Alike(t, nameIn(name))...)
	}
	for _, area := range r.env.Config.Authorities {
		known = append(known, area.Area)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	return text.NearestFew(name, known, listed)
}
