// Package handoff is the model: what a record says, and what any set of
// records means.
//
// A [Record] is one immutable YAML file, written once and never edited. It has
// a [Kind], an id, a time, an author, and a body of its kind: a [Handoff]
// states what its sender leaves, an [Ack] takes it over, a [Resolution] closes
// a blocker, and so on. [Parse] reads a record from bytes that nobody vouches
// for; [Format] writes the one canonical form.
//
// What the records mean, taken together, is computed by package fold.
//
// The package is pure. Time, ids, files and people come in as arguments.
//
// # Words
//
// What they mean, here and in the packages that use this one.
//
//   - record: a file, and what it says; its source is where it was read.
//   - body: the part of a record that depends on its kind.
//   - digest: the SHA-256 of a record's bytes, by which an ack says what it read.
//   - handle: the name of a person. An address is a handle, or a group such as
//     team:qa.
//   - slug: the name of an item, blocker, question or decision, which stays the
//     same from handoff to handoff. The topic of a decision is its slug.
//   - reference: how a record names another one, or a slug: "blk:timeout".
//   - sender, receiver: who writes a handoff, and who is asked to take it.
//   - owner: the one person who is accountable for an item.
//   - resolver: the one person, or area, who can remove a blocker.
//   - rollup: a handoff that only shows what the handoffs of others say.
//   - problem: a record that the fold cannot use. A finding is what a rule says
//     of a record.
//   - to settle: to decide, by review, that a finding may stand.
//   - canonical: exactly as [Format] writes it.
package handoff
