package index

import (
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// What follows hands out everything that there is in pieces, for those who want
// to see all of it and not to hold it. Between two pieces the file is free for
// others. One who refreshes it for other refs meanwhile does no harm: for the
// same refs the fold has the same order, so the next piece begins where the last
// one ended.

// piece is how many records are handed out at once.
const piece = 500

// Records returns some records in fold order, from a position on; none at the end.
func (ix *Index) Records(ctx context.Context, from int) (records []*handoff.Record, err error) {
	if ix.whole != nil {
		order := ix.whole.Order()
		return order[min(from, len(order)):min(from+piece, len(order))], nil
	}
	err = ix.ask(ctx, func() (err error) {
		records, err = ix.recordsFrom(ctx, from)
		return err
	})
	return records, err
}

// recordsFrom is Records on the database.
func (ix *Index) recordsFrom(ctx context.Context, from int) ([]*handoff.Record, error) {
	list, err := stored(ctx, ix.db.conn, "SELECT n, data FROM record WHERE position >= ? ORDER BY position LIMIT ?", from, piece)
	if err != nil {
		return nil, err
	}
	return ix.options.foundOn(ctx, ix.db.conn, list)
}

// Keys returns the keys of all entries of a kind: those of handoffs in fold
// order, those of others sorted.
func (ix *Index) Keys(ctx context.Context, kind fold.EntryKind) (keys []string, err error) {
	if ix.whole != nil {
		return ix.whole.Keys(kind), nil
	}
	err = ix.ask(ctx, func() (err error) {
		keys, err = column[string](ctx, ix.db.conn, "SELECT key FROM entry WHERE kind = ? ORDER BY iif(kind = ?, position, 0), key", kind, fold.EntryHandoff)
		return err
	})
	return keys, err
}

// Entries returns a view that holds some entries of a kind and the present. It is
// another view every time.
func (ix *Index) Entries(ctx context.Context, kind fold.EntryKind, keys []string) (view *fold.View, err error) {
	if ix.whole != nil {
		return ix.whole.View, nil
	}
	ids := make([]entryID, len(keys))
	for i, key := range keys {
		ids[i] = entryID{kind, key}
	}
	err = ix.ask(ctx, func() (err error) {
		c := newRecall(tables{ctx, ix.db, ix.options})
		if err := c.readPresent(false); err != nil {
			return err
		}
		if err := c.from.entries(ids, c.add); err != nil {
			return err
		}
		if err := c.complete(fold.Part{}); err != nil {
			return err
		}
		view, err = c.made()
		return err
	})
	return view, err
}
