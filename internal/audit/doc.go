// Package audit reads the history of records and says what should not have
// happened in it: records that were edited, deleted, renamed or replaced, given in
// somebody else's name, or not signed; and what it cannot see. [Run] is the audit.
//
// What an earlier run has seen is remembered in the git directory, and its loss
// costs time only.
package audit
