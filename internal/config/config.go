// Package config is what a team agrees on in .handoffs/config.yaml: who its
// people are, when they work, who decides what, and how strict to be.
//
// The file is committed, and whoever can get a commit into a branch that
// somebody reads can write it. So it may describe people and rules, but it can
// hold no URL to call, no token and no command: [Parse] refuses keys that look
// like one. Everything in it is optional but the line `format: 1`, and
// [Default] is what holds without a file.
package config

import (
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
)

// Version is the format of the file that this program reads and writes.
const Version = 1

// Config is the file. Maps are keyed by handle or name. Treat a Config that
// [Parse] returned as read-only.
type Config struct {
	Version     int                 `yaml:"format"`
	Store       Store               `yaml:"store,omitempty"`
	Read        string              `yaml:"read,omitempty"` // which refs count: ReadAll, ReadCurrent, ReadForeign
	Commit      Commit              `yaml:"commit,omitempty"`
	People      map[string]Person   `yaml:"people,omitempty"`
	Teams       map[string]Team     `yaml:"teams,omitempty"`
	Pods        map[string]Pod      `yaml:"pods,omitempty"`
	Zones       []string            `yaml:"zones,omitempty"` // the ring that work follows
	Timing      Timing              `yaml:"timing,omitempty"`
	AckPolicy   fold.AckPolicy      `yaml:"ack_policy,omitempty"`
	Acks        Acks                `yaml:"acks,omitempty"`
	Hook        Hook                `yaml:"hook,omitempty"`
	SLA         SLA                 `yaml:"sla,omitempty"`
	Authorities []Authority         `yaml:"authority,omitempty"`
	Escalation  map[string][]string `yaml:"escalation,omitempty"` // ladders; see Config.Ladder
	Interfaces  []Interface         `yaml:"interfaces,omitempty"`
	Exceptions  map[string]string   `yaml:"exceptions,omitempty"` // class of an ack's exception → handle, or ExceptionSender; see Config.LeadOf for the others
	Rules       Rules               `yaml:"rules,omitempty"`
	Deliver     Deliver             `yaml:"deliver,omitempty"`
	Agents      map[string]string   `yaml:"agents,omitempty"` // what coding agents may do by themselves: act → draft, propose or publish
	Refs        map[string]string   `yaml:"refs,omitempty"`   // type of a reference → https link to show, with {id}
	Verify      Verify              `yaml:"verify,omitempty"`
}

// ExceptionSender stands for whoever sent what an ack makes an exception of.
const ExceptionSender = "sender"

// BranchCurrent stands for the branch that is checked out.
const BranchCurrent = "current"

// Store says where records are written.
type Store struct {
	Branch string `yaml:"branch,omitempty"` // BranchCurrent, or a branch name
}

// The values of Config.Read.
const (
	ReadAll     = "all"     // HEAD, local branches, and those of the remote that the default branch follows
	ReadCurrent = "current" // HEAD
	ReadForeign = "foreign" // all, and the branches of strangers: of other remotes and of pull requests
)

// Commit shapes the commits that hold records.
type Commit struct {
	SkipCI  bool   `yaml:"skip_ci,omitempty"`
	Subject string `yaml:"subject,omitempty"` // with {kind} {by} {to} {counts}; "" is the default form
	Hooks   bool   `yaml:"hooks,omitempty"`   // run pre-commit and commit-msg
}

// subjectFields are the placeholders of Commit.Subject.
var subjectFields = []string{"kind", "by", "to", "counts"}

// Person is one row of the roster.
type Person struct {
	Name   string   `yaml:"name,omitempty"`
	Emails []string `yaml:"emails,omitempty"` // of their commits
	Team   string   `yaml:"team,omitempty"`
	Zone   string   `yaml:"zone,omitempty"` // where it is not that of the team
	TZ     Location `yaml:"tz,omitempty"`
	Hours  Hours    `yaml:"hours,omitempty"`
	Days   Days     `yaml:"days,omitempty"` // Monday to Friday, if there are hours and no days
	GitHub string   `yaml:"github,omitempty"`
	GitLab string   `yaml:"gitlab,omitempty"`
	Gitea  string   `yaml:"gitea,omitempty"`
	Jira   string   `yaml:"jira,omitempty"`
	Linear string   `yaml:"linear,omitempty"`
	Slack  string   `yaml:"slack,omitempty"`
	Teams  string   `yaml:"teams,omitempty"`      // the name with which they sign in, which looks like an address
	Google string   `yaml:"googlechat,omitempty"` // the number of users/NUMBER
	Away   []Away   `yaml:"away,omitempty"`
}

