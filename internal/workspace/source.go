package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
)

// SourceOptions say which records a question is put to, and as of when.
type SourceOptions struct {
	AsOf    string
	Refs    []string
	AllRefs bool
}

// LoadFor loads the part of the state that a question is put to.
func (ws *Workspace) LoadFor(ctx context.Context, o SourceOptions, part fold.Part) error {
	if len(o.Refs) > 0 && o.AllRefs {
		return Usagef("give one of them", "--ref and --all-refs say two things")
	}
	at, timeErr := ws.timeBefore(ws.Moment, "--as-of", o.AsOf, false)
	var err error
	switch {
	case o.AsOf != "" && timeErr != nil && (len(o.Refs) > 0 || o.AllRefs):
		return Usagef("give one of them, or a time for --as-of", "--as-of %s is a revision, and --ref or --all-refs says another", o.AsOf)
	case o.AsOf != "" && timeErr != nil:
		return ws.loadAsOf(ctx, o.AsOf, part)
	case len(o.Refs) > 0 || o.AllRefs && ws.TeamConfig.Read != config.ReadForeign:
		scope := ws.AllRefs()
		scope.Revs = o.Refs
		err = ws.loadFrom(ctx, scope, part)
	default:
		err = ws.Load(ctx, part)
	}
	if err != nil || o.AsOf == "" {
		return err
	}
	whole, err := ws.Whole()
	if err != nil {
		return err
	}
	ws.Moment = at
	records := slices.DeleteFunc(slices.Clone(whole.Order()), func(r *handoff.Record) bool {
		return r.At.Truncate(time.Second).After(at) // the time is to the second, which counts to its end
	})
	ws.Hold(fold.Of(records, ws.TeamConfig.AckPolicy))
	return nil
}

// loadAsOf loads a part of the state of a revision. Its time is that of the last
// record.
func (ws *Workspace) loadAsOf(ctx context.Context, rev string, part fold.Part) error {
	scope := ws.AllRefs()
	scope.Revs = []string{rev}
	part.Newest = max(part.Newest, 1)
	err := ws.loadFrom(ctx, scope, part)
	if unknown := new(UsageError); errors.As(err, &unknown) {
		return Usagef("", "--as-of %s: neither a revision nor a time", rev)
	}
	if err != nil {
		return err
	}
	if order := ws.State.Known(); len(order) > 0 {
		ws.Moment = order[len(order)-1].At.Time
	}
	return nil
}

// Scope is which refs count.
func (ws *Workspace) Scope() git.Scope {
	scope := ws.AllRefs()
	scope.Current, scope.Foreign = ws.TeamConfig.Read == config.ReadCurrent, ws.TeamConfig.Read == config.ReadForeign
	return scope
}

// AllRefs is every ref, whatever the configuration says. Of the addresses of the
// user only that of git is known without HEAD: whoever can push can write a roster.
func (ws *Workspace) AllRefs() git.Scope {
	scope := git.Scope{Records: ws.Branch(), Foreign: true}
	if ws.Author.Email != "" {
		scope.Mine = []string{ws.Author.Email, ws.Committer.Email}
		handle, _ := ws.TeamConfig.Handle(ws.Author.Name, ws.Author.Email) // not who --as says
		scope.Roster = ws.TeamConfig.People[handle].Emails
	}
	return scope
}

// CountingRefs are the refs whose records count. The configuration of a foreign HEAD does
// not open the door to others.
func (ws *Workspace) CountingRefs(ctx context.Context) ([]git.Ref, error) {
	scope := ws.Scope()
	refs, err := ws.Refs(ctx, scope)
	if err == nil && scope.Foreign && slices.ContainsFunc(refs, func(ref git.Ref) bool { return ref.Foreign && ref.Hash == ws.HEAD.Hash }) {
		scope.Foreign = false
		refs, err = ws.Refs(ctx, scope)
	}
	return refs, err
}

// Load makes a part of the state known. More can be had later with Need.
func (ws *Workspace) Load(ctx context.Context, part fold.Part) error {
	refs, err := ws.CountingRefs(ctx)
	if err != nil {
		return err
	}
	if ws.TeamConfig.Read == config.ReadCurrent && slices.ContainsFunc(refs, func(ref git.Ref) bool { return ref.Foreign }) {
		return ws.loadApart(ctx, refs, part) // which asks whether others have the same
	}
	ix, err := index.Open(ctx, ws.Repo, ws.indexOptions(refs))
	if err != nil {
		return err
	}
	return ws.answerFrom(ctx, ix, part)
}

// loadFrom makes a part of the state known that some refs come to.
func (ws *Workspace) loadFrom(ctx context.Context, scope git.Scope, part fold.Part) error {
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if ref.Err != nil && len(scope.Revs) > 0 {
			return Usagef("git branch --all lists the branches", "--ref %s: no such branch, tag or commit", ref.Name)
		}
	}
	return ws.loadApart(ctx, refs, part)
}

