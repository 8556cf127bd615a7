// Package agent is what coding agents may do, and how everybody sees what they did.
//
// An agent works in a clone, with the git identity of a person, who stays accountable:
// a record that an agent prepared names both, see [handoff.Agent]. What an agent may
// publish is in [Policy]. All else it prepares: a file in [Prepared], which the person
// reads and publishes. Nothing that gives or takes work can be anything but prepared.
//
// Whether an agent runs a command is what it says, in a flag or in the environment, see
// [Detect]. One that hides it cannot be told from the person: what holds against that
// are signatures with a key that asks for a touch, and acks that a forge vouches for.
package agent
