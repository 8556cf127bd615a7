package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/inbox"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
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
to you, blockers and questions that you are to answer, pull requests that wait
for your review as far as somebody has recorded that, and your own handoffs that
nobody has answered in time.

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
	For     string        `json:"for"`
	Since   time.Time     `json:"since"`  // from when on the news are
	Drafts  []agent.Draft `json:"drafts"` // that agents have prepared for them
	Results []inbox.Row   `json:"results"`
}

// userInbox is what the user has to know.
type userInbox struct {
	ws     *workspace.Workspace
	rows   []inbox.Row
	since  time.Time
	teller teller
	drafts []agent.Draft // that agents have prepared for the user
}

func openInbox(ctx context.Context, g *globals, o workspace.SourceOptions) (*userInbox, error) {
	ws, err := g.openFor(ctx, o, fold.Part{})
	if err != nil {
		return nil, err
	}
	if ws.Me == "" {
		return nil, ws.MustBeKnown(ctx)
	}
	g.readBy(ws)
	in := &userInbox{ws: ws, teller: g.newTeller(ws), drafts: g.preparedFor(ws)}
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
func (in *userInbox) show(ctx context.Context, g *globals) error {
	if g.printer.structured() {
		return g.printer.document(inboxDocument{in.ws.Me, in.since, in.drafts, in.rows})
	}
	print := func() {
		for _, part := range inboxParts {
			in.print(&g.printer, part, len(in.rows))
		}
	}
	if err := g.page(print); err != nil {
		return err
	}
	in.sayWayOn(g, "nothing waits for "+in.ws.Me)
	in.sayDrafts(g)
	g.noteFetched(ctx, in.ws)
	return nil
}

// inboxParts are the parts of an inbox, in order.
var inboxParts = []inbox.Part{inbox.Act, inbox.Back, inbox.News}

// title heads a part on a terminal.
func (in *userInbox) title(part inbox.Part) string {
	switch part {
	case inbox.Act:
		return "Waits for you"
	case inbox.Back:
		return "Came back to you"
	}
	return "News " + in.span()
}

func (in *userInbox) span() string { return inbox.Span(in.since, in.ws.Moment) }

// of are the rows of a part.
func (in *userInbox) of(part inbox.Part) []inbox.Row {
	return slices.DeleteFunc(slices.Clone(in.rows), func(row inbox.Row) bool { return row.Part != part })
}

// print prints a part, on a terminal no more than limit of its errands.
func (in *userInbox) print(p *printer, part inbox.Part, limit int) {
	rows := in.of(part)
	switch {
	case len(rows) == 0:
		return
	case p.width == 0:
		cells := make([][]string, len(rows))
		for i, row := range rows {
			cells[i] = row.Cells()
		}
		p.table(nil, cells)
		return
	}
	p.section(in.title(part))
	errands := inbox.Errands(rows)
	for _, e := range errands[:min(len(errands), limit)] {
		p.errand(e, in.ws.Me)
		if deliveries, ok := row.Delivered(e.Lead.Row); ok && part == inbox.Act {
			p.field("told", in.teller.told(deliveries, in.submitted(e.Lead)))
		}
	}
	if more := len(errands) - limit; more > 0 {
		p.styled(painted{dim, fmt.Sprintf("  %d more: handoff inbox", more)})
	}
}

// submitted says where a handoff was submitted, "" for nowhere and of anything else.
func (in *userInbox) submitted(r inbox.Row) string {
	h := in.ws.State.Handoffs[r.Key()]
	if r.RowType() != row.TypeHandoff || h == nil {
		return ""
	}
	return whereSubmitted(in.teller.submission(h))
}

// sayWayOn says what to do about what there is, or that there is nothing and where
// that was looked for.
func (in *userInbox) sayWayOn(g *globals, nothing string) {
	switch act, back := in.of(inbox.Act), in.of(inbox.Back); {
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

// bareRows is how many errands of a part the program shows without a command.
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
			in.print(&g.printer, part, bareRows)
		}
		if len(held) > 0 {
			g.printer.section("You hold")
			g.printer.held(held, in.ws.Me)
		}
	}
	if err := g.page(print); err != nil {
		return err
	}
	defer g.noteFetched(ctx, in.ws)
	in.sayDrafts(g)
	switch {
	case len(in.of(inbox.Act))+len(in.of(inbox.Back)) > 0:
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

// wayOn is the command for what waits: to take over comes first.
func wayOn(rows []inbox.Row) string {
	waits := func(t row.Type) bool {
		return slices.ContainsFunc(rows, func(r inbox.Row) bool { return r.RowType() == t })
	}
	switch {
	case waits(row.TypeEscalation):
		return "handoff ack REF takes it up"
	case waits(row.TypeHandoff), waits(row.TypeItem):
		return "handoff ack REF takes it over"
	case waits(row.TypeBlocker):
		return "handoff resolve REF removes it"
	case waits(row.TypeQuestion):
		return "handoff answer REF answers it"
	}
	return "a review is given where the pull request is"
}

// saysEmpty is what reading commands say before the first handoff.
const saysEmpty = "there are no handoffs in this repository yet; handoff declare writes the first"

// sayDrafts says what agents have prepared for the user, if anything.
func (in *userInbox) sayDrafts(g *globals) {
	switch n := len(in.drafts); {
	case n == 1:
		g.note("a draft that an agent has prepared waits for you: handoff draft publish %d", in.drafts[0].Number)
	case n > 1:
		g.note("%d drafts that agents have prepared wait for you: handoff draft list", n)
	}
}
