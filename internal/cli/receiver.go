package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// ownersFiles are where the hosting services look for the owners of paths, in
// that order.
var ownersFiles = []string{".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// receiver proposes who takes over from somebody who handed over to nobody yet:
// the owner of what their commits touch, else who leads where work goes next. It
// is "" where the configuration names neither.
func (ws *workspace) receiver(ctx context.Context, commits []git.WorkCommit) string {
	return ws.config.Receiver(ws.me, ws.owners(ctx), ws.touchedBy(ctx, commits)).To
}

// owners is the file of owners in HEAD, nil without one that can be read.
func (ws *workspace) owners(ctx context.Context) []byte {
	if ws.head.Unborn {
		return nil
	}
	for _, name := range ownersFiles {
		if data, err := ws.ReadFile(ctx, ws.head.Hash, name, handoff.MaxSize); err == nil {
			return data
		}
	}
	return nil
}

// touchedBy lists the paths that commits changed, once for each commit. What
// cannot be read in time is left out.
func (ws *workspace) touchedBy(ctx context.Context, commits []git.WorkCommit) []string {
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
