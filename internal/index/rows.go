package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// arrival is a record on its way into the fold.
type arrival struct {
	n      int64  // its number in the table
	stored bool   // whether it has a row there
	data   []byte // its compact form
	*handoff.Record
}

// newArrival is a record that has no row yet.
func newArrival(n int64, r *handoff.Record) arrival {
	return arrival{n: n, data: handoff.EncodeRecord(r), Record: r}
}

// row is the values of its row at a position.
func (a arrival) row(position any) []any {
	return []any{a.n, a.ID, position, a.At.Unix(), about(a.Record), said(a.Record), a.data}
}

const insertRecord = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)"

// notElected is the position of a record whose id stands for another one.
const notElected = -1

// entryID names an entry.
type entryID struct {
	kind fold.EntryKind
	key  string
}

// entryRow is an entry as its row has it.
type entryRow struct {
	live           bool
	position       int
	author, series sql.NullString
	data           []byte
}

// rowOf is the row of an entry.
func rowOf(t fold.Entry) entryRow {
	return entryRow{
		live: t.Live, position: t.Place, data: t.Data,
		author: sql.NullString{String: t.Author, Valid: t.Author != ""},
		series: sql.NullString{String: t.Series, Valid: t.Series != ""},
	}
}

func (r *entryRow) same(other entryRow) bool {
	return r != nil && r.live == other.live && r.position == other.position && r.author == other.author &&
		r.series == other.series && string(r.data) == string(other.data)
}

// jsonList is a list as json_each takes it: one statement for lists of any
// length.
func jsonList[T int64 | string | [2]any](list []T) string {
	data, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings and numbers have a JSON form
	}
	return string(data)
}

// each calls f for the rows of a query.
func each(ctx context.Context, conn connection, f func(*sql.Rows) error, query string, args ...any) error {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// column returns the values of a query for one column.
func column[T int64 | string](ctx context.Context, conn connection, query string, args ...any) (values []T, err error) {
	err = each(ctx, conn, func(rows *sql.Rows) error {
		var value T
		err := rows.Scan(&value)
		values = append(values, value)
		return err
	}, query, args...)
	return values, err
}

// encodeMembers packs ascending numbers.
func encodeMembers(numbers []int64) []byte {
	var data []byte
	last := int64(0)
	for _, n := range numbers {
		data = binary.AppendUvarint(data, uint64(n-last))
		last = n
	}
	return data
}

// eachMember calls f for the numbers that encodeMembers packed.
func eachMember(data []byte, f func(n int64)) error {
	last := int64(0)
	for len(data) > 0 {
		d, size := binary.Uvarint(data)
		if size <= 0 {
			return errDamaged
		}
		data, last = data[size:], last+int64(d)
		f(last)
	}
	return nil
}

// decodeArrival reads a row of the record table.
func decodeArrival(n int64, data []byte) (arrival, error) {
	r, err := handoff.DecodeRecord(data)
	if err != nil {
		return arrival{}, errors.Join(errDamaged, err)
	}
	return arrival{n: n, stored: true, data: data, Record: r}, nil
}

// stored returns the records of a query for number and data.
func stored(ctx context.Context, conn connection, query string, args ...any) ([]arrival, error) {
	var list []arrival
	err := each(ctx, conn, func(rows *sql.Rows) error {
		var n int64
		var data []byte
		if err := rows.Scan(&n, &data); err != nil {
			return err
		}
		a, err := decodeArrival(n, data)
		list = append(list, a)
		return err
	}, query, args...)
	return list, err
}

// about is the id of the record that a record is about, nil for none.
func about(r *handoff.Record) any {
	if subject := handoff.SubjectOf(r.Body); handoff.ValidID(subject) {
		return subject
	}
	return nil
}

// said is the address at which a record was said, nil for none.
func said(r *handoff.Record) any {
	if r.Said != nil {
		return r.Said.URL
	}
	return nil
}
