package cli

import (
	"context"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type logOptions struct {
	filterOptions
	decisions bool
}

func newLogCmd(g *globals) *cobra.Command {
	var o logOptions
	cmd := &cobra.Command{
		Use:   "log [topic|path]",
		Short: "List records, the newest first, or tell what was decided",
		Long: `List records, the newest first. The filters combine: a record is listed when all
of them fit. Where a filter has several values, with commas or given again, one
of them must fit. They mean what the terms of handoff query mean:

  --since, --until   when it was written: from the first on, up to the second.
                     Of a day, --until is its end, so that the day is in it
  --by      its author, or one of a group such as team:qa
  --team    the team of its author, as the configuration has it, else as their
            latest handoff says
  --to      whom a handoff, question, escalation, assignment or route is for,
            by name or through a group
  --item    an item that it names, or that the blocker, question or handoff is
            about which it is a word on
  --owner   who owns such an item now
  --kind    its kind: handoff, ack, decision and so on
  --limit   the newest so many of those that fit
  --ref, --all-refs   which branches are read, instead of what the
                      configuration says
  --as-of   the records as they were at a time, or as a revision has them; ages
            and --since count from there

With --decisions it is the decision log: for each topic the decision that holds,
and under it those that it replaced, the newest first, with who, when and why.
It may be asked about a topic, an item, a path (decisions on items that name the
file, or a folder above or below it) or words, as handoff query decisions. What
is only proposed, what was reversed, and what is contested says so: a decision
is contested when another one replaces the same as it does, or was recorded on
its topic without saying that it supersedes it. The filters choose topics: one
is shown, whole, when one of its decisions fits all of them. In a pipe the
columns are topic, relation (current, proposed, contested, replaced, note), id,
status, decision, why, by, age, supersedes, superseded by, record, path, commit.
`,
		Example: `  handoff log --since 2d
  handoff log --kind decision,resolution --by sarah,team:qa
  handoff log --decisions session-policy
  handoff log --decisions internal/session/ --since 30d`,
		GroupID: groupRead,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && !o.decisions {
				return workspace.Usagef("handoff log --decisions TOPIC, or handoff query for other questions", "%s takes an argument with --decisions only, got %q", commandName(cmd), args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runLog(cmd.Context(), g, o, args) },
	}
	cmd.Flags().BoolVar(&o.decisions, "decisions", false, "the decision log: what holds, and what it replaced")
	o.addFlags(cmd.Flags(), filterFlag{qualifier: query.OfKind, usage: "records of this `KIND`"})
	return cmd
}

// logEntry is one row of the log.
type logEntry struct {
	Type     string       `json:"type"` // entry
	ID       string       `json:"id"`
	Kind     handoff.Kind `json:"kind"`
	By       string       `json:"by"`
	At       handoff.Time `json:"at"`
	Says     string       `json:"says"`
	Path     string       `json:"path"`
	Commit   string       `json:"commit"`
	OnlyOn   string       `json:"only_on"`     // the foreign branch that alone has the record, else ""
	Disputed bool         `json:"disputed"`    // another file has the same id and other content
	Agent    string       `json:"prepared_by"` // the coding agent that prepared it for its author, else ""
	Unproven bool         `json:"unproven"`    // a verdict that only a squash merge has, which nobody here saw given
	OnWordOf string       `json:"on_word_of"`  // the service on whose word alone its author has said it, else ""

	doubts string
	since  time.Duration // how old it is, less than nothing where its clock is ahead
}

func runLog(ctx context.Context, g *globals, o logOptions, args []string) error {
	ws, err := g.open(ctx)
	if err != nil {
		return err
	}
	part := fold.Part{All: true}
	if !o.decisions {
		q := query.Query{Me: ws.Me}
		if err := o.narrow(&q, ws.ParseEnv()); err != nil {
			return err
		}
		part = query.LogPart(q)
	}
	if err := ws.LoadFor(ctx, o.SourceOptions, part); err != nil {
		return err
	}
	q := query.Query{Me: ws.Me} // once more, as --as-of may have moved now
	if err := o.narrow(&q, ws.ParseEnv()); err != nil {
		return err
	}
	if o.decisions {
		if len(args) > 0 {
			if err := q.About(query.Decisions, strings.Join(args, " "), ws.ParseEnv()); err != nil {
				return err
			}
		}
		state, err := ws.Whole()
		if err != nil {
			return err
		}
		return g.logDecisions(query.DecisionLog(q, state, ws.QueryEnv()))
	}
	entries := []logEntry{}
	for _, r := range query.Log(q, ws.State, ws.QueryEnv()) {
		ws.Prove(r)
		entries = append(entries, logEntry{Type: "entry", ID: r.ID, Kind: r.Kind, By: r.By, At: r.At,
			Says: story.Says(r), Path: r.Source.Path, Commit: r.Source.Commit, OnlyOn: r.Source.OnlyOn(), Disputed: r.Source.Disputed, Unproven: r.Source.Unproven, OnWordOf: r.Source.OnWordOf, Agent: r.AgentName(), doubts: remarks(r), since: ws.Since(r.At.Time)})
	}
	if g.printer.structured() {
		return g.printer.document(results[logEntry]{entries})
	}
	switch {
	case len(entries) == 0 && ws.Empty():
		g.note(saysEmpty)
		return nil
	case len(entries) == 0:
		g.note("no records match")
		return nil
	}
	if g.printer.width > 0 {
		g.readBy(ws)
		return g.page(func() { g.printer.logDays(entries) })
	}
	rows := make([][]string, len(entries))
	for i, e := range entries {
		rows[i] = []string{e.ID, calendar.Age(e.since), string(e.Kind), e.By, e.Says + e.doubts}
	}
	g.printer.table(nil, rows)
	return nil
}
