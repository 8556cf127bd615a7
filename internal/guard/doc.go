// Package guard is what reminds people to hand over and checks that they did:
// the pre-push hook and the pull request check.
//
// Everything here but [Hook] is pure. The command line gathers facts from git
// and from the environment, this package says what follows from them:
//
//   - [ParsePush] and [Due] decide whether a push is a moment for a reminder.
//   - [Detect] reads which pull request a CI job is about, and [Cover] whether
//     a handoff covers it.
//   - [Report] and its writers turn findings into what each CI service shows.
//     [Breaker] keeps text of records from being taken for a command by a CI
//     runner.
//   - [Insert] and [Remove] edit a hook script without losing a byte of it.
package guard
