package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
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
		Use:   "escalate [ref] ['what to do']",
		Short: "Raise a handoff, item, blocker or question to somebody else",
		Long: `Raise a handoff, item, blocker or question to somebody else. Without --to it
goes up the ladder of the configuration, from whoever is asked as yet. It waits
in their inbox until they take it up (handoff ack REF, or an act on what is
raised), decline it, or it is settled. While they are away it asks their cover,
the alternate, or who is next on the ladder. Nothing is ever escalated by
itself.`,
		Example: `  handoff escalate session-policy "Decide today, or name who can" \
      --reason no_response
  handoff escalate k3f "Take the refund flow" --to ines \
      --reason sla_breach --deadline "tomorrow 12:00"`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--ask", &o.ask)
			if err != nil {
				return err
			}
			return runEscalate(cmd.Context(), g, o, subject)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`WHO` is to act now")
	f.StringVar(&o.reason, "reason", "", "`REASON`: sla_breach, no_response, severity, priority, disagreement, stalled")
	f.StringVar(&o.ask, "ask", "", "`TEXT` that says what they are to do, as the second argument does")
	f.StringVar(&o.deadline, "deadline", "", "by `WHEN`")
	f.IntVar(&o.level, "level", 0, "`N` from 1 to 3; without it, one above the last")
	o.addFlags(f)
	o.addPeopleFlags(f)
	return cmd
}

func runEscalate(ctx context.Context, g *globals, o escalateOptions, subject about) (err error) {
	wants := []want{
		{"--reason", "Why now?", rules.Choices(handoff.KindEscalation, "reason"), &o.reason},
		{"--ask", "What are they to do?", nil, &o.ask},
	}
	if err := subject.given(g, wants...); err != nil {
		return err
	}
	ws, target, err := subject.resolve(ctx, g)
	if err != nil {
		return err
	}
	raised, err := ws.Raisable(target)
	if err != nil {
		return err
	}
	defer func() { err = subject.lost(err, wants...) }()
	if err := subject.ask(ctx, g, "Raise "+target.Ref(), aboutTarget(ws, target), wants...); err != nil {
		return err
	}
	e := &handoff.Escalation{Subject: raised.Ref, Reason: o.reason, To: o.to, Ask: o.ask, Level: o.level}
	if e.Level == 0 {
		e.Level = min(raised.Level()+1, workspace.MaxLevel)
	}
	if e.To == "" {
		if e.To = ws.NextOnLadder(raised, e.Level); e.To == "" {
			return workspace.Usagef("", "missing: --to, as the ladders of the configuration lead to nobody for %s", subject.ref)
		}
	}
	if o.deadline != "" {
		at, err := ws.When(o.deadline)
		if err != nil {
			return workspace.TimeProblem("--deadline", o.deadline, err)
		}
		e.Deadline = handoff.Time{Time: at}
	}
	r := ws.NewRecord(e)
	if err := checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{r}, "nothing was escalated"); err != nil {
		return err
	}
	if say := ws.StandIn(raised, r); say != "" {
		g.note("%s", say)
	}
	return nil
}
