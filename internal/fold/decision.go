package fold

import "github.com/handoff-cli/handoff/internal/handoff"

// decide enters a decision, the nth of those of its record. On each topic one is
// accepted; another one must say that it supersedes it.
func (f *fold) decide(r *handoff.Record, nth int, d handoff.Decision) {
	old := f.findDecision(d.ID)
	next := &Decision{Decision: d, State: decisionState(d), By: r.By, At: r.At.Time, Record: r.ID, nth: nth}
	switch {
	case d.ID == "":
		f.problem(r, "HO320", "a decision has no topic")
		return
	case next.State == DecisionRejected:
		if !f.reject(r, next, old) {
			return
		}
	case old == nil:
		f.Decisions[d.ID] = next
	case old.Record == r.ID:
		f.problem(r, "HO320", "the decision on %s is listed twice", d.ID)
		return
	case IsRollup(r) || repeats(next, old):
		return
	case f.amends(r, old.Record):
		next.before = old.before
		f.Decisions[d.ID] = next
	case old.State == DecisionAccepted && next.State == DecisionProposed:
		if !f.propose(r, next, old) {
			return
		}
	case old.State == DecisionAccepted && next.State == DecisionAccepted && supersedes(d) != d.ID:
		f.problem(r, "HO313", "%s is decided already in %s: %q, because %q; a new decision says `supersedes: %s`",
			d.ID, old.Record, old.Decision.Decision, old.Rationale, d.ID)
		return
	default:
		f.replaceDecision(next, old)
	}
	if now := f.Decisions[d.ID]; old != nil && now != old {
		now.Deliveries, old.Deliveries = old.Deliveries, nil
	}
	f.linkDecision(r, next)
}

// decisionState is the state that a decision claims, accepted by default.
func decisionState(d handoff.Decision) string {
	switch d.Status {
	case DecisionProposed, DecisionSuperseded, DecisionReversed, DecisionRejected:
		return d.Status
	}
	return DecisionAccepted
}

// supersedes returns the topic that a decision replaces, "" for none.
func supersedes(d handoff.Decision) string {
	typ, topic := handoff.SplitRef(d.Supersedes)
	if typ != handoff.RefAny && typ != handoff.RefDecision {
		return ""
	}
	return topic
}

// repeats reports whether next carries old along, which decides nothing.
func repeats(next, old *Decision) bool {
	if next.Decision.Decision != old.Decision.Decision || supersedes(next.Decision) == next.ID {
		return false
	}
	return next.State == DecisionAccepted && old.State != DecisionProposed || next.State == old.State
}

// propose enters what is proposed in place of what stands, and reports whether
// it is anything new.
func (f *fold) propose(r *handoff.Record, next, old *Decision) bool {
	switch p := old.Proposal; {
	case p == nil:
	case f.amends(r, p.Record):
		next.before = p.before
	case repeats(next, p):
		return false
	default:
		p.lapse(next)
		next.before = p
	}
	old.Proposal = next
	return true
}

// lapse ends a proposal in whose place something else came.
func (d *Decision) lapse(next *Decision) {
	if d.State == DecisionProposed {
		d.State, d.SupersededBy = DecisionSuperseded, next.ID
	}
}

// reject enters that a proposal was rejected, in the place where it stood, and
// reports whether it did. It names the proposal by what that says: whoever rejects
// what was accepted meanwhile, or proposed in other words, rejects nothing.
func (f *fold) reject(r *handoff.Record, next, old *Decision) bool {
	pending := old.Pending()
	if pending == nil || pending.Decision.Decision != next.Decision.Decision {
		f.problem(r, "HO320", "rejects %q on %s, which is not proposed there", next.Decision.Decision, next.ID)
		return false
	}
	pending.State, next.before = DecisionRejected, pending
	if pending == old {
		f.Decisions[next.ID] = next
	} else {
		old.Proposal = next
	}
	return true
}

// replaceDecision makes next what holds on the topic of old. What was proposed
// in its place came between them.
func (f *fold) replaceDecision(next, old *Decision) {
	switch {
	case next.State == DecisionReversed:
		old.State = DecisionReversed
	case old.State != DecisionRejected:
		old.State, old.SupersededBy = DecisionSuperseded, next.ID
	}
	next.before = old
	if old.Proposal != nil {
		proposed := append([]*Decision{old.Proposal}, old.Proposal.Earlier()...)
		for _, p := range proposed {
			p.lapse(next)
		}
		next.before, proposed[len(proposed)-1].before, old.Proposal = old.Proposal, old, nil
	}
	f.Decisions[next.ID] = next
}

// linkDecision applies what a decision says about other entries.
func (f *fold) linkDecision(r *handoff.Record, d *Decision) {
	for _, id := range d.Items {
		if it := f.itemRef(id); it != nil {
			mention(&it.History, r)
			f.actOnItem(r, it)
		}
	}
	if d.State != DecisionAccepted {
		return
	}
	if b := f.blockerRef(d.Answers); b != nil {
		mention(&b.History, r)
		b.act(r)
		b.AnsweredBy = d.ID
	}
	if q := f.questionRef(d.Answers); q != nil {
		q.act(r)
		mention(&q.History, r)
	}
	topic := supersedes(d.Decision)
	if topic == "" || topic == d.ID {
		return
	}
	old := f.findDecision(topic)
	switch {
	case old == nil:
		f.problem(r, "HO320", "%s supersedes %s, on which nothing is decided", d.ID, topic)
	case old.State == DecisionAccepted || old.State == DecisionProposed:
		old.State, old.SupersededBy = DecisionSuperseded, d.ID
	}
}
