package index

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/store"
)

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
	some := foldChunk
	next, stop := ahead(func() (list []arrival, err error) {
		for len(list) == 0 && len(changed) > 0 {
			if list, changed, err = r.readSome(changed, some); err != nil {
				return nil, err
			}
		}
		bytes := 1
		for _, a := range list {
			bytes += len(a.data)
		}
		some = min(foldBytes*len(list)/bytes, foldChunk)
		return list, nil
	})
	defer stop()
	return r.fold.foldAll(next)
}

// readSome reads the first few days, of so many files or a few more, all at once: a
// day alone is not worth the reader. It returns the days that are left.
func (r *refresh) readSome(changed []*changedDay, some int) (list []arrival, left []*changedDay, err error) {
	var files []store.File
	days := 0
	for ; days < len(changed) && (days == 0 || len(files) < some); days++ {
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
