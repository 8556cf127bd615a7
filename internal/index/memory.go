package index

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// What follows answers without the file. Most questions are about the present,
// which is a small part of everything that was ever written: they are answered
// from the outlines of all records, and of the few records that the answer
// shows the rest is read then.

// fromMemory reads and folds everything.
func (ix *Index) fromMemory(ctx context.Context) (*handoff.State, error) {
	if ix.memory == nil {
		ix.outline, ix.recall = nil, nil // they need room
		defer collectLess()()
		set, err := Load(ctx, ix.repo, ix.options.Refs, ix.options.Dir)
		if err != nil {
			return nil, err
		}
		ix.memory, ix.lost = handoff.Fold(set.Records, ix.options.Policy), set.Lost()
	}
	return ix.memory, nil
}

// collectLess makes the garbage collector less eager, and returns what undoes
// it. Most of what is read stays: collecting it again and again while it grows
// takes a fifth of the time and frees little.
func collectLess() (undo func()) {
	before := debug.SetGCPercent(300)
	return func() { debug.SetGCPercent(before) }
}

// partFromMemory returns a state that holds a part.
func (ix *Index) partFromMemory(ctx context.Context, part handoff.Part) (*handoff.View, error) {
	// What has many records to show, and what words are in them, takes reading
	// all of them.
	if ix.memory != nil || part.All || part.Decisions || len(part.Words) > 0 || !part.Since.IsZero() || part.Newest > 0 {
		return ix.viewFromMemory(ctx)
	}
	if ix.outline == nil {
		defer collectLess()()
		set, err := load(ctx, ix.repo, ix.options.Refs, ix.options.Dir, handoff.ParseOutline)
		if err != nil {
			return nil, err
		}
		ix.outline, ix.lost = handoff.Fold(set.Records, ix.options.Policy), set.Lost()
	}
	view, err := ix.grow(outlines{ctx, ix.repo, ix.options.Dir, ix.outline}, part)
	if errors.Is(err, errDamaged) {
		return ix.viewFromMemory(ctx) // which needs no finder
	}
	return view, err
}

func (ix *Index) viewFromMemory(ctx context.Context) (*handoff.View, error) {
	state, err := ix.fromMemory(ctx)
	if err != nil {
		return nil, err
	}
	return state.View, nil
}

// outlines is a finder in a state that was folded from outlines.
type outlines struct {
	ctx   context.Context
	repo  *store.Repo
	dir   string
	state *handoff.State
}

func (o outlines) present(decisions bool, add addThing) error {
	return o.state.Present(decisions, func(kind handoff.ThingKind, key string) error {
		return add(kind, key, o.state.Thing(kind, key))
	})
}

func (o outlines) things(ids []thingID, add addThing) error {
	for _, id := range ids {
		if data := o.state.Thing(id.kind, id.key); data != nil {
			if err := add(id.kind, id.key, data); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o outlines) names(kind handoff.ThingKind) ([]string, error) { return o.state.Keys(kind), nil }

func (o outlines) sentBy(who string) (ids []string, err error) {
	for _, r := range slices.Backward(o.state.Order()) {
		if h := o.state.Handoffs[r.ID]; h != nil && r.By == who && h.State != handoff.HandoffWithdrawn {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// records reads the records themselves.
func (o outlines) records(want wanted, add func(*handoff.Record, int)) error {
	var files []store.File
	var places []int
	var sources []handoff.Source
	meets := want.condition()
	for place, r := range o.state.Order() {
		if meets(r) {
			files = append(files, store.File{Path: r.Source.Path, Mode: plainFile, Blob: r.Source.Blob, Ref: r.Source.Ref, Commit: r.Source.Commit})
			places, sources = append(places, place), append(sources, r.Source)
		}
	}
	results, err := readFiles(o.ctx, o.repo, o.dir, files, handoff.ParseCanonical)
	if err != nil {
		return err
	}
	for i, result := range results {
		if result.record == nil {
			return errDamaged // the same blob was a record before
		}
		result.record.Source = sources[i]
		add(result.record, places[i])
	}
	return nil
}

// condition returns a function that reports whether a record, or its outline,
// is wanted.
func (w wanted) condition() func(*handoff.Record) bool {
	switch {
	case w.prefix != "":
		return func(r *handoff.Record) bool { return strings.HasPrefix(r.ID, w.prefix) }
	case w.about != nil:
		about := setOf(w.about)
		return func(r *handoff.Record) bool { return about[handoff.SubjectOf(r.Body)] }
	}
	ids := setOf(w.ids)
	return func(r *handoff.Record) bool { return ids[r.ID] }
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}
