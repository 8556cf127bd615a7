package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type statsOptions struct {
	workspace.SourceOptions
	repos        reposOptions
	since, until string
}

func newStatsCmd(g *globals) *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Measure how handoffs work between teams and zones, with advice",
		Long: `Measure how handoffs work between teams and between zones, and say what follows.

Nobody is ranked: a metric belongs to two teams or zones. With fewer than five
values they are shown instead of a median, and advice says of how few it speaks;
what is still open counts as longer than everything else. A rollup counts where
it hands over from zone to zone, what it lists with the handoffs that it is of.

Work on an item begins with the first declaration, resolution, answer, decision,
escalation or commit that touches it: its name, its branch, or the pull request,
ticket, commit or file that it refers to.
` + reposHelp + `
All values are measured in their repository and then put together, before
medians are taken. Teams, zones and people of one name are the same everywhere;
a shift has a handoff when it has one in any of the repositories.

It is said in sentences; -v prints the table of all that is measured, --json all
of it as numbers.`,
		Example: `  handoff stats --since 30d
  handoff stats --since 30d --all-repos ~/src
  handoff stats --json --jq '.total.metrics.cycle_time'`,
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runStats(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	addSourceFlags(f, &o.SourceOptions)
	o.repos.addFlags(f)
	f.StringVar(&o.since, "since", "", "what began at `WHEN` or later: 30d, or a time")
	f.StringVar(&o.until, "until", "", "what began before `WHEN`; of a day, before its end")
	g.addFormatFlag(f)
	return cmd
}

func runStats(ctx context.Context, g *globals, o statsOptions) error {
	if err := g.applyFormat(); err != nil {
		return err
	}
	if len(o.repos.dirs) > 0 {
		return runStatsAll(ctx, g, o)
	}
	ws, err := g.openFor(ctx, o.SourceOptions, fold.Part{All: true})
	if err != nil {
		return err
	}
	state, err := ws.Whole()
	if err != nil {
		return err
	}
	survey, err := surveyOf(ctx, ws, o, state)
	if err != nil {
		return err
	}
	return g.printStats(metrics.Measure(state, survey))
}

// runStatsAll measures many repositories together.
func runStatsAll(ctx context.Context, g *globals, o statsOptions) error {
	type measured struct {
		state  *fold.State
		survey metrics.Survey
	}
	var pool metrics.Pool
	n, unread, err := readRepositories(ctx, g, o.repos,
		func(ctx context.Context, r workspace.Repository, ws *workspace.Workspace, send func(measured) error) error {
			if err := ws.LoadFromMany(ctx, o.SourceOptions, fold.Part{All: true}); err != nil {
				return err
			}
			state, err := ws.Whole()
			if err != nil || len(state.Records) == 0 {
				return err // nobody hands off here: a commit is not one without
			}
			survey, err := surveyOf(ctx, ws, o, state)
			if err != nil {
				return err
			}
			survey.Repo = r.Name
			return send(measured{state, survey})
		},
		func(_ workspace.Repository, m measured) error {
			pool.Add(m.state, m.survey)
			return nil
		})
	if err != nil {
		return err
	}
	if n == 0 {
		return unread
	}
	return errors.Join(unread, g.printStats(pool.Stats()))
}

// surveyOf gathers what the metrics depend on beside the records.
func surveyOf(ctx context.Context, ws *workspace.Workspace, o statsOptions, state *fold.State) (survey metrics.Survey, err error) {
	survey = rosterOf(ws)
	if survey.Since, survey.Until, err = ws.Span(o.since, o.until); err != nil {
		return survey, err
	}
	if survey.Findings, err = ws.Findings(state, survey.Since); err != nil {
		return survey, err
	}
	survey.Commits, err = ws.Work(ctx, state, survey.Since)
	return survey, err
}

// rosterOf is what the metrics depend on beside the records and the commits.
func rosterOf(ws *workspace.Workspace) metrics.Survey {
	return metrics.Survey{
		Now: ws.Moment, People: workspace.Workers(ws.TeamConfig), Receivers: ws.TeamConfig.Receivers, AckLimit: ws.TeamConfig.AckLimit,
		Grace: ws.TeamConfig.Timing.PublishGrace.Wall(),
	}
}

func (g *globals) printStats(stats *metrics.Stats) error {
	if g.printer.structured() {
		return g.printer.document(stats)
	}
	if stats.Total.N == 0 {
		g.note("no handoffs in this time, so there is nothing to measure")
		return nil
	}
	return g.page(func() {
		if g.verbose {
			g.printer.statsTable(stats)
		} else {
			g.printer.statsWords(stats)
		}
	})
}

