package rules

import (
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Context is what a record is judged against. Every field may be zero: the
// rules that need it are silent then.
type Context struct {
	// Draft says that the record is not published yet, so that what the
	// program captures (id, at, by) may be absent.
	Draft bool
	// Path is where the record stands in the repository (rule HO903); it is
	// copied to the findings.
	Path string
	// By is who publishes a draft that does not say so.
	By string
	// At is when a draft is published that does not say so; zero is Now.
	At time.Time
	// Now is the limit for times that cannot lie in the future.
	Now time.Time
	// State is what the records meant before this one.
	State *fold.View
	// Earlier returns the handoffs before this record with an entry of that list and
	// id, for a record that is published: State knows only how entries stand now.
	Earlier func(list, id string) []*handoff.Handoff
	// Config is what the team agreed on: its people, and how strict the rules are.
	Config *config.Config
	// Covers reports whether an address such as "team:qa" includes a person, in
	// what somebody wrote. Without it, an address may include anybody.
	Covers func(address, from, handle string) bool
	// LetThrough are the fingerprints of false alarms of HO901 that are no errors
	// this once.
	LetThrough []string
	// Only reports whether a rule is to be run whose findings have that level at
	// most, by the settings; nil runs all.
	Only func(code string, level handoff.Level) bool

	Git
}

// Git is what the repository knows. The functions answer known=false where it
// cannot tell, as in a shallow clone.
type Git struct {
	// Committed reports whether a branch is known to have commits after a time.
	Committed func(branch string, after time.Time) bool
	// OwnCommits counts the commits that the sender is known to have made since
	// their last handoff.
	OwnCommits func() int
	// HasCommit reports whether a commit exists.
	HasCommit func(hash string) (has, known bool)
	// HasFile reports whether a path exists where the handoff is anchored.
	HasFile func(path string) (has, known bool)
	// Changed reports which of the files changed after a commit.
	Changed func(commit string, files []string) []string
}
