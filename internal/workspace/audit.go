package workspace

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/audit"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// AuditFinding is a finding of an audit as --json prints it.
type AuditFinding struct {
	audit.Finding
	Settled string `json:"settled,omitempty"` // why the team takes it as settled
}

// Audit audits all branches that are here, under the configuration that is
// trusted, which it returns. Foreign ones are no exception: who fetched a record
// is to know who wrote it.
func (ws *Workspace) Audit(ctx context.Context, o audit.Options) (audit.Report, *config.Config, error) {
	trusted, main, err := ws.trusted(ctx)
	if err != nil {
		return audit.Report{}, nil, err
	}
	o.Acks = o.Acks || trusted.Acks.Signed
	o.Dir, o.Now, o.Config, o.Main = ws.RecordDir, ws.Moment, trusted, main
	if o.Refs, err = ws.auditRefs(ctx); err != nil {
		return audit.Report{}, nil, err
	}
	report, err := audit.Run(ctx, ws.Repo, o)
	return report, trusted, err
}

// trusted returns the configuration that review has led to, and the tips of the
// mainline: that of the default branch, unless HEAD is on the mainline itself.
// Where the default branch has none, or none that can be read, HEAD's counts.
func (ws *Workspace) trusted(ctx context.Context) (*config.Config, []git.Ref, error) {
	scope := ws.AllRefs()
	scope.Records = ""
	main, err := ws.Mainline(scope)
	if err != nil {
		return nil, nil, err
	}
	trusted := ws.TeamConfig
	isHead := func(ref git.Ref) bool { return ref.Name == ws.HEAD.Ref || ref.Hash == ws.HEAD.Hash }
	if !slices.ContainsFunc(main, isHead) {
		for _, ref := range main {
			data, err := ws.ReadFile(ctx, ref.Hash, ws.ConfigFile(), handoff.MaxSize)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			if c, findings := config.Parse(data); !handoff.HasErrors(findings) {
				trusted = c
				break
			}
		}
	}
	if trusted.Store.Branch == config.BranchCurrent {
		return trusted, main, nil
	}
	scope.Records = trusted.Store.Branch
	main, err = ws.Mainline(scope)
	return trusted, main, err
}

// weigh applies the levels that the team has set to the findings that it may
// set them for, and drops those that are off.
func weigh(findings []audit.Finding, c *config.Config) []audit.Finding {
	levels := c.Rules.Levels
	counted := slices.DeleteFunc(findings, func(f audit.Finding) bool {
		return f.Level == handoff.LevelWarning && rules.Adjustable(f.Code) && levels[f.Code] == "off"
	})
	for i, f := range counted {
		if rules.Adjustable(f.Code) && levels[f.Code] == "error" {
			counted[i].Level = handoff.LevelError
		}
	}
	return counted
}

// SplitSettled weighs findings, and tells those that a review has settled from the
// others. That history was rewritten is settled with the records that went with it.
func SplitSettled(findings []audit.Finding, c *config.Config) (open, settled []AuditFinding) {
	open, settled = []AuditFinding{}, []AuditFinding{}
	for _, f := range weigh(findings, c) {
		why := cmp.Or(c.Verify.Reason(f.Code, f.Record, f.Commit), settledWith(f, c))
		if why == "" {
			open = append(open, AuditFinding{Finding: f})
		} else {
			settled = append(settled, AuditFinding{f, why})
		}
	}
	return open, settled
}

// settledWith is why history that was rewritten is settled with the records that
// went with it, "" when it is not.
func settledWith(f audit.Finding, c *config.Config) (why string) {
	for _, id := range f.Lost {
		if why = c.Verify.Reason(f.Code, id, ""); why == "" {
			return ""
		}
	}
	return why
}

// PlainFindings are the findings without their commits.
func PlainFindings(findings []AuditFinding) []handoff.Finding {
	plain := make([]handoff.Finding, len(findings))
	for i, f := range findings {
		plain[i] = f.Finding.Finding
	}
	return plain
}

