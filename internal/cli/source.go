package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
)

// sourceOptions say which records a question is put to, and as of when.
type sourceOptions struct {
	asOf    string
	refs    []string
	allRefs bool
}

// loadFor loads the part of the state that a question is put to.
func (ws *workspace) loadFor(ctx context.Context, o sourceOptions, part handoff.Part) error {
	if len(o.refs) > 0 && o.allRefs {
		return usagef("give one of them", "--ref and --all-refs say two things")
	}
	at, timeErr := ws.whenPast(o.asOf)
	var err error
	switch {
	case o.asOf != "" && timeErr != nil && (len(o.refs) > 0 || o.allRefs):
		return usagef("give one of them, or a time for --as-of", "--as-of %s is a revision, and --ref or --all-refs says another", o.asOf)
	case o.asOf != "" && timeErr != nil:
		return ws.loadAsOf(ctx, o.asOf, part)
	case len(o.refs) > 0 || o.allRefs && ws.config.Read != config.ReadForeign:
		scope := ws.allRefs()
		scope.Revs = o.refs
		err = ws.loadFrom(ctx, scope, part)
	default:
		err = ws.load(ctx, part)
	}
	if err != nil || o.asOf == "" {
		return err
	}
	whole, err := ws.whole()
	if err != nil {
		return err
	}
	ws.now = at
	records := slices.DeleteFunc(slices.Clone(whole.Order()), func(r *handoff.Record) bool {
		return r.At.Truncate(time.Second).After(at) // the time is to the second, which counts to its end
	})
	ws.hold(handoff.Fold(records, ws.config.AckPolicy))
	return nil
}

// loadAsOf loads a part of the state of a revision. Its time is that of the last
// record.
func (ws *workspace) loadAsOf(ctx context.Context, rev string, part handoff.Part) error {
	scope := ws.allRefs()
	scope.Revs = []string{rev}
	part.Newest = max(part.Newest, 1)
	err := ws.loadFrom(ctx, scope, part)
	if unknown := new(usageError); errors.As(err, &unknown) {
		return usagef("", "--as-of %s: neither a revision nor a time", rev)
	}
	if err != nil {
		return err
	}
	if order := ws.state.Known(); len(order) > 0 {
		ws.now = order[len(order)-1].At.Time
	}
	return nil
}

// scope is which refs count.
func (ws *workspace) scope() git.Scope {
	scope := ws.allRefs()
	scope.Current, scope.Foreign = ws.config.Read == config.ReadCurrent, ws.config.Read == config.ReadForeign
	return scope
}

// allRefs is every ref, whatever the configuration says. Of the addresses of the
// user only that of git is known without HEAD: whoever can push can write a roster.
func (ws *workspace) allRefs() git.Scope {
	scope := git.Scope{Records: ws.branch(), Foreign: true}
	if ws.author.Email != "" {
		scope.Mine = []string{ws.author.Email, ws.committer.Email}
		handle, _ := ws.config.Handle(ws.author.Name, ws.author.Email) // not who --as says
		scope.Roster = ws.config.People[handle].Emails
	}
	return scope
}

// refs are the refs whose records count. The configuration of a foreign HEAD does
// not open the door to others.
func (ws *workspace) refs(ctx context.Context) ([]git.Ref, error) {
	scope := ws.scope()
	refs, err := ws.Refs(ctx, scope)
	if err == nil && scope.Foreign && slices.ContainsFunc(refs, func(ref git.Ref) bool { return ref.Foreign && ref.Hash == ws.head.Hash }) {
		scope.Foreign = false
		refs, err = ws.Refs(ctx, scope)
	}
	return refs, err
}

// load makes a part of the state known. More can be had later with need.
func (ws *workspace) load(ctx context.Context, part handoff.Part) error {
	refs, err := ws.refs(ctx)
	if err != nil {
		return err
	}
	if ws.config.Read == config.ReadCurrent && slices.ContainsFunc(refs, func(ref git.Ref) bool { return ref.Foreign }) {
		return ws.loadApart(ctx, refs, part) // which asks whether others have the same
	}
	ix, err := index.Open(ctx, ws.Repo, ws.indexOptions(refs))
	if err != nil {
		return err
	}
	return ws.answerFrom(ctx, ix, part)
}

// loadFrom makes a part of the state known that some refs come to.
func (ws *workspace) loadFrom(ctx context.Context, scope git.Scope, part handoff.Part) error {
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if ref.Err != nil && len(scope.Revs) > 0 {
			return usagef("git branch --all lists the branches", "--ref %s: no such branch, tag or commit", ref.Name)
		}
	}
	return ws.loadApart(ctx, refs, part)
}

// loadApart is load for other refs than those which usually count: the index
// file is of those, and stays so.
func (ws *workspace) loadApart(ctx context.Context, refs []git.Ref, part handoff.Part) error {
	options := ws.indexOptions(refs)
	var err error
	if options.Ours, err = ws.elsewhere(ctx, refs); err != nil {
		return err
	}
	ix, err := index.OpenInMemory(ctx, ws.Repo, options)
	if err != nil {
		return err
	}
	return ws.answerFrom(ctx, ix, part)
}

