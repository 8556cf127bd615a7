package cli

import (
	"context"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type decideOptions struct {
	publishOptions
	topic    string
	fields   handoff.DecisionFields
	items    []string
	rejected []string

	accept, reject string // references to what is proposed
}

func newDecideCmd(g *globals) *cobra.Command {
	var o decideOptions
	cmd := &cobra.Command{
		Use:   "decide ['what -- why']",
		Short: "Record a decision outside a handoff, or settle a proposed one",
		Long: `Record a decision outside a handoff: what was decided, two dashes, and why. One
decision stands on a topic. The next one on it names it with --supersedes, or is
only --status proposed. One that --answers a blocker or a question closes it, in
the same commit.

Where it says nearly what stands under another name, on the same item or on a
file that its items name, it is asked about: --supersedes TOPIC where it takes
the place of that one, --beside TOPIC where both hold.

--accept and --reject settle what is proposed, in a handoff or here: name its
topic, or the record that proposes it. --reject takes the reason in place of the
decision. Who accepts it is not its author, or says with --decided-by who did.`,
		Example: `  handoff decide "Sessions last 15 minutes -- the audit asks for that"
  handoff decide "Sessions last 30 minutes -- users lost long forms" \
      --supersedes sessions-last-15-minutes --source call
  handoff decide --accept session-store --source meeting
  handoff decide --reject session-store "Redis is not there yet"`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.checkArgs(g, cmd, args); err != nil {
				return err
			}
			if o.accept != "" || o.reject != "" {
				return runSettle(cmd.Context(), g, o, args)
			}
			return runDecide(cmd.Context(), g, o, strings.Join(args, ""))
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.topic, "topic", "", "the `SLUG` of what is decided; without it, made of the text")
	commaListVar(f, &o.items, "item", "an `ITEM` that it is about")
	listVar(f, &o.rejected, "alternative", "what was not chosen: `'option;why not'`")
	f.StringVar(&o.fields.Context, "context", "", "`TEXT` that says what the business wants")
	f.StringVar(&o.fields.Tradeoffs, "tradeoffs", "", "`TEXT` that says what it costs")
	f.StringVar(&o.fields.Answers, "answers", "", "the blocker or question `REF` that it answers")
	f.StringVar(&o.fields.Supersedes, "supersedes", "", "the `TOPIC` that it decides anew")
	commaListVar(f, &o.fields.Beside, "beside", "a `TOPIC` that says nearly the same, and holds as well")
	f.StringVar(&o.fields.Door, "door", "", "`KIND`: two_way, or one_way with --approved-by")
	f.StringVar(&o.fields.ApprovedBy, "approved-by", "", "`WHO` approved it")
	f.StringVar(&o.fields.DecidedBy, "decided-by", "", "`WHO` decided, if not you")
	f.StringVar(&o.fields.RevisitWhen, "revisit-when", "", "`TEXT` that says when to think again")
	f.StringVar(&o.fields.Status, "status", "", "`STATUS`: accepted (the default), proposed, reversed")
	f.StringVar(&o.fields.Source, "source", "", "where it was said: `PLACE` out of git, chat, call, meeting, doc")
	f.StringVar(&o.accept, "accept", "", "accept what is proposed under `REF`")
	f.StringVar(&o.reject, "reject", "", "reject what is proposed under `REF`, with the reason")
	cmd.MarkFlagsMutuallyExclusive("accept", "reject")
	o.addFlags(f)
	o.addPeopleFlags(f)
	return cmd
}

func runDecide(ctx context.Context, g *globals, o decideOptions, what string) (err error) {
	if g.Interactive {
		missing, d := about{command: "decide"}, handoff.ParseDecision(what)
		wants := []want{{"", "What was decided?", nil, &d.Decision}, {"", "Why?", nil, &d.Rationale}}
		defer func() {
			if missing.asked {
				err = typed(err, "handoff decide "+text.ShellArgument(what), [][2]string{{"topic", o.topic}})
			}
		}()
		err := missing.ask(ctx, g, "Record a decision", nil, wants...)
		if what = d.Decision + handoff.Because + d.Rationale; err != nil {
			return err
		}
	}
	parsed, err := parseDecision(what, o.topic)
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
	ws, err := open(ctx, fold.Part{Refs: workspace.Given(fields.Answers)})
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
	return publishDecision(ctx, g, ws, o.publishOptions, parsed.ID, fields, "nothing was decided")
}

// publishDecision publishes a decision, with what closes the blocker or the
// question that it answers.
func publishDecision(ctx context.Context, g *globals, ws *workspace.Workspace, o publishOptions, topic string, fields handoff.DecisionFields, refused string) error {
	records, why := decisionRecords(ws, topic, fields)
	if why != "" {
		g.note("%s", why)
	}
	return checkAndPublish(ctx, g, ws, o, records, refused)
}

// decisionRecords are the record of a decision and of what closes that which it
// answers. Where it closes nothing of what it answers, why says for what reason.
func decisionRecords(ws *workspace.Workspace, topic string, fields handoff.DecisionFields) (records []*handoff.Record, why string) {
	records = []*handoff.Record{ws.NewRecord(&handoff.DecisionRecord{Topic: topic, DecisionFields: fields})}
	body, why := ws.Settle(topic, &fields)
	if body == nil {
		return records, why
	}
	closing := ws.NewRecord(body)
	for closing.ID == records[0].ID {
		closing.ID = ws.NewID()
	}
	closing.At.Time = closing.At.Add(handoff.Precision) // so that a story tells it after its reason
	return append(records, closing), ""
}
