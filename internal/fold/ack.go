package fold

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// outcomes are the verdicts that an ack may give.
var outcomes = []string{
	handoff.OutcomeAccepted, handoff.OutcomeAcceptedWithGaps, handoff.OutcomeChangesRequested, handoff.OutcomeDeclined, handoff.OutcomeSeen,
}

// ack applies a verdict to what it is about.
func (f *fold) ack(r *handoff.Record, a *handoff.Ack) {
	if !slices.Contains(outcomes, a.Outcome) {
		f.problem(r, "HO320", "outcome %q is not known", a.Outcome)
		return
	}
	subject := f.findRecord(a.Subject)
	if subject == nil {
		f.ackThread(r, a)
		return
	}
	switch body := subject.Body.(type) {
	case *handoff.Handoff:
		f.ackHandoff(r, a)
	case *handoff.Assignment:
		f.ackAssignment(r, a, subject, body)
	case *handoff.Escalation:
		f.ackEscalation(r, a, subject, body)
	case *handoff.Ack, *handoff.Answer, *handoff.Resolution, *handoff.Gap:
		if a.Outcome == handoff.OutcomeSeen {
			f.receipt(r, subject)
			return
		}
		f.ackThread(r, a)
	default:
		f.ackThread(r, a)
	}
}

// ackHandoff takes items over, asks for changes, or declines.
func (f *fold) ackHandoff(r *handoff.Record, a *handoff.Ack) {
	hs := f.findHandoff(a.Subject)
	if !f.mayAck(r, a, hs) {
		return
	}
	hs.Acks = append(hs.Acks, r)
	hs.Escalated.judge(r, a)
	switch a.Outcome {
	case handoff.OutcomeAccepted, handoff.OutcomeAcceptedWithGaps:
		f.accept(r, a, hs)
	case handoff.OutcomeChangesRequested:
		f.object(r, hs, HandoffChangesRequested)
	case handoff.OutcomeDeclined:
		f.endOffersTo(r.By, hs)
		f.object(r, hs, HandoffDeclined)
	}
	f.verdictBack(r, a, hs)
}

// mayAck reports whether the handoff can be acked by the author of r; hs is nil
// when it has not been folded.
func (f *fold) mayAck(r *handoff.Record, a *handoff.Ack, hs *Handoff) bool {
	switch {
	case hs == nil:
		f.problem(r, "HO702", "acks %s, which names this ack in turn", a.Subject)
	case f.latest(hs) != hs:
		f.problem(r, "HO702", "acks %s, which is amended: the latest version is %s",
			a.Subject, f.latest(hs).Record.ID)
	case hs.State == HandoffWithdrawn:
		f.problem(r, "HO702", "acks %s, which is withdrawn", a.Subject)
	case a.Digest != "" && hs.Record.Source.Digest != "" && a.Digest != hs.Record.Source.Digest:
		f.problem(r, "HO702", "acks %s with other bytes: its digest is %s, not %s",
			a.Subject, hs.Record.Source.Digest, a.Digest)
	case r.By == hs.Record.By && !toLaterSelf(r, hs):
		f.problem(r, "HO701", "acks %s, which is by %s too", a.Subject, r.By)
	default:
		return true
	}
	return false
}

// toLaterSelf reports whether an ack by the sender of a handoff is that of a
// receiver: it was addressed to themselves, and another day has come.
func toLaterSelf(r *handoff.Record, hs *Handoff) bool {
	return slices.Contains(hs.To, r.By) && r.At.Format(time.DateOnly) != hs.Record.At.Format(time.DateOnly)
}

func (f *fold) accept(r *handoff.Record, a *handoff.Ack, hs *Handoff) {
	if hs.accepters == nil {
		hs.accepters = make(map[string]bool)
	}
	hs.accepters[r.By] = true
	f.first(hs).accepted = true
	hs.steppedIn = hs.steppedIn || !slices.Contains(hs.To, r.By)
	for _, item := range a.Take {
		f.take(r, hs, item)
	}
	f.handOnWatch(r, hs)
	for _, id := range hs.declared {
		if it := f.findItem(id); it.Declared == hs.Record.ID && it.ProposedOwner == r.By {
			it.Owner, it.ProposedOwner = r.By, ""
		}
	}
	f.judge(hs, r)
}

// take moves one item of a handoff to the author of an ack. Who was asked does
// not matter: somebody may step in for another, and who is in a team is not
// known here.
func (f *fold) take(r *handoff.Record, hs *Handoff, ref string) {
	_, id := handoff.SplitRef(ref)
	it := f.itemRef(ref)
	switch {
	case hs.Rollup != nil:
		f.problem(r, "HO320", "takes %s from %s, which is a rollup: its items are assigned", id, hs.Record.ID)
	case it == nil || hs.Item(id) == nil:
		f.problem(r, "HO103", "takes %q, which %s does not list", ref, hs.Record.ID)
	case it.Live() && it.Holder == r.By:
		// Taken already, or never given away.
	case !it.Live() || it.Holder != hs.Record.By:
		f.heldProblem(r, it)
	case it.Offer == nil:
		f.problem(r, "HO320", "takes %s, which %s offers to nobody", id, it.Holder)
	default:
		f.give(it, r)
		f.noteTaken(hs, id, r.By) // the item may be declared anew since
	}
}

