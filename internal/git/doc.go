// Package git opens a repository as git opens it, and answers what git would say
// of it: references, in files or in a reftable; locks; configuration, identities
// and signatures; the index; remotes and history. It knows nothing of records.
//
// The git executable is required, and does what only it does right: finding the
// repository, its configuration and identities, the network, signing, and
// references that are not in files. Objects are read and written by package odb.
// Callers see strings, bytes and times.
//
// Opening ends with [NotRepositoryError], [UnsafeError] or [UnsupportedError], and
// reading with the errors of package odb.
//
// Nothing is read from the environment of the process. [Open] is handed the
// environment and passes it on to git, so that tests and callers decide.
package git
