package store

import "context"

// Repo is an open repository and the records in it. Its methods may be called from
// one goroutine at a time; any number of processes may work on the repository at
// once.
type Repo struct{ *gitRepo }

// Open finds the repository that holds dir as git finds it: by GIT_DIR,
// GIT_WORK_TREE and GIT_COMMON_DIR, else upwards until a ceiling in
// GIT_CEILING_DIRECTORIES, through .git files of linked worktrees and
// submodules, and only where safe.directory or ownership allow it.
//
// env is the process environment; nothing else of the process is consulted. The
// errors are [NotRepositoryError], [UnsafeError], [UnsupportedError].
func Open(ctx context.Context, dir string, env []string) (*Repo, error) {
	return withRecords(openGit(ctx, dir, env))
}

// OpenNamed is Open for a directory that the user has named. If that is itself a
// bare repository, safe.bareRepository=explicit does not keep it closed: that is
// against those which are only come across. Whose it is counts as ever.
func OpenNamed(ctx context.Context, dir string, env []string) (*Repo, error) {
	return withRecords(openNamedGit(ctx, dir, env))
}

func withRecords(r *gitRepo, err error) (*Repo, error) {
	if err != nil {
		return nil, err
	}
	return &Repo{r}, nil
}
