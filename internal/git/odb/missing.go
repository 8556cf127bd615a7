package odb

import "github.com/go-git/go-git/v5/plumbing"

// MissingError says that something is not in this repository because a partial
// clone has left it with a remote. Reading never fetches it.
type MissingError struct {
	Remote string // that promised to have it: "origin"
	What   string // "2 of 5 records are"
	WayOut string // the command that fetches it, where [store.Repo.FetchMissing] does not; else ""
}

func (e *MissingError) Error() string {
	return e.What + " not here, but with " + e.Remote + ": this is a partial clone"
}

// Unwrap is the error of an object that is not there for whatever reason.
func (e *MissingError) Unwrap() error { return plumbing.ErrObjectNotFound }

// IsMissing reports whether an error is, or holds, a [MissingError].
func IsMissing(err error) bool { return IsError[*MissingError](err) }
