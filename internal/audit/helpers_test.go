package audit

import (
	"context"

	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/store"
)

// mustOpen opens the repository of a test.
func mustOpen(r *gittest.Repo) *store.Repo {
	r.T.Helper()
	repo, err := store.Open(context.Background(), r.Dir, r.Env)
	if err != nil {
		r.T.Fatal(err)
	}
	return repo
}
