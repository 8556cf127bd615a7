// Package rules judges records: what makes one good enough to publish.
//
// Every rule is one row of a table, deterministic, with a stable code and a
// message that says what to do. [Check] runs all of them, also when the schema
// already fails, so that an author sees everything at once. The split between
// the levels follows one thought: incomplete, contradictory, unsafe or tampered
// is an error; worded badly, as far as a word list can tell, is a warning.
// Where a heuristic has doubts it stays silent.
//
// The package is pure. Whatever a rule has to know besides the record, such as
// the state before it, the roster, shifts or commits, comes in through the
// [Context]; a rule whose facts are missing says nothing.
package rules
