package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// draftPublish publishes what an agent has prepared, once the person has read it as it
// is now.
func draftPublish(ctx context.Context, g *globals, o publishOptions, number int) error {
	if err := g.refuseAgent("publishing a draft"); err != nil {
		return err
	}
	if !g.Interactive && !o.dryRun {
		return workspace.Usagef("run it where you can read the draft first", "draft publish needs a terminal")
	}
	ws, draft, err := g.openPrepared(ctx, number)
	if err != nil {
		return err
	}
	if draft.For != ws.Me {
		return &workspace.NoError{Message: fmt.Sprintf("draft %d was prepared for %s, and you are %s", number, draft.For, ws.Me), Hint: "handoff draft list shows which are yours"}
	}
	waiting := agent.Prepared{CommonDir: ws.CommonDir()}
	o.after = append(o.after, func() error {
		var err error
		if waiting.Same(draft) {
			err = waiting.Remove(number)
		}
		return errors.Join(err, agent.Notes{CommonDir: ws.CommonDir()}.Remove(draft.Notes...))
	})
	ws.Agent = &draft.Agent // who has prepared it stays in the record
	if draft.Act == config.ActDeclare || draft.Act == config.ActRollup {
		return publishPreparedHandoff(ctx, g, ws, o, draft)
	}
	return publishPrepared(ctx, g, ws, o, draft)
}

// openPrepared opens the repository for writing, and a draft that waits there.
func (g *globals) openPrepared(ctx context.Context, number int) (*workspace.Workspace, agent.Draft, error) {
	ws, err := g.openForWriting(ctx, fold.Part{})
	if err != nil {
		return nil, agent.Draft{}, err
	}
	draft, err := prepared(ws, number)
	if err == nil && slices.Contains([]string{config.ActAck, config.ActAnswer, config.ActResolve}, draft.Act) {
		err = g.underOwnName(ws)
	}
	return ws, draft, err
}

// prepared is the draft of a number.
func prepared(ws *workspace.Workspace, number int) (agent.Draft, error) {
	draft, err := agent.Prepared{CommonDir: ws.CommonDir()}.Get(number)
	if errors.Is(err, fs.ErrNotExist) {
		return draft, &workspace.NoError{Message: fmt.Sprintf("no draft has the number %d", number), Hint: "handoff draft list shows those that wait"}
	}
	return draft, err
}

// publishPreparedHandoff publishes a handoff as it is now: without what others took,
// shipped or resolved since it was prepared, and with what came to its sender.
func publishPreparedHandoff(ctx context.Context, g *globals, ws *workspace.Workspace, o publishOptions, draft agent.Draft) error {
	data := []byte(draft.Texts[0])
	d, err := fileDraft(ws, data, fmt.Sprintf("draft %d", draft.Number), declareOptions{carry: draft.Act == config.ActDeclare})
	if err != nil {
		return err
	}
	var since []string
	if d.Handoff != nil {
		written, _ := form.ParseDraft(data, ws.Reading())
		if since, err = bringUpToNow(ws, d, written.Handoff); err != nil {
			return err
		}
	}
	o.confirm = g.confirmDraft(ctx, ws, draft, since)
	return publishChecked(ctx, g, ws, declareOptions{publishOptions: o}, d)
}

// bringUpToNow takes out of a draft what is not its sender's to say any more, and
// returns what has changed since it was written, a line for each.
func bringUpToNow(ws *workspace.Workspace, d *workspace.Draft, written *handoff.Handoff) (since []string, err error) {
	freed, err := ws.DropResolved(d.Handoff)
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Concat(d.Freed, freed) {
		since = append(since, f.String())
	}
	d.Freed = nil
	gone := func(id, reopened string) bool {
		it, err := ws.Item(id)
		if err != nil || it.Live() && it.Holder == ws.Me || !it.Live() && reopened != "" {
			return false // it is new, or theirs
		}
		since = append(since, fmt.Sprintf("%s is left out: %s", id, custody(it)))
		return true
	}
	h := d.Handoff
	h.Items = slices.DeleteFunc(h.Items, func(item handoff.Item) bool { return gone(item.ID, item.Reopened) })
	h.Shipped = slices.DeleteFunc(h.Shipped, func(s handoff.Shipped) bool { return s.ID != "" && gone(s.ID, "") })
	h.Dropped = slices.DeleteFunc(h.Dropped, func(r handoff.Reasoned) bool { return gone(r.ID, "") })
	for _, item := range h.Items {
		if written.Item(item.ID) == nil {
			since = append(since, item.ID+" is yours and was not in the draft: it goes on as it is")
		}
	}
	d.Changed = d.Changed || len(since) > 0
	return since, nil
}

