// Package index knows what the refs of a repository hold: the records, and what
// they add up to.
//
// [Load] reads every record, for those who look at each file. Questions are put
// to an [Index], a SQLite database in the git directory that is brought up to
// date first, at a cost that goes with what has changed. It is a projection:
// nothing is lost with it, and where it cannot be used or written the same
// tables are filled in memory, for one process. No error of the file ever
// reaches a user.
package index

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// Options say what an index is of.
type Options struct {
	Refs   []git.Ref // whose records count, in the order in which they do
	Dir    string    // of the records, from the top of the tree
	Policy fold.AckPolicy

	// Ours reports whether a file is also on a branch of the team that is not
	// among the refs: then it is nothing that only strangers have. It may be nil.
	Ours func(path, blob string) bool

	// Proven reports of a record that was said elsewhere whether it is known here that
	// its author has said it. It may be nil.
	Proven func(*handoff.Record) bool

	// Text is everything that a record says, as search looks for it.
	Text func(*handoff.Record) string

	// Progress is told how many records have been entered while there are many to
	// enter, and 0 at the end. It may be nil.
	Progress func(records int)
}

// Index is the state of the records that some refs reach.
type Index struct {
	repo    *store.Repo
	options Options
	db      *database
	recall  *recall     // the part of the state that was asked for so far
	whole   *fold.State // all of it, once it was asked for
	tried   bool        // what could not be read has been tried again
	lost    bool        // something could not be read, though it may be the next time
}

// Open opens the index of a repository and brings it up to date. An error is one
// of the repository itself.
func Open(ctx context.Context, repo *store.Repo, options Options) (*Index, error) {
	ix := &Index{repo: repo, options: options}
	err := ix.openFile(ctx)
	if damaged(err) {
		ix.Close()
		if err = removeDatabase(filePath(repo)); err == nil {
			err = ix.openFile(ctx)
		}
	}
	if err != nil {
		err = ix.fallBack(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return ix, nil
}

// OpenInMemory makes an index that leaves the file alone, as the file is of the
// refs that usually count. An error is one of the repository itself.
func OpenInMemory(ctx context.Context, repo *store.Repo, options Options) (*Index, error) {
	ix := &Index{repo: repo, options: options}
	if err := ix.fillMemory(ctx); err != nil {
		ix.Close()
		return nil, err
	}
	return ix, nil
}

// Of returns an index of a state that is known as a whole.
func Of(state *fold.State) *Index { return &Index{whole: state} }

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

// Close releases the database. Nothing is asked after it.
func (ix *Index) Close() {
	if ix.db != nil {
		ix.db.close()
		ix.db, ix.recall = nil, nil
	}
}

// openFile opens the file and refreshes it.
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
	if errors.Is(err, errStale) {
		err = ix.refresh(ctx)
	}
	return err
}

// fallBack goes on in memory after something went wrong with the file. What went
// wrong with the repository is returned.
func (ix *Index) fallBack(ctx context.Context, cause error) error {
	inMemory := ix.db != nil && ix.db.path == ""
	ix.Close()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case inMemory || isReadError(cause):
		return ix.explain(ctx, cause)
	}
	return ix.fillMemory(ctx)
}

// fillMemory fills a database in memory.
func (ix *Index) fillMemory(ctx context.Context) (err error) {
	if ix.db, err = openDatabase(ctx, ""); err != nil {
		return err
	}
	if err = ix.refresh(ctx); err != nil {
		err = ix.explain(ctx, err)
	}
	return err
}

// explain says of records that a partial clone lacks how many there are.
func (ix *Index) explain(ctx context.Context, err error) error {
	if isMissing(err) {
		_, err = Load(ctx, ix.repo, ix.options.Refs, ix.options.Dir)
	}
	return err
}

func (ix *Index) progress(records int) {
	if ix.options.Progress != nil {
		ix.options.Progress(records)
	}
}

// errClosed says that a question before this one had no answer.
var errClosed = errors.New("the index is closed")

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
		r := &refresh{ix: ix, ctx: ctx, conn: ix.db.conn, fold: tableFold{ctx: unwatched{ctx}, conn: ix.db.conn, policy: ix.options.Policy, progress: ix.progress}}
		defer ix.progress(0)
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
func (ix *Index) View(ctx context.Context, part fold.Part) (*fold.View, error) {
	if ix.whole != nil || part.All || len(part.Words) > 0 && !searchable(part.Words) || len(part.Saying) > 0 && !searchable(part.Saying) {
		state, err := ix.State(ctx)
		if err != nil {
			return nil, err
		}
		return state.View, nil
	}
	var view *fold.View
	err := ix.ask(ctx, func() (err error) {
		view, err = ix.grow(ctx, part)
		return err
	})
	return view, err
}

// State returns the whole state.
func (ix *Index) State(ctx context.Context) (*fold.State, error) {
	if ix.whole != nil {
		return ix.whole, nil
	}
	ix.recall = nil // it needs room
	err := ix.ask(ctx, func() (err error) {
		ix.whole, err = ix.recallAll(ctx)
		return err
	})
	return ix.whole, err
}

// ask runs f on the database as it is for the refs. What goes wrong with the file
// is not the end: f runs again, in memory.
func (ix *Index) ask(ctx context.Context, f func() error) error {
	err := errClosed
	if ix.db != nil {
		err = ix.try(ctx, f)
	}
	if err == nil {
		return nil
	}
	if damaged(err) && ix.db.path != "" {
		// The next process makes it anew. Where it cannot be removed, every
		// process goes on in memory.
		_ = removeDatabase(ix.db.path)
	}
	if err := ix.fallBack(ctx, err); err != nil {
		return err
	}
	return ix.try(ctx, f)
}

// try runs f on the database, which may have been refreshed for other refs since
// it was opened.
func (ix *Index) try(ctx context.Context, f func() error) (err error) {
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
	var problems []handoff.Problem
	var follows bool
	err := ix.ask(ctx, func() (err error) {
		problems, follows, err = ix.tryFold(ctx, records)
		return err
	})
	if err != nil || follows {
		return problems, err
	}
	state, err := ix.State(ctx)
	if err != nil {
		return nil, err
	}
	return fold.ProblemsOf(state, records, ix.options.Policy), nil
}

// tryFold returns the problems of records when they follow what was folded, and
// whether they do.
func (ix *Index) tryFold(ctx context.Context, records []*handoff.Record) ([]handoff.Problem, bool, error) {
	snapshot := newSnapshot(ctx, ix.db.conn, nil)
	defer snapshot.close()
	resumed := fold.Resume(snapshot, ix.options.Policy)
	ordered, follows := resumed.Follows(records)
	if !follows {
		return nil, false, snapshot.err
	}
	problems := resumed.Fold(ordered)
	return problems, true, errors.Join(snapshot.err, damage(resumed.Err()))
}
