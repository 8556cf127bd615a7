package store

import (
	"context"
	"errors"
	"strings"
)

// refBackend is how a repository keeps its references: in files, which are read
// and written here, or in a format that is left to git.
type refBackend interface {
	// read returns the value of one reference: a hash, "ref: NAME", or "" when
	// it does not exist. HEAD always exists.
	read(name string) (string, error)

	// list is [Repo.ListRefs].
	list(prefixes []string) ([]Ref, error)

	// logged returns how many entries the reflog of a reference has.
	logged(name string) (int, error)

	// where returns the path that errors about a reference name.
	where(name string) string

	// checkedOut returns which work tree has a branch checked out, "" for none.
	checkedOut(ctx context.Context, ref string) (string, error)

	// begin prepares to move base, "HEAD" or the full name of a branch, and what
	// it points at if it is symbolic. The commit has the reference that will
	// move, and its tip as the parent. What a killed writer leaves is told from
	// what others leave by the marker.
	begin(ctx context.Context, base string, m *marker) (refMove, Commit, error)
}

// refMove is a reference on its way to another commit.
type refMove interface {
	// prepare names the commit. Nobody sees it yet.
	prepare(hash string) error

	// commit moves the reference: the point of no return. The error is errMoved
	// when somebody else has moved it since begin; with any error it is where it
	// was.
	commit(ctx context.Context, entry logEntry) error

	// finish makes the move durable and logs it.
	finish(entry logEntry) error

	// release gives up what is held. After commit that is nothing.
	release() error
}

// openRefs finds out how references are kept.
func (r *gitRepo) openRefs() error {
	c, err := r.loadConfig()
	if err != nil {
		return err
	}
	if err := checkFormat(c, r.env); err != nil {
		return err
	}
	r.refs = fileRefs{r}
	if c.hasReftable() {
		r.refs = &gitRefs{gitRepo: r}
	}
	return nil
}

// hasReftable reports whether references are not in files.
func (c config) hasReftable() bool {
	return strings.EqualFold(c.get("extensions.refstorage"), "reftable")
}

// checkFormat refuses formats of objects and references under which anything
// said or written here would be wrong.
func checkFormat(c config, env environ) error {
	if format := c.get("extensions.objectformat"); format != "" && !strings.EqualFold(format, "sha1") {
		return &UnsupportedError{What: strings.ToUpper(format) + " objects", Why: onlySHA1, WayOut: ownRepository}
	}
	if format := c.get("extensions.compatobjectformat"); format != "" {
		return &UnsupportedError{What: "objects with a second name, by " + strings.ToUpper(format), Why: onlySHA1, WayOut: ownRepository}
	}
	if err := checkEnvironment(env); err != nil {
		return err
	}
	if format := c.get("extensions.refstorage"); format != "" && !strings.EqualFold(format, "files") && !c.hasReftable() {
		return &UnsupportedError{What: "references in " + format, Why: "handoff reads files and reftables", WayOut: ownRepository}
	}
	return nil
}

// checkEnvironment refuses references that the environment puts elsewhere.
func checkEnvironment(env environ) error {
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

// errMoved says that the branch was moved by somebody who takes no locks, or
// that an append which was killed is to be repaired first.
var errMoved = errors.New("the branch moved")

// maxTries is how often an append or a replay begins because the branch moved,
// and a push because the remote did.
const maxTries = 5
