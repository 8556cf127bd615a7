// Package index knows what the refs of a repository hold: the records, and what
// they add up to.
//
// [Load] reads every record, which is simple and takes seconds for a hundred
// thousand of them. An [Index] answers the same from a file in the git
// directory, which it brings up to date first, at a cost that goes with what
// has changed. The file is a projection: nothing is lost with it, and where it
// cannot be used or written the answer comes from memory: from outlines of all
// records where that is enough, else from Load. No error of the file ever
// reaches a user.
package index

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// Options say what an index is of.
type Options struct {
	Refs   []store.Ref // whose records count, in the order in which they do
	Dir    string      // of the records, from the top of the tree
	Policy handoff.AckPolicy

	// Text is everything that a record says, as search looks for it.
	Text func(*handoff.Record) string

	// Progress is told how many records have been read while an index is made
	// for the first time. It may be nil.
	Progress func(records int)
}

// Index is the state of the records that some refs reach.
type Index struct {
	repo    *store.Repo
	options Options
	db      *database      // nil when answers come from memory
	memory  *handoff.State // the whole state, once it was needed without db
	outline *handoff.State // what outlines of all records come to, likewise
	recall  *recall        // the part of the state that was asked for so far
	tried   bool           // what could not be read has been tried again
	lost    bool           // something could not be read, though it may be the next time
}

// Open opens the index of a repository and brings it up to date, or leaves that
// to the next one who opens it, where answers come from memory sooner. An error
// is one of the repository itself.
func Open(ctx context.Context, repo *store.Repo, options Options) (*Index, error) {
	ix := &Index{repo: repo, options: options}
	err := ix.openFile(ctx)
	if err != nil && damaged(err) {
		ix.Close()
		if err = removeDatabase(filePath(ix.repo)); err == nil {
			err = ix.openFile(ctx)
		}
	}
	if err == nil {
		return ix, nil
	}
	ix.Close()
	if isMissing(err) {
		_, err = Load(ctx, ix.repo, options.Refs, options.Dir) // which says how many there are
		return nil, err
	}
	if isReadError(err) {
		return nil, err
	}
	return ix, ctx.Err()
}

// InMemory returns an index of a state that is known as a whole.
func InMemory(state *handoff.State) *Index { return &Index{memory: state} }

// filePath is where the file is: in the directory that all worktrees share.
func filePath(repo *store.Repo) string { return filepath.Join(repo.CommonDir(), "handoff", "index.db") }

// Lost reports whether something could not be read so far that is lost, or cannot
// be opened: records may be missing from what the index says.
func (ix *Index) Lost() bool { return ix.lost }

// Exists reports whether a repository has an index.
func Exists(repo *store.Repo) bool {
	_, err := os.Stat(filePath(repo))
	return err == nil
}

// Close releases the file. What is asked later is answered from memory.
func (ix *Index) Close() {
	if ix.db != nil {
		ix.db.close()
		ix.db, ix.recall = nil, nil
	}
}

// openFile opens the file and refreshes it. The error is errNotYet where that is
// left to the next one who opens it.
func (ix *Index) openFile(ctx context.Context) (err error) {
	path := filePath(ix.repo)
	if err := ix.repo.MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	if ix.db, err = openDatabase(ctx, path); err != nil {
		return err
	}
	if ix.db.made { // the journal follows it
		if err := ix.repo.Share(path); err != nil {
			return err
		}
	}
	err = ix.db.read(ctx, func() error { return ix.checkTips(ctx) })
	if !errors.Is(err, errStale) {
		return err
	}
	if ix.db.made {
		if err := ix.mayFill(ctx); err != nil {
			return err
		}
	}
	return ix.refresh(ctx)
}

// Between these numbers of records the first question is answered from memory
// and leaves the new file empty. To enter them takes longer than to answer, and
// the question may be the only one, as in a CI job: the second one pays for it.
// Fewer are entered in no time, and of more than these the memory would hold
// gigabytes.
const (
	firstFill = 20_000
	inMemory  = 200_000
)

// errNotYet says that the file is left empty for now.
var errNotYet = errors.New("the index is for the second question")

// mayFill returns errNotYet when the file is for the second question.
func (ix *Index) mayFill(ctx context.Context) error {
	days, _, err := ix.repo.Days(ctx, ix.options.Refs, ix.options.Dir)
	if err != nil {
		return &readError{err}
	}
	files := 0
	for _, day := range days {
		list, err := ix.repo.DayFiles(day)
		if isMissing(err) {
			return &readError{err}
		}
		files += len(list)
	}
	if firstFill < files && files <= inMemory {
		return errNotYet
	}
	return nil
}

// checkTips returns errStale when the file is not of these refs.
func (ix *Index) checkTips(ctx context.Context) error {
	scope, err := ix.db.meta(ctx, "scope")
	want := ix.options.scope() + ix.options.tips()
	if err == nil && string(scope) != want && !(ix.tried && string(scope) == want+unfinished) {
		err = errStale
	}
	return err
}

