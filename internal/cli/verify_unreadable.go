package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/store"
)

// auditRefs are the refs of which the history is audited: those that are at a
// commit. What is wrong with others unreadable says.
func (ws *workspace) auditRefs(ctx context.Context) ([]store.Ref, error) {
	refs, err := ws.refs(ctx)
	return slices.DeleteFunc(refs, func(ref store.Ref) bool {
		return ref.Err == nil && !ws.HasCommit(ref.Hash)
	}), err
}

// unreadable are the findings about what cannot be read of the records that count.
// Those of commits that were verified before have been looked at whole.
func (ws *workspace) unreadable(ctx context.Context, whole bool) ([]store.AuditFinding, error) {
	refs, err := ws.refs(ctx)
	if err != nil {
		return nil, err
	}
	return ws.LookAtRecords(ctx, refs, ws.dir, whole)
}
