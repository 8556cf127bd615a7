package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
)

// auditFinding is a finding of an audit as --json prints it.
type auditFinding struct {
	store.AuditFinding
	Settled string `json:"settled,omitempty"` // why the team takes it as settled
}

// audit audits all branches that are here, under the configuration that is
// trusted, which it returns. Foreign ones are no exception: who fetched a record
// is to know who wrote it.
func (ws *workspace) audit(ctx context.Context, o store.AuditOptions) (store.AuditReport, *config.Config, error) {
	trusted, main, err := ws.trusted(ctx)
	if err != nil {
		return store.AuditReport{}, nil, err
	}
	o.Dir, o.Now, o.Config, o.Main = ws.dir, ws.now, trusted, main
	if o.Refs, err = ws.auditRefs(ctx); err != nil {
		return store.AuditReport{}, nil, err
	}
	report, err := ws.Audit(ctx, o)
	return report, trusted, err
}

// trusted returns the configuration that review has led to, and the tips of the
// mainline: that of the default branch, unless HEAD is on the mainline itself.
// Where the default branch has none, or none that can be read, HEAD's counts.
func (ws *workspace) trusted(ctx context.Context) (*config.Config, []store.Ref, error) {
	scope := ws.allRefs()
	scope.Records = ""
	main, err := ws.Mainline(scope)
	if err != nil {
		return nil, nil, err
	}
	trusted := ws.config
	isHead := func(ref store.Ref) bool { return ref.Name == ws.head.Ref || ref.Hash == ws.head.Hash }
	if !slices.ContainsFunc(main, isHead) {
		for _, ref := range main {
			data, err := ws.ReadFile(ctx, ref.Hash, ws.configFile(), handoff.MaxSize)
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
func weigh(findings []store.AuditFinding, c *config.Config) []store.AuditFinding {
	levels := c.Rules.Levels
	kept := slices.DeleteFunc(findings, func(f store.AuditFinding) bool {
		return f.Level == handoff.LevelWarning && rules.Adjustable(f.Code) && levels[f.Code] == "off"
	})
	for i, f := range kept {
		if rules.Adjustable(f.Code) && levels[f.Code] == "error" {
			kept[i].Level = handoff.LevelError
		}
	}
	return kept
}

// settle tells the findings that a review has settled from the others. That
// history was rewritten is settled with the records that went with it.
func settle(findings []store.AuditFinding, c *config.Config) (open, settled []auditFinding) {
	open, settled = []auditFinding{}, []auditFinding{}
	for _, f := range findings {
		why := cmp.Or(c.Verify.Reason(f.Code, f.Record, f.Commit), settledWith(f, c))
		if why == "" {
			open = append(open, auditFinding{AuditFinding: f})
		} else {
			settled = append(settled, auditFinding{f, why})
		}
	}
	return open, settled
}

// settledWith is why history that was rewritten is settled with the records that
// went with it, "" when it is not.
func settledWith(f store.AuditFinding, c *config.Config) (why string) {
	for _, id := range f.Lost {
		if why = c.Verify.Reason(f.Code, id, ""); why == "" {
			return ""
		}
	}
	return why
}

// plainFindings are the findings without their commits.
func plainFindings(findings []auditFinding) []handoff.Finding {
	plain := make([]handoff.Finding, len(findings))
	for i, f := range findings {
		plain[i] = f.Finding
	}
	return plain
}

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
	return ws.LookAtRecords(ctx, refs, ws.dir, whole)
}
