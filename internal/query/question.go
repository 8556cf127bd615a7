package query

import (
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// questionThread is the thread of a question through the records.
type questionThread struct{ *fold.Question }

func (t questionThread) records() []string { return t.History }

func (t questionThread) latest() string { return t.Record }

func (t questionThread) entry(record *handoff.Record) any {
	if body, ok := record.Body.(*handoff.Handoff); ok {
		return some(filter(body.Questions, func(q handoff.OpenQuestion) bool { return q.ID == t.Key }))
	}
	return record.Body
}

// asks is whom the question asks now.
func (t questionThread) asks(r *runner) config.Asked {
	if !t.Open() {
		return config.Asked{}
	}
	return r.env.Config.QuestionAsks(t.Question, r.env.Now)
}

func (t questionThread) cite(r *runner, id string) candidate {
	asks := t.asks(r)
	line := &row.Question{
		Typed: row.Typed{Type: row.TypeQuestion}, ID: t.Key, Ask: t.Ask, To: t.To, By: t.By, State: t.State, Rounds: t.Rounds,
		AskedNow: newAsked(asks), Escalation: noteOf(&t.Escalated), Delivered: row.Deliveries(&t.Delivered), Citation: row.Citation{Source: r.source(id)},
	}
	if n := len(t.Answers); n > 0 {
		if body, ok := t.Answers[n-1].Body.(*handoff.Answer); ok {
			line.Answer = body.Text
			line.Source.Doubt(t.Answers[n-1].Source)
		}
	}
	f := r.recordFacets(id)
	f.put(Is, string(row.TypeQuestion), t.State)
	if !t.Pending() {
		f.put(Is, row.IsClosed)
	}
	if t.Escalation().Stands() {
		f.put(Is, fold.BlockerEscalated)
	}
	f.put(To, r.expandFrom(t.By, t.To, asks.To)...)
	f.putItems(r, t.items())
	return candidate{row: line, facets: f, thread: t, since: t.At}
}

// items are the items that the question is about.
func (t questionThread) items() []string {
	if t.About == "" {
		return t.Blocks
	}
	_, name := handoff.SplitRef(t.About)
	return append(row.List(t.Blocks), name)
}
