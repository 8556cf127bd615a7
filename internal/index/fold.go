package index

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

const (
	// foldChunk is how many records are folded at once: few enough to hold in
	// memory, and to fold again when a late one arrives. Of large ones it is
	// fewer: so many that their compact form has about foldBytes.
	foldChunk = 2048
	foldBytes = 2 << 20

	// maxBatches is how many batches can be taken back, and maxBatch how many
	// records one of them may come to hold.
	maxBatches = 32
	maxBatch   = foldChunk
)

// tableFold writes what records add up to into the tables.
type tableFold struct {
	ctx    unwatched
	conn   connection
	policy fold.AckPolicy

	// keys are all entries that there are, when this tableFold has made them all:
	// most of what a fold asks for is not there.
	keys map[entryID]bool

	progress func(folded int)
	folded   int
}

// source hands out records in the order of their time, some at each call, and
// none at the end.
type source func() ([]arrival, error)

// listSource is a source of records in memory.
func listSource(list []arrival) source {
	slices.SortFunc(list, compareArrivals)
	return func() ([]arrival, error) {
		n := min(len(list), foldChunk)
		for n < len(list) && list[n].At.Equal(list[n-1].At.Time) {
			n++
		}
		var chunk []arrival
		chunk, list = list[:n:n], list[n:]
		return chunk, nil
	}
}

// compareArrivals orders by time, then by id.
func compareArrivals(a, b arrival) int {
	return cmp.Or(a.At.Compare(b.At.Time), cmp.Compare(a.ID, b.ID))
}

// storedSource is a source of the records that have rows and no position.
func (f *tableFold) storedSource() source {
	from, done := int64(-1<<62), false
	return func() ([]arrival, error) {
		if done {
			return nil, nil
		}
		to := int64(1 << 62)
		err := f.conn.QueryRowContext(f.ctx, "SELECT at FROM record WHERE position IS NULL AND at > ? ORDER BY at LIMIT 1 OFFSET ?", from, foldChunk).Scan(&to)
		if done = errors.Is(err, sql.ErrNoRows); err != nil && !done {
			return nil, err
		}
		list, err := stored(f.ctx, f.conn, "SELECT n, data FROM record WHERE position IS NULL AND at > ? AND at <= ? ORDER BY at", from, to)
		from = to
		return list, err
	}
}

// foldAll folds everything from a source. What does not follow is folded
// together with the batch before; when that cannot be taken back any more,
// everything is folded anew.
func (f *tableFold) foldAll(next source) error {
	for {
		pending, err := next()
		if err != nil || len(pending) == 0 {
			return err
		}
		for {
			ok, err := f.try(pending)
			if err != nil {
				return err
			}
			if ok {
				break
			}
			back, ok, err := f.takeBack()
			if err != nil {
				return err
			}
			if !ok {
				return f.startOver(pending, next)
			}
			pending = append(back, pending...)
		}
	}
}

// startOver folds all records anew, with those of a source that waits.
func (f *tableFold) startOver(pending []arrival, next source) error {
	for len(pending) > 0 {
		if err := f.store(pending); err != nil {
			return err
		}
		var err error
		if pending, err = next(); err != nil {
			return err
		}
	}
	if err := f.forget(); err != nil {
		return err
	}
	return f.foldAll(f.storedSource())
}

// forget drops all that was folded.
func (f *tableFold) forget() error {
	f.keys, f.folded = make(map[entryID]bool), 0
	_, err := f.conn.ExecContext(f.ctx, "DELETE FROM entry; DELETE FROM link; DELETE FROM batch; DELETE FROM undo; UPDATE record SET position = NULL WHERE position >= 0")
	return err
}

// store gives records rows, without a position.
func (f *tableFold) store(list []arrival) error {
	for _, a := range list {
		if a.stored {
			continue
		}
		if _, err := f.conn.ExecContext(f.ctx, insertRecord, a.row(nil)...); err != nil {
			return err
		}
	}
	return nil
}

// try folds records when they follow what was folded.
func (f *tableFold) try(list []arrival) (ok bool, err error) {
	snapshot := newSnapshot(f.ctx, f.conn, f.keys)
	defer snapshot.close()
	resumed := fold.Resume(snapshot, f.policy)
	records := make([]*handoff.Record, len(list))
	byID := make(map[string]arrival, len(list))
	for i, a := range list {
		records[i], byID[a.ID] = a.Record, a
	}
	ordered, ok := resumed.Follows(records)
	if err := errors.Join(snapshot.err, damage(resumed.Err())); err != nil || !ok {
		return false, err
	}
	first := resumed.Count()
	resumed.Fold(ordered)
	if err := errors.Join(snapshot.err, damage(resumed.Err())); err != nil {
		return false, err
	}
	if err := f.writeRecords(ordered, byID, first); err != nil {
		return false, err
	}
	if err := f.writeEntries(snapshot, resumed.Entries(), first, len(ordered)); err != nil {
		return false, err
	}
	f.folded += len(ordered)
	if f.folded >= foldChunk {
		f.progress(f.folded)
	}
	return true, f.limitBatches()
}

