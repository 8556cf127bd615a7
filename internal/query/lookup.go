package query

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/row"
)

// Lookup returns the row of one thing as it stands, citing the record that says
// so. It is nil for a record that is neither a handoff nor an escalation of what
// is not settled, and for what is not there.
func Lookup(target fold.Target, s *fold.View, env Env) row.Row {
	r := newRunner(Query{}, s, env)
	threads := r.threadsOf(kindOf[target.Type], target.Name)
	if len(threads) > 0 {
		return r.latest(threads[0]).row
	}
	for _, c := range r.escalations() {
		if target.Type == fold.TargetRecord && c.row.Key() == target.Name {
			return c.row
		}
	}
	return nil
}

// kindOf is the kind of what a person names. Of records only handoffs have a row.
var kindOf = map[string]fold.EntryKind{
	fold.TargetItem: fold.EntryItem, fold.TargetBlocker: fold.EntryBlocker,
	fold.TargetQuestion: fold.EntryQuestion, fold.TargetDecision: fold.EntryDecision,
	fold.TargetRecord: fold.EntryHandoff,
}

// Reader looks things and people up in one state, without a question.
type Reader struct{ r *runner }

// NewReader reads a state for somebody, who is one of everybody there.
func NewReader(who string, s *fold.View, env Env) *Reader {
	return &Reader{newRunner(Query{Me: who}, s, env)}
}

// Cited returns the row of one thing as it stands, citing a record that says
// something of it; of the decisions on a topic, the one in that record. It is nil
// for what is not there, and for a record that is no handoff.
func (rd *Reader) Cited(target fold.Target, record string) row.Row {
	threads := rd.r.threadsOf(kindOf[target.Type], target.Name)
	if target.Type == fold.TargetDecision {
		threads = filter(threads, func(t citable) bool { return t.latest() == record })
	}
	if len(threads) == 0 {
		return nil
	}
	return threads[0].cite(rd.r, record).row
}

// Addresses reports whether one of the addresses that somebody wrote is a person,
// or stands for them: that of a group, of an area, or of everybody.
func (rd *Reader) Addresses(who, from string, to ...string) bool {
	return slices.Contains(rd.r.expandFrom(from, to...), who)
}
