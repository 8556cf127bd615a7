package workspace

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Drift is what moved between the anchor of a handoff and now, as far as this
// clone knows: commits on the items' branches, files of claims that they touch,
// pull requests that were merged. It is nil when the anchor is not known here.
func (ws *Workspace) Drift(ctx context.Context, h *fold.Handoff) (*handoff.Drift, error) {
	if h.Anchor == nil || h.Anchor.Head == "" || !ws.HasCommit(h.Anchor.Head) {
		return nil, nil
	}
	commits, err := ws.commitsSince(ctx, h)
	if err != nil {
		return nil, err
	}
	d := &handoff.Drift{Commits: len(commits)}
	for _, item := range h.Items {
		for _, ref := range item.Refs {
			if ref.Type == "pr" && !slices.Contains(d.Merged, ref.ID) && merged(commits, ref.ID) {
				d.Merged = append(d.Merged, ref.ID)
			}
		}
	}
	d.Files, err = ws.touched(ctx, h)
	return d, err
}

// commitsSince lists the commits since the anchor on the branches that the items
// name, on the anchor's own, and on HEAD. Commits that hold records only are not
// work.
func (ws *Workspace) commitsSince(ctx context.Context, h *fold.Handoff) ([]git.CommitInfo, error) {
	names := []string{h.Anchor.Branch}
	for _, item := range h.Items {
		for _, ref := range item.Refs {
			if ref.Type == "branch" {
				names = append(names, ref.ID)
			}
		}
	}
	tips := map[string]bool{}
	if !ws.HEAD.Unborn {
		tips[ws.HEAD.Hash] = true
	}
	refs, err := ws.Refs(ctx, git.Scope{})
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		if ref.Err == nil && slices.ContainsFunc(names, func(name string) bool { return isBranch(ref.Name, name) }) {
			tips[ref.Hash] = true
		}
	}
	seen := make(map[string]bool)
	var work []git.CommitInfo
	for tip := range tips {
		commits, err := ws.Range(ctx, tip, h.Anchor.Head)
		if err != nil {
			return nil, err
		}
		for _, c := range commits {
			if !seen[c.Hash] && !HoldsRecords(c) {
				seen[c.Hash] = true
				work = append(work, c)
			}
		}
	}
	return work, nil
}

// isBranch reports whether a full ref name is the branch, here or on a remote.
func isBranch(ref, branch string) bool {
	remote, isRemote := strings.CutPrefix(ref, "refs/remotes/")
	_, name, _ := strings.Cut(remote, "/")
	return branch != "" && (ref == "refs/heads/"+branch || isRemote && name == branch)
}

// merged reports whether one of the commits merged a pull request, as the
// hosting services say it: "Merge pull request #12", "… (#12)", "See merge
// request group/project!12".
func merged(commits []git.CommitInfo, id string) bool {
	number := regexp.QuoteMeta(strings.TrimLeft(id, "#!"))
	says := regexp.MustCompile(`(?m)^Merge pull request #` + number + `\b|\(#` + number + `\)$|^See merge request .*!` + number + `$`)
	return slices.ContainsFunc(commits, func(c git.CommitInfo) bool { return says.MatchString(c.Message) })
}

// touched lists the files that HEAD has otherwise than the anchor, out of those
// that items refer to which make claims.
func (ws *Workspace) touched(ctx context.Context, h *fold.Handoff) ([]string, error) {
	var named []string
	for _, item := range h.Items {
		for _, ref := range item.Refs {
			if ref.Type == "file" && len(item.Claims) > 0 {
				named = append(named, ref.ID)
			}
		}
	}
	if len(named) == 0 || ws.HEAD.Unborn {
		return nil, nil
	}
	touched, err := ws.changedOf(ctx, h.Anchor.Head, named)
	slices.Sort(touched)
	return slices.Compact(touched), err
}

// changedOf lists those of some files that HEAD has otherwise than a commit.
func (ws *Workspace) changedOf(ctx context.Context, commit string, files []string) ([]string, error) {
	changes, err := ws.Changes(ctx, commit, ws.HEAD.Hash)
	var changed []string
	for _, change := range changes {
		if slices.Contains(files, change.Path) {
			changed = append(changed, change.Path)
		}
	}
	return changed, err
}
