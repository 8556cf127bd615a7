package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// openForVerdict is openForWriting for an ack, an answer or a resolution. Who
// gives one speaks for themselves: in the name of somebody else it is refused
// before anything is asked or written, as every audit would find it afterwards.
func (g *globals) openForVerdict(ctx context.Context, part handoff.Part) (*workspace.Workspace, error) {
	ws, err := g.openForWriting(ctx, part)
	if err != nil || g.as == "" {
		return ws, err
	}
	who := ws.TeamConfig.Writer(ws.MappedAuthor.Name, ws.MappedAuthor.Email)
	if ws.TeamConfig.WritesAs(who, g.as) || ws.TeamConfig.WritesAs(ws.TeamConfig.Writer(ws.Author.Name, ws.Author.Email), g.as) {
		return ws, nil
	}
	hint := "leave --as out to answer as " + who.Handle + "; " + g.as + " answers under their own git identity"
	if who.Handle == g.as {
		hint = "commit under an address that the roster has for " + g.as + ", or have " + ws.Author.Email + " added to it by review"
	}
	return nil, workspace.Usagef(hint, "--as %s: an ack, an answer or a resolution is given under one's own name, and %s is not an address of %s", g.as, ws.Author.Email, g.as)
}
