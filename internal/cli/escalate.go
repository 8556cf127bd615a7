package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type escalateOptions struct {
	publishOptions
	to       string
	reason   string
	ask      string
	deadline string
	level    int
}

func newEscalateCmd(g *globals) *cobra.Command {
	var o escalateOptions
	cmd := &cobra.Command{
		Use:   "escalate <ref>",
		Short: "Raise a blocker, question or handoff to somebody else",
		Long: `Raise a blocker, question or handoff to somebody else. Without --to a blocker
goes up the ladder of the configuration. Nothing is ever escalated by itself.`,
		Example: `  handoff escalate session-policy --reason no_response \
      --ask "Decide today, or name who can"
  handoff escalate k3f --to ines --reason sla_breach \
      --deadline "tomorrow 12:00" --ask "Take the refund flow"`,
		GroupID: groupRecord,
		Args:    exactArgs(1, "a reference"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runEscalate(cmd.Context(), g, o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`WHO` is to act now")
	f.StringVar(&o.reason, "reason", "", "`REASON`: sla_breach, no_response, severity, priority, disagreement, stalled")
	f.StringVar(&o.ask, "ask", "", "`TEXT` that says what they are to do")
	f.StringVar(&o.deadline, "deadline", "", "by `WHEN`")
	f.IntVar(&o.level, "level", 0, "`N` from 1 to 3; without it, one above the last")
	o.addFlags(f)
	o.addPeopleFlags(f)
	return cmd
}

func runEscalate(ctx context.Context, g *globals, o escalateOptions, ref string) error {
	if err := required("escalate", "--reason", o.reason, "--ask", o.ask); err != nil {
		return err
	}
	ws, target, err := g.openAbout(ctx, ref)
	if err != nil {
		return err
	}
	e := &handoff.Escalation{Subject: target.Ref(), Reason: o.reason, To: o.to, Ask: o.ask, Level: o.level}
	if e.Level == 0 {
		e.Level = min(ws.LevelOf(target)+1, maxLevel)
	}
	if e.To == "" {
		if e.To = ws.NextOnLadder(target, e.Level); e.To == "" {
			return workspace.Usagef("", "missing: --to, as the configuration has no ladder for %s", ref)
		}
	}
	if o.deadline != "" {
		at, err := ws.When(o.deadline)
		if err != nil {
			return workspace.TimeProblem("--deadline", o.deadline, err)
		}
		e.Deadline = handoff.Time{Time: at}
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(e)}, "nothing was escalated")
}

// maxLevel is the highest level of an escalation.
const maxLevel = 3
