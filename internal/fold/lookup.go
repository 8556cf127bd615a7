package fold

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// MinPrefix is how many characters of a record's id must be typed at least.
const MinPrefix = 3

// The types of things that a person can name.
const (
	TargetRecord   = "record"
	TargetItem     = "item"
	TargetBlocker  = "blocker"
	TargetQuestion = "question"
	TargetDecision = "decision"
)

// Target is what a reference means.
type Target struct {
	Type string // TargetRecord and so on
	Name string // the key into the map of the State for that type
}

// Ref is the reference that a record holds: the id of a record, or the name with
// its prefix.
func (t Target) Ref() string {
	if typ, named := refTypes[t.Type]; named {
		return string(typ) + ":" + t.Name
	}
	return t.Name
}

var refTypes = map[string]handoff.RefType{
	TargetItem: handoff.RefItem, TargetBlocker: handoff.RefBlocker, TargetQuestion: handoff.RefQuestion, TargetDecision: handoff.RefDecision,
}

// Resolve finds what a person means by ref:
//
//	@ and @ana            the latest handoff by me, by ana
//	k3f9q2m7              the record
//	k3f                   the one record whose id begins so
//	item:x blk:x q:x dec:x   the item, blocker, question, decision of that name
//	x                     whichever of those has that name
//
// A whole id comes before a name, and a name before the beginning of an id. The
// error is an [*handoff.AmbiguousError] or an [*handoff.UnknownError].
func (v *View) Resolve(ref, me string) (Target, error) {
	if who, ok := strings.CutPrefix(ref, "@"); ok {
		if h := v.Latest(cmp.Or(who, me)); h != nil {
			return Target{TargetRecord, h.Record.ID}, nil
		}
		return Target{}, &handoff.UnknownError{Name: ref, Meant: prefixed("@", text.Nearest(who, v.senders()))}
	}
	if v.Records[ref] != nil {
		return Target{TargetRecord, ref}, nil
	}
	targets, names := v.named(ref)
	if len(targets) == 0 {
		targets, names = v.beginning(ref)
	}
	switch len(targets) {
	case 0:
		return Target{}, &handoff.UnknownError{Name: ref, Meant: v.meant(ref)}
	case 1:
		return targets[0], nil
	}
	slices.Sort(names)
	return Target{}, &handoff.AmbiguousError{Name: ref, Matches: names}
}

// meant returns the reference of which ref is probably a slip, "" for none.
func (v *View) meant(ref string) string {
	typ, name := handoff.SplitRef(ref)
	if typ != handoff.RefAny {
		return prefixed(string(typ)+":", text.Nearest(name, v.Names(typ)))
	}
	var names []string
	for _, t := range anyRef {
		names = append(names, v.Names(t)...)
	}
	return text.Nearest(name, names)
}

// senders are those who have a latest handoff, sorted.
func (v *View) senders() []string {
	sent := make(map[string]bool)
	for _, h := range v.Handoffs {
		if h.State != HandoffWithdrawn {
			sent[h.Record.By] = true
		}
	}
	return slices.Sorted(maps.Keys(sent))
}

// prefixed is text with a prefix, and nothing where there is no text.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// named returns the things of exactly this name, and their full references.
func (v *View) named(ref string) (targets []Target, names []string) {
	found := func(kind, name string) {
		t := Target{kind, name}
		targets, names = append(targets, t), append(names, t.Ref())
	}
	if it := v.Item(ref); it != nil {
		found(TargetItem, it.ID)
	}
	if b := v.Blocker(ref); b != nil {
		found(TargetBlocker, b.ID)
	}
	if q := v.Question(ref); q != nil {
		found(TargetQuestion, q.Key)
	}
	if d := v.Decision(ref); d != nil {
		found(TargetDecision, d.ID)
	}
	return targets, names
}

// beginning returns the records whose id begins with prefix.
func (v *View) beginning(prefix string) (targets []Target, names []string) {
	if len(prefix) < MinPrefix {
		return nil, nil
	}
	for id := range v.Records {
		if strings.HasPrefix(id, prefix) {
			targets = append(targets, Target{TargetRecord, id})
			names = append(names, id)
		}
	}
	return targets, names
}

// Item returns the item that a record means by ref, nil when there is none.
func (v *View) Item(ref string) *Item { return lookUp(in(v.Items), handoff.RefItem, ref) }

// Blocker returns the blocker that a record means by ref, nil when there is none.
func (v *View) Blocker(ref string) *Blocker { return lookUp(in(v.Blockers), handoff.RefBlocker, ref) }

