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
	conn  *sql.Conn
	fold  folder
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
	return r.settleTwins()
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
		r.fold.keys = make(map[thingID]bool)
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

// newTree is a day of which the tables do not have this tree.
type newTree struct {
	store.Day
	files   []store.File
	passing bool // some of it could not be read, and may be the next time
}

// list finds out which files the new trees of a day have.
func (r *refresh) list(day *changedDay) error {
	for i := range day.new {
		tree := &day.new[i]
		files, err := r.ix.repo.DayFiles(tree.Day)
		if isMissing(err) {
			return &readError{err}
		}
		tree.files, tree.passing = files, err != nil && !store.Lasting(err)
	}
	return nil
}

// fill folds everything into an empty file, a day after the other.
func (r *refresh) fill(changed []*changedDay) error {
	if _, err := r.conn.ExecContext(r.ctx, "PRAGMA cache_size = -16000"); err != nil { // KiB
		return err
	}
	next, stop := ahead(func() (list []arrival, err error) {
		for len(list) == 0 && len(changed) > 0 {
			if list, changed, err = r.readSome(changed); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
	defer stop()
	return r.fold.drain(next)
}

// readSome reads the first few days, about foldChunk records, all at once: a day
// alone is not worth the reader. It returns the days that are left.
func (r *refresh) readSome(changed []*changedDay) (list []arrival, left []*changedDay, err error) {
	var files []store.File
	days := 0
	for ; days < len(changed) && len(files) < foldChunk; days++ {
		if err := r.list(changed[days]); err != nil {
			return nil, nil, err
		}
		for _, tree := range changed[days].new {
			files = append(files, tree.files...)
		}
	}
	results, err := r.results(files)
	if err != nil {
		return nil, nil, err
	}
	r.read = make(map[fileID]result, len(files))
	for i, f := range files {
		r.read[idOf(f)] = results[i]
	}
	for _, day := range changed[:days] {
		arrived, err := r.readDay(day, nil)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, arrived...)
	}
	r.read = nil
	clear(changed[:days]) // and what was listed of them
	return list, changed[days:], nil
}

// results returns what files came to, as it was read ahead or now.
func (r *refresh) results(files []store.File) ([]result, error) {
	if r.read == nil {
		results, err := readFiles(r.ctx, r.ix.repo, r.ix.options.Dir, files)
		if err != nil {
			err = &readError{err}
		}
		return results, err
	}
	results := make([]result, len(files))
	for i, f := range files {
		results[i] = r.read[idOf(f)]
	}
	return results, nil
}

// ahead reads from a source while what it gave before is being folded. After
// stop it reads no more.
func ahead(from source) (next source, stop func()) {
	type chunk struct {
		list []arrival
		err  error
	}
	chunks, stopped := make(chan chunk), make(chan struct{})
	go func() {
		defer close(chunks)
		for more := true; more; {
			list, err := from()
			select {
			case chunks <- chunk{list, err}:
				more = err == nil && len(list) > 0
			case <-stopped:
				more = false
			}
		}
	}()
	next = func() ([]arrival, error) {
		c := <-chunks
		return c.list, c.err
	}
	stop = func() {
		close(stopped)
		for range chunks {
			continue // until it has ended
		}
	}
	return next, stop
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
	list, err := stored(r.ctx, r.conn, "SELECT n, data FROM record WHERE n IN (SELECT value FROM json_each(?))", jsonList(slices.Sorted(maps.Keys(members))))
	known := make(map[fileID]int64, len(list))
	for _, a := range list {
		known[fileID{a.Source.Path, a.Source.Blob, plainFile}] = a.n
	}
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

// readDay enters the new trees of a day and returns the records that no known
// file holds.
func (r *refresh) readDay(day *changedDay, known map[fileID]int64) ([]arrival, error) {
	if known == nil {
		known = make(map[fileID]int64)
	}
	var arrived []arrival
	for _, tree := range day.new {
		list, members, passing, err := r.readFiles(tree, known)
		if err != nil {
			return nil, err
		}
		arrived = append(arrived, list...)
		slices.Sort(members)
		row := &dayRow{ref: tree.Ref, members: encodeMembers(members), current: true}
		id := dayID{tree.Path, tree.Tree}
		if passing {
			r.passing, id.tree = true, unfinished+id.tree
		}
		r.days[id] = row
		if _, err := r.conn.ExecContext(r.ctx, "INSERT OR REPLACE INTO day VALUES (?, ?, ?, ?)", id.path, id.tree, row.ref, row.members); err != nil {
			return nil, err
		}
	}
	return r.firstOfID(arrived)
}

// unfinished comes before the tree of a day of which something could not be read
// that may be readable the next time. As no tip has such a tree, it is read again.
const unfinished = "? "

// readFiles reads the records that known does not have, and adds them to it.
// passing says whether something could not be read that may be the next time.
func (r *refresh) readFiles(tree newTree, known map[fileID]int64) (arrived []arrival, members []int64, passing bool, err error) {
	passing = tree.passing
	var unknown []store.File
	for _, file := range tree.files {
		if n, ok := known[idOf(file)]; ok {
			members = append(members, n)
		} else {
			unknown = append(unknown, file)
		}
	}
	results, err := r.results(unknown)
	if err != nil {
		return nil, nil, false, err
	}
	for i, result := range results {
		r.last++
		if result.record == nil {
			passing = passing || result.passing
			continue // what is no record is for Load to report
		}
		a := newArrival(r.last, result.record)
		known[idOf(unknown[i])] = a.n
		members, arrived = append(members, a.n), append(arrived, a)
	}
	return arrived, members, passing, nil
}

// firstOfID sets aside the records whose id is taken; settleTwins says which
// one counts.
func (r *refresh) firstOfID(arrived []arrival) ([]arrival, error) {
	if err := r.noteStoredIDs(arrived); err != nil {
		return nil, err
	}
	kept := arrived[:0]
	for _, a := range arrived {
		if r.ids[a.ID] {
			if _, err := r.conn.ExecContext(r.ctx, insertRecord, a.row(outvoted)...); err != nil {
				return nil, err
			}
			continue
		}
		r.ids[strings.Clone(a.ID)] = true // and not the text of which it is a part
		kept = append(kept, a)
	}
	return kept, nil
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
	return r.fold.drain(listSource(arrived))
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
	return r.fold.drain(r.fold.storedSource())
}

// settleTwins sees to it that of several records with one id the right one
// counts, as in Load.
func (r *refresh) settleTwins() error {
	list, err := stored(r.ctx, r.conn, "SELECT n, data FROM record WHERE id IN (SELECT id FROM record WHERE place = ?)", outvoted)
	if err != nil || len(list) == 0 {
		return err
	}
	first, err := firstRefs(r.ctx, r.conn, daysOf(list))
	if err != nil {
		return err
	}
	twins, numbers := make(map[string][]twin), make(map[*handoff.Record]int64, len(list))
	for _, a := range list {
		ref, ok := first[a.n]
		if !ok || ref >= len(r.ix.options.Refs) {
			return errDamaged
		}
		twins[a.ID], numbers[a.Record] = append(twins[a.ID], twin{a.Record, ref}), a.n
	}
	kept, err := elect(r.ctx, r.ix.repo, r.ix.options.Refs, r.ix.options.Dir, twins)
	if err != nil {
		return &readError{err}
	}
	var elections []election
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		e := election{winner: arrival{n: numbers[kept[id]], stored: true, Record: kept[id]}}
		if err := r.conn.QueryRowContext(r.ctx, "SELECT max(n) FROM record WHERE id = ? AND place >= 0", id).Scan(&e.folded); err != nil {
			return err
		}
		if !e.folded.Valid || e.folded.Int64 != e.winner.n {
			elections = append(elections, e)
		}
	}
	if len(elections) == 0 {
		return nil
	}
	return r.makeCount(elections)
}

// election is the record that is to count of those with one id, and the one that
// does so far, if any does.
type election struct {
	winner arrival
	folded sql.NullInt64
}

// makeCount makes records count in place of those that are folded. All of them at
// once: what was folded since the first of those is folded again, and whoever
// can push can have any number of records share their ids.
func (r *refresh) makeCount(elections []election) error {
	var pending []arrival
	var winners, losers []int64
	lost := make(map[int64]bool)
	for _, e := range elections {
		pending, winners = append(pending, e.winner), append(winners, e.winner.n)
		if e.folded.Valid {
			losers = append(losers, e.folded.Int64)
			lost[e.folded.Int64] = true
		}
	}
	back, ok, err := r.rewindTo(jsonList(losers))
	if err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(r.ctx, "UPDATE record SET place = ? WHERE n IN (SELECT value FROM json_each(?))", outvoted, jsonList(losers)); err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(r.ctx, "UPDATE record SET place = NULL WHERE n IN (SELECT value FROM json_each(?))", jsonList(winners)); err != nil {
		return err
	}
	if !ok {
		return r.fold.drain(r.fold.storedSource())
	}
	back = slices.DeleteFunc(back, func(a arrival) bool { return lost[a.n] })
	return r.fold.drain(listSource(append(pending, back...)))
}

// rewindTo takes back everything from the first of some records on, as
// [folder.rewind] does; of records that are not folded, nothing.
func (r *refresh) rewindTo(numbers string) (back []arrival, ok bool, err error) {
	var place sql.NullInt64
	if err := r.conn.QueryRowContext(r.ctx, "SELECT min(place) FROM record WHERE place >= 0 AND n IN (SELECT value FROM json_each(?))", numbers).Scan(&place); err != nil {
		return nil, false, err
	}
	if !place.Valid {
		return nil, true, nil
	}
	return r.fold.rewind(place.Int64)
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
