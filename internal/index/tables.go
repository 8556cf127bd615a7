package index

import (
	"context"
	"database/sql"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// tables is where a recall finds entries and records.
type tables struct {
	ctx     context.Context
	db      *database
	options Options
}

// presentEntries are the live entries but for decisions, of which more and more
// stand, and the newest handoff of every series and author. Left to itself,
// SQLite would look through all that is not live.
const presentEntries = `
SELECT kind, key, data FROM entry INDEXED BY thing_live WHERE live AND kind IN (1, 2, 3, 5, 6, 7, 9)
UNION SELECT kind, key, data FROM entry WHERE kind = 5 AND key IN (
	SELECT (SELECT key FROM entry WHERE series = s.key ORDER BY position DESC LIMIT 1) FROM entry s INDEXED BY thing_live WHERE s.live AND s.kind = 7
	UNION SELECT (SELECT key FROM entry WHERE author = a.key ORDER BY position DESC LIMIT 1) FROM entry a INDEXED BY thing_live WHERE a.live AND a.kind = 6)`

func (t tables) present(decisions bool, add func(kind fold.EntryKind, key string, data []byte) error) error {
	if err := t.eachEntry(add, presentEntries); err != nil || !decisions {
		return err
	}
	return t.eachEntry(add, "SELECT kind, key, data FROM entry INDEXED BY thing_live WHERE live AND kind = 4")
}

func (t tables) entries(ids []entryID, add func(kind fold.EntryKind, key string, data []byte) error) error {
	pairs := make([][2]any, len(ids))
	for i, id := range ids {
		pairs[i] = [2]any{id.kind, id.key}
	}
	return t.eachEntry(add, "SELECT t.kind, t.key, t.data FROM json_each(?) j CROSS JOIN entry t ON t.kind = j.value ->> 0 AND t.key = j.value ->> 1", jsonList(pairs))
}

func (t tables) names(kind fold.EntryKind) ([]string, error) {
	return column[string](t.ctx, t.db.conn, "SELECT key FROM entry WHERE kind = ? ORDER BY key", kind)
}

// alike are the names of a kind that begin as a name does, as far as any does. The
// one that shares the most with it stands beside it in the order of names.
func (t tables) alike(kind fold.EntryKind, name string) ([]string, error) {
	beside, err := column[string](t.ctx, t.db.conn, `
SELECT * FROM (SELECT key FROM entry WHERE kind = ?1 AND key >= ?2 ORDER BY key LIMIT 1)
UNION ALL SELECT * FROM (SELECT key FROM entry WHERE kind = ?1 AND key < ?2 ORDER BY key DESC LIMIT 1)`, kind, name)
	if err != nil {
		return nil, err
	}
	shared := 0
	for _, other := range beside {
		shared = max(shared, fold.Shared(name, other))
	}
	if shared < fold.MinPrefix {
		return []string{}, nil
	}
	return column[string](t.ctx, t.db.conn, "SELECT key FROM entry WHERE kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
		kind, name[:shared], name[:shared]+"~", fold.MostAlike)
}

func (t tables) sentBy(who string) ([]string, error) {
	return column[string](t.ctx, t.db.conn, "SELECT key FROM entry WHERE author = ? ORDER BY position DESC", who)
}

// eachEntry calls add with the entries of a query for kind, key and data.
func (t tables) eachEntry(add func(kind fold.EntryKind, key string, data []byte) error, query string, args ...any) error {
	return each(t.ctx, t.db.conn, func(rows *sql.Rows) error {
		var kind fold.EntryKind
		var key string
		var data sql.RawBytes
		if err := rows.Scan(&kind, &key, &data); err != nil {
			return err
		}
		return add(kind, key, data)
	}, query, args...)
}

func (t tables) records(want wanted, add func(*handoff.Record, int)) error {
	switch {
	case want.words != nil:
		rarest, err := t.saying(want.words)
		if err != nil {
			return err
		}
		return t.eachRecord(add, "n IN (SELECT value FROM json_each(?))", jsonList(rarest))
	case want.numbers != nil:
		return t.eachRecord(add, "n IN (SELECT value FROM json_each(?))", jsonList(want.numbers))
	case want.prefix != "":
		return t.eachRecord(add, "id >= ? AND id < ?", want.prefix, want.prefix+"~")
	case !want.since.IsZero():
		return t.eachRecord(add, "at >= ?", want.since.Unix())
	case want.newest > 0:
		return t.eachRecord(add, "n IN (SELECT n FROM record ORDER BY position DESC LIMIT ?)", want.newest)
	case want.said != nil:
		return t.eachRecord(add, "said IN (SELECT value FROM json_each(?))", jsonList(want.said))
	case want.about != nil:
		return t.eachRecord(add, "about IN (SELECT value FROM json_each(?))", jsonList(want.about))
	}
	return t.eachRecord(add, "id IN (SELECT value FROM json_each(?))", jsonList(want.ids))
}

// eachRecord calls add with the records that count and meet a condition.
func (t tables) eachRecord(add func(*handoff.Record, int), where string, args ...any) error {
	var list []arrival
	var positions []int
	err := each(t.ctx, t.db.conn, func(rows *sql.Rows) error {
		var n int64
		var position int
		var data []byte
		if err := rows.Scan(&n, &position, &data); err != nil {
			return err
		}
		a, err := decodeArrival(n, data)
		if err != nil {
			return err
		}
		list, positions = append(list, a), append(positions, position)
		return nil
	}, "SELECT n, position, data FROM record WHERE position >= 0 AND "+where, args...)
	if err != nil || len(list) == 0 {
		return err
	}
	records, err := t.options.foundOn(t.ctx, t.db.conn, list)
	for i, r := range records {
		add(r, positions[i])
	}
	return err
}
