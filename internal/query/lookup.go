package query

import (
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
