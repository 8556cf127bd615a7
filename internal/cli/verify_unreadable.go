package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
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

// unreadHistory is the report of an audit that could not go through the history:
// what is in the trees of the tips is looked at all the same.
func unreadHistory(err error) store.AuditReport {
	return store.AuditReport{Findings: []store.AuditFinding{{Kind: store.AuditUnreadable, Finding: handoff.Finding{
		Code: "HO903", Level: handoff.LevelError, Message: "the history cannot be read, so it is not audited: " + err.Error(),
		Fix: "git fsck says what is lost; git fetch --refetch brings it from a remote that has it",
	}}}}
}

// unreadable are the findings about what cannot be read of the records that count.
// Those of commits that were verified before have been looked at whole.
func (ws *workspace) unreadable(ctx context.Context, whole bool) ([]store.AuditFinding, error) {
	refs, err := ws.refs(ctx)
	if err != nil {
		return nil, err
	}
	return store.LookAtRecords(ctx, ws.Repo, refs, ws.dir, whole)
}
