package store

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// discover finds the repository that holds dir without git, by the rules of
// gitrepository-layout(5) and of GIT_DIR and its like in git(1).
func discover(dir string, env environ) (place, error) {
	p, err := locate(dir, env)
	if err != nil {
		return place{}, err
	}
	if p.common, err = commonDir(p.dir, dir, env); err != nil {
		return place{}, err
	}
	if env.get("GIT_DIR") == "" {
		if err := checkOwner(p, env); err != nil {
			return place{}, err
		}
	}
	c, err := readConfig(p, env)
	if err != nil {
		return place{}, err
	}
	if err := checkExtensions(c); err != nil {
		return place{}, err
	}
	p.settle(dir, c, env)
	return p, nil
}

// locate finds the git directory, and the work tree when it follows from where
// the git directory was found.
func locate(dir string, env environ) (place, error) {
	if set := env.get("GIT_DIR"); set != "" {
		found, err := followGitFile(absoluteFrom(dir, set))
		if err != nil || !isGitDir(found) {
			return place{}, errors.Join(err, &NotRepositoryError{Dir: dir})
		}
		return place{dir: found}, nil
	}
	var ceilings []string
	for _, ceiling := range filepath.SplitList(env.get("GIT_CEILING_DIRECTORIES")) {
		ceilings = append(ceilings, filepath.Clean(ceiling))
	}
	start, startKnown := device(dir)
	for at := dir; ; at = filepath.Dir(at) {
		dot := filepath.Join(at, ".git")
		if _, err := os.Stat(dot); err == nil {
			found, err := followGitFile(dot)
			if err != nil {
				return place{}, err
			}
			if isGitDir(found) {
				return place{dir: found, worktree: at}, nil
			}
		}
		if isGitDir(at) {
			return place{dir: at}, nil
		}
		parent := filepath.Dir(at)
		volume, known := device(parent)
		crosses := known && startKnown && volume != start && !env.isTrue("GIT_DISCOVERY_ACROSS_FILESYSTEM")
		if parent == at || slices.Contains(ceilings, parent) || crosses {
			return place{}, &NotRepositoryError{Dir: dir}
		}
	}
}

// isGitDir reports whether dir looks like a git directory.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(dir, "commondir")); err == nil {
		return true
	}
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// followGitFile returns path, or where it leads if it is the file that linked
// worktrees and submodules have in place of a git directory.
func followGitFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return path, err
	}
	line, err := readLine(path)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(line, "gitdir:")
	if !ok {
		return "", &DamagedError{Path: path, Err: errors.New("not a git file")}
	}
	return absoluteFrom(filepath.Dir(path), strings.TrimSpace(target)), nil
}

// commonDir returns the directory that a git directory shares with others.
func commonDir(gitDir, cwd string, env environ) (string, error) {
	if set := env.get("GIT_COMMON_DIR"); set != "" {
		return absoluteFrom(cwd, set), nil
	}
	path := filepath.Join(gitDir, "commondir")
	data, err := os.ReadFile(path)
	if isAbsent(path, err) {
		return gitDir, nil
	}
	return absoluteFrom(gitDir, strings.TrimSpace(string(data))), err
}

// settle fills in what the configuration and the environment say about the work
// tree.
func (p *place) settle(dir string, c config, env environ) {
	p.bare = c.isTrue("core.bare")
	switch {
	case env.get("GIT_WORK_TREE") != "":
		p.worktree, p.bare = absoluteFrom(dir, env.get("GIT_WORK_TREE")), false
	case c.get("core.worktree") != "":
		p.worktree, p.bare = absoluteFrom(p.dir, c.get("core.worktree")), false
	case env.get("GIT_DIR") != "" && !p.bare:
		p.worktree = dir
	case p.dir != p.common:
		p.bare = false // core.bare speaks of the main work tree
	case p.bare:
		p.worktree = ""
	}
}

// checkOwner refuses a repository of somebody else, whose configuration could
// name programs to run, unless safe.directory lists it. Only the user's and the
// system's configuration count (git-config(1), "safe.directory").
func checkOwner(p place, env environ) error {
	trusted := cmp.Or(p.worktree, p.dir)
	if ownedByCaller(p.dir, env) && ownedByCaller(trusted, env) {
		return nil
	}
	c, err := readUserConfig(env)
	if err != nil {
		return err
	}
	safe := false
	for _, value := range c["safe.directory"] {
		value = expandHome(value, env)
		below, isPrefix := strings.CutSuffix(value, "/*")
		switch {
		case value == "":
			safe = false // an empty value takes back those before
		case value == "*", filepath.Clean(value) == trusted, isPrefix && strings.HasPrefix(trusted, below+string(filepath.Separator)):
			safe = true
		}
	}
	if !safe {
		return &UnsafeError{Dir: trusted, Why: fmt.Sprintf("dubious ownership; to trust it: git config --global --add safe.directory %s", trusted)}
	}
	return nil
}

// knownExtensions are the format extensions under which everything here is read
// as before (gitrepository-layout(5), "repository format").
var knownExtensions = []string{
	"noop", "noop-v1", "preciousobjects", "partialclone", "worktreeconfig", "relativeworktrees",
	"objectformat", "compatobjectformat", "refstorage", // looked at by checkFormat
}

// checkExtensions refuses what git itself would refuse.
func checkExtensions(c config) error {
	switch c.get("core.repositoryformatversion") {
	case "", "0":
		return nil
	case "1":
	default:
		return &UnsupportedError{What: "repository format", Why: "version " + c.get("core.repositoryformatversion") + " is not known"}
	}
	for key := range c {
		if name, ok := strings.CutPrefix(key, "extensions."); ok && !slices.Contains(knownExtensions, name) {
			return &UnsupportedError{What: "repository format", Why: "extension " + name + " is not known"}
		}
	}
	return nil
}
