package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type assignOptions struct {
	publishOptions
	to  string
	via string
	why string
}

func newAssignCmd(g *globals) *cobra.Command {
	var o assignOptions
	cmd := &cobra.Command{
		Use:   "assign <item>",
		Short: "Offer an item to a person, as a lead does",
		Long: `Offer an item to a person, as a lead does. Nothing moves until they take it
with handoff ack.`,
		Example: `  handoff assign payments-refund-flow --to james --why "Ben is away"`,
		GroupID: groupRecord,
		Args:    exactArgs(1, "an item"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runAssign(cmd.Context(), g, o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`WHO` is to take it")
	f.StringVar(&o.via, "via", "", "the rollup or handoff `REF` that it came with")
	f.StringVar(&o.why, "why", "", "`TEXT` that says why them, or why now")
	o.addFlags(f)
	o.addPeopleFlags(f)
	return cmd
}

func runAssign(ctx context.Context, g *globals, o assignOptions, ref string) error {
	if err := required("assign", "--to", o.to); err != nil {
		return err
	}
	ws, err := g.openForWriting(ctx, handoff.Part{Refs: workspace.Given(ref, o.via)})
	if err != nil {
		return err
	}
	item, err := ws.Item(ref)
	if err != nil {
		return err
	}
	a := &handoff.Assignment{Item: item.ID, To: o.to, From: item.Holder, Why: o.why}
	if o.via != "" {
		via, err := ws.Resolve(o.via)
		if err != nil {
			return err
		}
		a.Via = via.Ref()
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(a)}, "nothing was assigned")
}
