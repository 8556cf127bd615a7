package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type giveOptions struct {
	publishOptions
	to   string
	back bool
	why  string
}

func newGiveCmd(g *globals) *cobra.Command {
	var o giveOptions
	cmd := &cobra.Command{
		Use:   "give [item] ['next step']",
		Short: "Give an item that you hold to somebody, or back",
		Long: `Give an item that you hold to somebody, without a whole handoff: they take it
with handoff ack, and it is yours until then. Without a next step the one that
it has is theirs. On a terminal, without an item, it lists what you hold.

With --back, what you took goes back to whom you took it from. Within an hour,
and if nothing has been said of the item since, that is as if you had not taken
it: it is theirs at once, and offered as before. Later it is offered to them,
and yours until they take it.`,
		Example: `  handoff give refund-flow --to ben "Get the second approval on PR #1842"
  handoff give refund-flow --back`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			next := ""
			subject, err := aboutArgs(cmd, args, "", &next)
			if err != nil {
				return err
			}
			return runGive(cmd.Context(), g, o, subject)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`WHO` is to take it")
	f.BoolVar(&o.back, "back", false, "to whom you took it from")
	f.StringVar(&o.why, "why", "", "`TEXT` that says why them, or why now")
	o.addFlags(f)
	o.addPeopleFlags(f)
	cmd.MarkFlagsMutuallyExclusive("to", "back")
	return cmd
}

func runGive(ctx context.Context, g *globals, o giveOptions, subject about) (err error) {
	wants := []want{{"--to", "To whom?", nil, &o.to}}
	open := g.openForWriting
	if o.back {
		wants = nil
		open = g.openForVerdict // it takes a verdict back
	}
	if o.back && subject.says != "" {
		return workspace.Usagef("", "--back takes no next step: it is what it was")
	}
	if err := subject.given(g, wants...); err != nil {
		return err
	}
	ws, err := subject.openOne(ctx, g, open)
	if err != nil {
		return err
	}
	item, err := ws.Item(subject.ref)
	if err != nil {
		return err
	}
	if !item.Live() || item.Holder != ws.Me {
		return &workspace.NoError{Message: item.ID + " is not yours to give: " + custody(item), Hint: "handoff show " + text.ShellArgument("item:"+item.ID)}
	}
	if err := subject.ask(ctx, g, "Give "+item.ID, []string{item.State}, wants...); err != nil {
		return err
	}
	a := &handoff.Assignment{Item: item.ID, To: handles(ws, []string{o.to})[0], From: ws.Me, Why: o.why}
	if o.back {
		if a.To, a.Via, err = ws.Giver(item); err != nil {
			return err
		}
	}
	r := ws.NewRecord(a)
	if !ws.State.Undoes(r, a) {
		if a.Next, err = givenStep(ws, item, a.To, subject.says); err != nil {
			return err
		}
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{r}, "nothing was given")
}

// givenStep is what the receiver of an item does first: what was typed, else the next
// step that it has.
func givenStep(ws *workspace.Workspace, item *fold.Item, to, typed string) (string, error) {
	if to == ws.Me {
		return "", workspace.Usagef("", "--to %s: %s is yours already", to, item.ID)
	}
	if typed == "" {
		if len(item.Next) == 0 {
			return "", workspace.Usagef("handoff give --help shows an example", "missing: the next step of %s", item.ID)
		}
		return item.Next[0].Do, nil
	}
	who, do, _ := ws.ReadStep(typed, []string{to})
	if who != "" && who != to {
		return "", workspace.Usagef("name one of them", "the next step names %s, and --to %s", who, to)
	}
	return do, nil
}
