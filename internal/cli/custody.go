package cli

import (
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// custodyChange is what a record does with items: a handoff offers and keeps, an ack
// takes and leaves, an assignment offers or gives back, and others do nothing.
type custodyChange struct {
	*story.Transfer
	*story.Taking

	offered string // what an assignment does with its item
}

// custodyChanges are those of the records of one operation, in the state before it.
func custodyChanges(ws *workspace.Workspace, records []*handoff.Record) []custodyChange {
	changes := make([]custodyChange, len(records))
	for i, r := range records {
		changes[i] = custodyChangeOf(ws, r)
	}
	return changes
}

// custodyChangeOf is what a record that is not known yet does with items.
func custodyChangeOf(ws *workspace.Workspace, r *handoff.Record) custodyChange {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return custodyChange{Transfer: story.TransferOf(r.By, body, ws.State)}
	case *handoff.Ack:
		return custodyChange{Taking: story.TakingOf(r.By, body, ws.State)}
	case *handoff.Assignment:
		return custodyChange{offered: story.AssignmentWords(r, body, ws.State)}
	}
	return custodyChange{}
}

// print says what happens to items, in lines that begin with prefix; where a handoff
// offers nothing to those whom it is for, also which command with --give does.
func (c custodyChange) print(g *globals, prefix, command string) {
	for _, words := range []string{c.Transfer.Words(), c.Taking.Words(), c.offered} {
		if words != "" {
			g.printer.line("%s%s", prefix, words)
		}
	}
	if give := c.Transfer.Give(); give != "" {
		g.printer.line("%s  %s --give %s offers it", prefix, command, give)
	}
}
