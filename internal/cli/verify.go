package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/audit"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type verifyOptions struct {
	signed bool
	strict bool
	from   string
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
branch counts. A verdict that was not seen there is noted as unverified.
What was said elsewhere, in a comment, is committed by a machine, and whoever
can push could write the same. It counts as its author's own where the machine
signs with a key that the configuration names (verify.keys), or once --from NAME
has read it again, unedited and by them; what that target is, is your own
configuration. Until then it is noted, and shown, as on the word of the service.

Where records name coding agents, which have the git identity of a person, it
says how many acks have neither a good signature of their author nor the word of
a service, proven. Where the configuration says acks: {signed: true}, each of
them is a warning.

What a review has settled is shown as such; handoff help config says how.
Changes of the configuration are listed with their author: they are no findings.

The git directory remembers what was verified, so that the next run looks at new
commits only. What cannot be seen in this clone is said on stderr.

The status is 3 when a record is not what it was; with --strict also when there
are warnings.`,
		Example: `  handoff verify
  handoff verify --require-signed --strict
  handoff verify --from github
  handoff verify --json --jq '.findings[].path'`,
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runVerify(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.signed, "require-signed", false, "every record must be in a commit that its author has signed")
	f.StringVar(&o.from, "from", "", "read again at the target `NAME` what the records say was said there")
	f.BoolVar(&o.strict, "strict", false, "warnings fail as well")
	return cmd
}

// verifyDocument is what --json prints.
type verifyDocument struct {
	OK            bool                     `json:"ok"`
	Commits       int                      `json:"commits"`     // verified so far
	NewCommits    int                      `json:"new_commits"` // of these, in this run
	Records       int                      `json:"records"`     // added in them
	Findings      []workspace.AuditFinding `json:"findings"`    // that are not settled
	Settled       []workspace.AuditFinding `json:"settled"`
	Notes         []audit.Finding          `json:"notes"` // verdicts that are unverified, and what was said elsewhere and is not proven
	ConfigChanges []audit.ConfigChange     `json:"config_changes"`
	Unseen        []string                 `json:"unseen"`
	Agents        map[string]int           `json:"agents"` // that prepared records, and how many
	Acks          ackProof                 `json:"acks"`
}

// ackProof is of how many acks something says that a person gave them. It is zero where
// no record names an agent.
type ackProof struct {
	Given    int `json:"given"`
	Unproven int `json:"unproven"`
}

// note says of how many nothing does, "" for none.
func (a ackProof) note() string {
	if a.Unproven == 0 {
		return ""
	}
	return fmt.Sprintf("acks with neither a signature of their author nor the word of a forge: %d of %d; nobody can tell whether a person gave them", a.Unproven, a.Given)
}

func runVerify(ctx context.Context, g *globals, o verifyOptions) error {
	ws, err := g.open(ctx)
	if err != nil {
		return err
	}
	again, err := newConfirmer(ws, o.from)
	if err != nil {
		return err
	}
	options := audit.Options{Signed: o.signed, Progress: g.progress("commits")}
	report, trusted, err := ws.Audit(ctx, options)
	if err == nil && again != nil {
		report, err = again.readAgain(ctx, g, report, options)
	}
	if store.IsDamage(err) {
		report, trusted, err = workspace.UnreadHistory(err), ws.TeamConfig, nil
	}
	if err != nil {
		return err
	}
	unreadable, err := ws.UnreadableRecords(ctx, report.New > 0)
	if err != nil {
		return err
	}
	report.Findings = append(report.Findings, unreadable...)
	doc := verifyDocument{
		Commits: report.Commits, NewCommits: report.New, Records: report.Records,
		Notes: text.NonNil(report.Notes), ConfigChanges: text.NonNil(report.Configs), Unseen: text.NonNil(report.Unseen),
		Agents: report.Agents, Acks: ackProof(report.Acks),
	}
	if doc.Agents == nil {
		doc.Agents = map[string]int{}
	}
	doc.Findings, doc.Settled = workspace.SplitSettled(report.Findings, trusted)
	plain := workspace.PlainFindings(doc.Findings)
	doc.OK = !handoff.HasErrors(plain) && (!o.strict || len(plain) == 0)
	if err := printVerification(g, doc); err != nil {
		return err
	}
	if acks := doc.Acks.note(); acks != "" && !o.signed && !trusted.Acks.Signed {
		g.note("%s", acks) // else each of them is a finding
	}
	summary := text.Count(doc.Records, "record") + " in " + text.Count(doc.Commits, "commit") + preparedRecords(doc.Agents) + ", " + handoff.CountFindings(plain)
	if n := len(doc.Settled); n > 0 {
		summary += fmt.Sprintf(", %d settled", n)
	}
	return g.conclude(doc.OK, summary)
}

// mostAgents is how many agents are named in one line.
const mostAgents = 5

// preparedRecords says how many records agents have prepared, "" for none.
func preparedRecords(agents map[string]int) string {
	var says []string
	total := 0
	for _, name := range slices.Sorted(maps.Keys(agents)) {
		total += agents[name]
		says = append(says, fmt.Sprintf(", %d %s", agents[name], handoff.PreparedBy(text.OneLine(name))))
	}
	if len(says) > mostAgents {
		return fmt.Sprintf(", %d prepared by %d agents", total, len(says))
	}
	return strings.Join(says, "")
}

func printVerification(g *globals, doc verifyDocument) error {
	return g.printer.print(doc, func() {
		for _, f := range doc.Findings {
			g.printer.auditFinding("", f)
		}
		for _, f := range doc.Settled {
			g.printer.auditFinding("settled ", f)
		}
		for _, f := range doc.Notes {
			g.printer.auditFinding("", workspace.AuditFinding{Finding: f})
		}
		for _, c := range doc.ConfigChanges {
			g.printer.line("%s: changed %s%s", text.OneLine(c.Path), strings.Join(c.Sections, ", "), byWhom(c.Commit, c.Author, c.At))
		}
		for _, unseen := range doc.Unseen {
			g.note("not seen: %s", text.OneLine(unseen))
		}
	})
}

// auditFinding prints a finding, and what is to be done about it or was.
func (p *printer) auditFinding(state string, f workspace.AuditFinding) {
	found := text.JoinNonEmpty(": ", text.OneLine(f.Path), state+string(f.Level)+" "+f.Code, text.OneLine(f.Message))
	p.line("%s%s", found, byWhom(f.Commit, f.Author, f.At))
	switch {
	case f.Settled != "":
		p.line("    settled: %s", text.OneLine(f.Settled))
	case f.Fix != "":
		p.line("    %s", text.OneLine(f.Fix))
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
	return fmt.Sprintf(" (commit %s by %s, %s)", commit[:7], text.OneLine(author), at)
}