// loadApart is Load for other refs than those which usually count: the index
// file is of those, and stays so.
func (ws *Workspace) loadApart(ctx context.Context, refs []git.Ref, part fold.Part) error {
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
func (ws *Workspace) answerFrom(ctx context.Context, ix *index.Index, part fold.Part) error {
	ws.Index = ix
	ws.Recall = func(part fold.Part) (*fold.View, error) { return ix.View(ctx, part) }
	ws.Whole = func() (*fold.State, error) { return ix.State(ctx) }
	ws.problems = func(records []*handoff.Record) ([]handoff.Problem, error) { return ix.Problems(ctx, records) }
	if err := ws.Need(part); err != nil || !ix.Lost() {
		return err
	}
	return ws.sayLost(func() bool {
		whole, err := ws.Whole()
		return err == nil && len(whole.Records) == 0
	})
}

func (ws *Workspace) indexOptions(refs []git.Ref) index.Options {
	ws.tellRefs(refs)
	ws.Lost = slices.ContainsFunc(refs, func(ref git.Ref) bool { return ref.Err != nil })
	return index.Options{Refs: refs, Dir: ws.RecordDir, Policy: ws.TeamConfig.AckPolicy, Text: query.Said, Proven: ws.isProven, Progress: ws.Count("records indexed")}
}

// sayLost warns those who read that something could not be read. Where HEAD itself
// is lost, and nothing is known from elsewhere, an answer would take what is lost
// for what never was: that is an error.
func (ws *Workspace) sayLost(nothingKnown func() bool) error {
	ws.Lost = true
	if !ws.HEAD.Unborn {
		if _, err := ws.ReadCommit(ws.HEAD.Hash); err != nil && nothingKnown() {
			return fmt.Errorf("%s: %w", ShortRef(ws.HEAD.Ref), err)
		}
	}
	ws.Note("warning: something in the repository cannot be read, so records may be missing here; handoff doctor says what")
	return nil
}

// Need makes sure that a part of the state is known.
func (ws *Workspace) Need(part fold.Part) error {
	state, err := ws.Recall(part)
	if err == nil {
		ws.State = state
	}
	return err
}

// Resolve returns what a reference means, which must have been among those of
// the part that was loaded. Of one that means nothing, the names of everything
// tell what was probably meant.
func (ws *Workspace) Resolve(ref string) (fold.Target, error) {
	if who, latest := strings.CutPrefix(ref, "@"); latest && who != "" {
		handle, err := ws.Person(who)
		if err != nil {
			return fold.Target{}, err
		}
		ref = "@" + handle
	}
	target, err := ws.State.Resolve(ref, ws.Me)
	if unknown := new(handoff.UnknownError); errors.As(err, &unknown) {
		if err := ws.Need(fold.Part{Names: true}); err != nil {
			return target, err
		}
		target, err = ws.State.Resolve(ref, ws.Me)
	}
	return target, err
}

// Given are the references that were given.
func Given(refs ...string) []string {
	return slices.DeleteFunc(refs, func(ref string) bool { return ref == "" })
}

// LoadAll reads every file that the refs which count hold, and folds the records.
func (ws *Workspace) LoadAll(ctx context.Context) error {
	refs, err := ws.CountingRefs(ctx)
	if err != nil {
		return err
	}
	ws.tellRefs(refs)
	set, err := index.Load(ctx, ws.Repo, refs, ws.RecordDir)
	if ws.Set = set; set == nil {
		return err
	}
	ours, elsewhereErr := ws.elsewhere(ctx, refs)
	if elsewhereErr != nil {
		return elsewhereErr
	}
	for _, r := range set.Records {
		r.Source.Foreign = r.Source.Foreign && !ours(r.Source.Path, r.Source.Blob)
		r.Source.OnWordOf = r.OnWordOf(ws.isProven)
	}
	ws.Hold(fold.Of(set.Records, ws.TeamConfig.AckPolicy))
	if err != nil || !set.Lost() {
		return err
	}
	return ws.sayLost(func() bool { return len(set.Records) == 0 })
}

// elsewhere returns a function that reports whether a branch of the team has a
// file, read or not: what a foreign branch has as well is not foreign then.
func (ws *Workspace) elsewhere(ctx context.Context, read []git.Ref) (func(path, blob string) bool, error) {
	if !slices.ContainsFunc(read, func(ref git.Ref) bool { return ref.Foreign }) {
		return func(string, string) bool { return false }, nil
	}
	scope := ws.AllRefs()
	scope.Foreign = false
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return nil, err
	}
	refs = slices.DeleteFunc(refs, func(ref git.Ref) bool { return ref.Foreign })
	files, _, err := ws.Records(ctx, refs, ws.RecordDir) // what cannot be read there has no say here
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
func (ws *Workspace) tellRefs(refs []git.Ref) {
	const most = 5
	var names []string
	for _, ref := range refs[:min(len(refs), most)] {
		names = append(names, ShortRef(ref.Name))
	}
	if more := len(refs) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	ws.Tell("records of %s", cmp.Or(strings.Join(names, ", "), "no branch: nothing is committed yet"))
}

// Hold makes a whole state the one that is known.
func (ws *Workspace) Hold(state *fold.State) {
	if ws.Index != nil {
		ws.Index.Close()
	}
	ws.State, ws.Index = state.View, index.Of(state)
	ws.Recall = func(fold.Part) (*fold.View, error) { return state.View, nil }
	ws.Whole = func() (*fold.State, error) { return state, nil }
	ws.problems = func(records []*handoff.Record) ([]handoff.Problem, error) {
		return fold.ProblemsOf(state, records, ws.TeamConfig.AckPolicy), nil
	}
}
