package cli

import (
	"cmp"
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

// checkArgs wants the decision, the reason of --reject, or nothing with --accept.
// What is settled says the rest itself.
func (o *decideOptions) checkArgs(g *globals, cmd *cobra.Command, args []string) error {
	switch {
	case o.accept == "" && o.reject == "":
		if err := maxArgs(1, "the decision 'what -- why'")(cmd, args); err != nil || g.Interactive {
			return err
		}
		return minArgs(1, "the decision 'what -- why'")(cmd, args)
	case said(cmd, "topic", "item", "alternative", "context", "tradeoffs", "answers", "supersedes", "beside", "door", "revisit-when", "status"):
		return workspace.Usagef("settle it as it is proposed, or decide it anew without --accept and --reject", "--accept and --reject take what is proposed as it is")
	case o.reject != "":
		return exactArgs(1, "the reason")(cmd, args)
	}
	return noArgs(cmd, args)
}

// runSettle accepts or rejects what is proposed.
func runSettle(ctx context.Context, g *globals, o decideOptions, args []string) error {
	ref := cmp.Or(o.accept, o.reject)
	ws, err := g.openForVerdict(ctx, fold.Part{Refs: []string{ref}})
	if err != nil {
		return err
	}
	proposal, err := ws.Proposal(ref)
	if err != nil {
		return err
	}
	d := proposal.DecisionFields
	d.Source, d.DecidedBy = o.fields.Source, o.fields.DecidedBy
	if o.reject != "" {
		d.Status, d.Rationale, d.Supersedes = fold.DecisionRejected, args[0], ""
	} else if err := accept(ws, proposal, &d, o.fields.ApprovedBy); err != nil {
		return err
	}
	if err := ws.Need(fold.Part{Refs: workspace.Given(d.Answers)}); err != nil {
		return err
	}
	return publishDecision(ctx, g, ws, o.publishOptions, proposal.ID, d, "nothing was settled")
}

// accept makes of what is proposed what holds, in place of what stood there.
func accept(ws *workspace.Workspace, proposal *fold.Decision, d *handoff.DecisionFields, approvedBy string) error {
	own := func(who string) bool { return who == "" || who == ws.Me }
	if proposal.By == ws.Me && own(d.DecidedBy) && own(approvedBy) {
		return workspace.Usagef("say who did: --decided-by WHO", "you proposed %s yourself: somebody else accepts it", proposal.ID)
	}
	d.Status = fold.DecisionAccepted
	if d.Door == "one_way" {
		d.ApprovedBy = cmp.Or(approvedBy, d.ApprovedBy, ws.Me)
	} else {
		d.ApprovedBy = cmp.Or(approvedBy, d.ApprovedBy)
	}
	if ws.State.Decisions[proposal.ID] == proposal {
		d.Supersedes = cmp.Or(d.Supersedes, proposal.ID)
		return nil
	}
	if _, other := handoff.SplitRef(d.Supersedes); other != "" && other != proposal.ID {
		return workspace.Usagef("handoff decide 'what -- why' --topic "+text.ShellArgument(other)+" --supersedes "+text.ShellArgument(other)+" first",
			"%s is to take the place of what stands on it and on %s, and a record says one of them", proposal.ID, other)
	}
	d.Supersedes = proposal.ID
	return nil
}