// auditRefs are the refs of which the history is audited: those that are at a
// commit. What is wrong with others unreadable says.
func (ws *Workspace) auditRefs(ctx context.Context) ([]git.Ref, error) {
	refs, err := ws.CountingRefs(ctx)
	return slices.DeleteFunc(refs, func(ref git.Ref) bool {
		return ref.Err == nil && !ws.HasCommit(ref.Hash)
	}), err
}

// UnreadHistory is the report of an audit that could not go through the history:
// what is in the trees of the tips is looked at all the same.
func UnreadHistory(err error) audit.Report {
	return audit.Report{Findings: []audit.Finding{{Kind: audit.KindUnreadable, Finding: handoff.Finding{
		Code: "HO903", Level: handoff.LevelError, Message: "the history cannot be read, so it is not audited: " + err.Error(),
		Fix: "git fsck says what is lost; git fetch --refetch brings it from a remote that has it",
	}}}}
}

// UnreadableRecords are the findings about what cannot be read of the records that count.
// Those of commits that were verified before have been looked at whole.
func (ws *Workspace) UnreadableRecords(ctx context.Context, whole bool) ([]audit.Finding, error) {
	refs, err := ws.CountingRefs(ctx)
	if err != nil {
		return nil, err
	}
	return audit.LookAtRecords(ctx, ws.Repo, refs, ws.RecordDir, whole)
}

// FetchAllMissing fetches the records of some refs that a partial clone lacks.
func (ws *Workspace) FetchAllMissing(ctx context.Context, scope git.Scope) (int, error) {
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return 0, err
	}
	return ws.FetchMissing(ctx, refs, ws.RecordDir)
}

// JudgeFetched audits the commits that no ref had before, or no ref of the team,
// and returns what is wrong with them: what a fork has brought counts from here on.
func (ws *Workspace) JudgeFetched(ctx context.Context, before []git.Ref) (findings []AuditFinding, notes []audit.Finding, err error) {
	now, err := ws.Refs(ctx, ws.AllRefs())
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
	report, trusted, err := ws.Audit(ctx, audit.Options{})
	if err != nil {
		return nil, nil, err
	}
	isOld := func(f audit.Finding) bool { return !fetched[f.Commit] }
	findings, _ = SplitSettled(report.Findings, trusted)
	findings = slices.DeleteFunc(findings, func(f AuditFinding) bool { return isOld(f.Finding) })
	return findings, slices.DeleteFunc(report.Notes, func(f audit.Finding) bool {
		return isOld(f) || f.Kind == audit.KindSaid // which is said wherever the record is shown
	}), nil
}

// ofTeam returns the refs that are not foreign.
func ofTeam(refs []git.Ref) []git.Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(ref git.Ref) bool { return ref.Foreign })
}

// findUnproven returns the ids of the verdicts that only a squash merge has. Most
// commands show no verdict: it is looked for when it is asked for the first time.
// Without an answer they are shown all the same.
func (ws *Workspace) findUnproven(ctx context.Context) *audit.RecordIDs {
	var ids *audit.RecordIDs
	trusted, main, err := ws.trusted(ctx)
	if err == nil {
		ids, err = audit.Unproven(ctx, ws.Repo, audit.Options{Dir: ws.RecordDir, Main: main, Now: ws.Moment, Config: trusted, Progress: ws.CountOf("commits")})
	}
	ws.warnUnproven(err)
	return ids
}

func (ws *Workspace) warnUnproven(err error) {
	if err != nil {
		ws.Warn("warning: whether verdicts are proven is not known: %v", err)
	}
}

// isUnproven reports whether a record is a verdict that only a squash merge has.
func (ws *Workspace) isUnproven(r *handoff.Record) bool {
	if !r.Kind.IsVerdict() || ws.unproven == nil {
		return false
	}
	unproven, err := ws.unproven().Has(r.ID)
	ws.warnUnproven(err)
	return unproven
}

// Prove notes on a record that is to be shown whether it is such a verdict.
func (ws *Workspace) Prove(r *handoff.Record) { r.Source.Unproven = ws.isUnproven(r) }

// isProven reports of a record that was said elsewhere whether somebody has found out
// here that its author has said it. That costs a file, and only where such a record is.
func (ws *Workspace) isProven(r *handoff.Record) bool { return ws.heard()[r.Source.Blob] }
