package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/pflag"
)

// reposOptions say which repositories are read, where it is not the one that the
// user stands in.
type reposOptions struct{ dirs []string }

func (o *reposOptions) addFlags(f *pflag.FlagSet) {
	listVar(f, &o.dirs, "all-repos", "read all repositories in `DIR`")
}

// reposHelp belongs to the help of every command that reads many repositories.
const reposHelp = `
With --all-repos DIR all repositories in DIR are read: DIR itself, or those at
most three levels below it. Symbolic links are not followed, hidden directories
left out. What comes from a repository carries its name, that of its directory,
with as much of the path as tells it from others. One that cannot be read is
reported, the status is then 1, and the others count all the same.
`

// readRepositories is [workspace.EachRepository] for the repositories in some directories.
// The error says what could not be read, or why nothing was.
func readRepositories[T any](ctx context.Context, g *globals, o reposOptions,
	read func(ctx context.Context, r workspace.Repository, ws *workspace.Workspace, send func(T) error) error,
	take func(workspace.Repository, T) error,
) (repositories int, unread, err error) {
	repos, failures, err := workspace.FindRepositories(ctx, g.Dir, g.Environ, o.dirs)
	if err != nil {
		return 0, nil, err
	}
	of := len(repos) + len(failures)
	more, err := workspace.EachRepository(ctx, g.opening(), repos, func(ctx context.Context, r workspace.Repository, ws *workspace.Workspace, send func(T) error) error {
		err := read(ctx, r, ws, send)
		if err == nil {
			g.warnOfConfig(ws, r.Name+": ")
		}
		return err
	}, take)
	failures = append(failures, more...)
	switch {
	case len(failures) == 0:
	case len(failures) == of && explainsUsage(failures[0].Err):
		unread = failures[0].Err // the question is wrong, not the repositories
	default:
		unread = &workspace.ReposError{Failures: failures, Of: of}
	}
	return of - len(failures), unread, err
}

func explainsUsage(err error) bool {
	status, _ := explain(err)
	return status == StatusUsage
}
