package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// askAgain asks, on a terminal, about decisions of a sealed record that say nearly
// what stands under another name, and notes the answers in the fields that edit
// returns for them. It reports whether it asked anything. Elsewhere the rules warn.
func askAgain(ctx context.Context, g *globals, ws *workspace.Workspace, sealed *handoff.Sealed, edit func(index int) *handoff.DecisionFields) (asked bool, err error) {
	if !g.Interactive {
		return false, nil
	}
	again, err := ws.DecidedAgain(sealed)
	if err != nil || len(again) == 0 {
		return false, err
	}
	return true, g.ask(func(asker form.Asker) error {
		for _, a := range again {
			if err := form.Again(ctx, asker, a.Topic, edit(a.Index), a.Old, calendar.Ago(ws.Since(a.Old.At))); err != nil {
				return err
			}
		}
		return nil
	})
}

// askAgainOf is askAgain for records that flags made, and that are sealed
// afterwards.
func askAgainOf(ctx context.Context, g *globals, ws *workspace.Workspace, records []*handoff.Record) error {
	for _, r := range records {
		body, ok := r.Body.(*handoff.DecisionRecord)
		if !ok {
			continue
		}
		if _, err := askAgain(ctx, g, ws, handoff.SealAll(r)[0], func(int) *handoff.DecisionFields { return &body.DecisionFields }); err != nil {
			return err
		}
	}
	return nil
}

// askAgainIn is askAgain for a draft that was checked. It returns the findings of
// the draft with the answers in it.
func askAgainIn(ctx context.Context, g *globals, ws *workspace.Workspace, o declareOptions, d *workspace.Draft, findings []handoff.Finding) ([]handoff.Finding, error) {
	if handoff.HasErrors(findings) || o.dryRun || d.Handoff == nil {
		return findings, nil
	}
	asked, err := askAgain(ctx, g, ws, d.Sealed[0], func(i int) *handoff.DecisionFields { return &d.Handoff.Decisions[i].DecisionFields })
	if err != nil || !asked {
		return findings, err
	}
	d.Changed = true
	return ws.CheckDraft(d, o.allowSecrets), nil
}