// Decision returns what was decided on the topic that a record means by ref, nil
// when nothing was.
func (v *View) Decision(ref string) *Decision {
	return lookUp(in(v.Decisions), handoff.RefDecision, ref)
}

// Question returns the question that a record means by ref, which may be a record
// that asked it once more, nil when there is none.
func (v *View) Question(ref string) *Question {
	if q := lookUp(in(v.Questions), handoff.RefQuestion, ref); q != nil {
		return q
	}
	_, name := handoff.SplitRef(ref)
	return v.Questions[v.rounds[name]]
}

func in[T any](named map[string]*T) func(string) *T {
	return func(name string) *T { return named[name] }
}

// lookUp finds what ref names where something of type typ is expected: its
// prefix, if it has one, must be that.
func lookUp[T any](find func(name string) *T, typ handoff.RefType, ref string) *T {
	if prefix, name := handoff.SplitRef(ref); prefix == handoff.RefAny || prefix == typ {
		return find(name)
	}
	return nil
}

// Newest yields the handoffs that are known, the newest first.
func (v *View) Newest() iter.Seq[*Handoff] {
	return func(yield func(*Handoff) bool) {
		for _, r := range slices.Backward(v.order) {
			if h := v.Handoffs[r.ID]; h != nil && !yield(h) {
				return
			}
		}
	}
}

// Latest returns the newest handoff by somebody that they have not withdrawn,
// nil when there is none.
func (v *View) Latest(by string) *Handoff {
	for h := range v.Newest() {
		if h.Record.By == by && h.State != HandoffWithdrawn {
			return h
		}
	}
	return nil
}

// Current returns the newest handoff of every sender that still speaks, the
// newest first. The rollups of a lead count apart, for each scope: they do not
// hide the lead's own work.
func (v *View) Current() []*Handoff {
	var current []*Handoff
	seen := make(map[series]bool)
	for h := range v.Newest() {
		if h.Current() && !seen[h.series()] {
			seen[h.series()] = true
			current = append(current, h)
		}
	}
	return current
}

// Custody is what somebody has to account for in their next handoff.
type Custody struct {
	Items     []*Item     // live, in the order of CompareItems
	Blockers  []*Blocker  // open, in the order of CompareBlockers
	Questions []*Question // open, by key
}

// Holds returns what who holds: the live items of which they are custodian, the
// open blockers in front of those, and their own open questions. An open
// blocker that they declared stays theirs until somebody else holds an item
// that it blocks.
func (v *View) Holds(who string) Custody {
	var c Custody
	for _, it := range v.Items {
		if it.Live() && it.Holder == who {
			c.Items = append(c.Items, it)
		}
	}
	for _, b := range v.Blockers {
		if b.Open() && v.answersFor(who, b) {
			c.Blockers = append(c.Blockers, b)
		}
	}
	for _, q := range v.Questions {
		if q.Open() && q.By == who {
			c.Questions = append(c.Questions, q)
		}
	}
	sorting.By(c.Items, CompareItems)
	sorting.By(c.Blockers, CompareBlockers)
	sorting.By(c.Questions, func(a, b *Question) int { return cmp.Compare(a.Key, b.Key) })
	return c
}

// answersFor reports whether an open blocker is for who to carry on.
func (v *View) answersFor(who string, b *Blocker) bool {
	theirs := b.DeclaredBy == who
	for _, ref := range b.Blocks {
		it := v.Item(ref)
		switch {
		case it == nil || !it.Live():
		case it.Holder == who:
			return true
		default:
			theirs = false
		}
	}
	return theirs
}

// CompareItems orders items by what needs attention first: severity, then
// status from blocked to ready, then id.
func CompareItems(a, b *Item) int {
	return cmp.Or(
		handoff.CompareSeverity(a.Severity, b.Severity),
		cmp.Compare(statusRank(a.Status), statusRank(b.Status)),
		cmp.Compare(a.ID, b.ID),
	)
}

// CompareBlockers orders blockers by severity, then by how long they have been
// open, then by id.
func CompareBlockers(a, b *Blocker) int {
	return cmp.Or(
		handoff.CompareSeverity(a.Severity, b.Severity), a.Since.Compare(b.Since.Time), cmp.Compare(a.ID, b.ID),
	)
}

// CompareRecords orders records by time, then by id.
func CompareRecords(a, b *handoff.Record) int {
	return cmp.Or(a.At.Compare(b.At.Time), cmp.Compare(a.ID, b.ID))
}

func statusRank(status string) int {
	return -max(0, slices.Index([]string{handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview, handoff.StatusBlocked}, status))
}
