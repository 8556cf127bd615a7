package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newSyncCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "sync",
		Short: "Fetch what others published, push what you did",
		Long: `Fetch from the remote of the branch that your records go to, and push that
branch. When others were faster, your commits that only add records are put on
top of theirs, with the same files, author, dates and message. Other commits are
never rewritten: where yours and theirs went different ways, you are told.

Git does the network part, with its credentials, proxies and hooks. Nothing asks,
and a remote that says nothing for 30 seconds is given up (status 5).`,
		Example: `  handoff sync
  handoff sync --json --jq .sent`,
		GroupID: groupDaily,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runSync(cmd.Context(), g) },
	}
}

// syncDocument is what --json prints.
type syncDocument struct {
	SchemaVersion int    `json:"schema_version"`
	Remote        string `json:"remote"`
	Ref           string `json:"ref"`      // of the remote
	Commit        string `json:"commit"`   // that it has now, "" when nobody has the branch yet
	Sent          int    `json:"sent"`     // commits
	Replayed      int    `json:"replayed"` // of these, put on top of what others had pushed
}

func runSync(ctx context.Context, g *globals) error {
	ws, err := g.open(ctx)
	if err != nil {
		return err
	}
	pushed, err := ws.Sync(ctx, ws.branch(), ws.dir)
	if err != nil {
		return mustBeOnBranch(err)
	}
	if g.printer.structured() {
		return g.printer.document(syncDocument{1, pushed.Remote, pushed.Ref, pushed.Hash, pushed.Sent, pushed.Replayed})
	}
	if !pushed.Done {
		g.note("fetched from %s; nothing to push", pushed.Remote)
		return nil
	}
	g.notePushed(pushed)
	return nil
}
