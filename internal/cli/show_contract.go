package cli

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// contractsOf are the contracts that a record crosses. Only a handoff crosses
// one, and a rollup repeats what has crossed them.
func contractsOf(ws *workspace.Workspace, r *handoff.Record) []*row.Contract {
	h, ok := r.Body.(*handoff.Handoff)
	if !ok || h.Rollup != nil {
		return []*row.Contract{}
	}
	return query.Crossed(r.By, h, ws.QueryEnv())
}

// contracts prints what was agreed on at the boundaries that a handoff crosses.
func (s storyPrinter) contracts(h *fold.Handoff) {
	for _, c := range contractsOf(s.ws, h.Record) {
		s.section("Contract " + c.From + " → " + c.To)
		s.field("trigger", c.Trigger)
		for _, done := range c.DoneWhen {
			s.field("done when", done)
		}
		for _, condition := range c.Conditions {
			s.field("condition", condition)
		}
		s.field("requires", strings.Join(c.Requires, ", "))
		s.field("on missing", c.OnMissing)
		s.field("ack within", c.Ack)
	}
}
