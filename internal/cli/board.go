package cli

import (
	"bytes"
	"context"
	"time"

	"github.com/handoff-cli/handoff/internal/board"
	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type boardOptions struct {
	whoseOptions
	watch bool
}

func newBoardCmd(g *globals) *cobra.Command {
	var o boardOptions
	cmd := &cobra.Command{
		Use:   "board",
		Short: "Show what needs somebody now, by person, and who holds what",
		Long: `Show what needs somebody now, by person, and who holds what: the first screen of
handoff report, in the terminal.

Who has something overdue comes first, then who has the most severe. What is
asked of a group is shown once, under its name. Of a deadline, the one that ends
first counts.

--watch stays and draws it anew when records change, and each minute; Ctrl-C
ends it. In a pipe it is printed once: a line for each thing, which begins with
needs or holds.
`,
		Example: `  handoff board
  handoff board --team payments --watch
  handoff board --json --jq '.asked[] | {who, n: (.needs | length)}'`,
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runBoard(cmd.Context(), g, o) },
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&o.watch, "watch", false, "stay, and draw it anew when records change")
	return cmd
}

// boardDocument is what --json prints.
type boardDocument struct {
	AsOf   time.Time `json:"as_of"`
	Team   string    `json:"team"`
	Person string    `json:"person"`
	*board.Board
}

func runBoard(ctx context.Context, g *globals, o boardOptions) error {
	ws, err := g.openFor(ctx, o.SourceOptions, fold.Part{})
	if err != nil {
		return err
	}
	b, whose, err := o.board(ws)
	if err != nil {
		return err
	}
	g.readBy(ws)
	switch {
	case g.printer.structured():
		return g.printer.document(boardDocument{ws.Moment, o.team, whose.person, b})
	case g.printer.width == 0:
		g.printer.boardCells(b)
		switch {
		case ws.Empty():
			g.note(saysEmpty)
		case len(b.Asked)+len(b.Held) == 0:
			g.note("%s, and nobody holds anything", whatNeeds(b))
		}
	case o.watch && g.drawsFrames():
		return g.watchBoard(ctx, o, ws)
	default:
		if err := g.page(func() { g.printer.board(b, ws.Empty()) }); err != nil {
			return err
		}
	}
	g.noteFetched(ctx, ws)
	return nil
}

// board draws the board of a workspace that is loaded.
func (o whoseOptions) board(ws *workspace.Workspace) (*board.Board, whose, error) {
	w, err := o.whose(ws)
	if err != nil {
		return nil, w, err
	}
	env := ws.QueryEnv()
	b, err := board.Of(ws.Recall, env, w.people)
	return b, w, err
}

// watchBoard shows the board until the user ends it.
func (g *globals) watchBoard(ctx context.Context, o boardOptions, ws *workspace.Workspace) error {
	return g.watch(ctx, ws, func() ([]byte, error) {
		ws, err := o.open(ctx, g.silently(), fold.Part{})
		if err != nil {
			return nil, err
		}
		defer ws.Close()
		b, _, err := o.board(ws)
		if err != nil {
			return nil, err
		}
		g.readBy(ws)
		var frame bytes.Buffer
		g.printer.w = &frame
		g.printer.board(b, ws.Empty())
		g.printer.w = &g.output
		return frame.Bytes(), nil
	})
}

// open opens the repository anew and loads a part of the state.
func (o whoseOptions) open(ctx context.Context, how workspace.Options, part fold.Part) (*workspace.Workspace, error) {
	ws, err := workspace.Open(ctx, how)
	if err != nil {
		return nil, err
	}
	if err := ws.LoadFor(ctx, o.SourceOptions, part); err != nil {
		ws.Close()
		return nil, err
	}
	return ws, nil
}

