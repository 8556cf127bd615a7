package workspace

import (
	"context"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// mustOpen opens the repository of a test.
func mustOpen(r *gittest.Repo) *git.Repo {
	r.T.Helper()
	repo, err := git.Open(context.Background(), r.Dir, r.Env)
	if err != nil {
		r.T.Fatal(err)
	}
	return repo
}
