package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type decideOptions struct {
	publishOptions
	topic    string
	fields   handoff.DecisionFields
	items    []string
	rejected []string
}

func newDecideCmd(g *globals) *cobra.Command {
	var o decideOptions
	cmd := &cobra.Command{
		Use:   "decide 'what -- why'",
		Short: "Record a decision outside a handoff",
		Long: `Record a decision outside a handoff: what was decided, two dashes, and why. One
decision stands on a topic. The next one on it names it with --supersedes, or is
only --status proposed. One that --answers a blocker or a question closes it, in
the same commit.`,
		Example: `  handoff decide "Sessions last 15 minutes -- the audit asks for at most 15"
  handoff decide "Sessions last 30 minutes -- users lost long forms" \
      --supersedes sessions-last-15-minutes --source call`,
		GroupID: groupRecord,
		Args:    exactArgs(1, "the decision 'what -- why'"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runDecide(cmd.Context(), g, o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.topic, "topic", "", "the `SLUG` of what is decided; without it, made of the text")
	commaListVar(f, &o.items, "item", "an `ITEM` that it is about (repeatable)")
	listVar(f, &o.rejected, "alternative", "what was not chosen: `'option;why not'`")
	f.StringVar(&o.fields.Context, "context", "", "`TEXT` that says what the business wants")
	f.StringVar(&o.fields.Tradeoffs, "tradeoffs", "", "`TEXT` that says what it costs")
	f.StringVar(&o.fields.Answers, "answers", "", "the blocker or question `REF` that it answers")
	f.StringVar(&o.fields.Supersedes, "supersedes", "", "the `TOPIC` that it decides anew")
	f.StringVar(&o.fields.Door, "door", "", "`KIND`: two_way, or one_way with --approved-by")
	f.StringVar(&o.fields.ApprovedBy, "approved-by", "", "`WHO` approved it")
	f.StringVar(&o.fields.DecidedBy, "decided-by", "", "`WHO` decided, if not you")
	f.StringVar(&o.fields.RevisitWhen, "revisit-when", "", "`TEXT` that says when to think again")
	f.StringVar(&o.fields.Status, "status", "", "`STATUS`: accepted (the default), proposed, reversed")
	f.StringVar(&o.fields.Source, "source", "", "where it was said: `PLACE` out of git, chat, call, meeting, doc")
	o.addFlags(f)
	o.addPeopleFlags(f)
	return cmd
}

func runDecide(ctx context.Context, g *globals, o decideOptions, text string) error {
	parsed, err := parseDecision(text, o.topic)
	if err != nil {
		return err
	}
	fields := o.fields
	fields.Decision, fields.Rationale, fields.Items = parsed.Decision, parsed.Rationale, o.items
	for _, value := range o.rejected {
		p, err := shaped("alternative", value, "option;why not", 0, 1)
		if err != nil {
			return err
		}
		fields.Alternatives = append(fields.Alternatives, handoff.Alternative{Option: p[0], WhyNot: p[1]})
	}
	open := g.openForWriting
	if fields.Answers != "" {
		open = g.openForVerdict // it closes what somebody waits for
	}
	ws, err := open(ctx, handoff.Part{Refs: workspace.Given(fields.Answers)})
	if err != nil {
		return err
	}
	if fields.Answers != "" {
		target, err := ws.Resolve(fields.Answers)
		if err != nil {
			return err
		}
		fields.Answers = target.Ref()
	}
	records := []*handoff.Record{ws.NewRecord(&handoff.DecisionRecord{Topic: parsed.ID, DecisionFields: fields})}
	body, why := ws.Settle(parsed.ID, &fields)
	if body != nil {
		closing := ws.NewRecord(body)
		for closing.ID == records[0].ID {
			closing.ID = ws.NewID()
		}
		records = append(records, closing)
	}
	if why != "" {
		g.note("%s", why)
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was decided")
}