// statsTable prints the metrics of every boundary, and the advice.
func (p *printer) statsTable(s *metrics.Stats) {
	for _, group := range s.Groups {
		p.group(boundaryName(group.Boundary), group.Totals)
	}
	if len(s.Groups) != 1 {
		p.group("all together", s.Total)
	}
	p.advice(s)
}

func boundaryName(b metrics.Boundary) string {
	switch {
	case b.By != metrics.ByNone:
		return b.From + " → " + b.To
	case b.From != "":
		return "within " + b.From
	}
	return "without teams"
}

// statsColumn is where the values of the table begin.
const statsColumn = 28

func (p *printer) group(name string, t metrics.Totals) {
	p.heading(name, "  ("+text.Count(t.N, "handoff")+")")
	m := t.Metrics
	for _, row := range []struct{ label, value string }{
		{"shifts with a handoff", shareText(m.Publication)},
		{"complete and on time", shareText(m.Completeness)},
		{"right at the first try", shareText(m.FirstTry)},
		{"on time", shareText(m.OnTime)},
		{"too little lead time", shareText(m.LeadTime)},
		{"until accepted", timingText(m.CycleTime)},
		{"accepted at first pass", shareText(m.FirstPass)},
		{"asked about", eventsText(m.Clarifications)},
		{"held up", eventsText(m.BlockingIncidents)},
		{"until first action", timingText(m.TimeToContext)},
		{"shifts with queries", eventsText(m.QueryUsage)},
		{"blocker until acked", timingText(m.BlockerAck)},
		{"blocker until resolved", timingText(m.BlockerResolve)},
		{"overdue", shareText(m.Overdue)},
		{"a whole shift unanswered", shareText(m.Limbo)},
		{"read back", shareText(m.Readback)},
		{"items carried 3 times", carryText(m.CarryAge)},
		{"decided outside git", shareText(m.SideChannel)},
		{"clean", shareText(m.Clean)},
	} {
		switch {
		case row.value == "":
		case p.markdown != nil:
			p.field(row.label, row.value)
		default:
			for i, part := range p.wrap(row.value, statsColumn) {
				p.line("  %-*s%s", statsColumn-2, []string{row.label, ""}[min(i, 1)], part)
			}
		}
	}
}

// shareText is "3 of 4", or "" where nothing was measured.
func shareText(s metrics.Share) string {
	if s.Den == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d", s.Num, s.Den)
	if s.Pending > 0 {
		text += fmt.Sprintf(", %d pending", s.Pending)
	}
	return text
}

// eventsText is "1 of 4, 3 times in all".
func eventsText(e metrics.Events) string {
	share := shareText(e.Share)
	if e.Sum > e.Num {
		share += ", " + text.Count(e.Sum, "time") + " in all"
	}
	return share
}

// timingText is the wall clock and, where it is known, the receiver's.
func timingText(t metrics.Timing) string {
	if t.N == 0 {
		return ""
	}
	if t.Open == t.N {
		return fmt.Sprintf("all %d open", t.N)
	}
	text := spreadText(t.WallS)
	if t.RCS != nil && t.RCS.N > 0 {
		text += "; in working hours " + spreadText(*t.RCS)
	}
	if t.Open > 0 {
		text += fmt.Sprintf(", %d open", t.Open)
	}
	return fmt.Sprintf("%s (n=%d)", text, t.N)
}

// spreadText is the median and the 90th percentile, or the values where they are
// few.
func spreadText(s metrics.Spread) string {
	if len(s.Values) == 0 {
		return "median " + percentileText(s.Median) + ", p90 " + percentileText(s.P90)
	}
	values := make([]string, len(s.Values))
	for i, v := range s.Values {
		values[i] = seconds(v)
	}
	return strings.Join(values, " ")
}

// percentileText is a percentile, which nil says to fall on one that is open.
func percentileText(n *int64) string {
	if n == nil {
		return "open"
	}
	return seconds(*n)
}

// seconds is a duration as people say it: 40s, 25m, 4h13m.
func seconds(n int64) string {
	d := time.Duration(n) * time.Second
	if d < time.Minute {
		return d.String()
	}
	return calendar.Duration{Clock: d}.String()
}

func carryText(c metrics.Carry) string {
	if c.N == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", c.Thrice, c.N)
}
