package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// findUnproven returns the ids of the verdicts that only a squash merge has. Most
// commands show no verdict: it is looked for when it is asked for the first time.
// Without an answer they are shown all the same.
func (ws *workspace) findUnproven(ctx context.Context) store.RecordIDs {
	trusted, main, err := ws.trusted(ctx)
	if err != nil {
		ws.warn("warning: whether verdicts are proven is not known: %v", err)
		return nil
	}
	ids, err := ws.Unproven(ctx, store.AuditOptions{Dir: ws.dir, Main: main, Now: ws.now, Config: trusted, Progress: ws.share("commits")})
	if err != nil {
		ws.warn("warning: whether verdicts are proven is not known: %v", err)
	}
	return ids
}

// isUnproven reports whether a record is a verdict that only a squash merge has.
func (ws *workspace) isUnproven(r *handoff.Record) bool {
	return r.Kind.IsVerdict() && ws.unproven != nil && ws.unproven().Has(r.ID)
}

// prove notes on a record that is to be shown whether it is such a verdict.
func (ws *workspace) prove(r *handoff.Record) { r.Source.Unproven = ws.isUnproven(r) }
