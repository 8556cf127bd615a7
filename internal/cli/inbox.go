package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newInboxCmd(g *globals) *cobra.Command {
	var o workspace.SourceOptions
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "Show what waits for you",
		Long: `Show what waits for you: handoffs without your verdict, items offered to you,
blockers and questions that you are to answer, and your own handoffs that nobody
has answered in time.`,
		Example: "  handoff inbox\n  handoff inbox --as sarah --json",
		GroupID: groupDaily,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runInbox(cmd.Context(), g, o) },
	}
	addSourceFlags(cmd.Flags(), &o)
	return cmd
}

// inboxDocument is what --json prints.
type inboxDocument struct {
	For     string      `json:"for"`
	Results []query.Row `json:"results"`
}

func runInbox(ctx context.Context, g *globals, o workspace.SourceOptions) error {
	ws, err := g.openFor(ctx, o, handoff.Part{})
	if err != nil {
		return err
	}
	if ws.Me == "" {
		return ws.MustBeKnown(ctx)
	}
	rows := ws.Waiting()
	if g.printer.structured() {
		return g.printer.document(inboxDocument{ws.Me, rows})
	}
	if err := g.page(func() { g.printer.rows(rows) }); err != nil {
		return err
	}
	switch {
	case len(rows) > 0:
		g.note("handoff show REF tells the whole story, %s", wayOn(rows))
	case ws.Empty():
		g.note(saysEmpty)
	default:
		g.note("nothing waits for %s", ws.Me)
	}
	return nil
}

// runBare is the program without a command: on a terminal, what waits for the
// user, what they hold, and what to do about it; else the inbox.
func runBare(ctx context.Context, g *globals) error {
	if g.Width == 0 || g.printer.structured() {
		return runInbox(ctx, g, workspace.SourceOptions{})
	}
	ws, err := g.openFor(ctx, workspace.SourceOptions{}, handoff.Part{})
	if err != nil {
		return err
	}
	if ws.Me == "" {
		return ws.MustBeKnown(ctx)
	}
	waiting := ws.Waiting()
	held := query.Rows(query.Query{Topic: query.Holds, Arg: ws.Me, Me: ws.Me}, ws.State, ws.QueryEnv())
	part := func(title string, rows []query.Row) {
		if len(rows) > 0 {
			g.printer.section(title)
			g.printer.rows(rows)
		}
	}
	if err := g.page(func() { part("Waits for you", waiting); part("You hold", held) }); err != nil {
		return err
	}
	switch {
	case len(waiting) > 0:
		g.note("handoff show REF tells the whole story, %s", wayOn(waiting))
	case len(held) > 0:
		g.note("nothing waits for you; handoff declare hands over what you hold")
	case ws.Empty():
		g.note(saysEmpty)
	default:
		g.note("nothing waits for you, and you hold nothing; handoff query blocked asks about the others")
	}
	return nil
}

// wayOn is the command for what waits: to take over comes first.
func wayOn(rows []query.Row) string {
	waits := func(t query.Type) bool {
		return slices.ContainsFunc(rows, func(r query.Row) bool { return r.RowType() == t })
	}
	switch {
	case waits(query.TypeHandoff), waits(query.TypeItem):
		return "handoff ack REF takes it over"
	case waits(query.TypeEscalation):
		return "handoff ack REF takes it up"
	case waits(query.TypeBlocker):
		return "handoff resolve REF removes it"
	}
	return "handoff answer REF answers it"
}

// saysEmpty is what reading commands say before the first handoff.
const saysEmpty = "there are no handoffs in this repository yet; handoff declare writes the first"
