package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
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
