// Package examples holds files that show how handoffs look in a repository.
// The tests of this project check every one of them, and handoff demo runs on
// one.
package examples

import _ "embed"

// TwoSites is the handoff of a two-site team as a person writes it: two items,
// a decision, and a blocker that a product owner must decide.
//
//go:embed two-sites/today.yaml
var TwoSites []byte
