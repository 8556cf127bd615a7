// Package store keeps handoff records in a git repository.
//
// It opens a repository as git opens it, reads the union of the records that
// branches and remote-tracking branches reach, and appends new records as
// commits that hold nothing else. Callers see strings, bytes and times; no type
// of go-git leaves this package.
//
// # What is ours and what is git's
//
// Objects are read and written here. Git's own lock files guard the two things
// that can be destroyed, the branch and the index, and are taken in git's order
// and by git's rules, so that git and this package wait for each other. The git
// executable is required, and does what only it does right: finding the
// repository, its configuration, identities, and editing an index in whatever
// format it has. [Repo.Append] is the protocol and reads from top to bottom.
//
// # Errors
//
// Each condition that a caller treats differently has a type. Opening ends with
// [NotRepositoryError], [UnsafeError] or [UnsupportedError]; reading with
// [DamagedError], [MissingError], [TooLargeError] or [KindError]; writing with
// [BusyError], [InProgressError], [DetachedError], [BlockedPathError],
// [NoIdentityError], [HookError], [SignError] or [UnfinishedError], of which only
// the last comes with something written; and a remote with [NoRemoteError],
// [RemoteError] or [DivergedError].
//
// # Environment
//
// Nothing is read from the environment of the process. [Open] is handed the
// environment and passes it on to git, so that tests and callers decide.
package store
