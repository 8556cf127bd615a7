package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newInboxCmd(g *globals) *cobra.Command {
	var o workspace.SourceOptions
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "Show what waits for you, what came back, and the news",
		Long: `Show what waits for you, what came back to you, and the news.

What waits for you are handoffs without your verdict, items offered or assigned
to you, blockers and questions that you are to answer, and your own handoffs
that nobody has answered in time.

What came back is yours again, or free to go on: handoffs that were declined or
need changes, gaps, items that nobody took, answers, and items whose blocker is
gone. It stays until you act on it: a handoff that lists the item, an amendment,
a decision or a question about it, or ack REF --outcome seen, which says that
nothing more is needed.

News are what has happened since your last handoff, and not before the last
seven days: what was accepted, decided, resolved, shipped, withdrawn, and what
you are to read only. Your next handoff ends them, and an act of yours that
names the subject.`,
		Example: "  handoff inbox\n  handoff inbox --as sarah --json\n  handoff inbox --jq '.results[] | select(.part == \"back\") | .say'",
		GroupID: groupDaily,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runInbox(cmd.Context(), g, o) },
	}
	addSourceFlags(cmd.Flags(), &o)
	return cmd
}

// inboxDocument is what --json prints.
type inboxDocument struct {
	For     string           `json:"for"`
	Since   time.Time        `json:"since"` // from when on the news are
	Results []query.InboxRow `json:"results"`
}

// inbox is what somebody has to know.
type inbox struct {
	ws     *workspace.Workspace
	rows   []query.InboxRow
	since  time.Time
	teller teller
}

func openInbox(ctx context.Context, g *globals, o workspace.SourceOptions) (*inbox, error) {
	ws, err := g.openFor(ctx, o, fold.Part{})
	if err != nil {
		return nil, err
	}
	if ws.Me == "" {
		return nil, ws.MustBeKnown(ctx)
	}
	in := &inbox{ws: ws, teller: g.newTeller(ws)}
	in.rows, in.since, err = ws.Inbox()
	return in, err
}

func runInbox(ctx context.Context, g *globals, o workspace.SourceOptions) error {
	in, err := openInbox(ctx, g, o)
	if err != nil {
		return err
	}
	return in.show(ctx, g)
}

// show prints all of it.
func (in *inbox) show(ctx context.Context, g *globals) error {
	if g.printer.structured() {
		return g.printer.document(inboxDocument{in.ws.Me, in.since, in.rows})
	}
	print := func() {
		for _, part := range inboxParts {
			in.print(&g.printer, part)
		}
	}
	if err := g.page(print); err != nil {
		return err
	}
	in.sayWayOn(g, "nothing waits for "+in.ws.Me)
	g.noteFetched(ctx, in.ws)
	return nil
}

// inboxParts are the parts of an inbox, in order.
var inboxParts = []query.InboxPart{query.PartAct, query.PartBack, query.PartNews}

// title heads a part on a terminal.
func (in *inbox) title(part query.InboxPart) string {
	switch part {
	case query.PartAct:
		return "Waits for you"
	case query.PartBack:
		return "Came back to you"
	}
	return "News " + in.span()
}

func (in *inbox) span() string { return query.InboxSpan(in.since, in.ws.Moment) }

// of are the rows of a part.
func (in *inbox) of(part query.InboxPart) []query.InboxRow {
	return slices.DeleteFunc(slices.Clone(in.rows), func(row query.InboxRow) bool { return row.Part != part })
}

// print prints a part. On a terminal what waits has all that its rows say; of the
// rest, what happened is what counts.
func (in *inbox) print(p *printer, part query.InboxPart) {
	rows := in.of(part)
	switch {
	case len(rows) == 0:
	case p.width == 0:
		cells := make([][]string, len(rows))
		for i, row := range rows {
			cells[i] = row.Cells()
		}
		p.table(nil, cells)
	case part == query.PartAct:
		p.section(in.title(part))
		for _, line := range rows {
			p.rows([]row.Row{line.Row})
			if !plainEvents[line.Event] {
				p.field("why", line.Say)
			}
			in.told(p, line)
		}
	default:
		p.section(in.title(part))
		for _, row := range rows {
			p.happened(row)
			cells := row.Cells()
			p.styled(painted{dim, "  source: " + text.JoinNonEmpty(", ", cells[len(cells)-1], cells[len(cells)-4], cells[len(cells)-3], cells[len(cells)-2])})
		}
	}
}

