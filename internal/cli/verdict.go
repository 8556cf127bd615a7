package cli

import (
	"context"
	"sync"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// openForVerdict is openForWriting for an ack, an answer or a resolution. Who
// gives one speaks for themselves: in the name of somebody else it is refused
// before anything is asked or written, as every audit would find it afterwards.
func (g *globals) openForVerdict(ctx context.Context, part handoff.Part) (*workspace, error) {
	ws, err := g.openForWriting(ctx, part)
	if err != nil || g.as == "" {
		return ws, err
	}
	who := ws.config.Writer(ws.canonical.Name, ws.canonical.Email)
	if ws.config.WritesAs(who, g.as) || ws.config.WritesAs(ws.config.Writer(ws.author.Name, ws.author.Email), g.as) {
		return ws, nil
	}
	hint := "leave --as out to answer as " + who.Handle + "; " + g.as + " answers under their own git identity"
	if who.Handle == g.as {
		hint = "commit under an address that the roster has for " + g.as + ", or have " + ws.author.Email + " added to it by review"
	}
	return nil, usagef(hint, "--as %s: an ack, an answer or a resolution is given under one's own name, and %s is not an address of %s", g.as, ws.author.Email, g.as)
}

// unproven returns what knows the verdicts that only a squash merge has. It looks
// when it is asked for the first time: most commands show no verdict. Without an
// answer they show them all the same.
func (g *globals) unproven(ctx context.Context, ws *workspace) func() store.RecordIDs {
	return sync.OnceValue(func() store.RecordIDs {
		trusted, main, err := ws.trusted(ctx)
		if err != nil {
			g.say("warning: whether verdicts are proven is not known: %v", err)
			return nil
		}
		ids, err := store.Unproven(ctx, ws.Repo, store.AuditOptions{Dir: ws.dir, Main: main, Now: ws.now, Config: trusted, Progress: g.progress("commits")})
		if err != nil {
			g.say("warning: whether verdicts are proven is not known: %v", err)
		}
		return ids
	})
}

// isUnproven reports whether a record is a verdict that only a squash merge has.
func (ws *workspace) isUnproven(r *handoff.Record) bool {
	return r.Kind.IsVerdict() && ws.unproven != nil && ws.unproven().Has(r.ID)
}

// prove notes on a record that is to be shown whether it is such a verdict.
func (ws *workspace) prove(r *handoff.Record) { r.Source.Unproven = ws.isUnproven(r) }
