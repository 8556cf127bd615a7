package handoff

// decide enters a decision, the nth of those of its record. On each topic one is
// accepted; another one must say that it supersedes it.
func (f *fold) decide(r *Record, nth int, d Decision) {
	old := f.findDecision(d.ID)
	next := &DecisionState{Decision: d, State: decisionState(d), By: r.By, At: r.At.Time, Record: r.ID, nth: nth}
	switch {
	case d.ID == "":
		f.problem(r, "HO320", "a decision has no topic")
		return
	case old == nil:
		f.Decisions[d.ID] = next
	case old.Record == r.ID:
		f.problem(r, "HO320", "the decision on %s is listed twice", d.ID)
		return
	case r.IsRollup() || repeats(next, old):
		return
	case f.amends(r, old.Record):
		next.before = old.before
		f.Decisions[d.ID] = next
	case old.State == DecisionAccepted && next.State == DecisionProposed:
		old.Proposal = next
	case old.State == DecisionAccepted && next.State == DecisionAccepted && supersedes(d) != d.ID:
		f.problem(r, "HO313", "%s is decided already in %s: %q, because %q; a new decision says `supersedes: %s`",
			d.ID, old.Record, old.Decision.Decision, old.Rationale, d.ID)
		return
	default:
		f.replaceDecision(next, old)
	}
	f.linkDecision(r, next)
}

// decisionState is the state that a decision claims, accepted by default.
func decisionState(d Decision) string {
	switch d.Status {
	case DecisionProposed, DecisionSuperseded, DecisionReversed:
		return d.Status
	}
	return DecisionAccepted
}

// supersedes returns the topic that a decision replaces, "" for none.
func supersedes(d Decision) string {
	typ, topic := SplitRef(d.Supersedes)
	if typ != RefAny && typ != RefDecision {
		return ""
	}
	return topic
}

// repeats reports whether next carries old along, which decides nothing.
func repeats(next, old *DecisionState) bool {
	if next.Decision.Decision != old.Decision.Decision || supersedes(next.Decision) == next.ID {
		return false
	}
	return next.State == DecisionAccepted && old.State != DecisionProposed || next.State == old.State
}

// replaceDecision makes next what holds on the topic of old.
func (f *fold) replaceDecision(next, old *DecisionState) {
	old.State = DecisionSuperseded
	if next.State == DecisionReversed {
		old.State = DecisionReversed
	} else {
		old.SupersededBy = next.ID
	}
	next.before, old.Proposal = old, nil
	f.Decisions[next.ID] = next
}

// linkDecision applies what a decision says about other entries.
func (f *fold) linkDecision(r *Record, d *DecisionState) {
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
