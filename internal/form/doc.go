// Package form fills a draft together with a person, and keeps what they typed.
// It never publishes, and it knows no rules: whether a draft is good is asked
// of a function that the caller hands in.
//
// A form is a loop over pages. A page builds a [Screen] out of the draft, an
// [Asker] puts it to the person, and the page takes the answers back into the
// draft, whichever way the person left the screen: forwards, back, with Ctrl-C
// or with a signal. [Declaration] is the long form, for a handoff; [AckForm],
// [Resolve], [Answer] and [Confirm] are the short ones.
//
// A screen shows all of its fields. Enter goes to the next one that wants an answer,
// and past those that have one; a dim text is an answer, which enter takes and one key
// clears. What is needed is marked, and asked for once more before it is left out.
// What the rules find becomes a problem of the field that cures it, in the words that
// stand there, and going back leads to where the person came from.
//
// There are two Askers. [Terminal] shows screens; [Prompter] asks line by line,
// for screen readers, dumb terminals and small windows. The pages do not know
// which of them is at work, and a test can be a third.
//
// The draft of a handoff lives in a file, [Drafts], from the first key on. It is
// written after every screen and shortly after every key, so that a process
// that is killed leaves what was typed. What the editor's text says and a handoff cannot
// hold stays in it, too, and refuses it until it is corrected.
package form
