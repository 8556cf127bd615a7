package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/audit"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newSyncCmd(g *globals) *cobra.Command {
	var missing bool
	var from string
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Fetch what others published, push what you did",
		Long: `Fetch from the remote of the branch that your records go to, and push that
branch. When others were faster, your commits that only add records are put on
top of theirs, with the same files, author, dates and message. Other commits are
never rewritten: where yours and theirs went different ways, you are told.

What was fetched is judged as handoff verify judges it: a record that says it is
by somebody who is not the author of its commit is named at once. That is no
failure of sync.

Where you have configured the forge of the repository as a target, it is asked,
for two seconds at most, how the pull requests of what you hold stand. Where it
says something else than the records you are told; your next handoff takes it
over.

Git does the network part, with its credentials, proxies and hooks. Nothing
asks, and a remote that says nothing for 30 seconds is given up (status 5). What
the hooks and the server say when they refuse a push is shown, with the way out.

With --from, the comments of the last two weeks on what was delivered to a forge
are read, and recorded where a line begins with /handoff: ack, answer, resolve,
decline or ask, with the text behind it, and first the name of what is meant,
where several things are there. Whom the roster gives the account to is the
author, you are the committer, and the record says where it was said. What was
recorded is said there, once others have it, and what is refused, each once.
Strangers, programs and comments that were edited are passed over. Handoffs that
were submitted in the form of handoff init --forms, in an issue with the label
handoff, are published by their author, or answered with what is missing; one
that somebody else has edited is neither. A person brings all that home, or a
job, and no coding agent. What the target is, is your own configuration: handoff
help config.

A partial clone (git clone --filter) may lack records. Nothing that only reads
fetches them; sync does, all at once, and with --missing does nothing else.`,
		Example: `  handoff sync
  handoff sync --json --jq .sent
  handoff sync --from github
  handoff sync --missing`,
		GroupID: groupDaily,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if missing {
				return runSyncMissing(cmd.Context(), g)
			}
			return runSync(cmd.Context(), g, from)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "record what was said in comments, and submitted in forms, at the target `NAME`: github, gitlab, gitea")
	cmd.Flags().BoolVar(&missing, "missing", false, "fetch the records that a partial clone lacks, and do nothing else")
	cmd.MarkFlagsMutuallyExclusive("from", "missing")
	return cmd
}

// syncDocument is what --json prints.
type syncDocument struct {
	Remote   string `json:"remote"`
	Ref      string `json:"ref"`      // of the remote
	Commit   string `json:"commit"`   // that it has now, "" when nobody has the branch yet
	Sent     int    `json:"sent"`     // commits
	Replayed int    `json:"replayed"` // of these, put on top of what others had pushed

	Findings []workspace.AuditFinding `json:"findings"` // in the commits that were fetched
	Notes    []audit.Finding          `json:"notes"`
	Reviews  []reviewChange           `json:"reviews"` // of the user's items, where the forge says something else than the records

	pushed store.Pushed
}

// missingDocument is what --missing prints with --json.
type missingDocument struct {
	Fetched int `json:"fetched_objects"` // objects that were not here, and are now
}

// runSyncMissing fetches what a partial clone lacks. Which branches count is
// said by the configuration, which may be missing itself.
func runSyncMissing(ctx context.Context, g *globals) error {
	ws, err := workspace.Find(ctx, g.opening())
	if err != nil {
		return err
	}
	ofHead, err := ws.FetchAllMissing(ctx, git.Scope{Current: true})
	if err != nil {
		return err
	}
	if ws, err = g.open(ctx); err != nil {
		return err
	}
	rest, err := ws.FetchAllMissing(ctx, ws.Scope())
	if err != nil {
		return err
	}
	n := ofHead + rest
	return g.printer.print(missingDocument{n}, func() {
		if n == 0 {
			g.note("nothing of the records is missing")
			return
		}
		g.note("fetched %s of the records that this partial clone had not", text.Count(n, "object"))
	})
}

func runSync(ctx context.Context, g *globals, from string) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if err := ws.ConfigError(); err != nil {
		return err // it says which branch is pushed
	}
	if from != "" {
		return runSyncFrom(ctx, g, ws, from)
	}
	doc, err := g.syncGit(ctx, ws)
	if err != nil {
		return err
	}
	doc.Reviews = g.changedReviews(ctx, ws)
	return g.printer.print(doc, func() { g.noteSynced(doc) })
}

// syncGit fetches and pushes, and says what is wrong with what was fetched.
func (g *globals) syncGit(ctx context.Context, ws *workspace.Workspace) (syncDocument, error) {
	before, err := ws.Refs(ctx, ws.AllRefs())
	if err != nil {
		return syncDocument{}, err
	}
	pushed, err := ws.Sync(ctx, ws.Branch(), ws.RecordDir)
	doc := syncDocument{
		Remote: pushed.Remote, Ref: pushed.Ref, Commit: pushed.Hash, Sent: pushed.Sent, Replayed: pushed.Replayed, pushed: pushed,
	}
	findings, notes, auditErr := ws.JudgeFetched(ctx, before)
	if auditErr != nil {
		g.say("warning: what was fetched could not be judged: %v; handoff verify tries it again", auditErr)
	}
	doc.Findings, doc.Notes = text.NonNil(findings), text.NonNil(notes)
	if !g.printer.structured() {
		g.sayFindings(doc)
	}
	late, err := workspace.AfterCommit(err)
	if err != nil {
		return doc, workspace.MustBeOnBranch(err)
	}
	printFindings(g.Err, g.findings(late))
	_, err = ws.FetchAllMissing(ctx, ws.Scope())
	return doc, err
}

// noteSynced says what went over the network, and which reviews stand otherwise than the
// records say.
func (g *globals) noteSynced(doc syncDocument) {
	if doc.pushed.Done {
		g.note("%s", workspace.PushedWords(doc.pushed))
	} else {
		g.note("fetched from %s; nothing to push", doc.Remote)
	}
	for _, change := range doc.Reviews {
		g.note("%s", change)
	}
	if len(doc.Reviews) > 0 {
		g.note("handoff declare --carry takes that over")
	}
}

// sayFindings tells what is wrong with what was fetched, a line for each.
func (g *globals) sayFindings(doc syncDocument) {
	findings := doc.Findings
	for _, note := range doc.Notes {
		findings = append(findings, workspace.AuditFinding{Finding: note})
	}
	for _, f := range findings {
		g.say("%s %s: %s: %s%s", f.Level, f.Code, text.OneLine(f.Path), text.OneLine(f.Message), byWhom(f.Commit, f.Author, f.At))
	}
}
