package fold

import (
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// leaveQuestion asks what a handoff leaves open. The slug is the thread:
// carrying an open question along is no new round, changing a closed one is.
func (f *fold) leaveQuestion(r *handoff.Record, left handoff.OpenQuestion) {
	q := f.findQuestion(left.ID)
	asked := asking{
		Ask: left.Ask, To: left.To, Context: left.Context, Blocks: left.Blocks,
		NeededBy: left.NeededBy.Time, Default: left.DefaultIfSilent,
	}
	switch {
	case left.ID == "":
		f.problem(r, "HO320", "a question has no id")
	case f.findRecord(left.ID) != nil:
		f.problem(r, "HO320", "the question %s has the id of a record", left.ID)
	case q == nil:
		q = &Question{Key: left.ID}
		f.Questions[left.ID] = q
		q.ask(r, asked)
	case IsRollup(r):
		mention(&q.History, r)
	case q.Record == r.ID:
		f.problem(r, "HO320", "the question %s is listed twice", left.ID)
	case q.Open():
		q.By = r.By
		q.say(asked)
		mention(&q.History, r)
	case q.Ask == left.Ask && (q.State == QuestionClosed || f.amends(r, q.Record)):
		mention(&q.History, r) // an old copy: it has its answer
	default:
		q.ask(r, asked)
	}
}

// amends reports whether r is a later version of the handoff called id.
func (f *fold) amends(r *handoff.Record, id string) bool {
	hs := f.findHandoff(r.ID)
	return hs != nil && f.sameChain(id, hs)
}

// question asks something anew, or once more when it is about a question.
func (f *fold) question(r *handoff.Record, body *handoff.Question) {
	asked := asking{Ask: body.Ask, To: body.To, Context: body.Context, Blocks: body.Blocks}
	if q := f.questionRef(body.About); q != nil {
		f.rounds[r.ID] = q.Key
		q.ask(r, asked)
		return
	}
	q := &Question{Key: r.ID, About: body.About}
	f.Questions[r.ID] = q
	q.ask(r, asked)
	if it := f.itemRef(body.About); it != nil {
		mention(&it.History, r)
	}
	if b := f.blockerRef(body.About); b != nil {
		mention(&b.History, r)
	}
	if hs := f.findHandoff(body.About); hs != nil {
		hs = f.latest(hs)
		hs.Questions = append(hs.Questions, q.Key)
	}
}

// asking is the words of a question, wherever it stands.
type asking struct {
	Ask, To, Context string
	Blocks           []string
	NeededBy         time.Time
	Default          string
}

// ask begins a round.
func (q *Question) ask(r *handoff.Record, words asking) {
	q.By, q.At, q.Record = r.By, r.At.Time, r.ID
	if !q.Pending() {
		q.Escalations = nil
	}
	q.State = QuestionOpen
	q.Rounds++
	q.say(words)
	mention(&q.History, r)
}

func (q *Question) say(w asking) {
	q.Ask, q.To, q.Context = w.Ask, w.To, w.Context
	q.Blocks, q.NeededBy, q.Default = w.Blocks, w.NeededBy, w.Default
}

// answer replies to a question that is not closed.
func (f *fold) answer(r *handoff.Record, a *handoff.Answer) {
	q := f.questionRef(a.Question)
	switch {
	case q == nil:
		f.problem(r, "HO320", "answers %q, which is no question that is known", a.Question)
		return
	case q.State == QuestionClosed || q.State == QuestionWithdrawn:
		f.problem(r, "HO320", "answers the question %s, which is %s", q.Key, q.State)
		return
	}
	q.Answers = append(q.Answers, r)
	q.State = QuestionAnswered
	q.act(r)
	if a.Closing() {
		q.State = QuestionClosed
		q.settle(r)
	}
	mention(&q.History, r)
	f.answerBack(r, q)
}
