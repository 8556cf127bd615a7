package index

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// refresh brings the tables to what the refs hold. It reads the days that have
// changed and no others.
type refresh struct {
	ix    *Index
	ctx   context.Context
	conn  connection
	fold  tableFold
	days  map[dayID]*dayRow
	last  int64             // the highest number of a record
	ids   map[string]bool   // of the records that arrived
	fresh bool              // the file was empty
	read  map[fileID]result // of the days that are being read ahead; nil when none are

	passing bool // something could not be read, and may be the next time
}

// dayID is a day as some tip has it.
type dayID struct{ path, tree string }

// dayRow is what the tables hold of a day.
type dayRow struct {
	ref     int
	members []byte
	current bool // a tip still has it so
}

// fileID is a file of a day.
type fileID struct {
	path, blob string
	mode       uint32
}

func idOf(f store.File) fileID { return fileID{f.Path, f.Blob, f.Mode} }

// run does the whole of it inside a transaction.
func (r *refresh) run() error {
	days, faults, err := r.ix.repo.Days(r.ctx, r.ix.options.Refs, r.ix.options.Dir)
	if err != nil {
		return &readError{err}
	}
	r.passing = slices.ContainsFunc(faults, func(f store.Unreadable) bool { return !f.Lasting() })
	if err := r.loadDays(); err != nil {
		return err
	}
	changed, err := r.compare(days)
	if err != nil {
		return err
	}
	if r.fresh {
		err = r.fill(changed)
	} else {
		err = r.change(changed)
	}
	if err != nil {
		return err
	}
	return r.holdElections()
}

// readError is an error of the repository, not of the index.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// loadDays reads what days are known.
func (r *refresh) loadDays() error {
	r.days = make(map[dayID]*dayRow)
	err := each(r.ctx, r.conn, func(rows *sql.Rows) error {
		var id dayID
		row := new(dayRow)
		if err := rows.Scan(&id.path, &id.tree, &row.ref, &row.members); err != nil {
			return err
		}
		r.days[id] = row
		return nil
	}, "SELECT path, tree, ref, members FROM day")
	if err != nil {
		return err
	}
	r.ids = make(map[string]bool)
	if r.fresh = len(r.days) == 0; r.fresh {
		r.fold.keys = make(map[entryID]bool)
	}
	// A number that was searched for once is not given to another record.
	if r.last, err = r.ix.db.searchedTo(r.ctx); err != nil {
		return err
	}
	return r.conn.QueryRowContext(r.ctx, "SELECT max(?, ifnull(max(n), 0)) FROM record", r.last).Scan(&r.last)
}

// compare notes which days are still there, and returns the paths of which
// some tree is new or gone, sorted.
func (r *refresh) compare(days []store.Day) ([]*changedDay, error) {
	changed := make(map[string]*changedDay)
	change := func(path string) *changedDay {
		if changed[path] == nil {
			changed[path] = &changedDay{path: path}
		}
		return changed[path]
	}
	for _, day := range days {
		row := r.days[dayID{day.Path, day.Tree}]
		if row == nil {
			c := change(day.Path)
			c.new = append(c.new, newTree{Day: day})
			continue
		}
		row.current = true
		if row.ref == day.Ref {
			continue
		}
		row.ref = day.Ref
		if _, err := r.conn.ExecContext(r.ctx, "UPDATE day SET ref = ? WHERE path = ? AND tree = ?", day.Ref, day.Path, day.Tree); err != nil {
			return nil, err
		}
	}
	for id, row := range r.days {
		if !row.current {
			change(id.path)
		}
	}
	return slices.SortedFunc(maps.Values(changed), func(a, b *changedDay) int { return cmp.Compare(a.path, b.path) }), nil
}

// changedDay is a path with its new trees.
type changedDay struct {
	path string
	new  []newTree
}

// change folds what has arrived, after it has taken back what is gone.
func (r *refresh) change(changed []*changedDay) error {
	// Readers are not to wait before the end: nothing is written until then. A
	// new file has no readers, and would not fit into the memory.
	if _, err := r.conn.ExecContext(r.ctx, "PRAGMA cache_spill = OFF"); err != nil {
		return err
	}
	var arrived []arrival
	gone := make(map[int64]bool)
	for _, day := range changed {
		known, err := r.knownFiles(day.path)
		if err != nil {
			return err
		}
		left := make(map[int64]bool, len(known))
		for _, n := range known {
			left[n] = true
		}
		if err := r.list(day); err != nil {
			return err
		}
		list, err := r.readDay(day, known)
		if err != nil {
			return err
		}
		arrived = append(arrived, list...)
		if err := r.keepMembers(day.path, left); err != nil {
			return err
		}
		maps.Copy(gone, left)
	}
	return r.replace(gone, arrived)
}

