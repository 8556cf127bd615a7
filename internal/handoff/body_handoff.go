package handoff

import (
	"cmp"
	"slices"
)

// Handoff is the state that its sender leaves: the body of a [KindHandoff]
// record.
type Handoff struct {
	Amends         string             `yaml:"amends,omitempty"` // id of the handoff that this one replaces
	To             List[string]       `yaml:"to,omitempty"`     // handles, "team", "team:x", "shift:x", "lead:x"
	CC             []string           `yaml:"cc,omitempty"`
	Team           string             `yaml:"team,omitempty"`
	Pod            string             `yaml:"pod,omitempty"`
	Zone           string             `yaml:"zone,omitempty"`
	Shift          *Shift             `yaml:"shift,omitempty"`
	Rollup         *Rollup            `yaml:"rollup,omitempty"`
	Summary        string             `yaml:"summary,omitempty"`
	Shipped        List[Shipped]      `yaml:"shipped,omitempty"`
	Items          List[Item]         `yaml:"items,omitempty"`
	Blockers       List[Blocker]      `yaml:"blockers,omitempty"`
	Decisions      List[Decision]     `yaml:"decisions,omitempty"`
	Questions      List[OpenQuestion] `yaml:"questions,omitempty"`
	Dropped        List[Reasoned]     `yaml:"dropped,omitempty"`
	Ended          []Ended            `yaml:"ended,omitempty"`
	ReturnsAt      Time               `yaml:"returns_at,omitempty"`
	ReachableUntil Time               `yaml:"reachable_until,omitempty"`
	Cover          string             `yaml:"cover,omitempty"`
	Watch          List[Watch]        `yaml:"watch,omitempty"`
	Standing       List[Standing]     `yaml:"standing,omitempty"`
	Notes          string             `yaml:"notes,omitempty"`
	Details        string             `yaml:"details,omitempty"`
	Anchor         *Anchor            `yaml:"anchor,omitempty"`
	Unchanged      []Reasoned         `yaml:"unchanged,omitempty"`
	Waivers        []Waiver           `yaml:"waivers,omitempty"`
	Meta           *Meta              `yaml:"meta,omitempty"`
}

// Item returns the first item of that id, nil when the handoff lists none.
func (h *Handoff) Item(id string) *Item {
	return first(h.Items, func(item Item) bool { return item.ID == id })
}

// Blocker returns the first blocker of that id, nil when the handoff lists none.
func (h *Handoff) Blocker(id string) *Blocker {
	return first(h.Blockers, func(b Blocker) bool { return b.ID == id })
}

// Says reports whether the handoff has a key under which it can say "none", empty or
// not: absent is not empty.
func (h *Handoff) Says(key string) bool {
	switch key {
	case "shipped":
		return h.Shipped != nil
	case "items":
		return h.Items != nil
	case "blockers":
		return h.Blockers != nil
	case "decisions":
		return h.Decisions != nil
	case "questions":
		return h.Questions != nil
	case "dropped":
		return h.Dropped != nil
	case "watch":
		return h.Watch != nil
	case "standing":
		return h.Standing != nil
	}
	return false
}

// Severity is the highest one among the items.
func (h *Handoff) Severity() string {
	highest := SeverityRoutine
	for _, item := range h.Items {
		if CompareSeverity(item.Severity, highest) < 0 {
			highest = item.Severity
		}
	}
	return highest
}

func first[T any](list []T, fits func(T) bool) *T {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return &list[i]
	}
	return nil
}

// Shift is the sender's working time on the day of the handoff.
type Shift struct {
	Name  string `yaml:"name,omitempty"`
	Start Time   `yaml:"start"`
	End   Time   `yaml:"end"`
	TZ    string `yaml:"tz"`
}

// Rollup marks a handoff that a lead drew together from those of members.
type Rollup struct {
	Level   string         `yaml:"level"` // team, pod, org
	Scope   string         `yaml:"scope"`
	Sources []RollupSource `yaml:"sources"`
	Missing []Missing      `yaml:"missing,omitempty"`
}

// RollupSource is a handoff that a rollup was made from.
type RollupSource struct {
	ID     string `yaml:"id"`
	Digest string `yaml:"digest"`
}

// Missing is a member of whom a handoff was expected for a rollup that has none.
type Missing struct {
	Who string `yaml:"who" json:"who"`
	Why string `yaml:"why" json:"why"` // absent, late, none
}

// The levels of a rollup.
const (
	LevelTeam = "team"
	LevelPod  = "pod"
	LevelOrg  = "org"
)

// Why a member is missing in a rollup.
const (
	MissingAbsent = "absent" // away in what would have been their shift
	MissingLate   = "late"   // their shift is not over, or only just
	MissingNone   = "none"   // they worked, and declared nothing
)

