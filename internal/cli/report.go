package cli

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/board"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/report"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// whoseOptions say whose page or board it is.
type whoseOptions struct {
	workspace.SourceOptions
	team, person string
}

func (o *whoseOptions) addFlags(f *pflag.FlagSet) {
	addSourceFlags(f, &o.SourceOptions)
	f.StringVar(&o.team, "team", "", "what concerns the team `NAME`")
	f.StringVar(&o.person, "person", "", "what concerns `WHO`, with what to do first")
}

type reportOptions struct {
	whoseOptions
	since  string
	output string
	force  bool
	serve  string
}

func newReportCmd(g *globals) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write one page of how things stand, or serve it",
		Long: `Write one page, in one file, for those who never open a terminal: what needs
somebody now, by person, what is overdue first; what is live, by who holds it;
blockers and questions with whom they ask and how much of their time has passed;
what was decided and what that replaced; the contracts at boundaries with how
they work; the handoffs of the last seven days; what was delivered where.

The page is made of the records alone, and of the configuration. It has no
script and loads nothing, so it can be mailed, kept and printed. The same
records and the same --as-of give the same bytes, whoever writes it and where:
times are in the time zone that all people of the page share, else in UTC. What
is cited leads to the file of its record where the address of the remote tells
which forge has it, a ticket or pull request where ` + "`refs`" + ` of the configuration
does.

--team and --person narrow it to what some people hold, ask, are asked or have
said; --person begins with what to do first. --since says how far back decisions
and measures go: 30 days if it is left out.

--serve ADDR shows the page to browsers on this machine, and on no other: as
127.0.0.1:8080, or with port 0 at a free one. It is drawn anew when the records
change. Ctrl-C ends it.
`,
		Example: `  handoff report -o report.html
  handoff report --team payments --since 90d -o quarter.html
  handoff report --person ana --serve 127.0.0.1:0`,
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runReport(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	o.addFlags(f)
	f.StringVar(&o.since, "since", "", "decisions and measures of `WHEN` or later: 90d, or a time")
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of stdout")
	f.BoolVar(&o.force, "force", false, "replace a file that is there")
	f.StringVar(&o.serve, "serve", "", "show it at `ADDR` of this machine, such as 127.0.0.1:8080")
	return cmd
}

func (o *reportOptions) check(g *globals) error {
	switch {
	case o.serve != "" && (o.output != "" || o.force):
		return workspace.Usagef("give one of them", "--serve shows the page, and -o writes it")
	case o.serve != "" && g.printer.structured():
		return workspace.Usagef("leave out --serve for the data of the page", "--serve shows a page, and no JSON document")
	case o.output == "" && o.force:
		return workspace.Usagef("add -o FILE", "--force replaces a file, and none is named")
	case o.output == "" && o.serve == "" && g.Width > 0 && !g.printer.structured():
		return workspace.Usagef("add -o FILE, or --serve 127.0.0.1:0 to look at it; handoff board shows the first screen here", "a page is nothing for a terminal")
	}
	return nil
}

// reportDocument is what --json prints of a page in a file.
type reportDocument struct {
	Path  string    `json:"path"`
	Bytes int       `json:"bytes"`
	AsOf  time.Time `json:"as_of"`
	Since time.Time `json:"since"`
}

func runReport(ctx context.Context, g *globals, o reportOptions) error {
	if err := o.check(g); err != nil {
		return err
	}
	if o.serve != "" {
		return serveReport(ctx, g, o)
	}
	ws, err := g.openFor(ctx, o.SourceOptions, fold.Part{All: true})
	if err != nil {
		return err
	}
	page, err := o.draw(ws)
	if err != nil {
		return err
	}
	if o.output == "" && g.printer.structured() {
		return g.printer.document(page)
	}
	data, err := page.HTML()
	if err != nil {
		return err
	}
	if o.output == "" {
		_, err := g.output.Write(data)
		return err
	}
	path := workspace.From(g.Dir, o.output)
	if !o.force && exists(path) {
		return workspace.Usagef("--force replaces it", "-o %s: is there already", o.output)
	}
	if err := plainfile.Replace(path, 0o666, data, nil); err != nil {
		return asNamed("-o "+o.output, err)
	}
	if g.printer.structured() {
		return g.printer.document(reportDocument{o.output, len(data), page.AsOf, page.Since})
	}
	g.note("%s: %s, %d KB", o.output, whatNeeds(page.Board), (len(data)+1023)/1024)
	return nil
}

// whatNeeds says in a few words how much needs somebody.
func whatNeeds(b *board.Board) string { return cmp.Or(b.Sum().Words(), "nothing needs anybody") }

// draw draws the page of a workspace that is loaded.
func (o reportOptions) draw(ws *workspace.Workspace) (*report.Page, error) {
	state, err := ws.Whole()
	if err != nil {
		return nil, err
	}
	whose, err := o.whose(ws)
	if err != nil {
		return nil, err
	}
	since, _, err := ws.Span(o.since, "")
	if err != nil {
		return nil, err
	}
	forge, err := ws.Forge()
	if err != nil {
		return nil, err
	}
	return report.Of(state, ws.QueryEnv(), report.Request{
		Repository: forge.Path, Team: o.team, Person: whose.person, Only: whose.people, Since: since, Zone: whose.zone,
		People: workspace.Workers(ws.TeamConfig), Delivered: deliveriesOf(ws),
		Records: func(s row.Source) string {
			if r := state.Records[s.Record]; r != nil {
				return forge.File(r.Source)
			}
			return ""
		},
	})
}

