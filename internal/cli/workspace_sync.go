package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/store"
)

// fetchMissing fetches the records of some refs that a partial clone lacks.
func (ws *workspace) fetchMissing(ctx context.Context, scope store.Scope) (int, error) {
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return 0, err
	}
	return ws.FetchMissing(ctx, refs, ws.dir)
}

// judgeFetched audits the commits that no ref had before, or no ref of the team,
// and returns what is wrong with them: what a fork has brought counts from here on.
func (ws *workspace) judgeFetched(ctx context.Context, before []store.Ref) (findings []auditFinding, notes []store.AuditFinding, err error) {
	now, err := ws.Refs(ctx, ws.allRefs())
	if err != nil {
		return nil, nil, err
	}
	fetched, err := ws.CommitsSince(ctx, before, now)
	if err != nil {
		return nil, nil, err
	}
	joined, err := ws.CommitsSince(ctx, ofTeam(before), ofTeam(now))
	maps.Copy(fetched, joined)
	if err != nil || len(fetched) == 0 {
		return nil, nil, err
	}
	report, trusted, err := ws.audit(ctx, store.AuditOptions{})
	if err != nil {
		return nil, nil, err
	}
	isOld := func(f store.AuditFinding) bool { return !fetched[f.Commit] }
	findings, _ = settle(weigh(report.Findings, trusted), trusted)
	findings = slices.DeleteFunc(findings, func(f auditFinding) bool { return isOld(f.AuditFinding) })
	return findings, slices.DeleteFunc(report.Notes, isOld), nil
}

// ofTeam returns the refs that are not foreign.
func ofTeam(refs []store.Ref) []store.Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(ref store.Ref) bool { return ref.Foreign })
}
