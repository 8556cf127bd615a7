// Package fold computes what a set of records means.
//
// State is never stored. [Of] computes it from a set of records, and from nothing
// else: the order in which they arrive does not matter, so every clone that has the
// same records computes the same [State]. A record that is not allowed where it
// stands changes nothing and becomes a [handoff.Problem].
//
// The rule that everything else serves: publishing is not transfer. An item
// stays with its sender until a receiver's ack takes it, and at any time it
// has exactly one custodian.
//
// A [State] is of all records, a [View] may be of a part of them: what is asked of
// one gets the same answer from the other. [Recall] puts together the view that a
// [Part] asks for, from entries that a derived store keeps.
//
// The package is pure.
//
// # Words
//
// What they mean, here and in the packages that use this one, beside those of
// package handoff.
//
//   - custodian: who holds an item now; the code calls them its Holder.
//   - to declare: to say in a handoff how an item or a blocker stands.
//   - to offer: to name somebody else for a step of an item. To take: to become
//     its custodian by an ack.
//   - live: neither shipped nor dropped.
//   - round: once that a question was asked.
//   - chain: a handoff and its amendments, which are its versions.
//   - series: the handoffs of one sender that replace one another; the rollups of
//     each scope are a series apart.
//   - fold: to compute the state, record by record in fold order: causes first,
//     then by time, then by id. The place of a record is its number in it.
//   - state: what all records mean. A view is a state or a part of one.
//   - thread: what the records say, one after the other, of one item, blocker,
//     question, decision or handoff; its history are the ids of these records.
//   - duplicate: work that two custodians do.
//   - snapshot: what a fold has come to, kept as entries: one for each handoff,
//     item, blocker, question and decision, and the books of the fold itself.
//   - to resume: to go on with a fold from a snapshot.
package fold
