package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/spf13/cobra"
)

type gapOptions struct {
	publishOptions
	gap handoff.Gap
}

func newGapCmd(g *globals) *cobra.Command {
	var o gapOptions
	cmd := &cobra.Command{
		Use:   "gap <ref>",
		Short: "Record where a handoff failed, and how you recovered",
		Long: `Record where a handoff failed, and how you recovered. It names what was
missing and what it cost, never a culprit.`,
		Example: `  handoff gap @ana --class missing_info --impact delay \
      --recovery "Found the second reviewer in the chat of last week"`,
		GroupID: groupRecord,
		Args:    exactArgs(1, "a reference"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runGap(cmd.Context(), g, o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.gap.Class, "class", "", "`CLASS`: missing_info, wrong_info, stale, no_owner, late, misrouted, unanticipated, side_channel")
	f.StringVar(&o.gap.Impact, "impact", "", "`IMPACT`: none, delay, stall, rework, outage")
	f.StringVar(&o.gap.Recovery, "recovery", "", "`TEXT` that says how you went on")
	f.BoolVar(&o.gap.Anticipated, "anticipated", false, "the handoff had warned of it")
	o.addFlags(f)
	return cmd
}

func runGap(ctx context.Context, g *globals, o gapOptions, ref string) error {
	if err := required("gap", "--class", o.gap.Class, "--impact", o.gap.Impact, "--recovery", o.gap.Recovery); err != nil {
		return err
	}
	ws, target, err := g.openAbout(ctx, ref)
	if err != nil {
		return err
	}
	o.gap.Subject = target.Ref()
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(&o.gap)}, "nothing was recorded")
}
