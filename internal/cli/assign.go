package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type assignOptions struct {
	publishOptions
	to    string
	allOf string
	via   string
	why   string
}

func newAssignCmd(g *globals) *cobra.Command {
	var o assignOptions
	cmd := &cobra.Command{
		Use:   "assign [item] ['why']",
		Short: "Offer an item to a person, as a lead does",
		Long: `Offer an item to a person, as a lead does. Nothing moves until they take it
with handoff ack.

With --all-of, where somebody is suddenly not there, everything that they hold
is offered, in one commit, and what is asked of them by name is raised to that
person too: blockers to resolve, questions, handoffs that wait for a verdict of
theirs. Where the roster names leads, it takes one.`,
		Example: `  handoff assign payments-refund-flow "Ben is away" --to james
  handoff assign --all-of ana --to ben --why "Ana is ill"`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--why", &o.why)
			if err != nil {
				return err
			}
			return runAssign(cmd.Context(), g, o, subject)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`WHO` is to take it")
	f.StringVar(&o.allOf, "all-of", "", "everything that `WHO` holds, and everything asked of them")
	f.StringVar(&o.via, "via", "", "the rollup or handoff `REF` that it came with")
	f.StringVar(&o.why, "why", "", "`TEXT` that says why them, or why now, as the second argument does")
	o.addFlags(f)
	o.addPeopleFlags(f)
	cmd.MarkFlagsMutuallyExclusive("all-of", "via")
	return cmd
}

func runAssign(ctx context.Context, g *globals, o assignOptions, subject about) error {
	if o.allOf != "" {
		return assignAll(ctx, g, o, subject.ref)
	}
	to := want{"--to", "To whom?", nil, &o.to}
	if err := subject.given(g, to); err != nil {
		return err
	}
	ws, err := subject.openOne(ctx, g, g.openForWriting)
	if err != nil {
		return err
	}
	item, err := ws.Item(subject.ref)
	if err != nil {
		return err
	}
	if err := subject.ask(ctx, g, "Offer "+item.ID, []string{item.State}, to); err != nil {
		return err
	}
	return assignItem(ctx, g, ws, o, item)
}

// assignAll offers everything that somebody holds to somebody else, and raises what is
// asked of them.
func assignAll(ctx context.Context, g *globals, o assignOptions, item string) error {
	if item != "" {
		return workspace.Usagef("", "--all-of %s is about everything, and %s about one item", o.allOf, item)
	}
	if err := required("assign", "--to", o.to); err != nil {
		return err
	}
	ws, err := g.openForWriting(ctx, fold.Part{})
	if err != nil {
		return err
	}
	people := handles(ws, []string{o.allOf, o.to})
	from, to := people[0], people[1]
	if from == to {
		return workspace.Usagef("", "--all-of and --to both say %s", to)
	}
	if err := ws.MustKnow(from); err != nil {
		return err
	}
	if err := ws.MayReassign(from); err != nil {
		return err
	}
	records := ws.Reassign(from, to, o.why)
	if len(records) == 0 {
		g.note("%s holds nothing, and nothing is asked of them, that %s is not asked for", from, to)
		return nil
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was assigned")
}

func assignItem(ctx context.Context, g *globals, ws *workspace.Workspace, o assignOptions, item *fold.Item) error {
	a := &handoff.Assignment{Item: item.ID, To: o.to, From: item.Holder, Why: o.why}
	if o.via != "" {
		if err := ws.Need(fold.Part{Refs: []string{o.via}}); err != nil {
			return err
		}
		via, err := ws.Resolve(o.via)
		if err != nil {
			return err
		}
		a.Via = via.Ref()
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(a)}, "nothing was assigned")
}