// Away is an absence: whole days in the person's zone, the first and the last
// one included.
type Away struct {
	From  Date   `yaml:"from"`
	To    Date   `yaml:"to"`
	Cover string `yaml:"cover,omitempty"` // handle
}

// Team is people who work together. Its members name it in their rows.
type Team struct {
	Lead string `yaml:"lead,omitempty"` // handle
	Zone string `yaml:"zone,omitempty"`
}

// Pod is teams in several zones that pass the same work on.
type Pod struct {
	Teams []string          `yaml:"teams,omitempty"`
	Leads map[string]string `yaml:"leads,omitempty"` // zone → handle
}

// Timing is the slack that clocks and people get, on the wall.
type Timing struct {
	PublishGrace calendar.Duration `yaml:"publish_grace"` // after the end of a shift
	ClockSkew    calendar.Duration `yaml:"clock_skew"`    // into the future
	Backdate     calendar.Duration `yaml:"backdate"`      // between a record and its commit
}

// Acks says what an ack takes beside the name of its author.
type Acks struct {
	Signed bool `yaml:"signed,omitempty"` // verify wants a signature of its author, or the word of a service
}

// Hook says when the pre-push reminder is due.
type Hook struct {
	BeforeShiftEnd calendar.Duration `yaml:"before_shift_end"`
	Commits        int               `yaml:"commits"` // without a handoff
	Hours          int               `yaml:"hours"`   // without a handoff
}

// SLA is how long things may wait; zero is for ever. Durations run on the
// receiver's clock, for what is critical on the wall.
type SLA struct {
	Ack            AckSLA            `yaml:"ack,omitempty"`
	Answer         calendar.Duration `yaml:"answer,omitempty"`
	BlockerAck     calendar.Duration `yaml:"blocker_ack,omitempty"`
	BlockerResolve calendar.Duration `yaml:"blocker_resolve,omitempty"`
}

// AckSLA is how long a handoff may wait for a verdict, by the highest severity
// among its items.
type AckSLA struct {
	Routine  calendar.Duration `yaml:"routine,omitempty"`
	Watch    calendar.Duration `yaml:"watch,omitempty"`
	Critical calendar.Duration `yaml:"critical,omitempty"`
}

// Authority says who decides in an area.
type Authority struct {
	Area       string   `yaml:"area"`
	Primary    string   `yaml:"primary"` // handle
	Alternates []string `yaml:"alternates,omitempty"`
	Expires    Date     `yaml:"expires,omitempty"` // the last day, UTC
}

// Rules adapts the rules to the team.
type Rules struct {
	Preset       string            `yaml:"preset,omitempty"` // PresetDefault, PresetStrict, PresetPilot
	Lang         string            `yaml:"lang,omitempty"`   // of the records: other than "en" switches word lists off
	Words        Words             `yaml:"words,omitempty"`
	AllowSecrets []string          `yaml:"allow_secrets,omitempty"` // fingerprints of texts that look like secrets and are none
	Levels       map[string]string `yaml:",inline"`                 // code → RuleError, RuleWarn, RuleOff
}

// The presets of the rules.
const (
	PresetDefault = "default"
	PresetStrict  = "strict"
	PresetPilot   = "pilot"
)

// The levels that a rule can be set to.
const (
	RuleError = "error"
	RuleWarn  = "warn"
	RuleOff   = "off"
)

// Words extends the word lists of the rules.
type Words struct {
	Filler  []string `yaml:"filler,omitempty"`
	Weak    []string `yaml:"weak,omitempty"`
	Soft    []string `yaml:"soft,omitempty"`
	RelTime []string `yaml:"reltime,omitempty"`
}

// Default returns what holds without a file, and for every key that a file
// leaves out: no roster, no SLA, no shifts. Configuration only adds.
func Default() *Config {
	minutes := func(n int) calendar.Duration { return calendar.Duration{Clock: time.Duration(n) * time.Minute} }
	return &Config{
		Version:   Version,
		Store:     Store{Branch: BranchCurrent},
		Read:      ReadAll,
		Timing:    Timing{PublishGrace: minutes(10), ClockSkew: minutes(5), Backdate: minutes(15)},
		AckPolicy: fold.PolicyPerItem,
		Hook:      Hook{BeforeShiftEnd: minutes(90), Commits: 10, Hours: 12},
		Rules:     Rules{Preset: PresetDefault, Lang: "en"},
	}
}
