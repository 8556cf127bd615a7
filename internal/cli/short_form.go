package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// ask runs a short form on the terminal.
func (g *globals) ask(run func(form.Asker) error) error {
	asker := g.asker()
	return errors.Join(run(asker), asker.Close())
}

// askAck lets the user fill an ack that no flag says anything about.
func (ws *workspace) askAck(ctx context.Context, g *globals, a *handoff.Ack) error {
	f := &form.AckForm{
		Title: "Answer " + a.Subject,
		Check: func(a *handoff.Ack) []handoff.Finding {
			return ws.judge([]*handoff.Record{ws.newRecord(g, a)})
		},
	}
	offered := a.Take // by an assignment
	if h, ok := ws.state.Handoffs[a.Subject]; ok {
		offered = ws.offeredBy(h)
		f.Title = h.Record.By + " hands over: " + h.Summary
		for _, item := range h.Items {
			f.Body = append(f.Body, fmt.Sprintf("%s [%s] %s", item.ID, strings.ReplaceAll(item.Status, "_", " "), item.State))
			for _, warning := range item.DoNot {
				f.Body = append(f.Body, "    do not: "+warning)
			}
		}
	}
	for _, id := range offered {
		if item, ok := ws.state.Items[id]; ok {
			f.Offered = append(f.Offered, item.Item)
		}
	}
	return g.ask(func(asker form.Asker) error { return f.Ask(ctx, asker, a) })
}

// askResolve asks for what resolve has no flags for.
func (ws *workspace) askResolve(ctx context.Context, g *globals, o *resolveOptions, b *handoff.BlockerState) error {
	r := &handoff.Resolution{Outcome: o.outcome}
	check := func() []handoff.Finding {
		o.outcome, o.how = r.Outcome, r.How
		records, err := ws.resolution(g, *o, b)
		if err != nil {
			return []handoff.Finding{{Code: "HO101", Level: handoff.LevelError, Message: err.Error()}}
		}
		return ws.judge(records)
	}
	return g.ask(func(asker form.Asker) error { return form.Resolve(ctx, asker, b, r, &o.decision, check) })
}

// askAnswer asks for the text of an answer.
func (ws *workspace) askAnswer(ctx context.Context, g *globals, q *handoff.QuestionState, a *handoff.Answer) error {
	check := func() []handoff.Finding {
		return ws.judge([]*handoff.Record{ws.newRecord(g, a)})
	}
	return g.ask(func(asker form.Asker) error { return form.Answer(ctx, asker, q, a, check) })
}
