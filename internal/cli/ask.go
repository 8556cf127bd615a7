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

type askOptions struct {
	publishOptions
	to      string
	about   string
	context string
	blocks  []string
}

func newAskCmd(g *globals) *cobra.Command {
	var o askOptions
	cmd := &cobra.Command{
		Use:   "ask [question?]",
		Short: "Ask somebody a question, on the record",
		Long: `Ask somebody a question, on the record. With --about it is about a handoff, an
item, or a question that was asked before; without --to it goes to the author of
that.`,
		Example: `  handoff ask "Which of the two approvals is missing?" --about @ana
  handoff ask "May the flag go on for 5% of users?" --to sarah \
      --about login-session-timeout`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := minArgs(1, "the question")(cmd, args); err != nil && !g.Interactive {
				return err
			}
			return runAsk(cmd.Context(), g, o, strings.Join(args, " "))
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`WHO` is asked")
	f.StringVar(&o.about, "about", "", "the handoff, item or question `REF` that it is about")
	f.StringVar(&o.context, "context", "", "`TEXT` that they need to know to answer")
	commaListVar(f, &o.blocks, "blocks", "an `ITEM` that waits for the answer")
	o.addFlags(f)
	o.addPeopleFlags(f)
	return cmd
}

func runAsk(ctx context.Context, g *globals, o askOptions, typedText string) (err error) {
	ws, err := g.openForWriting(ctx, fold.Part{Refs: workspace.Given(o.about)})
	if err != nil {
		return err
	}
	q := &handoff.Question{Ask: typedText, To: o.to, Context: o.context, Blocks: o.blocks}
	if o.about != "" {
		target, err := ws.Resolve(o.about)
		if err != nil {
			return err
		}
		q.About = target.Ref()
		if q.To == "" {
			q.To = ws.AuthorOf(target)
		}
	}
	if g.Interactive {
		missing := about{command: "ask"}
		wants := []want{{"", "What do you want to know?", nil, &q.Ask}, {"", "Who can answer it?", nil, &q.To}}
		defer func() {
			if missing.asked {
				err = typed(err, "handoff ask "+text.ShellArgument(q.Ask), [][2]string{{"to", q.To}, {"about", o.about}})
			}
		}()
		if err := missing.ask(ctx, g, "Ask a question", nil, wants...); err != nil {
			return err
		}
	}
	if q.To == "" {
		return workspace.Usagef("handoff ask --help shows an example", "missing: --to, or --about")
	}
	if to, err := ws.Person(q.To); err == nil { // else it is refused below
		q.To = to
	}
	records := []*handoff.Record{ws.NewRecord(q)}
	route, nobody := ws.Route(fold.Target{Type: fold.TargetQuestion, Name: records[0].ID}, handoff.Blocker{Resolver: q.To})
	if route != nil {
		records = append(records, route)
	} else {
		g.note("%s", nobody)
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was asked")
}
