package store

import (
	"context"

	"github.com/handoff-cli/handoff/internal/git"
)

// Repo is an open repository and the records in it. Its methods may be called from
// one goroutine at a time; any number of processes may work on the repository at
// once.
type Repo struct{ *git.Repo }

// Open is [git.Open].
func Open(ctx context.Context, dir string, env []string) (*Repo, error) {
	return withRecords(git.Open(ctx, dir, env))
}

// OpenNamed is [git.OpenNamed].
func OpenNamed(ctx context.Context, dir string, env []string) (*Repo, error) {
	return withRecords(git.OpenNamed(ctx, dir, env))
}

func withRecords(r *git.Repo, err error) (*Repo, error) {
	if err != nil {
		return nil, err
	}
	return &Repo{r}, nil
}
