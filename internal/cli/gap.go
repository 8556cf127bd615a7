package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/spf13/cobra"
)

type gapOptions struct {
	publishOptions
	gap handoff.Gap
}

func newGapCmd(g *globals) *cobra.Command {
	var o gapOptions
	cmd := &cobra.Command{
		Use:   "gap [ref] ['recovery']",
		Short: "Record where a handoff failed, and how you recovered",
		Long: `Record where a handoff failed, and how you recovered. It names what was
missing and what it cost, never a culprit.`,
		Example: `  handoff gap @ana "Found the second reviewer in the chat of last week" \
      --class missing_info --impact delay`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--recovery", &o.gap.Recovery)
			if err != nil {
				return err
			}
			return runGap(cmd.Context(), g, o, subject)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.gap.Class, "class", "", "`CLASS`: missing_info, wrong_info, stale, no_owner, late, misrouted, unanticipated, side_channel")
	f.StringVar(&o.gap.Impact, "impact", "", "`IMPACT`: none, delay, stall, rework, outage")
	f.StringVar(&o.gap.Recovery, "recovery", "", "`TEXT` that says how you went on, as the second argument does")
	f.BoolVar(&o.gap.Anticipated, "anticipated", false, "the handoff had warned of it")
	o.addFlags(f)
	return cmd
}

func runGap(ctx context.Context, g *globals, o gapOptions, subject about) (err error) {
	wants := []want{
		{"--class", "What was wrong?", rules.Choices(handoff.KindGap, "class"), &o.gap.Class},
		{"--impact", "What did it cost?", rules.Choices(handoff.KindGap, "impact"), &o.gap.Impact},
		{"--recovery", "How did you go on?", nil, &o.gap.Recovery},
	}
	if err := subject.given(g, wants...); err != nil {
		return err
	}
	ws, target, err := subject.resolve(ctx, g)
	if err != nil {
		return err
	}
	defer func() { err = subject.lost(err, wants...) }()
	if err := subject.ask(ctx, g, "Where did "+target.Ref()+" fail?", aboutTarget(ws, target), wants...); err != nil {
		return err
	}
	o.gap.Subject = target.Ref()
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(&o.gap)}, "nothing was recorded")
}
