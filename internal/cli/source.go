package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/pflag"
)

// sourceOptions say which records a question is put to, and as of when.
type sourceOptions struct {
	asOf    string
	refs    []string
	allRefs bool
}

func (o *sourceOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.asOf, "as-of", "", "answer as it was at a `TIME`, or at a revision")
	f.StringSliceVar(&o.refs, "ref", nil, "read the records of this `REF` only (repeatable)")
	f.BoolVar(&o.allRefs, "all-refs", false, "read all branches, whatever the configuration says")
}

// openFor opens the repository for a question and loads the state that it is
// put to.
func (g *globals) openFor(ctx context.Context, o sourceOptions) (*workspace, error) {
	ws, err := g.open(ctx)
	if err != nil {
		return nil, err
	}
	scope := store.Scope{Current: ws.config.Read == "current" && !o.allRefs, Revs: o.refs}
	if o.asOf == "" {
		return ws, ws.loadFrom(ctx, scope)
	}
	at, timeErr := ws.whenPast(o.asOf)
	if timeErr != nil {
		scope = store.Scope{Revs: []string{o.asOf}}
	}
	if err := ws.loadFrom(ctx, scope); err != nil {
		if timeErr != nil {
			return nil, usagef("", "--as-of %s: neither a revision nor a time", o.asOf)
		}
		return nil, err
	}
	if timeErr != nil {
		if order := ws.state.Order(); len(order) > 0 {
			ws.now = order[len(order)-1].At.Time
		}
		return ws, nil
	}
	ws.now = at
	ws.set.Records = slices.DeleteFunc(ws.set.Records, func(r *handoff.Record) bool { return r.At.After(at) })
	ws.state = handoff.Fold(ws.set.Records, ws.config.AckPolicy)
	return ws, nil
}

// load reads the records of every ref that counts and folds them.
func (ws *workspace) load(ctx context.Context) error {
	return ws.loadFrom(ctx, store.Scope{Current: ws.config.Read == "current"})
}

func (ws *workspace) loadFrom(ctx context.Context, scope store.Scope) error {
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if ref.Err != nil && len(scope.Revs) > 0 {
			return usagef("", "%s: %v", ref.Name, ref.Err)
		}
	}
	if ws.set, err = index.Load(ctx, ws.Repo, refs, ws.dir); err != nil {
		return err
	}
	ws.state = handoff.Fold(ws.set.Records, ws.config.AckPolicy)
	return nil
}
