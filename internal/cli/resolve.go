package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type resolveOptions struct {
	publishOptions
	outcome  string
	how      string
	decision string
	evidence []string
	source   string
}

func newResolveCmd(g *globals) *cobra.Command {
	var o resolveOptions
	cmd := &cobra.Command{
		Use:        "resolve [blocker] ['how']",
		SuggestFor: []string{"unblock", "close"},
		Short:      "Say that a blocker is gone, and how",
		Long: `Say that a blocker is gone, and how. The items that it blocked may go on; their
status changes when their holder declares them again. --decision records what
was decided in the same commit. On a terminal, without a blocker, it lists those
that wait for you.`,
		Example: `  handoff resolve session-policy "Sessions last 15 minutes on web and app"
  handoff resolve session-policy \
      --decision "Sessions last 15 minutes -- the audit asks for that"`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--how", &o.how)
			if err != nil {
				return err
			}
			return runResolve(cmd.Context(), g, o, subject)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.outcome, "outcome", "resolved", "`OUTCOME`: resolved, workaround, withdrawn, obsolete, wont_fix")
	f.StringVar(&o.how, "how", "", "`TEXT` that says what removed it, as the second argument does")
	f.StringVar(&o.decision, "decision", "", "the decision that removed it: `'what -- why'`")
	listVar(f, &o.evidence, "evidence", "a `LINK` or a commit that shows it")
	f.StringVar(&o.source, "source", "", "where it was said: `PLACE` out of git, chat, call, meeting, doc")
	o.addFlags(f)
	return cmd
}

func runResolve(ctx context.Context, g *globals, o resolveOptions, subject about) (err error) {
	said := o.how + o.decision
	if err := subject.given(g, want{flag: "--how", value: &said}); err != nil {
		return err
	}
	ws, err := subject.openOne(ctx, g, g.openForVerdict)
	if err != nil {
		return err
	}
	blocker, err := ws.Blocker(subject.ref)
	if err != nil {
		return err
	}
	if !blocker.Open() {
		ws.Prove(blocker.Resolution)
		return &workspace.NoError{
			Message: blocker.ID + " is closed already: " + blocker.State + " by " + blocker.Resolution.By + " in " + blocker.Resolution.ID + remarks(blocker.Resolution),
			Hint:    "handoff show " + text.ShellArgument("blk:"+blocker.ID),
		}
	}
	if said == "" {
		defer func() {
			if o.how+o.decision != "" {
				err = typed(err, "handoff resolve blk:"+blocker.ID, [][2]string{{"outcome", o.outcome}, {"how", o.how}, {"decision", o.decision}})
			}
		}()
		if err := askResolve(ctx, g, ws, &o, blocker); err != nil {
			return err
		}
	}
	records, err := resolutionOf(ws, o, blocker)
	if err != nil {
		return err
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was resolved")
}

// resolutionOf makes the resolution and, where one was given, the decision that
// removed the blocker.
func resolutionOf(ws *workspace.Workspace, o resolveOptions, b *fold.Blocker) ([]*handoff.Record, error) {
	res := &handoff.Resolution{
		Blocker: b.ID, Outcome: o.outcome, How: o.how, Evidence: o.evidence, Source: o.source,
	}
	if o.decision == "" {
		return []*handoff.Record{ws.NewRecord(res)}, nil
	}
	parsed, err := parseDecision(o.decision, "")
	if err != nil {
		return nil, err
	}
	if res.How == "" {
		res.How = parsed.Decision
	}
	res.Decision = parsed.ID
	fields := parsed.DecisionFields
	fields.Items, fields.Answers, fields.Source = b.Blocks, "blk:"+b.ID, o.source
	decision := ws.NewRecord(&handoff.DecisionRecord{Topic: parsed.ID, DecisionFields: fields})
	resolution := ws.NewRecord(res)
	for resolution.ID == decision.ID {
		resolution.ID = ws.NewID()
	}
	return []*handoff.Record{resolution, decision}, nil
}
