package store

import (
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// Unreadable says what of a ref cannot be read. What is beside it can.
type Unreadable struct {
	Ref git.Ref
	Err error
}

// Lasting reports whether it is so for ever, as long as the ref stays where it
// is: an object says it. What is lost or cannot be opened may come back.
func (u Unreadable) Lasting() bool { return Lasting(u.Err) }

// Lasting reports whether an error of reading comes from the content of an
// object, which never changes.
func Lasting(err error) bool {
	return odb.IsUnreadable(err) || errors.Is(err, odb.ErrTree) || errors.Is(err, odb.ErrCommit) || errors.Is(err, errPaths)
}

// IsDamage reports whether an error says that an object is lost or damaged, and
// not only left with the remote of a partial clone.
func IsDamage(err error) bool {
	return odb.IsError[*odb.DamagedError](err) || errors.Is(err, plumbing.ErrObjectNotFound) && !odb.IsMissing(err)
}

var errPaths = fmt.Errorf("the same directory lies at more than %d places", odb.MaxTreePaths)

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
func unreadable(ref git.Ref, err error, missing *[]error) []Unreadable {
	var list []Unreadable
	eachError(err, func(err error) {
		if odb.IsMissing(err) {
			*missing = append(*missing, err)
		} else {
			list = append(list, Unreadable{ref, err})
		}
	})
	return list
}
