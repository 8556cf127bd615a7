package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/spf13/cobra"
)

type exportOptions struct {
	filterOptions
	repos  reposOptions
	states bool
	format string
	output string
	force  bool
}

// The formats of an export.
const (
	formatNDJSON = "ndjson"
	formatCSV    = "csv"
	formatSQLite = "sqlite"
)

var exportFormats = []string{formatNDJSON, formatCSV, formatSQLite}

func newExportCmd(g *globals) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write records or states for other programs: NDJSON, CSV, SQLite",
		Long: `Write every record, the oldest first, or with --states what they add up to: all
items, blockers, questions, decisions and handoffs, closed ones included, with
the fields that query has.

ndjson  one JSON document a line, with the record under "record" and where it
        was found under "source", or with the fields of the state
csv     RFC 4180 with a header and one row each; a cell that a spreadsheet would
        take for a formula begins with an apostrophe. Of a record there are the
        main fields, and all of it as JSON in the last column
sqlite  a file with the tables repo, records, items, blockers, questions,
        decisions and handoffs (without records if you ask for --states); lists
        are JSON arrays. It needs -o

Times in CSV and SQLite are in UTC. A file appears under its name when it is
complete; one that is there already is replaced with --force only.

The flags that narrow look at a record itself: --owner means an item that it
declares, --item one that it names, --to to whom it is addressed. With --states
they mean what they mean in query. --limit counts rows, in SQLite those of each
table.
` + reposHelp,
		Example: `  handoff export --since 30d > records.ndjson
  handoff export --states --format csv -o states.csv
  handoff export --format sqlite -o handoffs.db --all-repos ~/src`,
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runExport(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.states, "states", false, "what the records add up to, not the records")
	f.StringVar(&o.format, "format", formatNDJSON, "`FORMAT`: ndjson, csv or sqlite")
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of stdout")
	f.BoolVar(&o.force, "force", false, "replace a file that is there")
	o.addFlags(f)
	o.repos.addFlags(f)
	return cmd
}

func (o *exportOptions) check(g *globals) error {
	switch {
	case !slices.Contains(exportFormats, o.format):
		return usagef("the formats are ndjson, csv and sqlite", "--format %s: not a format", o.format)
	case o.output == "" && o.format == formatSQLite:
		return usagef("add -o FILE", "a SQLite file cannot be written to stdout")
	case o.output == "" && o.force:
		return usagef("add -o FILE", "--force replaces a file, and none is named")
	case o.output == "" && g.printer.structured():
		return usagef("--format ndjson prints one document a line", "an export to stdout is no single JSON document")
	}
	return nil
}

// exportDocument is what --json prints of an export to a file.
type exportDocument struct {
	SchemaVersion int    `json:"schema_version"`
	Format        string `json:"format"`
	Path          string `json:"path"`
	Repositories  int    `json:"repositories"`
	Records       int    `json:"records"`
	States        int    `json:"states"`
}

func runExport(ctx context.Context, g *globals, o exportOptions) error {
	if err := o.check(g); err != nil {
		return err
	}
	if len(o.repos.dirs) > 0 {
		return runExportAll(ctx, g, o)
	}
	ws, err := g.openFor(ctx, o.sourceOptions, handoff.Part{})
	if err != nil {
		return err
	}
	e, err := newExporter(o, ws, soleName(ws))
	if err != nil {
		return err
	}
	w, err := g.newExportWriter(ctx, o)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := e.run(ctx, w.add); err != nil && !errors.Is(err, errFull) {
		return err
	}
	return g.finishExport(o, w, 1)
}

// runExportAll writes the rows of many repositories, one repository after the
// other.
func runExportAll(ctx context.Context, g *globals, o exportOptions) error {
	w, err := g.newExportWriter(ctx, o)
	if err != nil {
		return err
	}
	defer w.abandon()
	n, unread, err := readRepositories(ctx, g, o.repos,
		func(ctx context.Context, r repository, ws *workspace, send func([]exportRow) error) error {
			if err := ws.loadFromMany(ctx, o.sourceOptions, handoff.Part{}); err != nil {
				return err
			}
			e, err := newExporter(o, ws, r.name)
			if err != nil {
				return err
			}
			return e.run(ctx, send)
		},
		func(_ repository, rows []exportRow) error { return w.add(rows) })
	if err != nil && !errors.Is(err, errFull) {
		return err
	}
	if n == 0 {
		return unread
	}
	return errors.Join(unread, g.finishExport(o, w, n))
}

