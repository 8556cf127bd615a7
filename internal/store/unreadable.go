package store

import (
	"errors"
	"fmt"
	"strings"
)

// Unreadable says what of a ref cannot be read. What is beside it can.
type Unreadable struct {
	Ref Ref
	Err error
}

// Lasting reports whether it is so for ever, as long as the ref stays where it
// is: an object says it. What is lost or cannot be opened may come back.
func (u Unreadable) Lasting() bool { return Lasting(u.Err) }

// Lasting reports whether an error of reading comes from the content of an
// object, which never changes.
func Lasting(err error) bool {
	return isUnreadable(err) || errors.Is(err, errTree) || errors.Is(err, errCommit) || errors.Is(err, errPaths)
}

var (
	errCommit = errors.New("malformed commit")
	errPaths  = fmt.Errorf("the same directory lies at more than %d places", maxTreePaths)
)

// eachError calls use with the errors that were joined to one.
func eachError(err error, use func(error)) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			use(err)
		}
	} else if err != nil {
		use(err)
	}
}

// unreadable are the errors of a ref, but for what a partial clone has left with
// its remote, which is added to missing.
func unreadable(ref Ref, err error, missing *[]error) []Unreadable {
	var list []Unreadable
	eachError(err, func(err error) {
		if isMissing(err) {
			*missing = append(*missing, err)
		} else {
			list = append(list, Unreadable{ref, err})
		}
	})
	return list
}

// WayOut says how to get rid of what is wrong with a ref, or with something in
// its tree.
func (r *Repo) WayOut(ref string, lasting bool) string {
	remote, short := r.trackedBy(ref)
	switch {
	case remote != "":
		return fmt.Sprintf("git update-ref -d %s forgets the branch; git fetch %s brings what the remote has now", ref, remote)
	case strings.HasPrefix(ref, "refs/remotes/"):
		return fmt.Sprintf("git update-ref -d %s forgets the branch", ref)
	case !lasting:
		return "git fsck tells more; git fetch --refetch brings back what a remote has"
	case strings.HasPrefix(ref, "refs/heads/"):
		return fmt.Sprintf("correct it in a commit on %[1]s, or delete the branch: git branch -D %[1]s", short)
	}
	return "git fsck tells more"
}

// trackedBy returns the remote whose branch a ref is, "" for none, and the short
// name of the ref.
func (r *Repo) trackedBy(ref string) (remote, short string) {
	short = strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/remotes/")
	c, err := r.loadConfig()
	if err != nil || !strings.HasPrefix(ref, "refs/remotes/") {
		return "", short
	}
	for _, spec := range fetchRefspecs(c) {
		if _, ok := spec.source(ref); ok && (remote == "" || spec.remote < remote) {
			remote = spec.remote
		}
	}
	return remote, short
}