// Shipped is something finished. With an ID it takes that item out of the live
// set.
type Shipped struct {
	ID   string `yaml:"id,omitempty"`
	What string `yaml:"what"`
	Refs []Ref  `yaml:"refs,omitempty"`
}

// Status of an item.
const (
	StatusReady      = "ready"
	StatusInProgress = "in_progress"
	StatusInReview   = "in_review"
	StatusBlocked    = "blocked"
)

// Severity of an item or a blocker; an empty one is SeverityRoutine.
const (
	SeverityRoutine  = "routine"
	SeverityWatch    = "watch"
	SeverityCritical = "critical"
)

// Item is a piece of work. Its ID is a slug that stays the same from handoff
// to handoff.
type Item struct {
	ID          string          `yaml:"id"`
	Title       string          `yaml:"title,omitempty"`
	Status      string          `yaml:"status"`
	Severity    string          `yaml:"severity,omitempty"`
	Owner       string          `yaml:"owner"`
	State       string          `yaml:"state"`
	Intent      string          `yaml:"intent,omitempty"`
	Ready       string          `yaml:"ready,omitempty"`
	Progress    *int            `yaml:"progress,omitempty"` // percent
	Due         Time            `yaml:"due,omitempty"`
	Effort      string          `yaml:"effort,omitempty"` // 30m, 2h, 1d (8 h)
	Next        []Next          `yaml:"next,omitempty"`
	Accept      List[Criterion] `yaml:"accept,omitempty"` // absent, it is what it was, as known_issues and refs are
	IfThen      []Contingency   `yaml:"if_then,omitempty"`
	Assumptions []string        `yaml:"assumptions,omitempty"`
	KnownIssues List[string]    `yaml:"known_issues,omitempty"`
	Tried       []Attempt       `yaml:"tried,omitempty"`
	DoNot       []string        `yaml:"do_not,omitempty"`
	BlockedBy   []string        `yaml:"blocked_by,omitempty"`
	DependsOn   []string        `yaml:"depends_on,omitempty"`
	Consult     []string        `yaml:"consult,omitempty"`
	Refs        List[Ref]       `yaml:"refs,omitempty"`
	Claims      []Claim         `yaml:"claims,omitempty"`
	Reopened    string          `yaml:"reopened,omitempty"`
	Continues   string          `yaml:"continues,omitempty"` // the item that this one was split or renamed from
	Source      string          `yaml:"source,omitempty"`    // in a rollup: the handoff it was drawn from
}

// Next is a step that somebody is to do.
type Next struct {
	Do          string `yaml:"do"`
	Owner       string `yaml:"owner,omitempty"` // a handle, or an address out of the handoff's `to`; "" only while it is a draft
	When        string `yaml:"when,omitempty"`
	Due         Time   `yaml:"due,omitempty"`
	Start       string `yaml:"start,omitempty"` // "now" (the default) or "after:<ref>"
	Risk        string `yaml:"risk,omitempty"`  // safe (the default), confirm, irreversible
	ConfirmWith string `yaml:"confirm_with,omitempty"`
}

// StartsNow reports whether the step waits for nothing.
func (n Next) StartsNow() bool { return n.Start == "" || n.Start == "now" }

// Criterion is a check that tells whether an item is done. Cmd is shown, never
// run.
type Criterion struct {
	Check  string `yaml:"check"`
	Cmd    string `yaml:"cmd,omitempty"`
	Expect string `yaml:"expect,omitempty"`
}

// Contingency says what to do when something that may happen does.
type Contingency struct {
	If   string `yaml:"if"`
	Then string `yaml:"then"`
	Who  string `yaml:"who,omitempty"`
}

// Attempt is a dead end.
type Attempt struct {
	What   string `yaml:"what"`
	Result string `yaml:"result"`
}

// Ref points to something outside the records.
type Ref struct {
	Type      string   `yaml:"type"` // pr, ticket, branch, commit, file, url, doc, session (a transcript)
	ID        string   `yaml:"id"`
	State     string   `yaml:"state,omitempty"`
	Approvals string   `yaml:"approvals,omitempty"` // as "2/3"
	WaitingOn []string `yaml:"waiting_on,omitempty"`
	ProbedAt  Time     `yaml:"probed_at,omitempty"`
}

// Claim is a statement about the work and how far it has been checked.
type Claim struct {
	Claim  string `yaml:"claim"`
	Status string `yaml:"status"` // verified, unverified, carried
	Probe  string `yaml:"probe,omitempty"`
	Commit string `yaml:"commit,omitempty"`
	At     Time   `yaml:"at,omitempty"`
}

