package store

import (
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
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

// IsDamage reports whether an error says that an object is lost or damaged, and
// not only left with the remote of a partial clone.
func IsDamage(err error) bool {
	return isError[*DamagedError](err) || errors.Is(err, plumbing.ErrObjectNotFound) && !isMissing(err)
}

var errPaths = fmt.Errorf("the same directory lies at more than %d places", maxTreePaths)

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
