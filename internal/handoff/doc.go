// Package handoff is the model: what a record says, and what any set of
// records means.
//
// A [Record] is one immutable YAML file, written once and never edited. It has
// a [Kind], an id, a time, an author, and a body of its kind: a [Handoff]
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
//   - custodian: who holds an item now; the code calls them its Holder.
//   - to declare: to say in a handoff how an item or a blocker stands.
//   - to offer: to name somebody else for a step of an item. To take: to become
//     its custodian by an ack.
//   - live: neither shipped nor dropped.
//   - resolver: the one person, or area, who can remove a blocker.
//   - round: once that a question was asked.
//   - chain: a handoff and its amendments, which are its versions.
//   - series: the handoffs of one sender that replace one another; the rollups of
//     each scope are a series apart.
//   - rollup: a handoff that only shows what the handoffs of others say.
//   - fold: to compute the state, record by record in fold order: causes first,
//     then by time, then by id. The place of a record is its number in it.
//   - state: what all records mean. A view is a state or a part of one.
//   - thread: what the records say, one after the other, of one item, blocker,
//     question, decision or handoff; its history are the ids of these records.
//   - problem: a record that the fold cannot use. A finding is what a rule says
//     of a record.
//   - duplicate: work that two custodians do.
//   - to settle: to decide, by review, that a finding may stand.
//   - snapshot: what a fold has come to, kept as entries: one for each handoff,
//     item, blocker, question and decision, and the books of the fold itself.
//   - to resume: to go on with a fold from a snapshot.
//   - canonical: exactly as [Format] writes it.
package handoff
