package rules

import (
	"time"

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
	// ClockSkew is how far clocks may differ.
	ClockSkew time.Duration
	// State is what the records meant before this one.
	State *handoff.View

	Settings
	Team
	Git
}

// Settings is what the configuration says about the rules.
type Settings struct {
	Preset Preset
	// Levels sets single rules, by code. It weighs more than the preset.
	Levels map[string]Setting
	// Lang is the language of the records. The rules that read English words
	// are off for any but "" and "en".
	Lang  string
	Words Words
	// AllowSecrets are the fingerprints of false alarms of HO901: those that the
	// team knows, and those that are let through this once.
	AllowSecrets, LetThrough []string
}

// Preset moves the levels of the rules HO2xx to HO6xx together.
type Preset string

// The presets. The empty one is PresetDefault.
const (
	PresetDefault Preset = "default" // the table
	PresetStrict  Preset = "strict"  // every warning is an error
	PresetPilot   Preset = "pilot"   // every error is a warning, for a team that is trying it out
)

// Setting is the level to which a team sets a rule.
type Setting string

// The settings of a rule.
const (
	SetError Setting = "error"
	SetWarn  Setting = "warn"
	SetOff   Setting = "off"
)

// Team is who works when, as the configuration says it.
type Team struct {
	// People are the handles of the roster; nil means that there is none.
	People []string
	// TeamOf returns the name of a person's team, "" without one.
	TeamOf func(handle string) string
	// Covers reports whether an address such as "team:qa" includes a person, in
	// what somebody wrote.
	Covers func(address, from, handle string) bool
	// Shift returns the working time of a person that contains at, or else the
	// next one, without regard to absences. It is false where no hours are
	// known.
	Shift func(handle string, at time.Time) (start, end time.Time, ok bool)
	// Away reports whether a person is absent at a time.
	Away func(handle string, at time.Time) bool
	// PublishGrace is how long after the end of a shift a handoff is in time.
	PublishGrace time.Duration
	Authority    []Authority
	Interfaces   []Interface
}

// Authority is who decides in an area.
type Authority struct {
	Area    string
	Expires time.Time // the end of their last day; zero: never
}

// Interface is the contract at the boundary between two teams.
type Interface struct {
	From, To  string
	Requires  []string // fields of an item, or of the handoff, that must say something
	OnMissing string   // "reject" makes a breach an error, anything else a warning
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
