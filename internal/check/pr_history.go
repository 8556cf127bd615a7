package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// depths are how many generations a shallow clone is deepened to, step by step;
// 0 is all history.
var depths = []int{64, 1024, 0}

// locate finds the commits of the pull request and fetches what is missing. An
// answer from half of the history would be a wrong one, so there is none then.
func (c *prCheck) locate(ctx context.Context) error {
	remote, err := likelyRemote(c.Workspace)
	if err != nil {
		return err
	}
	c.remote = remote
	done, err := c.hasHistory(ctx)
	for _, depth := range depths {
		if done || err != nil {
			return err
		}
		if err := c.fetch(ctx, depth); err != nil {
			return c.noHistory(err)
		}
		done, err = c.hasHistory(ctx)
	}
	if err == nil && !done {
		err = c.noHistory(errors.New("the remote does not have it either"))
	}
	return err
}

func (c *prCheck) noHistory(err error) error {
	hint := guard.DeepenHint(c.Service)
	if c.remote == "" && c.Service == "" {
		hint = "git branch lists what --base can name"
	}
	return &workspace.HintedError{Err: fmt.Errorf("the history between %s and this change is not in this clone: %w", c.baseName(), err), Hint: hint}
}

// likelyRemote is origin, else the first remote, "" without one.
func likelyRemote(ws *workspace.Workspace) (string, error) {
	remotes, err := ws.Remotes()
	if err != nil || len(remotes) == 0 {
		return "", err
	}
	if slices.Contains(remotes, "origin") {
		return "origin", nil
	}
	return remotes[0], nil
}

// hasHistory looks whether the clone has all that is needed.
func (c *prCheck) hasHistory(ctx context.Context) (bool, error) {
	if err := c.findHead(ctx); err != nil || c.last == "" {
		return false, err
	}
	c.findBases(ctx)
	if len(c.bases) == 0 {
		return false, nil
	}
	var err error
	if c.fork, err = c.MergeBase(ctx, c.last, c.bases...); err != nil {
		return false, err
	}
	if c.fork == "" && c.Shallow() {
		return false, nil
	}
	if c.commits, err = c.Range(ctx, c.last, c.bases...); err != nil {
		return false, err
	}
	return !c.Shallow() || !c.reachesEdge(), nil
}

// reachesEdge reports whether history was cut off within the pull request.
func (c *prCheck) reachesEdge() bool {
	return slices.ContainsFunc(c.commits, func(commit git.CommitInfo) bool {
		return slices.ContainsFunc(commit.Parents, func(parent string) bool { return !c.HasCommit(parent) })
	})
}

// findHead resolves the last commit; it stays "" while it has to be fetched.
func (c *prCheck) findHead(ctx context.Context) error {
	switch {
	case c.PRRequest.Head != "":
		hash, err := c.Revision(ctx, c.PRRequest.Head)
		if err != nil {
			return workspace.Usagef("", "--head %s: no such revision", c.PRRequest.Head)
		}
		c.last = hash
	case c.Pr.HeadSHA == "":
		c.last = c.Workspace.HEAD.Hash
	case c.HasCommit(c.Pr.HeadSHA):
		c.last = c.Pr.HeadSHA
	}
	return nil
}

// findBases resolves the target branch: the commit that the job names, and what
// the clone has of the branch. Both count, for the branch may have moved on and
// been merged into the change since the job was made.
func (c *prCheck) findBases(ctx context.Context) {
	var bases []string
	add := func(hash string, err error) {
		if err == nil && c.HasCommit(hash) && !slices.Contains(bases, hash) {
			bases = append(bases, hash)
		}
	}
	if c.Base != "" {
		add(c.Revision(ctx, c.Base))
	}
	if c.Pr.Base != "" && c.remote != "" {
		add(c.Revision(ctx, "refs/remotes/"+c.remote+"/"+c.Pr.Base))
	}
	add(c.Pr.BaseSHA, nil)
	if len(bases) == 0 && c.Service == "" && c.Pr.Base != "" {
		add(c.Revision(ctx, "refs/heads/"+c.Pr.Base)) // a branch that is nowhere else
	}
	c.bases = bases
}

// fetch brings the two ends of the pull request with some history: by hash,
// and where a server gives none out by hash, by the names that it has for them.
func (c *prCheck) fetch(ctx context.Context, depth int) error {
	if c.remote == "" {
		return errors.New("there is no remote to fetch it from")
	}
	if c.Pr.BaseSHA == "" && c.Pr.Base != "" {
		hash, err := c.RemoteBranch(ctx, c.remote, strings.TrimPrefix(c.Pr.Base, c.remote+"/"))
		if err != nil {
			return err
		}
		if hash == "" {
			return fmt.Errorf("%s has no branch %s", c.remote, c.Pr.Base)
		}
		c.Pr.BaseSHA = hash
	}
	want := []string{c.Pr.BaseSHA}
	if c.Pr.HeadSHA != "" {
		want = append(want, c.Pr.HeadSHA)
	} else if c.last != "" && c.Shallow() {
		want = append(want, c.last)
	}
	err := c.Fetch(ctx, c.remote, depth, want...)
	if err == nil {
		return nil
	}
	if names := c.remoteNames(); len(names) > 0 && c.Fetch(ctx, c.remote, depth, names...) == nil {
		return nil
	}
	return err
}

// remoteNames are the references under which a server has the pull request.
func (c *prCheck) remoteNames() []string {
	var names []string
	if c.Pr.Base != "" {
		names = append(names, "refs/heads/"+c.Pr.Base)
	}
	switch {
	case c.Pr.Number == 0:
	case c.Service == guard.GitHub || c.Service == guard.Gitea:
		names = append(names, fmt.Sprintf("refs/pull/%d/head", c.Pr.Number))
	case c.Service == guard.GitLab:
		names = append(names, fmt.Sprintf("refs/merge-requests/%d/head", c.Pr.Number))
	}
	return names
}

// fetchOthers brings the tips of the branches that a shallow clone has not: the
// handoff may lie on one of them, and that there is none cannot be said without
// having looked.
func (c *prCheck) fetchOthers(ctx context.Context) error {
	if c.TeamConfig.Read == config.ReadCurrent || c.remote == "" || !c.Shallow() {
		return nil
	}
	missing, err := c.MissingBranches(ctx, c.remote)
	if err == nil && len(missing) > maxOthers {
		err = fmt.Errorf("there are %d of them", len(missing))
	}
	if err == nil && len(missing) > 0 {
		err = c.Fetch(ctx, c.remote, 1, missing...)
	}
	if err != nil {
		return &workspace.HintedError{Err: fmt.Errorf("other branches of %s, one of which may hold the handoff, are not in this shallow clone: %w", c.remote, err), Hint: guard.DeepenHint(c.Service)}
	}
	c.others = missing
	return nil
}

// maxOthers is how many branches are fetched for an answer. A job that has so
// many is better off with a clone of its own.
const maxOthers = 1000
