package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/text"
)

// Repository is one of several that are read.
type Repository struct {
	Dir  string // absolute
	Name string // safe to print, and no other has it
}

// RepoFailure is a repository, or a directory, that cannot be read.
type RepoFailure struct {
	Name string
	Err  error
}

// ReposError says which repositories could not be read.
type ReposError struct {
	Failures []RepoFailure
	Of       int // repositories
}

func (e *ReposError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %s could not be read", len(e.Failures), RepositoryCount(e.Of))
	for _, f := range e.Failures {
		fmt.Fprintf(&b, "\n  %s: %s", f.Name, text.OneLine(f.Err.Error()))
	}
	return b.String()
}

// RepositoryCount is "1 repository", "3 repositories".
func RepositoryCount(n int) string {
	if n == 1 {
		return "1 repository"
	}
	return fmt.Sprintf("%d repositories", n)
}

// repoLevels is how far below a directory repositories are looked for.
const repoLevels = 3

// FindRepositories lists the repositories in some directories, as they are seen
// from a base, in the order of their paths, and the directories that cannot be
// listed. Without git in the environment, nothing can be read of any.
func FindRepositories(ctx context.Context, base string, environ, dirs []string) ([]Repository, []RepoFailure, error) {
	s := repoSearch{ctx: ctx}
	for _, dir := range dirs {
		dir = From(base, dir)
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir():
			return nil, nil, Usagef("", "--all-repos %s: no such directory", dir)
		case err != nil:
			s.failures = append(s.failures, RepoFailure{text.OneLine(dir), err})
			continue
		}
		s.look(dir, 0)
	}
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err := git.CheckGit(environ); err != nil {
		return nil, nil, err // said once
	}
	if len(s.found)+len(s.failures) == 0 {
		return nil, nil, Usagef("name a repository, or a directory that holds some", "--all-repos %s: no repository", strings.Join(dirs, ", "))
	}
	return nameRepositories(onePerStore(s.found)), s.failures, nil
}

// repoSearch looks for repositories.
type repoSearch struct {
	ctx      context.Context
	found    []string
	failures []RepoFailure
}

func (s *repoSearch) look(dir string, level int) {
	if IsRepository(dir) {
		s.found = append(s.found, dir)
		return
	}
	if level == repoLevels || s.ctx.Err() != nil {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		s.failures = append(s.failures, RepoFailure{text.OneLine(dir), err})
		return
	}
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			s.look(filepath.Join(dir, entry.Name()), level+1)
		}
	}
}

// IsRepository reports whether a directory says that it is a repository: a work
// tree, or a bare one.
func IsRepository(dir string) bool {
	there := func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	}
	return there(".git") || there("HEAD") && there("objects") && there("refs")
}

// onePerStore leaves one of several work trees of the same repository: they have
// the same records. It is the main one, if that is among them.
func onePerStore(dirs []string) []string {
	slices.Sort(dirs)
	stores := make(map[string]string)
	for _, dir := range slices.Compact(dirs) {
		key, linked := storeOf(dir)
		if _, known := stores[key]; !known || !linked {
			stores[key] = dir
		}
	}
	return slices.Sorted(maps.Values(stores))
}

// storeOf is where the records of a work tree are kept, as far as that can be
// seen without opening it, and whether others may share that place.
func storeOf(dir string) (store string, linked bool) {
	git := filepath.Join(dir, ".git")
	if line, ok := pathIn(git); ok { // of a linked work tree, or a submodule
		path, _ := strings.CutPrefix(line, "gitdir: ")
		git = From(dir, path)
		if common, ok := pathIn(filepath.Join(git, "commondir")); ok {
			git, linked = From(git, common), true
		}
	} else if _, err := os.Lstat(git); err != nil {
		git = dir // a bare one
	}
	if real, err := filepath.EvalSymlinks(git); err == nil {
		git = real
	}
	return git, linked
}

// pathIn returns the line of a file that holds a path. What stands there may be
// anything: a pipe would never end, or never begin.
func pathIn(name string) (string, bool) {
	const longest = 64 << 10
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > longest {
		return "", false
	}
	data, err := os.ReadFile(name)
	return strings.TrimSpace(string(data)), err == nil
}

// nameRepositories names each by the last part of its path, and by more of it as
// long as another has the same name. Paths that differ only in what cannot be
// shown are numbered.
func nameRepositories(dirs []string) []Repository {
	parts := make([]int, len(dirs))
	for i := range parts {
		parts[i] = 1
	}
	for same := true; same; {
		same = false
		alike := make(map[string][]int)
		for i, dir := range dirs {
			name := lastParts(dir, parts[i])
			alike[name] = append(alike[name], i)
		}
		for _, list := range alike {
			for _, i := range list {
				if len(list) > 1 && parts[i] < 1+strings.Count(filepath.ToSlash(dirs[i]), "/") {
					parts[i]++
					same = true
				}
			}
		}
	}
	found := make([]Repository, len(dirs))
	taken := make(map[string]bool)
	for i, dir := range dirs {
		name := lastParts(dir, parts[i])
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s~%d", lastParts(dir, parts[i]), n)
		}
		taken[name] = true
		found[i] = Repository{dir, name}
	}
	return found
}

