package store

import (
	"cmp"
	"context"
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

// openFormat looks at the formats of objects and references, and refuses those
// under which anything said or written here would be wrong.
func (r *Repo) openFormat() error {
	c, err := r.loadConfig()
	if err != nil {
		return err
	}
	for key, kind := range map[string]string{"extensions.objectformat": "objects", "extensions.compatobjectformat": "names of objects as well"} {
		if format := c.get(key); format != "" && !strings.EqualFold(format, "sha1") {
			return &UnsupportedError{What: strings.ToUpper(format) + " " + kind, Why: "handoff reads SHA-1 repositories only", WayOut: ownRepository}
		}
	}
	if set := r.env.get("GIT_REFERENCE_BACKEND"); set != "" {
		return &UnsupportedError{
			What: "GIT_REFERENCE_BACKEND=" + set, Why: "handoff takes references from where the repository's configuration has them",
			WayOut: "unset GIT_REFERENCE_BACKEND",
		}
	}
	switch format := strings.ToLower(cmp.Or(c.get("extensions.refstorage"), "files")); {
	case format == "files":
		r.refs = fileRefs{r}
	case format != "reftable":
		return &UnsupportedError{What: "references in " + format, Why: "handoff knows files and reftable", WayOut: ownRepository}
	case !r.git.installed():
		return &UnsupportedError{What: "references in a reftable", Why: "only git reads them", WayOut: "install git"}
	default:
		r.refs = &gitRefs{Repo: r}
	}
	return nil
}

// ownRepository makes a repository whose formats are known, beside this one.
const ownRepository = "git init --object-format=sha1 ../handoffs makes a repository of its own for the records"