// judge makes a handoff accepted once the policy is satisfied. r is the ack
// that may have done it.
func (f *fold) judge(hs *Handoff, r *handoff.Record) {
	if !hs.pending() || !f.satisfied(hs) {
		return
	}
	hs.State, hs.Verdict = HandoffAccepted, r
	hs.settle(r)
	f.conclude(hs, r)
}

// satisfied reports whether the receivers who accepted are enough. For the
// policy per item it is also enough that all that was offered has been taken,
// be it by assignment, so that no receiver ever acked the handoff itself.
func (f *fold) satisfied(hs *Handoff) bool {
	switch f.policy {
	case PolicyAny:
		return len(hs.accepters) > 0
	case PolicyAll:
		return len(hs.accepters) > 0 && !slices.ContainsFunc(hs.To, func(to string) bool { return !hs.acceptedFor(to) })
	}
	answered := len(hs.accepters) > 0 || slices.ContainsFunc(hs.declared, func(id string) bool { return hs.gave(f.findItem(id)) })
	return answered && !slices.ContainsFunc(hs.declared, func(id string) bool { return hs.waitsFor(f.findItem(id)) })
}

// gave reports whether somebody has taken the item that the handoff left to
// somebody else.
func (h *Handoff) gave(it *Item) bool {
	return it.Declared == h.Record.ID && h.Taken[it.ID] != "" && offers(h.Record, *h.Item(it.ID))
}

// acceptedFor reports whether an address has accepted. Any receiver who is not
// named speaks for a group; the sender, who stays responsible anyway, need not
// accept.
func (h *Handoff) acceptedFor(to string) bool {
	if handoff.IsScope(to) {
		return h.steppedIn
	}
	return to == h.Record.By || h.accepters[to]
}

// waitsFor reports whether the handoff leaves the item to somebody else who has
// not taken it.
func (h *Handoff) waitsFor(it *Item) bool {
	return it.Declared == h.Record.ID && it.Live() && it.Holder == h.Record.By &&
		offers(h.Record, *h.Item(it.ID))
}

// object notes a verdict other than acceptance. It does not undo one.
func (f *fold) object(r *handoff.Record, hs *Handoff, state string) {
	if hs.pending() {
		hs.State, hs.Verdict = state, r
	}
}

// endOffersTo ends what a handoff offers to who, and to nobody else.
func (f *fold) endOffersTo(who string, hs *Handoff) {
	for _, id := range hs.declared {
		if it := f.findItem(id); it.offeredBy(hs.Record.ID) && len(it.Offer.To) == 1 && it.Offer.To[0] == who {
			it.Offer = nil
		}
	}
}

// ackAssignment takes the assigned item over, or ends the offer.
func (f *fold) ackAssignment(r *handoff.Record, a *handoff.Ack, subject *handoff.Record, as *handoff.Assignment) {
	it := f.itemRef(as.Item)
	switch {
	case a.Outcome == handoff.OutcomeSeen:
		// A receipt moves nothing.
	case it == nil:
		f.problem(r, "HO702", "acks %s, which assigns nothing that is known", subject.ID)
	case r.By != as.To && r.By == subject.By:
		f.problem(r, "HO701", "acks %s, which is by %s too", subject.ID, r.By)
	case r.By != as.To && !slices.Contains(a.Take, it.ID):
		f.problem(r, "HO702", "acks %s, which assigns %s to %s", subject.ID, it.ID, as.To)
	case it.Live() && it.Holder == r.By:
		// Taken already.
	case !it.Live():
		f.heldProblem(r, it)
	case !it.offeredBy(subject.ID):
		f.problem(r, "HO320", "acks %s, but its offer has ended: %s is held by %s since %s",
			subject.ID, it.ID, it.Holder, it.HeldBy)
	case a.Accepts():
		f.give(it, r)
	case a.Outcome == handoff.OutcomeDeclined:
		it.Offer = nil
		mention(&it.History, r)
		f.refusalBack(r, a, subject.By, subject.ID, it.ID)
	default:
		f.refusalBack(r, a, subject.By, subject.ID, it.ID)
	}
}

// ackThread acknowledges a blocker, or notes that a question was read.
func (f *fold) ackThread(r *handoff.Record, a *handoff.Ack) {
	if b := f.blockerRef(a.Subject); b != nil {
		if r.By == b.DeclaredBy && r.By != b.Resolver {
			f.problem(r, "HO701", "acks the blocker %s, which %s declared", b.ID, r.By)
			return
		}
		if b.Open() {
			f.refusalBack(r, a, b.DeclaredBy, declaration{handoff.RefBlocker, b.ID}.key())
		}
		f.acknowledge(r, a, b)
		return
	}
	if q := f.questionRef(a.Subject); q != nil {
		q.judge(r, a)
		mention(&q.History, r)
		f.refusalBack(r, a, q.By, declaration{handoff.RefQuestion, q.Key}.key())
		return
	}
	f.problem(r, "HO702", "acks %q: no handoff, assignment, escalation, blocker or question of that name is known", a.Subject)
}
