// Package handoff is the model: what a record says, and what any set of
// records means.
//
// A [Record] is one immutable YAML file, written once and never edited. It has
// a [Kind], an [ID], a time, an author, and a body of its kind: a [Handoff]
// states what its sender leaves, an [Ack] takes it over, a [Resolution] closes
// a blocker, and so on. [Parse] reads a record from bytes that nobody vouches
// for; [Format] writes the one canonical form.
//
// State is never stored. [Fold] computes it from a set of records, and from
// nothing else: the order in which they arrive does not matter, so every clone
// that has the same records computes the same [State]. A record that is not
// allowed where it stands changes nothing and becomes a [Problem].
//
// The rule that everything else serves: publishing is not transfer. An item
// stays with its sender until a receiver's ack takes it, and at any time it
// has exactly one custodian.
//
// The package is pure. Time, ids, files and people come in as arguments.
package handoff
