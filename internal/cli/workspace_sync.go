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
// and adds what is wrong with them: what a fork has brought counts from here on.
func (ws *workspace) judgeFetched(ctx context.Context, before []store.Ref, doc *syncDocument) error {
	now, err := ws.Refs(ctx, ws.allRefs())
	if err != nil {
		return err
	}
	fetched, err := ws.CommitsSince(ctx, before, now)
	if err != nil {
		return err
	}
	joined, err := ws.CommitsSince(ctx, ofTeam(before), ofTeam(now))
	maps.Copy(fetched, joined)
	if err != nil || len(fetched) == 0 {
		return err
	}
	report, trusted, err := ws.audit(ctx, store.AuditOptions{})
	if err != nil {
		return err
	}
	isOld := func(f store.AuditFinding) bool { return !fetched[f.Commit] }
	findings, _ := settle(weigh(report.Findings, trusted), trusted)
	doc.Findings = slices.DeleteFunc(findings, func(f auditFinding) bool { return isOld(f.AuditFinding) })
	doc.Notes = nonNil(slices.DeleteFunc(report.Notes, isOld))
	return nil
}

// ofTeam returns the refs that are not foreign.
func ofTeam(refs []store.Ref) []store.Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(ref store.Ref) bool { return ref.Foreign })
}
