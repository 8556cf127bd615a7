package check

import (
	"cmp"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// PullRequestHere is the pull request that a branch of this clone would be, where
// no CI job says which: of the branch called head, "" for the one that is checked
// out, into base, "" for the branch that work arrives on.
func PullRequestHere(ws *workspace.Workspace, base, head string) (guard.PullRequest, error) {
	if head == "" && !ws.HEAD.Detached {
		head = workspace.ShortRef(ws.HEAD.Ref)
	}
	if base != "" {
		return guard.PullRequest{Branch: head, Base: base}, nil
	}
	base, err := defaultBranch(ws)
	switch {
	case err != nil:
		return guard.PullRequest{}, err
	case base == "":
		return guard.PullRequest{}, workspace.Usagef("handoff check --pr --base BRANCH", "--pr: neither a CI job nor a remote says which branch the change goes into")
	case base == head:
		return guard.PullRequest{}, workspace.Usagef("git switch BRANCH first, or handoff check --pr --head BRANCH",
			"--pr: changes go into %s, which is checked out", base)
	}
	ws.Note("no CI job says which pull request: this is %s into %s", cmp.Or(head, "HEAD"), base)
	return guard.PullRequest{Branch: head, Base: base}, nil
}

// defaultBranch is the branch that work arrives on, by its short name: what the
// remote says, else the first of the usual names that there is, "" without one.
func defaultBranch(ws *workspace.Workspace) (string, error) {
	remote, err := likelyRemote(ws)
	if err != nil {
		return "", err
	}
	if remote != "" {
		prefix := "refs/remotes/" + remote + "/"
		chain, hash, err := ws.ResolveRef(prefix + "HEAD")
		if err == nil && hash != "" && strings.HasPrefix(chain[len(chain)-1], prefix) {
			if name := strings.TrimPrefix(chain[len(chain)-1], prefix); name != "HEAD" {
				return name, nil
			}
		}
	}
	for _, name := range fold.Trunks() {
		for _, ref := range []string{"refs/remotes/" + remote + "/" + name, "refs/heads/" + name} {
			if _, hash, err := ws.ResolveRef(ref); err == nil && hash != "" {
				return name, nil
			}
		}
	}
	return "", nil
}