// answerFrom makes a part of the state of an index known.
func (ws *workspace) answerFrom(ctx context.Context, ix *index.Index, part handoff.Part) error {
	ws.index = ix
	ws.recall = func(part handoff.Part) (*handoff.View, error) { return ix.View(ctx, part) }
	ws.whole = func() (*handoff.State, error) { return ix.State(ctx) }
	ws.problems = func(records []*handoff.Record) ([]handoff.Problem, error) { return ix.Problems(ctx, records) }
	if err := ws.need(part); err != nil || !ix.Lost() {
		return err
	}
	return ws.sayLost(func() bool {
		whole, err := ws.whole()
		return err == nil && len(whole.Records) == 0
	})
}

func (ws *workspace) indexOptions(refs []git.Ref) index.Options {
	ws.tellRefs(refs)
	return index.Options{Refs: refs, Dir: ws.dir, Policy: ws.config.AckPolicy, Text: query.Said, Progress: ws.count("records indexed")}
}

// sayLost warns those who read that something could not be read. Where HEAD itself
// is lost, and nothing is known from elsewhere, an answer would take what is lost
// for what never was: that is an error.
func (ws *workspace) sayLost(nothingKnown func() bool) error {
	if !ws.head.Unborn {
		if _, err := ws.ReadCommit(ws.head.Hash); err != nil && nothingKnown() {
			return fmt.Errorf("%s: %w", shortRef(ws.head.Ref), err)
		}
	}
	ws.note("warning: something in the repository cannot be read, so records may be missing here; handoff doctor says what")
	return nil
}

// need makes sure that a part of the state is known.
func (ws *workspace) need(part handoff.Part) error {
	state, err := ws.recall(part)
	if err == nil {
		ws.state = state
	}
	return err
}

// resolve returns what a reference means, which must have been among those of
// the part that was loaded. Of one that means nothing, the names of everything
// tell what was probably meant.
func (ws *workspace) resolve(ref string) (handoff.Target, error) {
	target, err := ws.state.Resolve(ref, ws.me)
	if unknown := new(handoff.UnknownError); errors.As(err, &unknown) {
		if err := ws.need(handoff.Part{Names: true}); err != nil {
			return target, err
		}
		target, err = ws.state.Resolve(ref, ws.me)
	}
	return target, err
}

// given are the references that were given.
func given(refs ...string) []string {
	return slices.DeleteFunc(refs, func(ref string) bool { return ref == "" })
}

// loadRefs reads every file that some refs hold, and folds the records.
func (ws *workspace) loadRefs(ctx context.Context, refs []git.Ref) error {
	ws.tellRefs(refs)
	set, err := index.Load(ctx, ws.Repo, refs, ws.dir)
	if ws.set = set; set == nil {
		return err
	}
	ours, elsewhereErr := ws.elsewhere(ctx, refs)
	if elsewhereErr != nil {
		return elsewhereErr
	}
	for _, r := range set.Records {
		r.Source.Foreign = r.Source.Foreign && !ours(r.Source.Path, r.Source.Blob)
	}
	ws.hold(handoff.Fold(set.Records, ws.config.AckPolicy))
	if err != nil || !set.Lost() {
		return err
	}
	return ws.sayLost(func() bool { return len(set.Records) == 0 })
}

// elsewhere returns a function that reports whether a branch of the team has a
// file, read or not: what a foreign branch has as well is not foreign then.
func (ws *workspace) elsewhere(ctx context.Context, read []git.Ref) (func(path, blob string) bool, error) {
	if !slices.ContainsFunc(read, func(ref git.Ref) bool { return ref.Foreign }) {
		return func(string, string) bool { return false }, nil
	}
	scope := ws.allRefs()
	scope.Foreign = false
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return nil, err
	}
	refs = slices.DeleteFunc(refs, func(ref git.Ref) bool { return ref.Foreign })
	files, _, err := ws.Records(ctx, refs, ws.dir) // what cannot be read there has no say here
	if missing := new(odb.MissingError); err != nil && !errors.As(err, &missing) {
		return nil, err
	}
	type content struct{ path, blob string }
	known := make(map[content]bool, len(files))
	for _, f := range files {
		known[content{f.Path, f.Blob}] = true
	}
	return func(path, blob string) bool { return known[content{path, blob}] }, nil
}

// tellRefs says whose records count.
func (ws *workspace) tellRefs(refs []git.Ref) {
	const most = 5
	var names []string
	for _, ref := range refs[:min(len(refs), most)] {
		names = append(names, shortRef(ref.Name))
	}
	if more := len(refs) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	ws.tell("records of %s", cmp.Or(strings.Join(names, ", "), "no branch: nothing is committed yet"))
}

// hold makes a whole state the one that is known.
func (ws *workspace) hold(state *handoff.State) {
	if ws.index != nil {
		ws.index.Close()
	}
	ws.state, ws.index = state.View, index.Of(state)
	ws.recall = func(handoff.Part) (*handoff.View, error) { return state.View, nil }
	ws.whole = func() (*handoff.State, error) { return state, nil }
	ws.problems = func(records []*handoff.Record) ([]handoff.Problem, error) {
		return handoff.ProblemsOf(state, records, ws.config.AckPolicy), nil
	}
}

// span reads the values of --since and --until; an empty one is the zero time.
// Of a day, --until is its end.
func (ws *workspace) span(since, until string) (from, to time.Time, err error) {
	if since != "" {
		if from, err = calendar.ParseTime(since, ws.past()); err != nil {
			return from, to, timeProblem("--since", since, err)
		}
	}
	if until != "" {
		past := ws.past()
		past.End = true
		if to, err = calendar.ParseTime(until, past); err != nil {
			return from, to, timeProblem("--until", until, err)
		}
	}
	return from, to, nil
}