// Blocker is what somebody else must do before an item can go on.
type Blocker struct {
	ID         string   `yaml:"id"`
	Needs      string   `yaml:"needs"`
	Because    string   `yaml:"because"`
	Resolver   string   `yaml:"resolver"` // one handle, or "area:<name>"
	Blocks     []string `yaml:"blocks"`   // item ids
	Type       string   `yaml:"type,omitempty"`
	Severity   string   `yaml:"severity,omitempty"`
	Since      Time     `yaml:"since,omitempty"`
	Workaround string   `yaml:"workaround,omitempty"`
	NeededBy   Time     `yaml:"needed_by,omitempty"`
	Options    []Option `yaml:"options,omitempty"`
	Recommend  string   `yaml:"recommend,omitempty"` // the id of an option
	Source     string   `yaml:"source,omitempty"`    // in a rollup: the handoff it was drawn from
}

// Option is one of the choices that a resolver has.
type Option struct {
	ID    string `yaml:"id"`
	Label string `yaml:"label"`
}

// Decision is a choice and the reason for it, as a handoff lists it.
type Decision struct {
	ID             string `yaml:"id"` // the topic
	DecisionFields `yaml:",inline"`
}

// DecisionFields is what a decision says, wherever it stands.
type DecisionFields struct {
	Decision     string        `yaml:"decision"`
	Rationale    string        `yaml:"rationale"`
	Context      string        `yaml:"context,omitempty"`
	Tradeoffs    string        `yaml:"tradeoffs,omitempty"`
	Alternatives []Alternative `yaml:"alternatives,omitempty"`
	Items        []string      `yaml:"items,omitempty"`
	Answers      string        `yaml:"answers,omitempty"` // a blocker or a question
	Door         string        `yaml:"door,omitempty"`    // two_way, one_way
	ApprovedBy   string        `yaml:"approved_by,omitempty"`
	DecidedBy    string        `yaml:"decided_by,omitempty"`
	Source       string        `yaml:"source,omitempty"` // git, chat, call, meeting, doc
	Supersedes   string        `yaml:"supersedes,omitempty"`
	Beside       []string      `yaml:"beside,omitempty"` // topics of decisions that say nearly the same, and hold as well
	RevisitWhen  string        `yaml:"revisit_when,omitempty"`
	Status       string        `yaml:"status,omitempty"` // proposed, accepted (the default), superseded, reversed, rejected
}

// Alternative is what was not chosen.
type Alternative struct {
	Option string `yaml:"option"`
	WhyNot string `yaml:"why_not"`
}

// OpenQuestion is a question that a sender leaves in a handoff.
type OpenQuestion struct {
	ID              string   `yaml:"id"`
	Ask             string   `yaml:"ask"`
	To              string   `yaml:"to"`
	Context         string   `yaml:"context,omitempty"`
	Blocks          []string `yaml:"blocks,omitempty"`
	NeededBy        Time     `yaml:"needed_by,omitempty"`
	DefaultIfSilent string   `yaml:"default_if_silent,omitempty"`
}

// Reasoned names an item and says why.
type Reasoned struct {
	ID  string `yaml:"id"`
	Why string `yaml:"why"`
}

// Ended names something to watch, or a temporary condition, that is over before
// its time, and says why.
type Ended struct {
	What string `yaml:"what"` // as it was declared
	Why  string `yaml:"why"`
}

// Watch is something to keep an eye on that is not work yet.
type Watch struct {
	What   string `yaml:"what"`
	Signal string `yaml:"signal,omitempty"`
	Until  Time   `yaml:"until,omitempty"`
	Link   string `yaml:"link,omitempty"`
}

// Standing is a temporary condition, such as a freeze. It must end.
type Standing struct {
	What  string `yaml:"what"`
	Until Time   `yaml:"until"`
}

// Anchor is where the sender's work tree stood.
type Anchor struct {
	Branch   string `yaml:"branch,omitempty"`
	Head     string `yaml:"head,omitempty"`
	Dirty    *int   `yaml:"dirty,omitempty"`    // changed paths; nil when nobody looked
	Unpushed *int   `yaml:"unpushed,omitempty"` // commits on no remote-tracking branch
	Stashes  *int   `yaml:"stashes,omitempty"`
	Since    string `yaml:"since,omitempty"` // commit of the sender's previous anchor
}

// Waiver lets a rule pass, for a reason.
type Waiver struct {
	Rule string `yaml:"rule"`
	Why  string `yaml:"why"`
}

// Meta is what the program noticed about the writing, for the metrics.
type Meta struct {
	Tool           string `yaml:"tool,omitempty"`
	StartedAt      Time   `yaml:"started_at,omitempty"`
	FirstTryErrors *int   `yaml:"first_try_errors,omitempty"`
	Queries        *int   `yaml:"queries,omitempty"`
}

// CompareSeverity orders critical before watch before routine, which an empty
// severity is.
func CompareSeverity(a, b string) int {
	return cmp.Compare(severityRank(a), severityRank(b))
}

func severityRank(severity string) int {
	return -max(0, slices.Index([]string{SeverityRoutine, SeverityWatch, SeverityCritical}, severity))
}