// board prints the board on a terminal.
func (p *printer) board(b *board.Board, empty bool) {
	p.heading("What needs somebody now", "  "+whatNeeds(b)+", "+p.when(p.now))
	if empty {
		p.line("  %s", saysEmpty)
	}
	for _, a := range b.Asked {
		p.asked(a)
	}
	if len(b.Held) == 0 {
		return
	}
	items := 0
	for _, h := range b.Held {
		items += len(h.Items)
	}
	p.line("")
	p.heading("Board", "  "+text.Count(items, "live item"))
	for _, h := range b.Held {
		p.styled(painted{bold, h.Who}, painted{dim, " holds " + text.Count(len(h.Items), "item")})
		rows := make([]row.Row, len(h.Items))
		for i, it := range h.Items {
			rows[i] = it
		}
		p.held(rows, "")
	}
}

// asked prints what somebody is asked for.
func (p *printer) asked(a board.Asked) {
	facts := []string{}
	if a.Person != nil {
		facts = append(facts, a.Person.Team, p.presence(a.Person))
	}
	about := " — " + text.JoinNonEmpty(", ", append(facts, a.Sum().Words())...)
	name := a.Who
	if a.Person == nil {
		name = "anybody of " + a.Who
	}
	p.styled(painted{bold, name}, painted{dim, about})
	for _, n := range a.Needs {
		p.need(n)
	}
}

// presence says whether somebody is there.
func (p *printer) presence(who *row.Person) string {
	cover := ""
	if who.Cover != "" {
		cover = who.Cover + " covers"
	}
	switch who.State {
	case row.PersonHere:
		return "at work"
	case row.PersonAway, row.PersonOff:
		return text.JoinNonEmpty(", ", text.JoinNonEmpty(" until ", who.State, p.stamped(who.Back)), cover)
	}
	return cover
}

// need prints one thing that somebody is asked for, and what the same record asks as
// well.
func (p *printer) need(n board.Need) {
	late, by := "", p.wanted(n.Due)
	if n.Overdue {
		late, by = by+": ", ""
	}
	p.styled(
		painted{"", "  "}, painted{bold, n.Lead.Key()}, painted{"", " — "}, painted{red, late}, painted{"", text.JoinNonEmpty(": ", unusual(n.Severity()), n.Lead.Say)},
		painted{dim, " (" + text.JoinNonEmpty(", ", calendar.Ago(sourceAge(n.Lead.Cited())), by) + ")"},
	)
	var lines [][]string
	for _, r := range n.Rest {
		lines = append(lines, append([]string{r.Key(), unusual(row.SeverityOf(r.Row))}, p.step(r.Row, "")...))
	}
	if len(lines) > 0 {
		for _, line := range p.columns(lines, p.width-4) {
			p.styled(painted{"", "    " + line})
		}
	}
	if n.Lead.Do != "" {
		p.styled(painted{"", "    do: "}, painted{cyan, n.Lead.Do})
	}
}

// boardCells prints the board in a pipe. The lines of what somebody is asked for have:
// needs, who, overdue or nothing, severity, until when, the type and the id of what it is,
// what is said of it, what settles it, and the record. Those of what somebody holds have:
// holds, who, and the cells of the item.
func (p *printer) boardCells(b *board.Board) {
	var cells [][]string
	for _, a := range b.Asked {
		for _, n := range a.Needs {
			due, late := "", ""
			if n.Overdue {
				late = row.IsOverdue
			}
			if n.Due != nil {
				due = n.Due.In(p.now.Location()).Format(time.RFC3339)
			}
			cells = append(cells, []string{
				"needs", a.Who, late, n.Severity(), due, string(n.Lead.RowType()), n.Lead.Key(), n.Lead.Say, n.Lead.Do, n.Lead.Cited().Record,
			})
		}
	}
	p.table(nil, cells)
	cells = nil
	for _, h := range b.Held {
		for _, it := range h.Items {
			cells = append(cells, append([]string{"holds", h.Who}, it.Cells()...))
		}
	}
	p.table(nil, cells)
}
