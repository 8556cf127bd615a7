package fold

import (
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// EntryKind is the type of an [Entry].
type EntryKind uint8

// The kinds of entries. The last ones are the books of the fold itself.
const (
	EntryItem EntryKind = 1 + iota // by slug, as are the next three
	EntryBlocker
	EntryQuestion
	EntryDecision
	EntryHandoff // by id
	EntryAuthor  // by handle
	EntrySeries  // handoffs that replace one another
	EntryRound   // by id of a question record that asks once more
	EntryWatched // by handle
	EntryName    // by reference: a name that is declared, or waited for, without an entry of its own
	EntryBack    // what came back to somebody, by handle
	EntryFold    // one, by ""
)

// Entry is one entry of a folded state in a form that can be kept. Its data is
// for this package only.
type Entry struct {
	Kind EntryKind
	Key  string
	Data []byte

	// Live marks what answers about the present are made of: live items, open
	// blockers, pending questions and handoffs, decisions that stand, and all
	// authors and series.
	Live bool

	// Of handoffs: their place in the fold order, the author of one that is
	// not withdrawn, and the key of the series in which one still speaks.
	Place          int
	Author, Series string

	Links []string // what it refers to, as [LinkNames] has it; more than once perhaps
}

// Entries returns everything that the fold has read or made, in no order. What
// has not changed is as it was.
func (r *Resumed) Entries() []Entry {
	f := r.f
	var entries []Entry
	for kind, shelf := range shelves {
		for key := range shelf.keys(f.View) {
			entries = append(entries, f.entry(kind, key))
		}
	}
	for s, ids := range f.idle {
		entries = append(entries, Entry{Kind: EntrySeries, Key: s.key(), Data: handoff.Codec.Encode(ids), Live: true})
	}
	for d, state := range r.names {
		if state != (nameState{}) {
			entries = append(entries, Entry{Kind: EntryName, Key: d.key(), Data: handoff.Codec.Encode(state)})
		}
	}
	return append(entries, Entry{Kind: EntryFold, Data: handoff.Codec.Encode(r.clock)})
}

// entry returns an entry of the state in the form that can be kept.
func (s *State) entry(kind EntryKind, key string) Entry {
	t := Entry{Kind: kind, Key: key}
	t.Data, t.Live = shelves[kind].save(s.View, key)
	t.Links = s.links(kind, key)
	if kind == EntryHandoff {
		s.Handoffs[key].describe(&t)
	}
	return t
}

// shelf is where a view has the entries of one kind, and in what form they are
// kept.
type shelf struct {
	keys func(v *View) iter.Seq[string]
	has  func(v *View, key string) bool
	save func(v *View, key string) (data []byte, live bool) // of an entry that is there
	load func(v *View, key string, data []byte, record func(id string) *handoff.Record) error
}

// shelves are those of the entries that a view has.
var shelves = map[EntryKind]shelf{
	EntryItem:     plainShelf(func(v *View) map[string]*Item { return v.Items }, (*Item).Live),
	EntryBlocker:  plainShelf(func(v *View) map[string]*Blocker { return v.Blockers }, (*Blocker).Open),
	EntryQuestion: plainShelf(func(v *View) map[string]*Question { return v.Questions }, (*Question).Pending),
	EntryDecision: newShelf(func(v *View) map[string]*Decision { return v.Decisions },
		(*Decision).save, savedDecision.restore, (*Decision).live),
	EntryHandoff: newShelf(func(v *View) map[string]*Handoff { return v.Handoffs },
		(*Handoff).save, savedHandoff.restore, (*Handoff).live),
	EntryBack: newShelf(func(v *View) map[string][]Back { return v.Backs },
		func(backs []Back) []Back { return backs }, func(saved []Back, _ string) []Back { return saved }, func([]Back) bool { return false }),
	EntryWatched: newShelf(func(v *View) map[string][]Watched { return v.Watched },
		func(list []Watched) []Watched { return list }, func(saved []Watched, _ string) []Watched { return saved },
		func(list []Watched) bool { return len(list) > 0 }),
	EntryAuthor: textShelf(func(v *View) map[string]string { return v.Teams }, true),
	EntryRound:  textShelf(func(v *View) map[string]string { return v.rounds }, false),
}

func newShelf[T, S any](entries func(*View) map[string]T, save func(T) S, restore func(S, string) T, live func(T) bool) shelf {
	return shelf{
		keys: func(v *View) iter.Seq[string] { return maps.Keys(entries(v)) },
		has:  func(v *View, key string) bool { _, ok := entries(v)[key]; return ok },
		save: func(v *View, key string) ([]byte, bool) {
			entry := entries(v)[key]
			return handoff.Codec.Encode(save(entry)), live(entry)
		},
		load: func(v *View, key string, data []byte, record func(string) *handoff.Record) error {
			var saved S
			if err := handoff.Codec.Decode(string(data), &saved, record); err != nil {
				return err
			}
			entries(v)[key] = restore(saved, key)
			return nil
		},
	}
}

// plainShelf is for what is kept as it is.
func plainShelf[T any](entries func(*View) map[string]*T, live func(*T) bool) shelf {
	return newShelf(entries, func(entry *T) T { return *entry }, func(saved T, _ string) *T { return &saved }, live)
}

func textShelf(entries func(*View) map[string]string, live bool) shelf {
	return newShelf(entries, func(text string) string { return text }, func(text, _ string) string { return text }, func(string) bool { return live })
}

// live reports whether what becomes of the handoff or of its items is still
// open.
func (h *Handoff) live() bool { return h.pending() || h.State == HandoffAccepted }

// live reports whether the decision, or one that is proposed in its place,
// stands.
func (d *Decision) live() bool { return d.Stands() || d.Proposal != nil && d.Proposal.Stands() }

func (h *Handoff) describe(t *Entry) {
	t.Place = h.place
	if h.State != HandoffWithdrawn {
		t.Author = h.Record.By
	}
	if h.Current() {
		t.Series = h.series().key()
	}
}

// key is the series as text. The length keeps apart what is joined.
func (s series) key() string { return fmt.Sprintf("%s %d %s%s", s.by, len(s.level), s.level, s.scope) }

// savedHandoff is a [Handoff] without the body of its record.
type savedHandoff struct {
	Record       *handoff.Record
	State        string
	SupersededBy string
	First        string
	Replaces     []string
	Acks         []*handoff.Record
	Partly       []string
	Verdict      *handoff.Record
	Taken        map[string]string
	Questions    []string
	Escalations  []*Escalation
	Deliveries   []*Delivery
	Place        int
	Inherited    int
	Newest       string
	Given        map[string]bool
	Accepted     bool
	Declared     []string
	Standing     int
	Kept         int
	Accepters    map[string]bool
	SteppedIn    bool
}

func (h *Handoff) save() savedHandoff {
	return savedHandoff{
		Record: h.Record, State: h.State, SupersededBy: h.SupersededBy, First: h.First, Replaces: h.Replaces, Acks: h.Acks, Partly: h.Partly,
		Verdict: h.Verdict, Taken: h.Taken, Questions: h.Questions, Escalations: h.Escalations, Deliveries: h.Deliveries, Place: h.place, Inherited: h.inherited,
		Newest: h.newest, Given: h.given, Accepted: h.accepted,
		Declared: h.declared, Standing: h.standing, Kept: h.stillHeld, Accepters: h.accepters, SteppedIn: h.steppedIn,
	}
}

// restore is the state without the body, which the record may not have yet.
func (s savedHandoff) restore(string) *Handoff {
	return &Handoff{
		Record: s.Record, State: s.State, SupersededBy: s.SupersededBy, First: s.First, Replaces: s.Replaces, Acks: s.Acks, Partly: s.Partly,
		Verdict: s.Verdict, Taken: s.Taken, Questions: s.Questions, Escalated: Escalated{s.Escalations}, Delivered: Delivered{s.Deliveries}, place: s.Place, inherited: s.Inherited,
		newest: s.Newest, given: s.Given, accepted: s.Accepted,
		declared: s.Declared, standing: s.Standing, stillHeld: s.Kept, accepters: s.Accepters, steppedIn: s.SteppedIn,
	}
}

// savedDecision is a [Decision] with what was decided before in a list.
type savedDecision struct {
	Decision     handoff.Decision
	State        string
	By           string
	At           time.Time
	Record       string
	Nth          int
	SupersededBy string
	Proposal     *savedDecision
	Deliveries   []*Delivery
	Earlier      []savedEarlier // the newest first
}

// savedEarlier is what the record of an earlier decision does not say. A topic
// that is decided again and again would be written anew with all its texts each
// time.
type savedEarlier struct {
	State        string
	Record       string
	Nth          int
	SupersededBy string
}

func (d *Decision) save() savedDecision {
	s := savedDecision{
		Decision: d.Decision, State: d.State, By: d.By, At: d.At, Record: d.Record, Nth: d.nth, SupersededBy: d.SupersededBy, Deliveries: d.Deliveries,
	}
	if d.Proposal != nil {
		proposal := d.Proposal.save()
		s.Proposal = &proposal
	}
	if earlier := d.Earlier(); len(earlier) > 0 {
		s.Earlier = make([]savedEarlier, len(earlier))
		for i, e := range earlier {
			s.Earlier[i] = savedEarlier{State: e.State, Record: e.Record, Nth: e.nth, SupersededBy: e.SupersededBy}
		}
	}
	return s
}

// restore is the state of a topic, in which the earlier decisions lack their
// texts.
func (s savedDecision) restore(topic string) *Decision {
	d := &Decision{
		Decision: s.Decision, State: s.State, By: s.By, At: s.At, Record: s.Record, SupersededBy: s.SupersededBy, nth: s.Nth, Delivered: Delivered{s.Deliveries},
	}
	d.ID = topic
	if s.Proposal != nil {
		d.Proposal = s.Proposal.restore(topic)
	}
	last := d
	for _, e := range s.Earlier {
		last.before = &Decision{State: e.State, Record: e.Record, SupersededBy: e.SupersededBy, nth: e.Nth}
		last = last.before
		last.ID = topic
	}
	return d
}

// Layout is a text that changes whenever the form does in which records and folded
// things are kept.
func Layout() string {
	return handoff.SavedLayout(Item{}, Blocker{}, Question{}, savedDecision{}, savedHandoff{}, Back{}, Watched{})
}
