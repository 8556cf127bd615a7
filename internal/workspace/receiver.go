package workspace

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// ownersFiles are where the hosting services look for the owners of paths, in
// that order.
var ownersFiles = []string{".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// Receiver proposes who takes over from somebody who handed over to nobody yet:
// the owner of what their commits touch, else who leads where work goes next. It
// is "" where the configuration names neither.
func (ws *Workspace) Receiver(ctx context.Context, commits []WorkCommit) string {
	return ws.TeamConfig.Receiver(ws.Me, ws.owners(ctx), ws.touchedBy(ctx, commits)).To
}

// owners is the file of owners in HEAD, nil without one that can be read.
func (ws *Workspace) owners(ctx context.Context) []byte {
	if ws.HEAD.Unborn {
		return nil
	}
	for _, name := range ownersFiles {
		if data, err := ws.ReadFile(ctx, ws.HEAD.Hash, name, handoff.MaxSize); err == nil {
			return data
		}
	}
	return nil
}

// touchedBy lists the paths that commits changed, once for each commit. What
// cannot be read in time is left out.
func (ws *Workspace) touchedBy(ctx context.Context, commits []WorkCommit) []string {
	var paths []string
	for _, c := range commits {
		commit, err := ws.ReadCommit(c.Hash)
		if err != nil || len(commit.Parents) != 1 {
			continue // a first commit and a merge are not one's own work on a path
		}
		changes, err := ws.Changes(ctx, commit.Parents[0], c.Hash)
		if err != nil {
			return paths
		}
		for _, change := range changes {
			paths = append(paths, change.Path)
		}
	}
	return paths
}