// damage makes an error of the fold one of the file.
func damage(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(errDamaged, err)
}

// writeRecords writes the records with their positions in the fold order.
func (f *tableFold) writeRecords(ordered []*handoff.Record, byID map[string]arrival, first int) error {
	insert, err := f.conn.PrepareContext(f.ctx, insertRecord)
	if err != nil {
		return err
	}
	defer insert.Close()
	update, err := f.conn.PrepareContext(f.ctx, "UPDATE record SET position = ? WHERE n = ?")
	if err != nil {
		return err
	}
	defer update.Close()
	for i, r := range ordered {
		a := byID[r.ID]
		if a.stored {
			_, err = update.ExecContext(f.ctx, first+i, a.n)
		} else {
			_, err = insert.ExecContext(f.ctx, a.row(first+i)...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeEntries writes the entries that have changed, and notes what they were.
func (f *tableFold) writeEntries(snapshot *snapshot, entries []fold.Entry, first, size int) error {
	slices.SortFunc(entries, func(a, b fold.Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	result, err := f.conn.ExecContext(f.ctx, "INSERT INTO batch (first, size) VALUES (?, ?)", first, size)
	if err != nil {
		return err
	}
	batch, err := result.LastInsertId()
	if err != nil {
		return err
	}
	put, err := f.conn.PrepareContext(f.ctx, "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET live = excluded.live, position = excluded.position, author = excluded.author, series = excluded.series, data = excluded.data")
	if err != nil {
		return err
	}
	defer put.Close()
	link, err := f.conn.PrepareContext(f.ctx, "INSERT OR IGNORE INTO link VALUES (?, ?, ?)") // what is taken back may stay: it is looked at again
	if err != nil {
		return err
	}
	defer link.Close()
	undo, err := f.conn.PrepareContext(f.ctx, "INSERT INTO undo VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer undo.Close()
	for _, t := range entries {
		id, row := entryID{t.Kind, t.Key}, rowOf(t)
		before := snapshot.rows[id]
		if before.same(row) {
			continue
		}
		if before == nil {
			before = &entryRow{} // without data: there was none
		}
		if f.keys != nil {
			f.keys[entryID{t.Kind, strings.Clone(t.Key)}] = true // not the record of which it is a part
		}
		if _, err := put.ExecContext(f.ctx, t.Kind, t.Key, row.live, row.position, row.author, row.series, row.data); err != nil {
			return err
		}
		for _, name := range t.Links {
			if _, err := link.ExecContext(f.ctx, name, t.Kind, t.Key); err != nil {
				return err
			}
		}
		if _, err := undo.ExecContext(f.ctx, batch, t.Kind, t.Key, before.live, before.position, before.author, before.series, before.data); err != nil {
			return err
		}
	}
	return nil
}

// limitBatches joins the two neighbours that are the smallest together, so that
// the last few records can be taken back in small steps and many in a few large
// ones. When even those are large, the oldest batch is settled for good.
func (f *tableFold) limitBatches() error {
	var numbers []int64
	var sizes []int
	err := each(f.ctx, f.conn, func(rows *sql.Rows) error {
		var n int64
		var size int
		err := rows.Scan(&n, &size)
		numbers, sizes = append(numbers, n), append(sizes, size)
		return err
	}, "SELECT n, size FROM batch ORDER BY n")
	if err != nil || len(numbers) <= maxBatches {
		return err
	}
	smallest := 0
	for i := range len(sizes) - 1 {
		if sizes[i]+sizes[i+1] < sizes[smallest]+sizes[smallest+1] {
			smallest = i
		}
	}
	if sizes[smallest]+sizes[smallest+1] > maxBatch {
		_, err = f.conn.ExecContext(f.ctx, fmt.Sprintf("DELETE FROM undo WHERE batch = %[1]d; DELETE FROM batch WHERE n = %[1]d", numbers[0]))
		return err
	}
	_, err = f.conn.ExecContext(f.ctx, fmt.Sprintf(`
		UPDATE OR IGNORE undo SET batch = %[1]d WHERE batch = %[2]d;
		DELETE FROM undo WHERE batch = %[2]d;
		UPDATE batch SET size = size + %[3]d WHERE n = %[1]d;
		DELETE FROM batch WHERE n = %[2]d`, numbers[smallest], numbers[smallest+1], sizes[smallest+1]))
	return err
}

// takeBack undoes the last batch and returns its records. It cannot when the
// batches that are left are not noted any more.
func (f *tableFold) takeBack() (back []arrival, ok bool, err error) {
	var batch, first int64
	err = f.conn.QueryRowContext(f.ctx, "SELECT n, first FROM batch ORDER BY n DESC LIMIT 1").Scan(&batch, &first)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if back, err = stored(f.ctx, f.conn, "SELECT n, data FROM record WHERE position >= ?", first); err != nil {
		return nil, false, err
	}
	f.folded -= len(back)
	f.keys = nil // some of them are gone
	_, err = f.conn.ExecContext(f.ctx, fmt.Sprintf(`
		DELETE FROM entry WHERE (kind, key) IN (SELECT kind, key FROM undo WHERE batch = %[1]d AND data IS NULL);
		INSERT OR REPLACE INTO entry SELECT kind, key, live, position, author, series, data FROM undo WHERE batch = %[1]d AND data IS NOT NULL;
		DELETE FROM undo WHERE batch = %[1]d;
		DELETE FROM batch WHERE n = %[1]d;
		UPDATE record SET position = NULL WHERE position >= %[2]d`, batch, first))
	return back, true, err
}

// rewind takes back everything from a position on and returns the records. When it
// cannot, it forgets everything and ok is false.
func (f *tableFold) rewind(position int64) (back []arrival, ok bool, err error) {
	for {
		var folded int64
		if err := f.conn.QueryRowContext(f.ctx, "SELECT ifnull(max(position), -1) FROM record").Scan(&folded); err != nil || folded < position {
			return back, true, err
		}
		batch, ok, err := f.takeBack()
		if err != nil {
			return nil, false, err
		}
		if !ok {
			return nil, false, f.forget()
		}
		back = append(batch, back...)
	}
}

// snapshot is what the tables hold of what was folded.
type snapshot struct {
	ctx   context.Context
	keys  map[entryID]bool // all that there are; nil when that is not known
	rows  map[entryID]*entryRow
	entry *sql.Stmt
	query *sql.Stmt
	err   error
}

func newSnapshot(ctx context.Context, conn connection, keys map[entryID]bool) *snapshot {
	p := &snapshot{ctx: unwatched{ctx}, keys: keys, rows: make(map[entryID]*entryRow)}
	var entryErr, recordErr error
	p.entry, entryErr = conn.PrepareContext(ctx, "SELECT live, position, author, series, data FROM entry WHERE kind = ? AND key = ?")
	p.query, recordErr = conn.PrepareContext(ctx, "SELECT data FROM record WHERE id = ? AND position >= 0")
	p.err = errors.Join(entryErr, recordErr)
	return p
}

func (p *snapshot) close() {
	for _, s := range []*sql.Stmt{p.entry, p.query} {
		if s != nil {
			s.Close()
		}
	}
}

// Entry returns the data of an entry, nil when there is none.
func (p *snapshot) Entry(kind fold.EntryKind, key string) []byte {
	id := entryID{kind, key}
	if row, ok := p.rows[id]; ok {
		return row.dataOrNil()
	}
	if p.err != nil || p.keys != nil && !p.keys[id] {
		return nil
	}
	row := new(entryRow)
	err := p.entry.QueryRowContext(p.ctx, kind, key).Scan(&row.live, &row.position, &row.author, &row.series, &row.data)
	if err != nil {
		row = nil
		p.fail(err)
	}
	p.rows[id] = row
	return row.dataOrNil()
}

// dataOrNil is the data of an entry, nil for a row that there is not.
func (r *entryRow) dataOrNil() []byte {
	if r == nil {
		return nil
	}
	return r.data
}

// Record returns a record that was folded, nil when there is none.
func (p *snapshot) Record(id string) *handoff.Record {
	if p.err != nil {
		return nil
	}
	var data []byte
	if err := p.query.QueryRowContext(p.ctx, id).Scan(&data); err != nil {
		p.fail(err)
		return nil
	}
	r, err := handoff.DecodeRecord(data)
	p.fail(damage(err))
	return r
}

// fail keeps the first error but for the one that says that there is no row.
func (p *snapshot) fail(err error) {
	if p.err == nil && err != nil && !errors.Is(err, sql.ErrNoRows) {
		p.err = err
	}
}
