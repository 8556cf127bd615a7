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
		Use:        "withdraw [ref] ['why']",
		SuggestFor: []string{"undo", "retract"},
		Short:      "Take back your own handoff, question or escalation",
		Long: `Take back your own handoff, question or escalation, before anybody accepted it.
On a terminal, without a reference, it lists what you can take back.`,
		Example: `  handoff withdraw @ "Declared for the wrong team"`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--why", &o.why)
			if err != nil {
				return err
			}
			return runWithdraw(cmd.Context(), g, o, subject)
		},
	}
	cmd.Flags().StringVar(&o.why, "why", "", "`TEXT` that says why, as the second argument does")
	o.addFlags(cmd.Flags())
	return cmd
}

func runWithdraw(ctx context.Context, g *globals, o withdrawOptions, subject about) (err error) {
	why := want{flag: "--why", label: "Why?", value: &o.why}
	if err := subject.given(g, why); err != nil {
		return err
	}
	ws, target, err := subject.resolve(ctx, g)
	if err != nil {
		return err
	}
	defer func() { err = subject.lost(err, why) }()
	if err := subject.ask(ctx, g, "Take back "+target.Ref(), aboutTarget(ws, target), why); err != nil {
		return err
	}
	w := &handoff.Withdrawal{Subject: target.Ref(), Why: o.why}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(w)}, "nothing was withdrawn")
}
