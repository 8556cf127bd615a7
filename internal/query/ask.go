package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

// Recall returns a state that holds a part at least. Of one repository it is
// the same state every time, and may grow.
type Recall func(fold.Part) (*fold.View, error)

// Ask answers a query as [Run] does from the whole state, with as little of it
// as the question takes.
func Ask(q Query, recall Recall, env Env) (Answer, error) {
	if q.Unknown != "" {
		s, err := recall(fold.Part{Alike: []string{nameIn(q.Unknown)}})
		if err != nil {
			return Answer{}, err
		}
		return Run(q, s, env), nil
	}
	part, err := q.part(recall, env)
	if err != nil {
		return Answer{}, err
	}
	s, err := recall(part)
	if err != nil {
		return Answer{}, err
	}
	a := Run(q, s, env)
	if part.All || len(a.Rows) > 0 || q.knowsNone(a) {
		return a, nil
	}
	if s, err = recall(q.silence(newRunner(q, s, env))); err != nil {
		return Answer{}, err
	}
	return Run(q, s, env), nil
}

// silence is what an answer without rows is made of, beside what rows are made of:
// the handoffs that could have said it, the things that the terms name, and the
// names of which that of the question may be a slip. Those of the present are always
// there.
func (q Query) silence(r *runner) fold.Part {
	part := fold.Part{Alike: []string{nameIn(q.Arg)}}
	for _, t := range q.Terms {
		if t.Qualifier == InItem || t.Qualifier == HasRef {
			part.Refs = append(part.Refs, t.values()...)
		}
	}
	spec := specOf(q.Topic)
	if q.named(spec) || !q.anyTime(spec) {
		return part
	}
	if part.Since = q.Since; !q.Since.IsZero() {
		return part
	}
	part.By = r.authorsWanted(By, Decider)
	part.All = part.By == nil
	return part
}

// nameIn is the name in what somebody typed.
func nameIn(typed string) string {
	_, name := handoff.SplitRef(strings.ReplaceAll(FoldCase(typed), " ", "-"))
	return name
}

// part is what the rows of the answer are made of.
func (q Query) part(recall Recall, env Env) (fold.Part, error) {
	switch q.Topic {
	case Whois, Why, Status, History, Owns, Acks, Reviews, SLAs:
		if q.Arg != "" {
			return q.story(recall)
		}
	case Handoffs, Gaps:
		return fold.Part{All: q.Since.IsZero() && !q.Until.IsZero(), Since: q.Since, Histories: q.Topic == Gaps || len(q.Words) > 0}, nil
	case Decisions:
		return q.decided(), nil
	case Shipped:
		return q.finished(recall, env)
	case Changed:
		s, err := recall(fold.Part{})
		if err != nil {
			return fold.Part{}, err
		}
		return fold.Part{Since: newRunner(q, s, env).changedSince()}, nil
	case Search:
		return q.searched(), nil
	}
	return fold.Part{Histories: len(q.Words) > 0}, nil
}

// decided is what decisions are made of: those of a time are in its records.
func (q Query) decided() fold.Part {
	part := fold.Part{Since: q.Since, Histories: len(q.Words) > 0}
	switch {
	case q.Arg != "":
		part.Refs = []string{q.Arg}
		typ, name := handoff.SplitRef(q.Arg)
		switch {
		case typ == handoff.RefDecision:
			return part
		case !strings.Contains(name, "/"): // of a path what is above and below it counts
			part.Decided = strings.Fields(name)
			return part
		}
	case !q.Since.IsZero():
		return part
	}
	part.Decisions = true
	return part
}

// finished is what is said of what was shipped: by all handoffs, by those of a
// time, or by those of some people.
func (q Query) finished(recall Recall, env Env) (fold.Part, error) {
	if !q.Since.IsZero() {
		return fold.Part{Since: q.Since}, nil
	}
	s, err := recall(fold.Part{})
	if err != nil {
		return fold.Part{}, err
	}
	by := newRunner(q, s, env).authorsWanted(By)
	return fold.Part{All: by == nil, By: by}, nil
}

// authorsWanted are the people of whom a term says that they wrote it, with those
// for whom they stand; nil where none does.
func (r *runner) authorsWanted(qualifiers ...Qualifier) []string {
	for _, t := range r.query.Terms {
		if !t.Not && slices.Contains(qualifiers, t.Qualifier) {
			return r.expand(t.values()...)
		}
	}
	return nil
}

// story is what the records say of a thing and of what touches it. What is no
// item by its name may be what items refer to.
func (q Query) story(recall Recall) (fold.Part, error) {
	typ, name := handoff.SplitRef(q.Arg)
	if typ == handoff.RefItem && (q.Topic == Status || q.Topic == Owns || q.Topic == Whois) {
		if s, err := recall(fold.Part{}); err != nil || s.Items[name] != nil {
			return fold.Part{}, err // it is present, and so is what says how it stands
		}
	}
	part := fold.Part{Refs: []string{q.Arg}, Linked: []string{q.Arg}}
	s, err := recall(part)
	if err != nil || q.Topic != Why {
		return part, err
	}
	for _, it := range itemsNamed(s, q.Arg) {
		part.Linked = append(append(part.Linked, it.ID), it.Was...)
	}
	if s, err = recall(part); err != nil { // with the blockers of the items; what answers these need not name the items
		return part, err
	}
	part.Linked = append(part.Linked, sortedKeys(s.Blockers)...)
	return part, nil
}

// searched is everything that says the words.
func (q Query) searched() fold.Part {
	var part fold.Part
	for _, w := range q.Words {
		if !w.Not {
			part.Words = append(part.Words, w.Text)
		}
	}
	if len(part.Words) == 0 {
		part.All = len(q.Words) > 0 || !slices.ContainsFunc(q.Terms, Term.present)
		part.Decisions = true
	}
	part.All = part.All || slices.ContainsFunc(q.Terms, Term.ofRecords)
	if part.All && !q.Since.IsZero() {
		part.All, part.Since = false, q.Since // what cites a record of that time is named by it
	}
	return part
}

// ofRecords reports whether records that are about other things can meet the
// term, wherever they are.
func (t Term) ofRecords() bool {
	switch {
	case t.Not:
		return false
	case t.Qualifier == OfKind:
		return true
	}
	values := t.values()
	return t.Qualifier == Is && (slices.Contains(values, row.IsOpen) || slices.Contains(values, string(row.TypeEscalation)) || slices.Contains(values, string(row.TypeGap)))
}

// past reports whether the term asks for what handoffs said once, or for what
// records of a kind say: none is only said by all of them.
func (t Term) past() bool {
	return !t.Not && (t.Qualifier == OfKind || t.Qualifier == Is && !t.present())
}

// present reports whether only what is live, or a decision that stands, can
// meet the term.
func (t Term) present() bool {
	return t.Qualifier == Is && !t.Not && !slices.ContainsFunc(t.values(), func(value string) bool {
		switch value {
		case row.IsOpen, row.IsOffered, row.IsUnclaimed, row.IsStale, row.IsAtRisk, row.IsUnacked, row.IsOverdue, row.IsLimbo, row.IsExpired, string(row.TypeWatch),
			handoff.StatusBlocked, handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview:
			return false
		}
		return true
	})
}

// knowsNone reports whether an answer without rows is that of the whole state:
// it depends on the newest handoffs only.
func (q Query) knowsNone(a Answer) bool {
	return q.Topic != Search && !q.anyTime(specOf(q.Topic)) && a.Answered
}

// Said is everything that a record says, as words are looked for in it.
func Said(record *handoff.Record) string { return story.Written(record.Body) }
