package workspace

import (
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
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

// routes makes one route record for every blocker and question of a handoff
// that nobody was told of yet, and says which of them go to nobody.
func (ws *Workspace) routes(h *handoff.Handoff) (records []*handoff.Record, unrouted []string) {
	add := func(kind, name string, b handoff.Blocker) {
		r, nobody := ws.Route(fold.Target{Type: kind, Name: name}, b)
		if r == nil {
			unrouted = append(unrouted, nobody)
			return
		}
		records = append(records, r)
	}
	for _, b := range h.Blockers {
		if known, ok := ws.State.Blockers[b.ID]; ok && known.Open() && len(known.Routes) > 0 {
			continue
		}
		add(fold.TargetBlocker, b.ID, b)
	}
	for _, q := range h.Questions {
		if known, ok := ws.State.Questions[q.ID]; ok && known.Open() {
			continue
		}
		add(fold.TargetQuestion, q.ID, handoff.Blocker{ID: q.ID, Resolver: q.To, NeededBy: q.NeededBy})
	}
	return records, unrouted
}

// Route decides whom a blocker goes to, and records why. When there is nobody
// there is no record, but what to tell the user; the next handoff that carries
// the blocker tries again.
func (ws *Workspace) Route(subject fold.Target, b handoff.Blocker) (r *handoff.Record, nobody string) {
	sla := ws.TeamConfig.SLA.BlockerAck
	if subject.Type == fold.TargetQuestion {
		sla = ws.TeamConfig.SLA.Answer
	}
	to := ws.TeamConfig.Route(b, ws.Me, ws.Author.When, sla.Wall())
	if to.To == "" {
		return nil, subject.Ref() + " goes to nobody: " + to.Note
	}
	return ws.NewRecord(&handoff.Route{Subject: subject.Ref(), To: to.To, Because: to.Because, Via: handoff.ViaGit, Note: to.Note}), ""
}