// finishExport completes the export and says what is in it.
func (g *globals) finishExport(o exportOptions, w *exportWriter, repositories int) error {
	if err := w.finish(); err != nil {
		return err
	}
	if o.output == "" {
		return nil
	}
	doc := exportDocument{1, o.format, o.output, repositories, w.rows[recordsTable], 0}
	for _, t := range stateTables() {
		doc.States += w.rows[t.name]
	}
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	of := ""
	if len(o.repos.dirs) > 0 {
		of = " of " + repositoryCount(repositories)
	}
	var parts []string
	if o.hasRecords() {
		parts = append(parts, handoff.Count(doc.Records, "record"))
	}
	if o.hasStates() {
		parts = append(parts, handoff.Count(doc.States, "state"))
	}
	g.note("%s: %s%s", o.output, joinNonEmpty(", ", parts...), of)
	return nil
}

func (o *exportOptions) hasRecords() bool { return !o.states }
func (o *exportOptions) hasStates() bool  { return o.states || o.format == formatSQLite }

// exporter reads one repository in pieces.
type exporter struct {
	exportOptions
	encoder exportEncoder
	ws      *workspace
	query   query.Query
	env     query.Env
}

func newExporter(o exportOptions, ws *workspace, repo string) (*exporter, error) {
	e := &exporter{exportOptions: o, ws: ws, env: ws.queryEnv(), query: query.Query{Topic: query.Search, Me: ws.me}}
	e.encoder = exportEncoder{format: o.format, repo: repo, now: ws.now}
	return e, o.narrow(&e.query, ws.parseEnv())
}

// run sends everything that is asked for, some rows at a time.
func (e *exporter) run(ctx context.Context, send func([]exportRow) error) error {
	if e.format == formatSQLite {
		row, err := e.encoder.repository(e.ws)
		if err != nil {
			return err
		}
		if err := send([]exportRow{row}); err != nil {
			return err
		}
	}
	if e.hasRecords() {
		if err := e.records(ctx, send); err != nil {
			return err
		}
	}
	if !e.hasStates() {
		return nil
	}
	for _, t := range stateTables() {
		if err := e.things(ctx, t, send); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) records(ctx context.Context, send func([]exportRow) error) error {
	wanted := query.RecordsOf(e.query, e.ws.state, e.env)
	for from, sent := 0, 0; e.limit == 0 || sent < e.limit; {
		records, err := e.ws.index.Records(ctx, from)
		if err != nil || len(records) == 0 {
			return err
		}
		from += len(records)
		records = slices.DeleteFunc(slices.Clone(records), func(r *handoff.Record) bool { return !wanted(r) })
		for _, r := range records {
			e.ws.prove(r)
		}
		rows, err := encodeAll(records, e.encoder.record)
		if err != nil {
			return err
		}
		sent += len(rows)
		if err := send(rows); err != nil {
			return err
		}
	}
	return nil
}

// thingsAtOnce is how many things are read at once: enough that what they share
// is read few times.
const thingsAtOnce = 500

func (e *exporter) things(ctx context.Context, t *stateTable, send func([]exportRow) error) error {
	keys, err := e.ws.index.Keys(ctx, t.kind)
	if err != nil {
		return err
	}
	sent := 0
	for some := range slices.Chunk(keys, thingsAtOnce) {
		if e.limit > 0 && sent >= e.limit {
			return nil
		}
		state, err := e.ws.index.Things(ctx, t.kind, some)
		if err != nil {
			return err
		}
		rows, err := encodeAll(query.States(e.query, state, e.env, t.kind, some), func(row query.Row) (exportRow, error) {
			return e.encoder.state(t, row)
		})
		if err != nil {
			return err
		}
		sent += len(rows)
		if err := send(rows); err != nil {
			return err
		}
	}
	return nil
}

// encodeAll makes a row of everything, on all processors: it takes longer than
// to read.
func encodeAll[From any](list []From, encode func(From) (exportRow, error)) ([]exportRow, error) {
	rows, errs := make([]exportRow, len(list)), make([]error, len(list))
	onAllProcessors(len(list), func(i int) { rows[i], errs[i] = encode(list[i]) })
	return rows, errors.Join(errs...)
}
