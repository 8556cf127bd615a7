// Package outbox is the road from the records to the tools that people look at: what
// is due at which target, and how it gets there exactly once, or is said to be in
// doubt.
//
// A delivery takes two route records. The first says that something is being sent,
// and stands before the first byte goes out; the second says what became of it. Who
// finds a first one without a second one knows that a program was killed, or lost its
// connection, in between:
//
//   - where the target knows the key of a message or lists what it has, that is asked,
//     and what is there is only written down;
//   - an edit is made again, which changes nothing;
//   - otherwise nobody can tell. That is a [DoubtError], until somebody says that it
//     is to be sent again, or that it has arrived.
//
// Of the last kind the first record is pushed before anything is sent, so that no
// other clone sends the same; a push that is refused sends nothing.
//
// A reminder of a deadline that has passed is a delivery of its own, of which the records
// hold one for each deadline; it is always pushed first, for those who remind are jobs in
// many clones.
//
// A forge is also asked how the reviews of pull requests stand, which takes no record: the
// answer stands in the handoff that names them.
//
// What a target is comes from the configuration of the user and from the environment,
// never from the repository, which names targets only. The package prints nothing.
package outbox