// deliveriesOf are the deliveries of all that is known, as a page has them.
func deliveriesOf(ws *workspace.Workspace) []report.Delivered {
	var all []report.Delivered
	for _, s := range outbox.Standings(ws) {
		d := report.Delivered{Ref: s.Ref(), Kind: string(s.Kind), Target: s.Target, Told: []string{}}
		if s.Known != nil {
			d.Told, d.At, d.URL, d.InDoubt = row.List(s.Known.Told), row.Stamp(s.Known.First), s.Known.URL, len(s.Known.Sending) > 0
		}
		all = append(all, d)
	}
	return all
}

// whose is whose page or board it is.
type whose struct {
	person string         // handle, "" for more than one
	people []string       // handles, nil for everybody
	zone   *time.Location // of their days
}

// whose finds the people that --team or --person mean, of whom records or the roster
// know.
func (o whoseOptions) whose(ws *workspace.Workspace) (w whose, err error) {
	if o.team != "" && o.person != "" {
		return w, workspace.Usagef("give one of them", "--team and --person say two things")
	}
	everybody := board.People(ws.State, ws.QueryEnv())
	switch {
	case o.person != "":
		if w.person, err = ws.ParseEnv().Person(o.person); err != nil {
			return w, err
		}
		if !slices.ContainsFunc(everybody, func(p *row.Person) bool { return p.ID == w.person }) {
			return w, unknownName("--person", o.person, everybody, func(p *row.Person) string { return p.ID })
		}
		w.people = []string{w.person}
	case o.team != "":
		for _, p := range everybody {
			if p.Team == o.team {
				w.people = append(w.people, p.ID)
			}
		}
		if _, configured := ws.TeamConfig.Teams[o.team]; !configured && len(w.people) == 0 {
			return w, unknownName("--team", o.team, everybody, func(p *row.Person) string { return p.Team })
		}
		w.people = text.NonNil(w.people)
	}
	w.zone = zoneOf(ws.TeamConfig, w.people)
	return w, nil
}

// unknownName says that a flag names nobody, and whom there is.
func unknownName(flag, name string, everybody []*row.Person, of func(*row.Person) string) error {
	var names []string
	for _, p := range everybody {
		if one := of(p); one != "" && !slices.Contains(names, one) {
			names = append(names, one)
		}
	}
	hint := "no record and no roster names one"
	if near := text.NearestFew(name, names, 3); len(near) > 0 {
		hint = "did you mean " + text.And(near) + "?"
	} else if len(names) > 0 && len(names) <= 12 {
		hint = "there are " + text.And(names)
	}
	return workspace.Usagef(hint, "%s %s: nobody knows that name", flag, name)
}

// zoneOf is the time zone that people share, those of the roster where none are named;
// else UTC. It is the same for whoever looks.
func zoneOf(c *config.Config, people []string) *time.Location {
	if people == nil {
		people = c.Handles()
	}
	var zone *time.Location
	for _, who := range people {
		own := c.People[who].TZ.Location
		if own == nil || zone != nil && zone.String() != own.String() {
			return time.UTC
		}
		zone = own
	}
	if zone == nil {
		return time.UTC
	}
	return zone
}

// serveReport shows the page to browsers of this machine until the user ends it.
func serveReport(ctx context.Context, g *globals, o reportOptions) error {
	ws, err := g.openFor(ctx, o.SourceOptions, fold.Part{})
	if err != nil {
		return err
	}
	if _, err := o.draw(ws); err != nil { // what is asked wrongly is said now, and not in a browser
		return err
	}
	listener, err := report.Listen(o.serve)
	if err != nil {
		return err
	}
	g.printer.line("http://%s/", listener.Addr())
	g.note("the page is for this machine only, and is drawn anew when records change; Ctrl-C ends it")
	pages := &served{state: live{ws: ws, now: g.Now}, draw: func(ctx context.Context) ([]byte, error) {
		ws, err := o.open(ctx, g.silently(), fold.Part{All: true})
		if err != nil {
			return nil, err
		}
		defer ws.Close()
		page, err := o.draw(ws)
		if err != nil {
			return nil, err
		}
		return page.HTML()
	}}
	return report.Serve(ctx, listener, pages.page)
}

// served is the page that is shown, which is drawn for everybody who asks for it until
// something has moved.
type served struct {
	drawing sync.Mutex
	state   live
	draw    func(context.Context) ([]byte, error)
	data    []byte
}

func (s *served) page(ctx context.Context) ([]byte, error) {
	s.drawing.Lock()
	defer s.drawing.Unlock()
	moved, err := s.state.moved()
	if err != nil || !moved && s.data != nil {
		return s.data, err
	}
	s.data, err = s.draw(ctx)
	return s.data, err
}
