package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/handoff-cli/handoff/internal/export"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type exportOptions struct {
	filterOptions
	repos  reposOptions
	states bool
	tables bool
	schema bool
	format string
	output string
	force  bool
}

func newExportCmd(g *globals) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write records or states for other programs: NDJSON, CSV, SQL",
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
postgres
        a script for psql, with the tables of a warehouse in the schema handoff

Times in CSV and SQLite are in UTC. A file appears under its name when it is
complete; one that is there already is replaced with --force only.

The tables of a warehouse are records, handoffs, chains, boundaries, items,
item_events, blockers, questions, decisions, acks, deliveries, closures, people
and repos; every column has a comment. With --format ndjson --tables each goes
to a file of its own in the directory -o, for DuckDB, ClickHouse, BigQuery and
Spark; DuckDB makes Parquet of it: COPY handoff.items TO 'items.parquet'.
--schema-only prints the SQL that makes the tables, or that loads the files into
DuckDB.

The script for psql is one transaction: it changes all or nothing, and nothing
more when it is run twice. A repository in it takes the place of what was loaded
of it before: states that are no more are removed; a record that is gone after a
rewrite of history stays, with the time in gone_at. A repository that could not
be read stays as it was.

The flags that narrow are not for the tables of a warehouse, which hold all of a
repository. Elsewhere they look at a record itself: --owner means an item that
it declares, --item one that it names, --to to whom it is addressed. With
--states they mean what they mean in query. --limit counts rows, in SQLite those
of each table.
` + reposHelp,
		Example: `  handoff export --since 30d > records.ndjson
  handoff export --states --format csv -o states.csv
  handoff export --format sqlite -o handoffs.db --all-repos ~/src
  handoff export --format postgres --all-repos ~/src | psql -X warehouse
  handoff export --format ndjson --tables --all-repos ~/src -o tables`,
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runExport(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.states, "states", false, "what the records add up to, not the records")
	f.BoolVar(&o.tables, "tables", false, "the tables of a warehouse, each in a file in the directory -o")
	f.BoolVar(&o.schema, "schema-only", false, "print the SQL that makes the tables of a warehouse")
	f.StringVar(&o.format, "format", export.FormatNDJSON, "`FORMAT`: ndjson, csv, sqlite or postgres")
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of stdout")
	f.BoolVar(&o.force, "force", false, "replace a file that is there")
	o.addFlags(f)
	o.repos.addFlags(f)
	return cmd
}

func (o *exportOptions) check(g *globals) error {
	switch {
	case !slices.Contains(export.Formats, o.format):
		return workspace.Usagef("the formats are ndjson, csv, sqlite and postgres", "--format %s: not a format", o.format)
	case o.tables && o.format != export.FormatNDJSON:
		return workspace.Usagef("--format postgres has the same tables in one script", "--tables is for --format ndjson, and not for %s", o.format)
	case o.schema && !o.warehouse():
		return workspace.Usagef("say --format postgres, or --format ndjson --tables", "--schema-only is for the tables of a warehouse")
	case o.schema && (o.output != "" || len(o.repos.dirs) > 0):
		return workspace.Usagef("leave out what is not for it", "--schema-only prints the SQL, and reads no repository")
	case o.schema:
		return nil
	case o.warehouse() && (o.states || o.narrows()):
		return workspace.Usagef("narrow it in SQL", "the tables of a warehouse hold all of a repository")
	case o.output == "" && o.tables:
		return workspace.Usagef("add -o DIR", "there is a file for each table")
	case o.output == "" && o.format == export.FormatSQLite:
		return workspace.Usagef("add -o FILE", "a SQLite file cannot be written to stdout")
	case o.output == "" && o.force:
		return workspace.Usagef("add -o FILE", "--force replaces a file, and none is named")
	case o.output == "" && g.printer.structured():
		return workspace.Usagef("--format ndjson prints one document a line", "an export to stdout is no single JSON document")
	}
	return nil
}

// warehouse reports whether the rows are those of a warehouse.
func (o *exportOptions) warehouse() bool { return o.tables || o.format == export.FormatPostgres }

// narrows reports whether a part of the rows is asked for.
func (o *exportOptions) narrows() bool {
	return o.limit != 0 || slices.ContainsFunc(o.filters, func(f filterFlag) bool { return len(f.values) > 0 })
}

// exportDocument is what --json prints of an export to a file.
type exportDocument struct {
	Format       string `json:"format"`
	Path         string `json:"path"`
	Repositories int    `json:"repositories"`
	Records      int    `json:"records"`
	States       int    `json:"states"`
}

func runExport(ctx context.Context, g *globals, o exportOptions) error {
	if err := o.check(g); err != nil {
		return err
	}
	if o.schema {
		return g.printSchema(o)
	}
	if len(o.repos.dirs) > 0 {
		return runExportAll(ctx, g, o)
	}
	ws, err := g.openFor(ctx, o.SourceOptions, fold.Part{})
	if err != nil {
		return err
	}
	e, err := newExporter(o, ws, text.OneLine(filepath.Base(ws.RepositoryDir())))
	if err != nil {
		return err
	}
	w, err := g.beginExport(ctx, o)
	if err != nil {
		return err
	}
	defer w.Abandon()
	if err := e.Run(ctx, w.Add); err != nil && !errors.Is(err, export.ErrFull) {
		return err
	}
	return g.finishExport(o, w, 1)
}

// runExportAll writes the rows of many repositories, one repository after the
// other.
func runExportAll(ctx context.Context, g *globals, o exportOptions) error {
	w, err := g.beginExport(ctx, o)
	if err != nil {
		return err
	}
	defer w.Abandon()
	n, unread, err := readRepositories(ctx, g, o.repos,
		func(ctx context.Context, r workspace.Repository, ws *workspace.Workspace, send func([]export.Row) error) error {
			if err := ws.LoadFromMany(ctx, o.SourceOptions, fold.Part{}); err != nil {
				return err
			}
			e, err := newExporter(o, ws, r.Name)
			if err != nil {
				return err
			}
			return e.Run(ctx, send)
		},
		func(_ workspace.Repository, rows []export.Row) error { return w.Add(rows) })
	if err != nil && !errors.Is(err, export.ErrFull) {
		return err
	}
	if n == 0 {
		return unread
	}
	return errors.Join(unread, g.finishExport(o, w, n))
}

// finishExport completes the export and says what is in it.
func (g *globals) finishExport(o exportOptions, w *export.Writer, repositories int) error {
	if err := w.Finish(); err != nil {
		return err
	}
	if o.output == "" {
		return nil
	}
	doc := exportDocument{o.format, o.output, repositories, w.Rows[export.RecordsTable], 0}
	for _, t := range export.StateTables() {
		doc.States += w.Rows[t.Name]
	}
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	of := ""
	if len(o.repos.dirs) > 0 {
		of = " of " + workspace.RepositoryCount(repositories)
	}
	var parts []string
	if o.form().HasRecords() {
		parts = append(parts, text.Count(doc.Records, "record"))
	}
	if o.form().HasStates() {
		parts = append(parts, text.Count(doc.States, "state"))
	}
	g.note("%s: %s%s", o.output, text.JoinNonEmpty(", ", parts...), of)
	return nil
}

// printSchema prints the SQL of the tables, which is the program's own text.
func (g *globals) printSchema(o exportOptions) error {
	sql := export.DuckDBScript()
	if o.format == export.FormatPostgres {
		sql = export.PostgresSchema()
	}
	_, err := io.WriteString(g.commands, sql)
	return err
}

// form is what the flags say of the rows.
func (o *exportOptions) form() export.Form {
	return export.Form{Format: o.format, States: o.states, Tables: o.tables, Limit: o.limit}
}

// beginExport begins the export to stdout or to a file.
func (g *globals) beginExport(ctx context.Context, o exportOptions) (*export.Writer, error) {
	var progress func(rows int)
	if o.output != "" || g.Width == 0 {
		progress = g.counter("rows exported")
	}
	if o.output != "" {
		w, err := export.NewFile(ctx, o.form(), workspace.From(g.Dir, o.output), g.NewID(), o.force, progress)
		return w, asNamed("-o "+o.output, err)
	}
	out := g.commands
	if g.inCI() && o.format != export.FormatPostgres { // whose script has no commands in it
		out = &guard.Breaker{W: g.commands, JSON: o.format == export.FormatNDJSON}
	}
	return export.NewWriter(ctx, o.form(), out, progress)
}

// asNamed is an error of the file system about the file that the user named: the
// one that is written has another name.
func asNamed(named string, err error) error {
	if wrong, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", named, wrong.Err)
	}
	return err
}

// newExporter is what is asked of one repository.
func newExporter(o exportOptions, ws *workspace.Workspace, repo string) (*export.Exporter, error) {
	if o.warehouse() && ws.Lost { // what is missing would be taken for what is no more
		return nil, &workspace.HintedError{Err: errors.New("something in the repository cannot be read, and a warehouse takes all of it or nothing"), Hint: "handoff doctor says what"}
	}
	e := &export.Exporter{
		Form: o.form(), Index: ws.Index, View: ws.State, Prove: ws.Prove, Env: ws.QueryEnv(), Query: query.Query{Topic: query.Search, Me: ws.Me},
		Repo: repo, Repository: export.Reading{Directory: ws.RepositoryDir(), Ref: ws.HEAD.Ref, Head: ws.HEAD.Hash, ReadAt: ws.Moment},
		Whole: ws.Whole, Policy: ws.TeamConfig.AckPolicy, Survey: rosterOf(ws),
	}
	return e, o.narrow(&e.Query, ws.ParseEnv())
}