// publishPrepared publishes records of another kind, made anew on top of what is known
// now.
func publishPrepared(ctx context.Context, g *globals, ws *workspace.Workspace, o publishOptions, draft agent.Draft) error {
	var records []*handoff.Record
	var since []string
	for _, data := range draft.Texts {
		doc := handoff.Parse([]byte(data), "")
		if doc.Record == nil || handoff.HasErrors(doc.Findings) {
			return &workspace.FindingsError{What: "nothing was published", Findings: doc.Findings, Hint: fmt.Sprintf("handoff draft drop %d takes it away", draft.Number)}
		}
		body := doc.Record.Body
		if ack, ok := body.(*handoff.Ack); ok {
			left, err := ackNow(ctx, ws, ack)
			if err != nil {
				return err
			}
			since = append(since, left...)
		}
		records = append(records, ws.NewRecord(body))
	}
	o.confirm = g.confirmDraft(ctx, ws, draft, since)
	return checkAndPublish(ctx, g, ws, o, records, "nothing was published")
}

// ackNow takes out of an ack what is not offered any more, and returns what has changed
// since it was prepared.
func ackNow(ctx context.Context, ws *workspace.Workspace, ack *handoff.Ack) (since []string, err error) {
	if err := ws.Need(fold.Part{Refs: []string{ack.Subject}}); err != nil {
		return nil, err
	}
	h := ws.State.Handoffs[ack.Subject]
	if h == nil || !ack.Accepts() {
		return nil, nil
	}
	if !h.Current() {
		return nil, &workspace.NoError{Message: fmt.Sprintf("%s is %s since the draft was prepared", ack.Subject, h.State), Hint: "handoff inbox shows what waits for you now"}
	}
	offered := ws.OfferedBy(h)
	ack.Take = slices.DeleteFunc(ack.Take, func(ref string) bool {
		_, id := handoff.SplitRef(ref)
		if slices.Contains(offered, id) {
			return false
		}
		if it, err := ws.Item(id); err == nil {
			since = append(since, fmt.Sprintf("%s is left out: %s", id, custody(it)))
		}
		return true
	})
	if len(ack.Take) == 0 && len(since) > 0 {
		return nil, &workspace.NoError{Message: "nothing of the draft is left to take: " + strings.Join(since, "; "), Hint: "handoff inbox shows what waits for you now"}
	}
	ack.Drift, err = ws.Drift(ctx, h)
	return since, err
}

// confirmDraft shows a draft as it is going to be published, and asks. What it is the
// records say, and no line of the file that it waited in. Nothing is published of one that
// somebody has published, changed or given up meanwhile.
func (g *globals) confirmDraft(ctx context.Context, ws *workspace.Workspace, draft agent.Draft, since []string) func([]*handoff.Sealed) error {
	return func(sealed []*handoff.Sealed) error {
		body := []string{fmt.Sprintf("%s prepared it for you, %s.", draft.Agent.Name, calendar.Ago(ws.Since(draft.At.Time)))}
		if len(since) > 0 {
			body = append(body, "Since then:")
		}
		for _, line := range since {
			body = append(body, "  "+text.OneLine(line))
		}
		for _, s := range sealed { // on the screen that asks: another one would hide it
			body = append(body, "")
			for line := range strings.Lines(string(s.Data)) {
				if strings.HasPrefix(line, "#") { // where editors find the schema
					continue
				}
				body = append(body, text.Neutralise(strings.TrimSuffix(line, "\n")))
			}
		}
		what := saysOf(sealed[0].Record)
		err := g.ask(func(asker form.Asker) error {
			return form.Confirm(ctx, asker, fmt.Sprintf("Publish draft %d as yours: %s", draft.Number, what), body)
		})
		if err == nil && !(agent.Prepared{CommonDir: ws.CommonDir()}).Same(draft) {
			err = &workspace.NoError{Message: fmt.Sprintf("draft %d is not any more what you have read", draft.Number), Hint: "handoff draft list shows what waits"}
		}
		return err
	}
}
