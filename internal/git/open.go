package git

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// lockWait is how long a writer waits for a lock that somebody else holds.
const lockWait = 5 * time.Second

// Repo is a repository as git has it; it knows nothing of records.
type Repo struct {
	// Now is the clock of what is written with a date: commits and reflogs. Waits,
	// limits and the times of files have the machine's. [Open] sets time.Now.
	Now func() time.Time

	layout
	Env      Environ       // that git is given
	Git      Program       // in the directory in which the repository was opened
	LockWait time.Duration // how long a writer waits for a lock that somebody else holds
	NetWait  time.Duration // how long a remote may be silent

	References  refBackend                   // as the repository keeps them
	LoadConfig  func() (Config, error)       // of the repository and all above it; read once
	LoadObjects func() (*odb.Objects, error) // opened once
}

// Open finds the repository that holds dir as git finds it: by GIT_DIR,
// GIT_WORK_TREE and GIT_COMMON_DIR, else upwards until a ceiling in
// GIT_CEILING_DIRECTORIES, through .git files of linked worktrees and
// submodules, and only where safe.directory or ownership allow it.
//
// env is the process environment; nothing else of the process is consulted. The
// errors are [NotRepositoryError], [UnsafeError], [UnsupportedError].
func Open(ctx context.Context, dir string, env []string) (*Repo, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	git, err := findGit(dir, env)
	if err != nil {
		return nil, err
	}
	r := &Repo{Now: time.Now, Env: env, Git: git, LockWait: lockWait, NetWait: netWait}

	// Two processes of a millisecond each: started together they cost one.
	r.LoadConfig = startConfig(ctx, git)
	if r.layout, err = discover(ctx, git); err != nil {
		return nil, err
	}
	r.LoadObjects = sync.OnceValues(r.NewObjects)
	return r, r.openRefs()
}

// OpenNamed is Open for a directory that the user has named. If that is itself a
// bare repository, safe.bareRepository=explicit does not keep it closed: that is
// against those which are only come across. Whose it is counts as ever.
func OpenNamed(ctx context.Context, dir string, env []string) (*Repo, error) {
	r, err := Open(ctx, dir, env)
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
	out, gitErr := git.Output(ctx, "-c", "safe.bareRepository=all", "rev-parse", "--absolute-git-dir")
	if gitErr != nil {
		return nil, discoveryError(git, gitErr)
	}
	if !sameFile(dir, filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))) {
		return nil, err
	}
	return Open(ctx, dir, Environ(env).with("GIT_DIR="+dir, "GIT_IMPLICIT_WORK_TREE=0"))
}

// sameFile reports whether two paths lead to the same place.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	second, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(first, second)
}

// Close closes the files that are open. What is asked of the repository later
// opens them again.
func (r *Repo) Close() {
	if objects, err := r.LoadObjects(); err == nil {
		objects.Close()
	}
}

// Dir returns the git directory of this work tree: ".git", or
// ".git/worktrees/NAME" in a linked one. Absolute.
func (r *Repo) Dir() string { return r.dir }

// CommonDir returns the git directory that all worktrees of the repository
// share. Absolute.
func (r *Repo) CommonDir() string { return r.common }

// Worktree returns the top directory of the work tree, "" in a bare repository
// and inside a git directory. Absolute.
func (r *Repo) Worktree() string { return r.worktree }

// Init makes a repository with the branch main in dir, which must not exist, sets
// settings in its own configuration, and makes a commit in each of some environments,
// which say by whom and when: the first of what fill puts into dir, the others empty.
func Init(ctx context.Context, dir string, env []string, settings map[string]string, fill func() error, commits ...[]string) error {
	git, err := findGit(filepath.Dir(dir), env)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	git.Dir = dir
	run := func(args ...string) {
		if err == nil {
			_, err = git.Output(ctx, args...)
		}
	}
	run("init", "--quiet", "--initial-branch=main", "--object-format=sha1")
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		run("config", key, settings[key])
	}
	err = cmp.Or(err, fill())
	run("add", "--all")
	for _, git.env = range commits {
		run("commit", "--quiet", "--allow-empty", "--message=Work of the day")
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}

// NewObjects opens the object database afresh, with nothing cached.
func (r *Repo) NewObjects() (*odb.Objects, error) {
	dir := filepath.Join(r.common, "objects")
	if set := r.Env.Get("GIT_OBJECT_DIRECTORY"); set != "" {
		dir = plainfile.AbsoluteFrom(r.Git.Dir, set)
	}
	var borrowed []string
	for _, path := range filepath.SplitList(r.Env.Get("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
		borrowed = append(borrowed, plainfile.AbsoluteFrom(r.Git.Dir, path))
	}
	o, err := odb.Open(dir, borrowed...)
	if err != nil {
		return nil, err
	}
	o.Promisor = r.Promisor()
	o.Shared = r.sharing()
	return o, nil
}
