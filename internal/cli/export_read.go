package cli

import (
	"context"
	"runtime"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
	"golang.org/x/sync/errgroup"
)

// The formats of an export.
const (
	formatNDJSON = "ndjson"
	formatCSV    = "csv"
	formatSQLite = "sqlite"
)

var exportFormats = []string{formatNDJSON, formatCSV, formatSQLite}

// exportForm is which rows are exported, and how.
type exportForm struct {
	format string
	states bool // and not the records; a SQLite file has both
	limit  int  // of the rows of text, of those of each table in SQLite; 0 for all
}

func (f exportForm) hasRecords() bool { return !f.states }
func (f exportForm) hasStates() bool  { return f.states || f.format == formatSQLite }

// exporter reads one repository in pieces.
type exporter struct {
	exportForm
	encoder    exportEncoder
	repository []any // the row that says what was read, and where
	index      *index.Index
	view       *handoff.View         // of the present at least
	prove      func(*handoff.Record) // notes on a record whether it is proven
	query      query.Query
	env        query.Env
}

// run sends everything that is asked for, some rows at a time.
func (e *exporter) run(ctx context.Context, send func([]exportRow) error) error {
	if e.format == formatSQLite {
		row, err := e.encoder.cells(repoTable, e.repository)
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
	wanted := query.RecordsOf(e.query, e.view, e.env)
	for from, sent := 0, 0; e.limit == 0 || sent < e.limit; {
		records, err := e.index.Records(ctx, from)
		if err != nil || len(records) == 0 {
			return err
		}
		from += len(records)
		records = slices.DeleteFunc(slices.Clone(records), func(r *handoff.Record) bool { return !wanted(r) })
		for _, r := range records {
			e.prove(r)
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
	keys, err := e.index.Keys(ctx, t.kind)
	if err != nil {
		return err
	}
	sent := 0
	for some := range slices.Chunk(keys, thingsAtOnce) {
		if e.limit > 0 && sent >= e.limit {
			return nil
		}
		state, err := e.index.Entries(ctx, t.kind, some)
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
	rows := make([]exportRow, len(list))
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