// told prints who was told of what a row is about.
func (in *inbox) told(p *printer, line query.InboxRow) {
	if deliveries, ok := row.Delivered(line.Row); ok {
		p.field("told", in.teller.told(deliveries))
	}
}

// plainEvents are those of which the row says everything.
var plainEvents = map[string]bool{"handed_over": true, "offered": true, "asked": true, "blocked": true, "escalated": true}

// happened prints what a row is about, what happened to it and what to do.
func (p *printer) happened(row query.InboxRow) {
	p.styled(painted{bold, row.ID()}, painted{dim, " " + string(row.RowType())})
	for _, line := range p.wrap(text.Neutralise(row.Say), 2) {
		p.line("  %s", line)
	}
	p.field("do", row.Do)
}

// sayWayOn says what to do about what there is, or that there is nothing and where
// that was looked for.
func (in *inbox) sayWayOn(g *globals, nothing string) {
	switch act, back := in.of(query.PartAct), in.of(query.PartBack); {
	case len(act) > 0:
		g.note("handoff show REF tells the whole story, %s", wayOn(act))
	case len(back) > 0:
		g.note("handoff show REF tells more; handoff ack REF --outcome seen settles it")
	case len(in.rows) > 0:
		g.note("%s, and nothing came back; your next handoff ends the news", nothing)
	case in.ws.Empty():
		g.note(saysEmpty)
	default:
		g.note("%s or came back; no news %s", nothing, in.span())
	}
}

// bareRows is how many rows of a part the program shows without a command.
const bareRows = 5

// runBare is the program without a command: on a terminal a draft that waits, the
// inbox in short, what the user holds, and what to do about it; else the inbox.
func runBare(ctx context.Context, g *globals) error {
	in, err := openInbox(ctx, g, workspace.SourceOptions{})
	if err != nil {
		return err
	}
	drafts := &form.Drafts{Dir: in.ws.Dir()}
	draft, err := drafts.Load()
	if err != nil {
		return err
	}
	if g.Width == 0 || g.printer.structured() {
		if draft != nil {
			g.note("a draft waits: handoff declare --resume")
		}
		return in.show(ctx, g)
	}
	held := query.Rows(query.Query{Topic: query.Holds, Arg: in.ws.Me, Me: in.ws.Me}, in.ws.State, in.ws.QueryEnv())
	print := func() {
		if draft != nil {
			g.printer.section("A draft waits")
			g.printer.field("do", "handoff declare --resume")
		}
		for _, part := range inboxParts {
			in.printShort(&g.printer, part)
		}
		if len(held) > 0 {
			g.printer.section("You hold")
			g.printer.rows(held)
		}
	}
	if err := g.page(print); err != nil {
		return err
	}
	defer g.noteFetched(ctx, in.ws)
	switch {
	case len(in.of(query.PartAct))+len(in.of(query.PartBack)) > 0:
		in.sayWayOn(g, "")
	case len(held) > 0:
		g.note("nothing waits for you; handoff declare hands over what you hold")
	case in.ws.Empty():
		g.note(saysEmpty)
	default:
		g.note("nothing waits for you, and you hold nothing; handoff query blocked asks about the others")
	}
	return nil
}

// printShort prints the first rows of a part, and how many there are beside them.
func (in *inbox) printShort(p *printer, part query.InboxPart) {
	rows := in.of(part)
	if len(rows) == 0 {
		return
	}
	p.section(in.title(part))
	for _, row := range rows[:min(len(rows), bareRows)] {
		p.happened(row)
		if part == query.PartAct {
			in.told(p, row)
		}
	}
	if more := len(rows) - bareRows; more > 0 {
		p.styled(painted{dim, fmt.Sprintf("  %d more: handoff inbox", more)})
	}
}

// wayOn is the command for what waits: to take over comes first.
func wayOn(rows []query.InboxRow) string {
	waits := func(t row.Type) bool {
		return slices.ContainsFunc(rows, func(r query.InboxRow) bool { return r.RowType() == t })
	}
	switch {
	case waits(row.TypeEscalation):
		return "handoff ack REF takes it up"
	case waits(row.TypeHandoff), waits(row.TypeItem):
		return "handoff ack REF takes it over"
	case waits(row.TypeEscalation):
		return "handoff ack REF takes it up"
	case waits(row.TypeBlocker):
		return "handoff resolve REF removes it"
	}
	return "handoff answer REF answers it"
}

// saysEmpty is what reading commands say before the first handoff.
const saysEmpty = "there are no handoffs in this repository yet; handoff declare writes the first"
