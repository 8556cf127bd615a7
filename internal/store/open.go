package store

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// lockWait is how long a writer waits for a lock that somebody else holds.
const lockWait = 5 * time.Second

// gitRepo is a repository as git has it; it knows nothing of records.
type gitRepo struct {
	// Now is the clock of what is written with a date: commits and reflogs. Waits,
	// limits and the times of files have the machine's. [Open] sets time.Now.
	Now func() time.Time

	layout
	env      environ
	git      gitProgram
	lockWait time.Duration
	netWait  time.Duration

	refs        refBackend
	loadConfig  func() (config, error)   // cached
	loadObjects func() (*objects, error) // cached
}

// openGit opens the repository that git finds from dir; see [Open].
func openGit(ctx context.Context, dir string, env []string) (*gitRepo, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	git, err := findGit(dir, env)
	if err != nil {
		return nil, err
	}
	r := &gitRepo{Now: time.Now, env: env, git: git, lockWait: lockWait, netWait: netWait}

	// Two processes of a millisecond each: started together they cost one.
	r.loadConfig = startConfig(ctx, git)
	if r.layout, err = discover(ctx, git); err != nil {
		return nil, err
	}
	r.loadObjects = sync.OnceValues(r.newObjects)
	return r, r.openRefs()
}

// openNamedGit is openGit for a directory that the user has named; see [OpenNamed].
func openNamedGit(ctx context.Context, dir string, env []string) (*gitRepo, error) {
	r, err := openGit(ctx, dir, env)
	if unsafe, ok := errors.AsType[*UnsafeError](err); !ok || !unsafe.Bare {
		return r, err
	}
	dir, absErr := filepath.Abs(dir)
	if absErr != nil {
		return nil, absErr
	}
	git, gitErr := findGit(dir, env)
	if gitErr != nil {
		return nil, gitErr
	}
	// This looks at the owner, which with GIT_DIR git does not.
	out, gitErr := git.output(ctx, "-c", "safe.bareRepository=all", "rev-parse", "--absolute-git-dir")
	if gitErr != nil {
		return nil, discoveryError(git, gitErr)
	}
	if !sameFile(dir, filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))) {
		return nil, err
	}
	return openGit(ctx, dir, environ(env).with("GIT_DIR="+dir, "GIT_IMPLICIT_WORK_TREE=0"))
}

// sameFile reports whether two paths lead to the same place.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	second, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(first, second)
}

// Close closes the files that are open. What is asked of the repository later
// opens them again.
func (r *gitRepo) Close() {
	if objects, err := r.loadObjects(); err == nil {
		objects.Close()
	}
}

// Dir returns the git directory of this work tree: ".git", or
// ".git/worktrees/NAME" in a linked one. Absolute.
func (r *gitRepo) Dir() string { return r.dir }

// CommonDir returns the git directory that all worktrees of the repository
// share. Absolute.
func (r *gitRepo) CommonDir() string { return r.common }

// Worktree returns the top directory of the work tree, "" in a bare repository
// and inside a git directory. Absolute.
func (r *gitRepo) Worktree() string { return r.worktree }

// Init makes a repository with the branch main in dir, which must not exist,
// and sets settings in its own configuration.
func Init(ctx context.Context, dir string, env []string, settings map[string]string) error {
	git, err := findGit(filepath.Dir(dir), env)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	if _, err := git.output(ctx, "init", "--quiet", "--initial-branch=main", "--object-format=sha1", dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	git.dir = dir
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if _, err := git.output(ctx, "config", key, settings[key]); err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
	}
	return nil
}

// newObjects opens the object database afresh, with nothing cached.
func (r *gitRepo) newObjects() (*objects, error) {
	dir := filepath.Join(r.common, "objects")
	if set := r.env.get("GIT_OBJECT_DIRECTORY"); set != "" {
		dir = absoluteFrom(r.git.dir, set)
	}
	var borrowed []string
	for _, path := range filepath.SplitList(r.env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
		borrowed = append(borrowed, absoluteFrom(r.git.dir, path))
	}
	o, err := openObjects(dir, borrowed...)
	if err != nil {
		return nil, err
	}
	o.promisor = r.promisor()
	o.shared = r.sharing()
	return o, nil
}
