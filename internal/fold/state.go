package fold

import (
	"maps"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// State is what a set of records means: the result of [Of]. It is the whole:
// what is not in it, nobody wrote. Nothing in it depends on a clock. Treat it as
// read-only.
type State struct {
	*View
	Gaps     []*handoff.Record // in fold order
	Problems []handoff.Problem // of records that cannot be folded first, then in fold order
}

// Order returns all records in fold order, the oldest first. Treat it as
// read-only.
func (s *State) Order() []*handoff.Record { return s.order }

// View is what is known of a state: the whole of it, or a [Part]. Everything
// that is in it stands as in the whole, the present and the authors are always
// in it, and what is not in it may be there all the same: what can only be asked
// of everything is asked of a [State]. Every map is keyed by id or slug. Treat
// it as read-only.
type View struct {
	Records   map[string]*handoff.Record // those that were understood, by id
	Handoffs  map[string]*Handoff
	Items     map[string]*Item
	Blockers  map[string]*Blocker
	Questions map[string]*Question // by slug, or by id of a question record
	Decisions map[string]*Decision // by topic; the accepted one, else the newest
	Backs     map[string][]Back    // handle → what came back to them and waits, in fold order
	Watched   map[string][]Watched // who keeps an eye on what, whatever the part: by handle, in the order in which it came to them
	Teams     map[string]string    // every author, whatever the part → the team that their latest handoff with one names, else ""

	order  []*handoff.Record      // of Records, in fold order
	rounds map[string]string      // id of a question record that asks once more → key of the question
	names  map[EntryKind][]string // all of a kind, of a part that has them
	alike  map[alikeID][]string   // those that begin as another does, of a part that has them
}

// Known returns the records of the view in fold order, the oldest first. Treat
// it as read-only.
func (v *View) Known() []*handoff.Record { return v.order }

// SaidAt returns the record that was said at an address, nil where none is known: of a
// part that asks for it, or of all. What was recorded beside it, whom it asks, is not it;
// nor is what strangers have pushed.
func (v *View) SaidAt(url string) *handoff.Record {
	for _, r := range v.order {
		if r.Said != nil && r.Said.URL == url && r.Kind != handoff.KindRoute && !r.Source.Foreign {
			return r
		}
	}
	return nil
}

// Authors returns the handles of everybody who ever wrote a record, sorted,
// whatever the part.
func (v *View) Authors() []string { return slices.Sorted(maps.Keys(v.Teams)) }

// Names returns what references of a type can mean, sorted: all names of a
// [State] and of a part with Names, else those of what is known.
func (v *View) Names(t handoff.RefType) []string {
	kind := entryOf[t]
	if all := v.names[kind]; all != nil || kind == 0 {
		return all
	}
	return slices.Sorted(shelves[kind].keys(v))
}

// HasName reports whether what is known has such a name.
func (v *View) HasName(t handoff.RefType, name string) bool {
	shelf, ok := shelves[entryOf[t]]
	return ok && shelf.has(v, name)
}

// Keys returns the keys of all entries of a kind that records make: those of
// handoffs in fold order, those of others sorted.
func (v *View) Keys(kind EntryKind) []string {
	if kind != EntryHandoff {
		return slices.Sorted(shelves[kind].keys(v))
	}
	var ids []string
	for _, r := range v.order {
		if v.Handoffs[r.ID] != nil {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// The states of a handoff.
const (
	HandoffPublished        = "published"
	HandoffAccepted         = "accepted"
	HandoffChangesRequested = "changes_requested"
	HandoffDeclined         = "declined"
	HandoffSuperseded       = "superseded" // by an amendment or by the sender's next handoff
	HandoffClosed           = "closed"     // accepted, and all its items declared again or closed
	HandoffWithdrawn        = "withdrawn"
)

// Handoff is one version of a handoff and what became of it.
type Handoff struct {
	Record *handoff.Record
	*handoff.Handoff
	State        string
	SupersededBy string            // id of the handoff that replaced it
	First        string            // id of the first version of its chain, which may be this one
	Replaces     []string          // ids of the handoffs that it replaced
	Acks         []*handoff.Record // every ack of this version, in fold order
	Partly       []string          // ids of the acks that accepted it and left items with its sender
	Verdict      *handoff.Record   // the ack that led to State, nil before one
	Taken        map[string]string // item id → who took it from this version
	Questions    []string          // keys of questions about the chain, of a version that was replaced only those asked while it was the latest
	Escalated
	Delivered

	place     int             // how many records had been folded with it
	inherited int             // how many of the questions were asked about the versions before
	newest    string          // of the first version of a chain: id of the latest one
	given     map[string]bool // of the first version of a chain: the items that were taken from any version
	accepted  bool            // of the first version of a chain: somebody accepted one of them
	declared  []string        // the items that this version could declare
	standing  int             // of those: live, and not declared again since
	stillHeld int             // of those: still held by the sender
	accepters map[string]bool // who gave an accepting ack
	steppedIn bool            // one of them is not named in `to`
}

// Partial reports whether some but not all offered items have been taken.
func (h *Handoff) Partial() bool {
	return h.State == HandoffPublished && len(h.Taken) > 0
}

// Current reports whether the handoff still speaks: it was neither replaced
// nor taken back.
func (h *Handoff) Current() bool {
	return h.State != HandoffSuperseded && h.State != HandoffWithdrawn
}

// FirstVerdict returns the first verdict on a version, nil before one.
func (h *Handoff) FirstVerdict() *handoff.Record {
	i := slices.IndexFunc(h.Acks, func(r *handoff.Record) bool {
		outcome := r.Body.(*handoff.Ack).Outcome
		return outcome == handoff.OutcomeChangesRequested || outcome == handoff.OutcomeDeclined
	})
	switch {
	case i < 0:
		return h.Verdict
	case h.Verdict != nil && h.Verdict.At.Before(h.Acks[i].At.Time):
		return h.Verdict
	}
	return h.Acks[i]
}

// VerdictBy is the last ack of the version by somebody that is more than a receipt,
// nil without one.
func (h *Handoff) VerdictBy(who string) *handoff.Record {
	for _, r := range slices.Backward(h.Acks) {
		if r.By == who && r.Body.(*handoff.Ack).Outcome != handoff.OutcomeSeen {
			return r
		}
	}
	return nil
}

// AnsweredBy reports whether somebody has said what the version asks of them: a
// verdict, or of one that went to them only as one of a group that they have seen
// it.
func (h *Handoff) AnsweredBy(who string) bool {
	seen := slices.ContainsFunc(h.Acks, func(r *handoff.Record) bool { return r.By == who })
	return seen && (!slices.Contains(h.To, who) || h.VerdictBy(who) != nil)
}

// Untaken counts the items that the version offers and that nobody took from it.
func (h *Handoff) Untaken() int {
	n := 0
	for _, item := range h.Items {
		if h.Taken[item.ID] == "" && offer(h.Record, item) != nil {
			n++
		}
	}
	return n
}

// The ways in which an item leaves the live set.
const (
	ItemShipped   = "shipped"
	ItemDropped   = "dropped"
	ItemContinued = "continued" // it goes on under other names
)

// Item is the thread of an item through the handoffs.
type Item struct {
	handoff.Item            // as its custodian declared it last, with Intent inherited, and the Owner who agreed
	ProposedOwner string    // who becomes the owner with their ack, "" when that is settled
	Closed        string    // "", ItemShipped, ItemDropped or ItemContinued
	ClosedBy      string    // id of the record that closed it
	Holder        string    // the custodian; of a closed item, the last one
	Passed        []string  // who held it before, each once, in the order in which they gave it away
	HeldBy        string    // id of the record that gave it to Holder: a handoff or an ack
	Offer         *Offer    // nil when it is offered to nobody
	Declared      string    // id of the handoff that declared it last
	At            time.Time // when that was
	First         string    // id of the handoff that named it first
	History       []string  // ids of the records that name it, in fold order
	Carried       int       // consecutive declarations with the same status, the last included
	Escalated
	Was    []string // ids of the items that it goes on from, whose History is in its own, the oldest first
	Became []string // ids of the items that go on from it, in fold order
}

// Live reports whether the item is still work under its own name.
func (i *Item) Live() bool { return i.Closed == "" }

// Offer is an item that waits for somebody to take it.
type Offer struct {
	From   string
	To     []string // handles and addresses, in the order of the steps
	Record string   // id of the handoff or assignment that offers it
	At     time.Time
}

// The states of a blocker. The closed ones are the outcomes of a resolution.
const (
	BlockerDeclared     = "declared"
	BlockerRouted       = "routed"
	BlockerAcknowledged = "acknowledged"
	BlockerEscalated    = "escalated"
)

// Blocker is the thread of a blocker.
type Blocker struct {
	handoff.Blocker                   // as declared last, with Since kept from the first
	State           string            // one of the states above, or the outcome that closed it
	DeclaredBy      string            // who named it last
	Declared        string            // id of the handoff that did
	First           string            // id of the handoff that named it first
	Opened          time.Time         // when it was declared, or declared again after it was closed
	Reopened        int               // how often
	Routes          []*handoff.Record // route records since it was opened that say whom it went to, in fold order
	Acknowledged    *handoff.Record   // the first accepting ack since it was opened, nil without one
	Resolution      *handoff.Record   // nil while it is open
	Spans           []OpenSpan        // every time it was open, the last one included
	AnsweredBy      string            // topic of the decision that answers it
	History         []string          // ids of the records that name it, in fold order
	Escalated
	Delivered
}

// OpenSpan is one time during which a blocker was open.
type OpenSpan struct {
	From, To time.Time // To is zero while it lasts
}

// Open reports whether the blocker still blocks.
func (b *Blocker) Open() bool { return b.Resolution == nil }

// The states of a question.
const (
	QuestionOpen      = "open"
	QuestionAnswered  = "answered" // by an answer that does not close it
	QuestionClosed    = "closed"
	QuestionWithdrawn = "withdrawn"
)

// Question is a question and its answers.
type Question struct {
	Key      string // slug, or the id of its record
	Ask      string
	To       string
	Context  string
	About    string
	Blocks   []string
	NeededBy time.Time
	Default  string // what the asker will do if nobody answers; never applied by the program
	By       string // who asked it last, or carried it along
	At       time.Time
	Record   string // id of the record that began the last round
	State    string
	Rounds   int               // how often it was asked, the first time included
	Answers  []*handoff.Record // in fold order
	History  []string          // ids of the records that name it, in fold order
	Escalated
	Delivered
}

// Open reports whether the question waits for an answer.
func (q *Question) Open() bool { return q.State == QuestionOpen }

// Pending reports whether somebody still has to answer or close the question.
func (q *Question) Pending() bool { return q.Open() || q.State == QuestionAnswered }

// The states of a decision.
const (
	DecisionProposed   = "proposed"
	DecisionAccepted   = "accepted"
	DecisionSuperseded = "superseded"
	DecisionReversed   = "reversed"
	DecisionRejected   = "rejected" // a proposal, and the decision that says so
)

// Decision is what was decided on a topic.
type Decision struct {
	handoff.Decision
	State        string
	By           string
	At           time.Time
	Record       string    // id of the record that holds it
	SupersededBy string    // topic of the decision that replaced it
	Proposal     *Decision // what is proposed in place of an accepted one, or was rejected; nil without a proposal
	Delivered

	nth    int       // which of the decisions of its record it is, from 0
	before *Decision // what was decided on this topic before, nil when nothing was
}

// Stands reports whether the decision holds or is proposed.
func (d *Decision) Stands() bool {
	return d.State == DecisionAccepted || d.State == DecisionProposed
}

// Pending returns what is proposed on the topic and not settled yet, nil where
// nothing is.
func (d *Decision) Pending() *Decision {
	switch {
	case d == nil:
		return nil
	case d.State == DecisionProposed:
		return d
	case d.Proposal != nil && d.Proposal.State == DecisionProposed:
		return d.Proposal
	}
	return nil
}

// Story is everything that was decided on the topic: this, what came before it,
// then what is proposed in its place and what was proposed there before.
func (d *Decision) Story() []*Decision {
	all := append([]*Decision{d}, d.Earlier()...)
	if d.Proposal != nil {
		all = append(append(all, d.Proposal), d.Proposal.Earlier()...)
	}
	return all
}

// Earlier is what was decided on this topic before, the newest first.
func (d *Decision) Earlier() []*Decision {
	var list []*Decision
	for e := d.before; e != nil; e = e.before {
		list = append(list, e)
	}
	return list
}

// AckPolicy says when a handoff with several receivers is accepted.
type AckPolicy string

// The policies. The empty one is PolicyPerItem.
const (
	PolicyPerItem AckPolicy = "per_item" // every item that somebody else is to continue has been taken
	PolicyAny     AckPolicy = "any"      // one receiver accepted
	PolicyAll     AckPolicy = "all"      // every handle in `to` accepted
)
