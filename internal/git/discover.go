package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// layout is where the parts of a repository are (gitrepository-layout(5)). All
// paths are absolute.
type layout struct {
	dir      string // the git directory of this work tree
	common   string // the git directory that linked worktrees share
	worktree string // "" when there is none, or when dir holds the caller
	Bare     bool
}

// NotRepositoryError says that no git repository holds Dir.
type NotRepositoryError struct{ Dir string }

func (e *NotRepositoryError) Error() string { return e.Dir + ": not a git repository" }

// UnsafeError says that git would not trust the repository that holds Dir: it
// belongs to somebody else, or is bare where safe.bareRepository forbids it.
type UnsafeError struct {
	Dir  string
	Why  string // one line
	Bare bool   // [OpenNamed] opens it
}

func (e *UnsafeError) Error() string { return e.Dir + ": " + e.Why }

// UnsupportedError says that the repository, or the state it is in, is one that
// this package would have to guess about.
type UnsupportedError struct {
	What   string // "SHA-256 objects"
	Why    string
	WayOut string // what the user can do; may be ""
}

func (e *UnsupportedError) Error() string { return e.What + ": " + e.Why }

// discover asks git where the repository that holds git.dir is.
func discover(ctx context.Context, git Program) (layout, error) {
	// --show-toplevel comes last: without a work tree it is an error, after the
	// other answers have been given.
	out, err := git.Output(ctx, "rev-parse", "--absolute-git-dir", "--git-common-dir",
		"--is-bare-repository", "--show-toplevel")
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil && len(lines) < 3 {
		return layout{}, discoveryError(git, err)
	}
	if len(lines) > 4 {
		return layout{}, &UnsupportedError{What: "repository path", Why: "it has a line break"}
	}
	p := layout{dir: filepath.FromSlash(lines[0]), common: filepath.FromSlash(lines[1]), Bare: lines[2] == "true"}
	if !filepath.IsAbs(p.common) {
		p.common = filepath.Join(git.Dir, p.common)
	}
	if err == nil && len(lines) == 4 {
		p.worktree = filepath.FromSlash(lines[3])
	}
	return p, nil
}

// discoveryError types what git said. Its messages are stable in the C locale
// and its status is 128 for all of them.
func discoveryError(git Program, err error) error {
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	_, text, _ := strings.Cut(failed.Stderr, ": ") // fatal, or error
	text, more, _ := strings.Cut(text, "\n")
	if strings.HasSuffix(text, ":") { // what is not known follows, a line each
		text += " " + strings.Join(strings.Fields(more), ", ")
	}
	switch {
	case strings.Contains(text, "not a git repository"):
		return &NotRepositoryError{Dir: git.Dir}
	case saysAny(text, "dubious ownership", "safe.bareRepository"):
		return &UnsafeError{Dir: git.Dir, Why: text, Bare: strings.Contains(text, "safe.bareRepository")}
	}
	if err := checkEnvironment(git.env); err != nil {
		return err
	}
	switch {
	case saysAny(text, "compatobjectformat", "compatibility hash algorithm"):
		return &UnsupportedError{What: "objects with SHA256 names", Why: onlySHA1, WayOut: ownRepository}
	case saysAny(text, "unknown repository extension", "repo version") && strings.Contains(text, "refstorage"):
		return &UnsupportedError{What: "references in a reftable", Why: "this git does not read them", WayOut: "install git 2.45 or newer"}
	case saysAny(text, "unknown repository extension", "repo version"):
		return &UnsupportedError{What: "repository format", Why: text, WayOut: "use a git that knows this format"}
	case strings.Contains(text, "'extensions."): // a value that git does not know
		return &UnsupportedError{What: "repository format", Why: text, WayOut: ownRepository}
	}
	return fmt.Errorf("%s: %w", git.Dir, err)
}
