// Package store keeps handoff records in a git repository: it reads the union of
// the records that branches and remote-tracking branches reach, by days, and
// appends new records as commits that hold nothing else. [Repo.Append] is the
// protocol and reads from top to bottom; [Repo.Sync] makes commits anew on what
// others have pushed, and [Repo.Recover] completes or takes back what a killed
// writer has left.
//
// Git's own locks guard the two files that can be destroyed, the branch and the
// index. They are taken in git's order and by git's rules, so that git and this
// package wait for each other.
//
// # Errors
//
// Each condition that a caller treats differently has a type, here or in package
// git. Writing ends with [git.BusyError], [git.InProgressError],
// [git.DetachedError], [git.BlockedPathError], [AttributesError],
// [git.NoIdentityError], [git.HookError], [git.SignError] or [UnfinishedError], of
// which only the last comes with something written; a remote with
// [git.NoRemoteError], [git.RemoteError] or [DivergedError].
package store