// lastParts is the last n parts of a path, safe to print.
func lastParts(dir string, n int) string {
	all := strings.Split(strings.Trim(filepath.ToSlash(dir), "/"), "/")
	return cmp.Or(text.OneLine(strings.Join(all[max(0, len(all)-n):], "/")), "/")
}

// localEnv are the variables that lead git to one repository.
var localEnv = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_CEILING_DIRECTORIES",
}

// openRepository opens one of several repositories. It is the one of that
// directory, never one around it.
func openRepository(ctx context.Context, o Options, dir string) (*Workspace, error) {
	environ := slices.DeleteFunc(slices.Clone(o.Environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(localEnv, name)
	})
	o.Start, o.Named, o.Environ = dir, true, append(environ, "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	o.Count = func(string) func(int) { return nil } // many at once
	ws, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if here, err := os.Stat(dir); err == nil {
		if top, err := os.Stat(ws.RepositoryDir()); err == nil && os.SameFile(here, top) {
			return ws, nil
		}
	}
	ws.Close()
	return nil, &git.NotRepositoryError{Dir: dir}
}

// Close lets go of the files of a repository.
func (ws *Workspace) Close() {
	if ws.Index != nil {
		ws.Index.Close()
	}
	ws.Repo.Close()
}

// LoadFromMany is LoadFor in one of several repositories. Those without records
// get no index.
func (ws *Workspace) LoadFromMany(ctx context.Context, o SourceOptions, part fold.Part) error {
	refs, err := ws.CountingRefs(ctx)
	if err != nil {
		return err
	}
	if !index.Exists(ws.Repo) {
		days, unreadable, err := ws.Days(ctx, refs, ws.RecordDir)
		if err != nil {
			return err
		}
		if len(days) == 0 && len(unreadable) == 0 && len(o.Refs) == 0 && o.AsOf == "" {
			ws.Hold(fold.Of(nil, ws.TeamConfig.AckPolicy))
			return nil
		}
	}
	return ws.LoadFor(ctx, o, part)
}

// RepositoryDir is the work tree, or the git directory where there is none.
func (ws *Workspace) RepositoryDir() string { return cmp.Or(ws.Worktree(), ws.Dir()) }

// From is a path that somebody wrote, seen from a directory.
func From(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// repoReading is one repository that is being read.
type repoReading[T any] struct {
	pieces chan T
	err    error // set before pieces is closed
}

// EachRepository reads repositories, as many at once as there are processors,
// and takes the pieces of each in the order of the repositories. A reader waits
// until its piece is taken: how many there are does not matter to the memory.
//
// An error of take ends it. Repositories that could not be read are returned.
func EachRepository[T any](ctx context.Context, o Options, repos []Repository,
	read func(ctx context.Context, r Repository, ws *Workspace, send func(T) error) error,
	take func(Repository, T) error,
) ([]RepoFailure, error) {
	ctx, cancel := context.WithCancel(ctx)
	var (
		next    atomic.Int64
		workers sync.WaitGroup
	)
	defer workers.Wait()
	defer cancel()
	readings := make([]repoReading[T], len(repos))
	for i := range readings {
		readings[i].pieces = make(chan T)
	}
	readOne := func(i int) error {
		ws, err := openRepository(ctx, o, repos[i].Dir)
		if err != nil {
			return err
		}
		defer ws.Close()
		return read(ctx, repos[i], ws, func(piece T) error {
			select {
			case readings[i].pieces <- piece:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}
	for range min(runtime.GOMAXPROCS(0), len(repos)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(repos); i = int(next.Add(1)) - 1 {
				if readings[i].err = ctx.Err(); readings[i].err == nil {
					readings[i].err = readOne(i)
				}
				close(readings[i].pieces)
			}
		})
	}
	progress := o.CountOf("repositories")
	var failures []RepoFailure
	for i := range readings {
		for piece := range readings[i].pieces {
			if err := take(repos[i], piece); err != nil {
				return failures, err
			}
		}
		switch {
		case ctx.Err() != nil:
			return failures, ctx.Err()
		case readings[i].err != nil:
			failures = append(failures, RepoFailure{repos[i].Name, readings[i].err})
		}
		if progress != nil {
			progress(i+1, len(repos))
		}
	}
	return failures, nil
}
