package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// ask runs a short form on the terminal. Behind a list it goes on in the asker of that
// one: what was typed ahead is for the form.
func (g *globals) ask(run func(form.Asker) error) error {
	asker := g.listed
	if g.listed = nil; asker == nil {
		asker = g.asker()
	}
	return errors.Join(run(asker), asker.Close())
}

// letGo gives the terminal back where no form follows a list. It comes before all that
// is said, printed or committed.
func (g *globals) letGo() {
	if asker := g.listed; asker != nil {
		g.listed = nil
		_ = asker.Close() // what the command has to say says more
	}
}

// askText is ask for a form with texts to write, on which the editor can be opened.
func (g *globals) askText(ctx context.Context, ws *workspace.Workspace, run func(form.Asker) error) error {
	edit := func(typed string) (string, error) { return editText(ctx, g, ws, typed) }
	return g.ask(func(asker form.Asker) error { return run(form.WithEditor(asker, edit)) })
}

// typedError is an error after which a short form is gone, with the command that
// says what was typed into it.
type typedError struct {
	error
	command string
}

func (e *typedError) Unwrap() error { return e.error }

// typed adds to an error what was typed into a short form: a command, and pairs
// of a flag and its value. Nothing is lost where the record stands or nobody
// typed.
func typed(err error, command string, flags [][2]string) error {
	if workspace.Committed(err) || len(flags) == 0 {
		return err
	}
	for _, f := range flags {
		if f[1] != "" {
			command += " --" + f[0] + "=" + text.ShellWord(f[1])
		}
	}
	return &typedError{err, command}
}

// typedAck are the flags that say what was typed into the form of an ack.
func typedAck(a *handoff.Ack) (flags [][2]string) {
	part := func(text string) string { return strings.ReplaceAll(text, ";", ",") }
	for _, r := range a.Readback {
		if r.Understood+r.FirstAction != "" {
			flags = append(flags, [2]string{"readback", r.Item + ";" + part(r.Understood) + ";" + r.FirstAction})
		}
	}
	for _, gap := range a.Gaps {
		if gap.Note != "" {
			flags = append(flags, [2]string{"gap", gap.Item + ";" + gap.Class + ";" + gap.Note})
		}
	}
	if a.Note != "" {
		flags = append(flags, [2]string{"note", a.Note})
	}
	if len(flags) == 0 {
		return nil
	}
	flags = append(flags, [2]string{"outcome", a.Outcome}, [2]string{"reason", a.Reason})
	for _, item := range a.Take {
		flags = append(flags, [2]string{"take", item})
	}
	return flags
}

// askAck lets the user fill an ack that no flag says anything about.
func askAck(ctx context.Context, g *globals, ws *workspace.Workspace, a *handoff.Ack) error {
	f := &form.AckForm{
		Title: "Answer " + a.Subject,
		Check: func(a *handoff.Ack) []handoff.Finding {
			return ws.Judge(handoff.SealAll(ws.NewRecord(a)))
		},
	}
	offered := a.Take // by an assignment
	if h, ok := ws.State.Handoffs[a.Subject]; ok {
		offered = ws.OfferedBy(h)
		f.Title, f.From = h.Record.By+" hands over: "+h.Summary, h.Record.By
		f.Body = append(asksOf(ws, h), aboutItems(ws, h.Items)...)
	}
	for _, id := range offered {
		if item, ok := ws.State.Items[id]; ok {
			f.Offered, f.From = append(f.Offered, item.Item), cmp.Or(f.From, item.Holder)
		}
	}
	if f.Body == nil {
		f.Body = aboutItems(ws, f.Offered)
	}
	return g.askText(ctx, ws, func(asker form.Asker) error { return f.Ask(ctx, asker, a) })
}

// asksOf is what a handoff asks of the user beside its items: the blockers that
// they can remove.
func asksOf(ws *workspace.Workspace, h *fold.Handoff) (lines []string) {
	for _, b := range h.Blockers {
		now := ws.State.Blockers[b.ID]
		if now != nil && now.Open() && ws.TeamConfig.Resolver(b.Resolver) == ws.Me {
			lines = append(lines, "waits for you: "+b.Needs, "    handoff resolve "+text.ShellArgument(b.ID)+" removes it; it blocks "+strings.Join(b.Blocks, ", "))
		}
	}
	return lines
}

// aboutItems tells what one must know to take items: where each stands, what must not
// be done, what comes next, when it is done, and what it waits for.
func aboutItems(ws *workspace.Workspace, items []handoff.Item) (lines []string) {
	add := func(what, said string) { lines = append(lines, "    "+what+": "+said) }
	for _, item := range items {
		lines = append(lines, fmt.Sprintf("%s [%s] %s", item.ID, strings.ReplaceAll(item.Status, "_", " "), item.State))
		for _, warning := range item.DoNot {
			add("do not", warning)
		}
		for _, step := range item.Next {
			add("next, "+step.Owner, step.Do)
		}
		for _, c := range item.Accept {
			add("done when", c.Check)
		}
		for _, c := range item.IfThen {
			add("if "+c.If, c.Then)
		}
		for _, ref := range item.BlockedBy {
			if _, id := handoff.SplitRef(ref); ws.State.Blockers[id] != nil && ws.State.Blockers[id].Open() {
				add("blocked by "+id, ws.State.Blockers[id].Needs)
			}
		}
	}
	return lines
}

// askResolve asks for what resolve has no flags for.
func askResolve(ctx context.Context, g *globals, ws *workspace.Workspace, o *resolveOptions, b *fold.Blocker) error {
	r := &handoff.Resolution{Outcome: o.outcome}
	check := func() []handoff.Finding {
		o.outcome, o.how = r.Outcome, r.How
		records, err := resolutionOf(ws, *o, b)
		if err != nil {
			return []handoff.Finding{{Code: "HO101", Level: handoff.LevelError, Message: err.Error()}}
		}
		return ws.Judge(handoff.SealAll(records...))
	}
	err := g.askText(ctx, ws, func(asker form.Asker) error { return form.Resolve(ctx, asker, b, r, &o.decision, check) })
	o.outcome, o.how = r.Outcome, r.How
	return err
}

// askAnswer asks for the text of an answer.
func askAnswer(ctx context.Context, g *globals, ws *workspace.Workspace, q *fold.Question, a *handoff.Answer) error {
	check := func() []handoff.Finding {
		return ws.Judge(handoff.SealAll(ws.NewRecord(a)))
	}
	return g.askText(ctx, ws, func(asker form.Asker) error { return form.Answer(ctx, asker, q, a, check) })
}