// refresh brings the file to the refs, in one transaction.
func (ix *Index) refresh(ctx context.Context) error {
	return ix.db.write(ctx, func() error {
		if err := ix.checkTips(ctx); !errors.Is(err, errStale) {
			return err // another process was first
		}
		scope, err := ix.db.meta(ctx, "scope")
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(scope, []byte(ix.options.scope())) {
			if err := ix.db.clear(ctx); err != nil {
				return err
			}
		}
		r := &refresh{ix: ix, ctx: ctx, conn: ix.db.conn, fold: folder{ctx: ctx, conn: ix.db.conn, policy: ix.options.Policy}}
		if err := r.run(); err != nil {
			return err
		}
		ix.tried, ix.lost = true, r.passing
		scope = []byte(ix.options.scope() + ix.options.tips())
		if r.passing {
			scope = append(scope, unfinished...) // so the next process tries again
		}
		return ix.db.setMeta(ctx, "scope", scope)
	})
}

// View returns a part of the state. Parts that are asked for one after the other
// are all in it: it is the same view, and grows.
func (ix *Index) View(ctx context.Context, part handoff.Part) (*handoff.View, error) {
	if part.All || len(part.Words) > 0 && !searchable(part.Words) {
		state, err := ix.State(ctx)
		if err != nil {
			return nil, err
		}
		return state.View, nil
	}
	if whole := ix.known(); whole != nil {
		return whole.View, nil
	}
	var view *handoff.View
	err := ix.onFile(ctx, func() (err error) {
		view, err = ix.grow(tables{ctx, ix.db, ix.options}, part)
		return err
	})
	if errors.Is(err, errNoFile) {
		return ix.partFromMemory(ctx, part)
	}
	return view, err
}

// State returns the whole state.
func (ix *Index) State(ctx context.Context) (*handoff.State, error) {
	if whole := ix.known(); whole != nil {
		return whole, nil
	}
	var state *handoff.State
	err := ix.onFile(ctx, func() (err error) {
		if state, err = ix.recallAll(ctx); err == nil {
			ix.recall = &recall{whole: state}
		}
		return err
	})
	if errors.Is(err, errNoFile) {
		return ix.fromMemory(ctx)
	}
	return state, err
}

// known is the whole state where it has been read from the file before, else nil.
func (ix *Index) known() *handoff.State {
	if ix.recall == nil || ix.db == nil {
		return nil
	}
	return ix.recall.whole
}

// errNoFile says that the answer must come from memory.
var errNoFile = errors.New("the index has no file")

// onFile runs f on the file as it is for the refs, or returns errNoFile. Another
// error is that of ctx.
func (ix *Index) onFile(ctx context.Context, f func() error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case ix.db == nil:
		return errNoFile
	}
	err := ix.tryOnFile(ctx, f)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	ix.Close()
	if damaged(err) {
		// The next process makes it anew. Where the file cannot be removed,
		// every process answers from memory.
		_ = removeDatabase(filePath(ix.repo))
	}
	return errNoFile
}

// tryOnFile runs f on the file, which may have been refreshed for other refs
// since it was opened.
func (ix *Index) tryOnFile(ctx context.Context, f func() error) (err error) {
	const attempts = 5
	for range attempts {
		err = ix.db.read(ctx, func() error {
			if err := ix.checkTips(ctx); err != nil {
				return err
			}
			return f()
		})
		switch {
		case errors.Is(err, errStale):
			ix.recall = nil
			err = ix.refresh(ctx)
		case errors.Is(err, errUnsearched):
			err = ix.makeSearchable(ctx)
		default:
			return err
		}
		if err != nil {
			return err
		}
	}
	return errStale
}

// Problems returns the problems that records would have if they were published
// now.
func (ix *Index) Problems(ctx context.Context, records []*handoff.Record) ([]handoff.Problem, error) {
	if ix.db != nil {
		var problems []handoff.Problem
		var follows bool
		err := ix.db.read(ctx, func() (err error) {
			if err = ix.checkTips(ctx); err == nil {
				problems, follows, err = ix.tryFold(ctx, records)
			}
			return err
		})
		if err == nil && follows {
			return problems, nil
		}
	}
	state, err := ix.State(ctx)
	if err != nil {
		return nil, err
	}
	return handoff.ProblemsOf(state, records, ix.options.Policy), nil
}

// tryFold returns the problems of records when they follow what was folded, and
// whether they do.
func (ix *Index) tryFold(ctx context.Context, records []*handoff.Record) ([]handoff.Problem, bool, error) {
	past := newPast(ctx, ix.db.conn, nil)
	defer past.close()
	resumed := handoff.Resume(past, ix.options.Policy)
	ordered, follows := resumed.Follows(records)
	if !follows {
		return nil, false, past.err
	}
	problems := resumed.Fold(ordered)
	return problems, true, errors.Join(past.err, damage(resumed.Err()))
}