// knownFiles returns the records of a day by the files that hold them.
func (r *refresh) knownFiles(dayPath string) (map[fileID]int64, error) {
	members := make(map[int64]bool)
	for id, row := range r.days {
		if id.path == dayPath {
			if err := eachMember(row.members, func(n int64) { members[n] = true }); err != nil {
				return nil, err
			}
		}
	}
	known := make(map[fileID]int64, len(members))
	err := each(r.ctx, r.conn, func(rows *sql.Rows) error {
		var n int64
		var data sql.RawBytes
		if err := rows.Scan(&n, &data); err != nil {
			return err
		}
		head, _, err := handoff.DecodeHead(data)
		known[fileID{head.Source.Path, head.Source.Blob, plainFile}] = n
		return damage(err)
	}, "SELECT n, data FROM record WHERE n IN (SELECT value FROM json_each(?))", jsonList(slices.Sorted(maps.Keys(members))))
	if err == nil && len(known) != len(members) {
		err = errDamaged
	}
	return known, err
}

// keepMembers removes from left the records that the current trees of a path
// still hold, and deletes the other trees.
func (r *refresh) keepMembers(dayPath string, left map[int64]bool) error {
	for id, row := range r.days {
		if id.path != dayPath {
			continue
		}
		if !row.current {
			delete(r.days, id)
			if _, err := r.conn.ExecContext(r.ctx, "DELETE FROM day WHERE path = ? AND tree = ?", id.path, id.tree); err != nil {
				return err
			}
			continue
		}
		if err := eachMember(row.members, func(n int64) { delete(left, n) }); err != nil {
			return err
		}
	}
	return nil
}

// firstOfID sets aside the records whose id is taken; holdElections says which
// one counts.
func (r *refresh) firstOfID(arrived []arrival) ([]arrival, error) {
	if err := r.noteStoredIDs(arrived); err != nil {
		return nil, err
	}
	first := arrived[:0]
	for _, a := range arrived {
		if r.ids[a.ID] {
			if _, err := r.conn.ExecContext(r.ctx, insertRecord, a.row(notElected)...); err != nil {
				return nil, err
			}
			continue
		}
		r.ids[strings.Clone(a.ID)] = true // and not the text of which it is a part
		first = append(first, a)
	}
	return first, nil
}

// noteStoredIDs adds to ids those of the records that rows have already.
func (r *refresh) noteStoredIDs(arrived []arrival) error {
	if r.fresh {
		return nil
	}
	ids := make([]string, len(arrived))
	for i, a := range arrived {
		ids[i] = a.ID
	}
	taken, err := column[string](r.ctx, r.conn, "SELECT id FROM record WHERE id IN (SELECT value FROM json_each(?))", jsonList(ids))
	for _, id := range taken {
		r.ids[id] = true
	}
	return err
}

// replace takes the records that are gone out of the fold and folds those that
// have arrived.
func (r *refresh) replace(gone map[int64]bool, arrived []arrival) error {
	numbers := jsonList(slices.Sorted(maps.Keys(gone)))
	if len(gone) > 0 {
		back, ok, err := r.rewindTo(numbers)
		if err != nil {
			return err
		}
		if !ok {
			return r.foldAnew(numbers, arrived)
		}
		back = slices.DeleteFunc(back, func(a arrival) bool { return gone[a.n] })
		arrived = append(back, arrived...)
		if err := r.delete(numbers); err != nil {
			return err
		}
	}
	return r.fold.foldAll(listSource(arrived))
}

func (r *refresh) delete(numbers string) error {
	_, err := r.conn.ExecContext(r.ctx, "DELETE FROM record WHERE n IN (SELECT value FROM json_each(?))", numbers)
	return err
}

// foldAnew folds everything but the records that are gone.
func (r *refresh) foldAnew(gone string, arrived []arrival) error {
	if err := r.delete(gone); err != nil {
		return err
	}
	if err := r.fold.store(arrived); err != nil {
		return err
	}
	return r.fold.foldAll(r.fold.storedSource())
}

// rewindTo takes back everything from the first of some records on, as
// [tableFold.rewind] does; of records that are not folded, nothing.
func (r *refresh) rewindTo(numbers string) (back []arrival, ok bool, err error) {
	var position sql.NullInt64
	if err := r.conn.QueryRowContext(r.ctx, "SELECT min(position) FROM record WHERE position >= 0 AND n IN (SELECT value FROM json_each(?))", numbers).Scan(&position); err != nil {
		return nil, false, err
	}
	if !position.Valid {
		return nil, true, nil
	}
	return r.fold.rewind(position.Int64)
}

// scope is what the content of the file depends on beside the refs.
func (o Options) scope() string { return fmt.Sprintf("%s %q\n", o.Policy, o.Dir) }

// tips are the refs as the file keeps them, with all that decides which of their
// records count, and how.
func (o Options) tips() string {
	var b strings.Builder
	for _, ref := range o.Refs {
		fmt.Fprintf(&b, "%s %d %s", cmp.Or(ref.Hash, "-"), ref.Rank, ref.Name)
		if ref.Only != nil {
			fmt.Fprintf(&b, " only %s", ref.Only)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// digest is the SHA-256 of some bytes in hex digits.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// isReadError reports whether the repository is at fault, not the index.
func isReadError(err error) bool {
	_, failed := errors.AsType[*readError](err)
	return failed
}
