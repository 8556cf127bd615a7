package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/cobra"
)

type verifyOptions struct {
	signed bool
	strict bool
}

func newVerifyCmd(g *globals) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Audit the history: edits, deletions, identities, signatures",
		Long: `Audit the history of the records. A record is written once and never changed,
by the author of its commit, at the time of its commit. Every commit that the
refs reach is compared with all its parents; replace refs and grafts have no
effect. Found are records that were edited, deleted, renamed, replaced inside a
merge, changed in their mode or restored after an edit, written in somebody
else's name (HO904), backdated (HO905), with the id of another one, acks of
other bytes, records that no branch has any more, and history of the default
branch or of the branch of records that was rewritten since the last
verification. An ack, an answer or a resolution in somebody else's name is an
error.

A squash merge has one author for the records of several: what was seen on the
branch counts. A verdict that was not seen there is noted as not proven.
What a review has settled is shown as such; handoff help config says how.
Changes of the configuration are listed with their author: they are no findings.

The git directory remembers what was verified, so that the next run looks at new
commits only. What cannot be seen in this clone is said on stderr.

The status is 3 when a record is not what it was; with --strict also when there
are warnings.`,
		Example: `  handoff verify
  handoff verify --require-signed --strict
  handoff verify --json --jq '.findings[].path'`,
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runVerify(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.signed, "require-signed", false, "every record must be in a commit that its author has signed")
	f.BoolVar(&o.strict, "strict", false, "warnings fail as well")
	return cmd
}

// auditFinding is a finding of an audit as --json prints it.
type auditFinding struct {
	store.AuditFinding
	Settled string `json:"settled,omitempty"` // why the team takes it as settled
}

// verifyDocument is what --json prints.
type verifyDocument struct {
	SchemaVersion int                  `json:"schema_version"`
	OK            bool                 `json:"ok"`
	Commits       int                  `json:"commits"`     // verified so far
	NewCommits    int                  `json:"new_commits"` // of these, in this run
	Records       int                  `json:"records"`     // added in them
	Findings      []auditFinding       `json:"findings"`    // that are not settled
	Settled       []auditFinding       `json:"settled"`
	Notes         []store.AuditFinding `json:"notes"` // verdicts that are not proven
	ConfigChanges []store.ConfigChange `json:"config_changes"`
	Unseen        []string             `json:"unseen"`
}

func runVerify(ctx context.Context, g *globals, o verifyOptions) error {
	ws, err := g.open(ctx)
	if err != nil {
		return err
	}
	report, trusted, err := ws.audit(ctx, store.AuditOptions{Signed: o.signed, Progress: g.progress("commits")})
	if store.IsDamage(err) {
		report, trusted, err = unreadHistory(err), ws.config, nil
	}
	if err != nil {
		return err
	}
	unreadable, err := ws.unreadable(ctx, report.New > 0)
	if err != nil {
		return err
	}
	report.Findings = append(report.Findings, unreadable...)
	doc := verifyDocument{
		SchemaVersion: 1, Commits: report.Commits, NewCommits: report.New, Records: report.Records,
		Notes: nonNil(report.Notes), ConfigChanges: nonNil(report.Configs), Unseen: nonNil(report.Unseen),
	}
	doc.Findings, doc.Settled = settle(weigh(report.Findings, trusted), trusted)
	plain := plainFindings(doc.Findings)
	doc.OK = !handoff.HasErrors(plain) && (!o.strict || len(plain) == 0)
	if err := printVerification(g, doc); err != nil {
		return err
	}
	summary := handoff.Count(doc.Records, "record") + " in " + handoff.Count(doc.Commits, "commit") + ", " + countFindings(plain)
	if n := len(doc.Settled); n > 0 {
		summary += fmt.Sprintf(", %d settled", n)
	}
	if !doc.OK {
		return &noError{message: summary}
	}
	g.note("%s", summary)
	return nil
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
	report, err := store.Audit(ctx, ws.Repo, o)
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

func printVerification(g *globals, doc verifyDocument) error {
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	for _, f := range doc.Findings {
		g.printer.auditFinding("", f)
	}
	for _, f := range doc.Settled {
		g.printer.auditFinding("settled ", f)
	}
	for _, f := range doc.Notes {
		g.printer.auditFinding("", auditFinding{AuditFinding: f})
	}
	for _, c := range doc.ConfigChanges {
		g.printer.line("%s: changed %s%s", handoff.OneLine(c.Path), strings.Join(c.Sections, ", "), byWhom(c.Commit, c.Author, c.At))
	}
	for _, unseen := range doc.Unseen {
		g.note("not seen: %s", handoff.OneLine(unseen))
	}
	return nil
}

// auditFinding prints a finding, and what is to be done about it or was.
func (p *printer) auditFinding(state string, f auditFinding) {
	where := ""
	if f.Path != "" {
		where = f.Path + ": "
	}
	p.line("%s%s%s %s: %s%s", handoff.OneLine(where), state, f.Level, f.Code, handoff.OneLine(f.Message), byWhom(f.Commit, f.Author, f.At))
	switch {
	case f.Settled != "":
		p.line("    settled: %s", handoff.OneLine(f.Settled))
	case f.Fix != "":
		p.line("    %s", handoff.OneLine(f.Fix))
	}
}

// byWhom says in which commit something happened, "" for no commit.
func byWhom(commit, author, at string) string {
	switch {
	case commit == "":
		return ""
	case author == "":
		return " (commit " + commit[:7] + ")"
	}
	return fmt.Sprintf(" (commit %s by %s, %s)", commit[:7], handoff.OneLine(author), at)
}

// progress returns a counter on stderr for work that can take long, nil where
// nobody watches. It may be called from several goroutines.
func (g *globals) progress(what string) func(done, total int) {
	if !g.Interactive || g.quiet {
		return nil
	}
	var writing sync.Mutex
	shown := 0
	return func(done, total int) {
		writing.Lock()
		defer writing.Unlock()
		if done < shown {
			return // overtaken
		}
		shown = done
		fmt.Fprintf(g.Err, "\r%d of %d %s", done, total, what)
		if done == total {
			fmt.Fprint(g.Err, "\r\x1b[K")
		}
	}
}
