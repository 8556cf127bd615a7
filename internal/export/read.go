package export

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"golang.org/x/sync/errgroup"
)

// The formats of an export.
const (
	FormatNDJSON   = "ndjson"
	formatCSV      = "csv"
	FormatSQLite   = "sqlite"
	FormatPostgres = "postgres"
)

// Formats are the formats of an export, the default first.
var Formats = []string{FormatNDJSON, formatCSV, FormatSQLite, FormatPostgres}

// Form is which rows are exported, and how.
type Form struct {
	Format string
	States bool // and not the records; a SQLite file has both
	Tables bool // those of a warehouse, each in a file of its own; PostgreSQL gets them in one script
	Limit  int  // of the rows of text, of those of each table in SQLite; 0 for all
}

// warehouse reports whether the rows are those of a warehouse.
func (f Form) warehouse() bool { return f.Tables || f.Format == FormatPostgres }

// HasRecords reports whether records are among the rows.
func (f Form) HasRecords() bool { return !f.States }

// HasStates reports whether states are among the rows.
func (f Form) HasStates() bool { return f.States || f.Format == FormatSQLite || f.warehouse() }

// Exporter reads one repository in pieces.
type Exporter struct {
	Form
	Repo       string // its name
	Repository Reading
	Index      *index.Index
	View       *fold.View            // of the present at least
	Prove      func(*handoff.Record) // notes on a record whether it is proven
	Query      query.Query
	Env        query.Env

	// Of the tables of a warehouse:
	Whole  func() (*fold.State, error)
	Policy fold.AckPolicy
	Survey metrics.Survey
}

// Reading is what was read of a repository, and where.
type Reading struct {
	Directory string
	Ref, Head string // what is checked out
	ReadAt    time.Time
}

// Run sends everything that is asked for, some rows at a time.
func (e *Exporter) Run(ctx context.Context, send func([]Row) error) error {
	if e.warehouse() {
		return e.tables(ctx, send)
	}
	if e.Format == FormatSQLite {
		r := e.Repository
		row, err := e.cells(repoTable, []any{e.Repo, r.Directory, r.Ref, r.Head, &r.ReadAt})
		if err != nil {
			return err
		}
		if err := send([]Row{row}); err != nil {
			return err
		}
	}
	if e.HasRecords() {
		if err := e.records(ctx, send); err != nil {
			return err
		}
	}
	if !e.HasStates() {
		return nil
	}
	for _, t := range StateTables() {
		if err := e.states(ctx, t, send); err != nil {
			return err
		}
	}
	return nil
}

func (e *Exporter) records(ctx context.Context, send func([]Row) error) error {
	wanted := query.RecordsOf(e.Query, e.View, e.Env)
	for from, sent := 0, 0; e.Limit == 0 || sent < e.Limit; {
		records, err := e.Index.Records(ctx, from)
		if err != nil || len(records) == 0 {
			return err
		}
		from += len(records)
		records = slices.DeleteFunc(slices.Clone(records), func(r *handoff.Record) bool { return !wanted(r) })
		for _, r := range records {
			e.Prove(r)
		}
		rows, err := encodeAll(records, e.record)
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

// statesAtOnce is how many states are read at once: enough that what they share
// is read few times.
const statesAtOnce = 500

func (e *Exporter) states(ctx context.Context, t *stateTable, send func([]Row) error) error {
	keys, err := e.Index.Keys(ctx, t.kind)
	if err != nil {
		return err
	}
	sent := 0
	for some := range slices.Chunk(keys, statesAtOnce) {
		if e.Limit > 0 && sent >= e.Limit {
			return nil
		}
		state, err := e.Index.Entries(ctx, t.kind, some)
		if err != nil {
			return err
		}
		rows, err := encodeAll(query.States(e.Query, state, e.Env, t.kind, some), func(row row.Row) (Row, error) {
			return e.state(t, row)
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
func encodeAll[From any](list []From, encode func(From) (Row, error)) ([]Row, error) {
	rows := make([]Row, len(list))
	var encoding errgroup.Group
	encoding.SetLimit(runtime.GOMAXPROCS(0))
	for i, one := range list {
		encoding.Go(func() (err error) {
			rows[i], err = encode(one)
			return err
		})
	}
	return rows, encoding.Wait()
}
