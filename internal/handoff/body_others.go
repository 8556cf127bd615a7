package handoff

// The outcomes of an ack.
const (
	OutcomeAccepted         = "accepted"
	OutcomeAcceptedWithGaps = "accepted_with_gaps"
	OutcomeChangesRequested = "changes_requested"
	OutcomeDeclined         = "declined"
	OutcomeSeen             = "seen"
)

// Ack is a receiver's verdict: the body of a [KindAck] record.
type Ack struct {
	Subject   string     `yaml:"subject"`
	Digest    string     `yaml:"digest,omitempty"` // of the acked file's bytes
	Outcome   string     `yaml:"outcome"`
	Take      []string   `yaml:"take,omitempty"`
	Readback  []Readback `yaml:"readback,omitempty"`
	Gaps      []GapNote  `yaml:"gaps,omitempty"`
	Reason    string     `yaml:"reason,omitempty"`
	Exception string     `yaml:"exception,omitempty"`
	Drift     *Drift     `yaml:"drift,omitempty"`
	OpenedAt  Time       `yaml:"opened_at,omitempty"`
	Note      string     `yaml:"note,omitempty"`
}

// Accepts reports whether the ack takes responsibility.
func (a *Ack) Accepts() bool {
	return a.Outcome == OutcomeAccepted || a.Outcome == OutcomeAcceptedWithGaps
}

// Readback is an item in the receiver's own words.
type Readback struct {
	Item        string `yaml:"item"`
	Understood  string `yaml:"understood"`
	FirstAction string `yaml:"first_action"`
}

// GapNote is what a handoff lacked.
type GapNote struct {
	Item  string `yaml:"item,omitempty"`
	Class string `yaml:"class"`
	Note  string `yaml:"note"`
}

// Drift is what moved between the anchor of a handoff and its ack.
type Drift struct {
	Commits int      `yaml:"commits"`          // on the items' branches
	Files   []string `yaml:"files,omitempty"`  // of claims, touched since
	Merged  []string `yaml:"merged,omitempty"` // pull requests
}

// Question asks something outside a handoff.
type Question struct {
	About   string   `yaml:"about,omitempty"`
	Ask     string   `yaml:"ask"`
	To      string   `yaml:"to"`
	Blocks  []string `yaml:"blocks,omitempty"`
	Context string   `yaml:"context,omitempty"`
}

// Answer replies to a question.
type Answer struct {
	Question string `yaml:"question"`
	Text     string `yaml:"text"`
	Closes   *bool  `yaml:"closes,omitempty"` // nil is true
	Source   string `yaml:"source,omitempty"`
}

// Closing reports whether the answer closes its question.
func (a *Answer) Closing() bool { return a.Closes == nil || *a.Closes }

// Resolution says that a blocker is gone.
type Resolution struct {
	Blocker  string   `yaml:"blocker"`
	Outcome  string   `yaml:"outcome"` // resolved, workaround, withdrawn, obsolete, wont_fix
	How      string   `yaml:"how"`
	Decision string   `yaml:"decision,omitempty"` // a topic
	Evidence []string `yaml:"evidence,omitempty"`
	Source   string   `yaml:"source,omitempty"`
}

// DecisionRecord is a decision outside a handoff.
type DecisionRecord struct {
	Topic          string `yaml:"topic"`
	DecisionFields `yaml:",inline"`
}

// Escalation asks somebody else to act on something now.
type Escalation struct {
	Subject  string `yaml:"subject"`
	Reason   string `yaml:"reason"`
	To       string `yaml:"to"`
	Ask      string `yaml:"ask"`
	Deadline Time   `yaml:"deadline,omitempty"`
	Level    int    `yaml:"level"` // 1-3
}

// Assignment offers an item to a person.
type Assignment struct {
	Item string `yaml:"item"`
	To   string `yaml:"to"`
	From string `yaml:"from,omitempty"`
	Via  string `yaml:"via,omitempty"`  // the rollup or meeting in which it was agreed, or the ack that it takes back
	Next string `yaml:"next,omitempty"` // what the receiver does first; only by its holder
	Why  string `yaml:"why,omitempty"`
}

// ViaGit is the `via` of a route that the records themselves are: whoever fetches
// them is told.
const ViaGit = "git"

// The states of a delivery to a tool that people look at. The route that publishing
// writes, via git, has none.
const (
	RouteSending = "sending" // it is about to be sent: the record stands before the first byte
	RouteSent    = "sent"    // it has arrived
	RouteFailed  = "failed"  // it is certain that nothing arrived
)

// Route says where something was delivered, and why there. A delivery elsewhere than
// in git takes two of them: one before anything is sent, and one that says what
// became of it.
type Route struct {
	Subject string   `yaml:"subject"`
	To      string   `yaml:"to"`      // the person; of a delivery elsewhere, the name of the target
	Because string   `yaml:"because"` // primary, alternate, ladder
	Via     string   `yaml:"via"`     // any slug: git, or the service that the target is of
	State   string   `yaml:"state,omitempty"`
	Key     string   `yaml:"key,omitempty"`  // what the target knows the delivery by, the same at every try
	Ends    string   `yaml:"ends,omitempty"` // id of the sending record whose outcome this is
	Told    []string `yaml:"told,omitempty"` // handles: whom the message is for
	URL     string   `yaml:"url,omitempty"`
	Receipt string   `yaml:"receipt,omitempty"` // what the target calls the message
	Digest  string   `yaml:"digest,omitempty"`  // of what is delivered
	Note    string   `yaml:"note,omitempty"`    // such as no_one_in_window

	Deadline Time `yaml:"deadline,omitempty"` // has passed, and the message reminds of it
}

// Delivers reports whether the route is a part of a delivery elsewhere than in git.
func (r *Route) Delivers() bool { return r.State != "" }

// Withdrawal takes back what its author offered.
type Withdrawal struct {
	Subject string `yaml:"subject"`
	Why     string `yaml:"why"`
}

// Gap says where a handoff failed, and how the team recovered. It names no
// culprit.
type Gap struct {
	Subject     string `yaml:"subject"`
	Class       string `yaml:"class"`
	Impact      string `yaml:"impact"`
	Recovery    string `yaml:"recovery"`
	Anticipated bool   `yaml:"anticipated"`
}

func (*Handoff) kind() Kind        { return KindHandoff }
func (*Ack) kind() Kind            { return KindAck }
func (*Question) kind() Kind       { return KindQuestion }
func (*Answer) kind() Kind         { return KindAnswer }
func (*Resolution) kind() Kind     { return KindResolution }
func (*DecisionRecord) kind() Kind { return KindDecision }
func (*Escalation) kind() Kind     { return KindEscalation }
func (*Assignment) kind() Kind     { return KindAssignment }
func (*Route) kind() Kind          { return KindRoute }
func (*Withdrawal) kind() Kind     { return KindWithdrawal }
func (*Gap) kind() Kind            { return KindGap }
