package git

import (
	"context"
	"errors"
	"strings"
)

// refBackend is how a repository keeps its references: in files, which are read
// and written here, or in a format that is left to git.
type refBackend interface {
	// Read returns the value of one reference: a hash, "ref: NAME", or "" when
	// it does not exist. HEAD always exists.
	Read(name string) (string, error)

	// List is [Repo.ListRefs].
	List(prefixes []string) ([]Ref, error)

	// Logged returns how many entries the reflog of a reference has.
	Logged(name string) (int, error)

	// Where returns the path that errors about a reference name.
	Where(name string) string

	// CheckedOut returns which work tree has a branch checked out, "" for none.
	CheckedOut(ctx context.Context, ref string) (string, error)

	// Begin prepares to move base, "HEAD" or the full name of a branch, and what
	// it points at if it is symbolic. The commit has the reference that will
	// move, and its tip as the parent. What a killed writer leaves is told from
	// what others leave by the marker.
	Begin(ctx context.Context, base string, m *Marker) (ReferenceMove, Commit, error)
}

// ReferenceMove is a reference on its way to another commit.
type ReferenceMove interface {
	// Prepare names the commit. Nobody sees it yet.
	Prepare(hash string) error

	// Commit moves the reference: the point of no return. The error is ErrMoved
	// when somebody else has moved it since Begin; with any error it is where it
	// was.
	Commit(ctx context.Context, entry LogEntry) error

	// Finish makes the move durable and logs it.
	Finish(entry LogEntry) error

	// Release gives up what is held. After Commit that is nothing.
	Release() error
}

// openRefs finds out how references are kept.
func (r *Repo) openRefs() error {
	c, err := r.LoadConfig()
	if err != nil {
		return err
	}
	if err := checkFormat(c, r.Env); err != nil {
		return err
	}
	r.References = fileRefs{r}
	if c.HasReftable() {
		r.References = &gitRefs{Repo: r}
	}
	return nil
}

// HasReftable reports whether references are not in files.
func (c Config) HasReftable() bool {
	return strings.EqualFold(c.Get("extensions.refstorage"), "reftable")
}

// checkFormat refuses formats of objects and references under which anything
// said or written here would be wrong.
func checkFormat(c Config, env Environ) error {
	if format := c.Get("extensions.objectformat"); format != "" && !strings.EqualFold(format, "sha1") {
		return &UnsupportedError{What: strings.ToUpper(format) + " objects", Why: onlySHA1, WayOut: ownRepository}
	}
	if format := c.Get("extensions.compatobjectformat"); format != "" {
		return &UnsupportedError{What: "objects with a second name, by " + strings.ToUpper(format), Why: onlySHA1, WayOut: ownRepository}
	}
	if err := checkEnvironment(env); err != nil {
		return err
	}
	if format := c.Get("extensions.refstorage"); format != "" && !strings.EqualFold(format, "files") && !c.HasReftable() {
		return &UnsupportedError{What: "references in " + format, Why: "handoff reads files and reftables", WayOut: ownRepository}
	}
	return nil
}

// checkEnvironment refuses references that the environment puts elsewhere.
func checkEnvironment(env Environ) error {
	set, ok := env.lookup("GIT_REFERENCE_BACKEND")
	if !ok {
		return nil
	}
	return &UnsupportedError{
		What: "GIT_REFERENCE_BACKEND=" + set, Why: "handoff reads references where the repository's own configuration has them",
		WayOut: "unset GIT_REFERENCE_BACKEND",
	}
}

// onlySHA1 is why others are refused.
const onlySHA1 = "handoff reads SHA-1 repositories only"

// ownRepository makes a repository whose formats are known, beside this one.
const ownRepository = "git init --object-format=sha1 ../handoffs makes a repository of its own for the records"

// Commit is where the files are after an append.
type Commit struct {
	Hash   string // 40 hex digits
	Ref    string // the reference that now holds it: "refs/heads/main", or "HEAD" when detached
	Parent string // "" for the first commit of a branch
}

// ErrMoved says that the branch was moved by somebody who takes no locks, or
// that an append which was killed is to be repaired first.
var ErrMoved = errors.New("the branch moved")

// MaxTries is how often an append or a replay begins because the branch moved,
// and a push because the remote did.
const MaxTries = 5
