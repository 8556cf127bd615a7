package query

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/row"
)

// The verdicts on a question of yes or no.
const (
	verdictYes     = "yes"
	verdictNo      = "no"
	verdictUnknown = "unknown"
)

// verdict is the answer to a question of yes or no, from what was found: yes where
// a row meets the terms of the question, no where rows or handoffs say otherwise.
func (r *runner) verdict(found []candidate, answered bool) string {
	terms := r.query.Test.Terms
	passes := func(c candidate) bool { return r.passes(c, terms) }
	switch {
	case len(found) == 0 && !answered:
		return verdictUnknown
	case r.query.Test.All && slices.ContainsFunc(found, func(c candidate) bool { return r.decides(c, terms) && !passes(c) }):
		return verdictNo
	case r.query.Test.All && !slices.ContainsFunc(found, func(c candidate) bool { return !passes(c) }) && (len(found) > 0 || noneIsAll(terms)):
		return verdictYes
	case len(found) == 0:
		return verdictNo
	case !r.query.Test.All && slices.ContainsFunc(found, passes):
		return verdictYes
	case slices.ContainsFunc(found, func(c candidate) bool { return !r.decides(c, terms) }):
		return verdictUnknown
	}
	return verdictNo
}

// noneIsAll reports whether all meet the terms where there are none: everything is
// closed where nothing is open, and nothing is blocked there.
func noneIsAll(terms []Term) bool {
	return !slices.ContainsFunc(terms, func(t Term) bool { return !t.Not && t.Value != row.IsClosed && t.Value != row.IsDeclared })
}

// passes reports whether a row has everything that terms ask for.
func (r *runner) passes(c candidate, terms []Term) bool {
	return r.decides(c, terms) && !slices.ContainsFunc(terms, func(t Term) bool { return r.has(c.facets, t) == t.Not })
}

// decides reports whether a row can tell whether it has what terms ask for: the
// state of a pull request that nobody asked the forge for is not known, and of
// somebody without hours nobody knows where they are.
func (r *runner) decides(c candidate, terms []Term) bool {
	switch line := c.row.(type) {
	case *row.Person:
		return line.State != row.PersonUnknown
	case *row.Review:
		return !slices.ContainsFunc(terms, func(t Term) bool {
			switch {
			case t.Qualifier != Is:
				return line.State == "" && len(line.WaitingOn) == 0
			case t.Value == row.IsApproved:
				return line.Approvals == ""
			}
			return line.State == ""
		})
	}
	return true
}

// asksAbsent reports whether a question of yes or no is about an ack by somebody
// who was not asked for one: where there is none, nobody knows.
func (r *runner) asksAbsent(found []candidate) bool {
	terms := r.query.Test.Terms
	i := slices.IndexFunc(terms, func(t Term) bool { return t.Qualifier == By })
	return r.query.Topic == Acks && i >= 0 && !slices.ContainsFunc(found, func(c candidate) bool { return r.has(c.facets, terms[i]) })
}

// proving are the rows to show: of a question of yes or no those that answer it
// first, and where all have to meet it those alone that do not.
func (r *runner) proving(found []candidate) []candidate {
	passes := func(c candidate) bool { return r.passes(c, r.query.Test.Terms) }
	rest := filter(found, func(c candidate) bool { return !passes(c) })
	if r.query.Test.All && len(rest) > 0 {
		return rest
	}
	return append(filter(found, passes), rest...)
}

// judge lays the verdict over an answer to a question of yes or no.
func (r *runner) judge(a *Answer, found []candidate) {
	a.Verdict = r.verdict(found, a.Answered)
	if a.Verdict == verdictNo && r.asksAbsent(found) {
		a.Verdict = verdictUnknown
	}
	switch {
	case a.Verdict != verdictUnknown:
		a.Say = a.Verdict + ": " + a.Say
		return
	case a.Answered:
		r.advise(a, "; ", nil)
	}
	a.Say = "not on record: " + a.Say
}
