package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/spf13/cobra"
)

type withdrawOptions struct {
	publishOptions
	why string
}

func newWithdrawCmd(g *globals) *cobra.Command {
	var o withdrawOptions
	cmd := &cobra.Command{
		Use:     "withdraw <ref>",
		Short:   "Take back your own handoff, question or escalation",
		Long:    "Take back your own handoff, question or escalation, before anybody accepted it.",
		Example: `  handoff withdraw @ --why "Declared for the wrong team"`,
		GroupID: groupRecord,
		Args:    exactArgs(1, "a reference"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runWithdraw(cmd.Context(), g, o, args[0]) },
	}
	cmd.Flags().StringVar(&o.why, "why", "", "`TEXT` that says why")
	o.addFlags(cmd.Flags())
	return cmd
}

func runWithdraw(ctx context.Context, g *globals, o withdrawOptions, ref string) error {
	if err := required("withdraw", "--why", o.why); err != nil {
		return err
	}
	ws, target, err := g.openAbout(ctx, ref)
	if err != nil {
		return err
	}
	w := &handoff.Withdrawal{Subject: target.Ref(), Why: o.why}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(w)}, "nothing was withdrawn")
}
