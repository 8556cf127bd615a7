package query

import "github.com/handoff-cli/handoff/internal/handoff"

// Lookup returns the row of one thing as it stands, citing the record that says
// so. It is nil for a record that is no handoff, and for what is not there.
func Lookup(target handoff.Target, s *handoff.View, env Env) Row {
	r := newRunner(Query{}, s, env)
	t := r.threadOf(target)
	if t == nil {
		return nil
	}
	return r.latest(t).row
}

func (r *runner) threadOf(target handoff.Target) citable {
	s := r.state
	switch target.Type {
	case handoff.TargetItem:
		if it, ok := s.Items[target.Name]; ok {
			return itemThread{it}
		}
	case handoff.TargetBlocker:
		if b, ok := s.Blockers[target.Name]; ok {
			return blockerThread{b}
		}
	case handoff.TargetQuestion:
		if q, ok := s.Questions[target.Name]; ok {
			return questionThread{q}
		}
	case handoff.TargetDecision:
		if d, ok := s.Decisions[target.Name]; ok {
			return decisionThread{d}
		}
	case handoff.TargetRecord:
		if h, ok := s.Handoffs[target.Name]; ok {
			return r.handoffThread(h)
		}
	}
	return nil
}
