package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/cobra"
)

func newSyncCmd(g *globals) *cobra.Command {
	var missing bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Fetch what others published, push what you did",
		Long: `Fetch from the remote of the branch that your records go to, and push that
branch. When others were faster, your commits that only add records are put on
top of theirs, with the same files, author, dates and message. Other commits are
never rewritten: where yours and theirs went different ways, you are told.

Git does the network part, with its credentials, proxies and hooks. Nothing
asks, and a remote that says nothing for 30 seconds is given up (status 5).

A partial clone (git clone --filter) may lack records. Nothing that only reads
fetches them; sync does, all at once, and with --missing does nothing else.`,
		Example: `  handoff sync
  handoff sync --json --jq .sent
  handoff sync --missing`,
		GroupID: groupDaily,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if missing {
				return runSyncMissing(cmd.Context(), g)
			}
			return runSync(cmd.Context(), g)
		},
	}
	cmd.Flags().BoolVar(&missing, "missing", false, "fetch the records that a partial clone lacks, and do nothing else")
	return cmd
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

// missingDocument is what --missing prints with --json.
type missingDocument struct {
	SchemaVersion int `json:"schema_version"`
	Missing       int `json:"missing"` // objects that were not here, and are now
}

// runSyncMissing fetches what a partial clone lacks. Which branches count is
// said by the configuration, which may be missing itself.
func runSyncMissing(ctx context.Context, g *globals) error {
	ws, err := g.find(ctx, g.Dir, g.Environ)
	if err != nil {
		return err
	}
	ofHead, err := ws.fetchMissing(ctx, store.Scope{Current: true})
	if err != nil {
		return err
	}
	if ws, err = g.open(ctx); err != nil {
		return err
	}
	rest, err := ws.fetchMissing(ctx, ws.scope())
	if err != nil {
		return err
	}
	if n := ofHead + rest; g.printer.structured() {
		return g.printer.document(missingDocument{1, n})
	} else if n > 0 {
		g.note("fetched %s of the records that this partial clone had not", handoff.Count(n, "object"))
	} else {
		g.note("nothing of the records is missing")
	}
	return nil
}

// fetchMissing fetches the records of some refs that a partial clone lacks.
func (ws *workspace) fetchMissing(ctx context.Context, scope store.Scope) (int, error) {
	refs, err := ws.Refs(ctx, scope)
	if err != nil {
		return 0, err
	}
	return ws.FetchMissing(ctx, refs, ws.dir)
}

func runSync(ctx context.Context, g *globals) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if err := ws.configError(); err != nil {
		return err // it says which branch is pushed
	}
	pushed, err := ws.Sync(ctx, ws.branch(), ws.dir)
	if err != nil {
		return mustBeOnBranch(err)
	}
	if _, err := ws.fetchMissing(ctx, ws.scope()); err != nil {
		return err
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
