package fold

import "github.com/handoff-cli/handoff/internal/handoff"

// withdrawal takes back what its author offered: a handoff that nobody has
// accepted, a question, or an escalation.
func (f *fold) withdrawal(r *handoff.Record, w *handoff.Withdrawal) {
	if named := f.findRecord(w.Subject); named != nil {
		switch body := named.Body.(type) {
		case *handoff.Handoff:
			f.withdrawHandoff(r, w)
			return
		case *handoff.Escalation:
			f.withdrawEscalation(r, named, body)
			return
		}
	}
	if q := f.questionRef(w.Subject); q != nil {
		f.withdrawQuestion(r, q)
		return
	}
	f.problem(r, "HO320", "withdraws %q, which is no handoff, question or escalation that is known", w.Subject)
}

// withdrawHandoff ends the offers of a handoff. What it declared stays with its
// sender.
func (f *fold) withdrawHandoff(r *handoff.Record, w *handoff.Withdrawal) {
	hs := f.findHandoff(w.Subject)
	switch {
	case hs == nil:
		f.problem(r, "HO320", "withdraws %s, which names this withdrawal in turn", w.Subject)
	case hs.Record.By != r.By:
		f.problem(r, "HO320", "withdraws %s, which is by %s", w.Subject, hs.Record.By)
	case !hs.pending():
		f.problem(r, "HO320", "withdraws %s, which is %s", w.Subject, hs.State)
	case f.first(hs).accepted:
		f.problem(r, "HO320", "withdraws %s, of which a part is accepted", w.Subject)
	default:
		f.revokeOffers(hs)
		hs.State = HandoffWithdrawn
		hs.settle(r)
	}
}

func (f *fold) withdrawQuestion(r *handoff.Record, q *Question) {
	switch {
	case q.By != r.By:
		f.problem(r, "HO320", "withdraws the question %s, which %s asked", q.Key, q.By)
	case q.State == QuestionClosed || q.State == QuestionWithdrawn:
		f.problem(r, "HO320", "withdraws the question %s, which is %s", q.Key, q.State)
	default:
		q.State = QuestionWithdrawn
		q.settle(r)
		mention(&q.History, r)
	}
}
