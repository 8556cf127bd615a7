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
// There are two Askers. [Terminal] shows screens; [Prompter] asks line by line,
// for screen readers, dumb terminals and small windows. The pages do not know
// which of them is at work, and a test can be a third.
//
// The draft of a handoff lives in a file, [Drafts], from the first key on. It is
// written after every screen and shortly after every key, so that a process
// that is killed leaves what was typed.
package form
