package handoff

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/calendar"
)

// Member is somebody whose handoff belongs into a rollup.
type Member struct {
	Handle   string
	Calendar *calendar.Calendar // nil when no hours are known
}

// RollupRequest says what a rollup covers.
type RollupRequest struct {
	Level, Scope string
	Members      []Member
	Now          time.Time
	Grace        time.Duration // how long after a shift its handoff is not late

	// Since leaves out handoffs from before. Zero stands for the last rollup of
	// the level and scope: what any of them drew from is not drawn again, and a
	// handoff that arrives after its rollup waits for the next one.
	Since time.Time

	// Amends is the id of the rollup that this one replaces, so that what it
	// drew from is drawn again; "" for none.
	Amends string
}

// DraftRollup draws the latest handoffs of the members together, for a lead to
// edit: To, Summary and ReturnsAt are theirs to say.
//
// Listed are the items that these handoffs declare and a member still holds, in
// the order of [CompareItems], and the open blockers in front of them, in that
// of [CompareBlockers]; each cites its handoff in Source. What somebody outside
// has taken need not be distributed. An item is cut down to what that takes:
// its reasons, evidence and criteria are where Source points. Shipped, dropped
// and decided things and open questions are listed as their handoffs have them.
// Work that is done twice comes first in the notes.
//
// Every member is among the sources or among the missing.
func DraftRollup(s *State, req RollupRequest) *Handoff {
	d := rollupDraft{RollupRequest: req, state: s}
	d.readEarlier()
	d.Members = slices.Clone(d.Members)
	slices.SortFunc(d.Members, func(a, b Member) int { return cmp.Compare(a.Handle, b.Handle) })
	h := &Handoff{
		Shipped: []Shipped{}, Items: []Item{}, Blockers: []Blocker{}, Decisions: []Decision{},
		Rollup: &Rollup{Level: req.Level, Scope: req.Scope, Sources: []RollupSource{}},
	}
	for _, m := range d.Members {
		if source := d.handoffOf(m.Handle); source != nil {
			d.sources = append(d.sources, source)
			h.Rollup.Sources = append(h.Rollup.Sources, RollupSource{source.Record.ID, source.Record.Source.Digest})
			continue
		}
		h.Rollup.Missing = append(h.Rollup.Missing, Missing{m.Handle, d.whyMissing(m)})
	}
	h.Items, h.Blockers = d.items(), d.blockers()
	for _, source := range d.sources {
		d.addRest(h, source)
	}
	h.Notes = d.notes()
	return h
}

// rollupDraft is a rollup in the making.
type rollupDraft struct {
	RollupRequest
	state   *State
	from    time.Time       // since when members are expected to declare, zero before the first rollup
	drawn   map[string]bool // handoffs that an earlier rollup drew from
	sources []*HandoffState
	listed  []*ItemState // the items, in their order
}

// readEarlier learns from the rollups of the scope so far.
func (d *rollupDraft) readEarlier() {
	d.from, d.drawn = d.Since, make(map[string]bool)
	if !d.Since.IsZero() {
		return
	}
	for _, r := range d.state.Known() {
		h := d.state.Handoffs[r.ID]
		if h == nil || !d.ofScope(h) || h.State == HandoffWithdrawn || d.replaces(h) {
			continue
		}
		d.from = r.At.Time
		for _, source := range h.Rollup.Sources {
			d.drawn[source.ID] = true
		}
	}
}

// ofScope reports whether a handoff is a rollup of the level and scope.
func (d *rollupDraft) ofScope(h *HandoffState) bool {
	return h.Rollup != nil && h.Rollup.Level == d.Level && h.Rollup.Scope == d.Scope
}

// replaces reports whether the rollup amends a version of the chain of h.
func (d *rollupDraft) replaces(h *HandoffState) bool {
	amended := d.state.Handoffs[d.Amends]
	return amended != nil && amended.First == h.First
}

// handoffOf returns the latest handoff of a member, nil when it is not a new
// one.
func (d *rollupDraft) handoffOf(who string) *HandoffState {
	h := d.latest(who)
	if h == nil || d.drawn[h.Record.ID] || h.Record.At.Before(d.Since) {
		return nil
	}
	return h
}

// latest returns the newest handoff of a member's own, nil when there is none.
func (d *rollupDraft) latest(who string) *HandoffState {
	for h := range d.state.Newest() {
		if h.Record.By == who && h.Rollup == nil && h.State != HandoffWithdrawn {
			return h
		}
	}
	return nil
}

func (d *rollupDraft) whyMissing(m Member) string {
	if m.Calendar == nil {
		return MissingNone
	}
	if slices.ContainsFunc(m.Calendar.Away, func(away calendar.Interval) bool { return away.Contains(d.Now) }) {
		return MissingAbsent
	}
	if _, working := m.Calendar.Shift(d.Now); working {
		return MissingLate
	}
	last, worked := m.Calendar.LastShift(d.Now)
	declared := d.latest(m.Handle)
	switch {
	case !worked || !last.To.After(d.from):
		return MissingAbsent
	case declared != nil && !declared.Record.At.Before(last.From):
		return MissingAbsent // drawn before: nothing has happened since
	case d.Now.Sub(last.To) <= d.Grace:
		return MissingLate
	}
	return MissingNone
}

func (d *rollupDraft) isMember(who string) bool {
	return slices.ContainsFunc(d.Members, func(m Member) bool { return m.Handle == who })
}

func (d *rollupDraft) items() []Item {
	for _, source := range d.sources {
		for _, item := range source.Items {
			it := d.state.Items[item.ID]
			known := it != nil && it.Live() && it.Declared == source.Record.ID
			if known && d.isMember(it.Holder) && !slices.Contains(d.listed, it) {
				d.listed = append(d.listed, it)
			}
		}
	}
	slices.SortFunc(d.listed, CompareItems)
	items := make([]Item, len(d.listed))
	for i, it := range d.listed {
		items[i] = Item{
			ID: it.ID, Title: it.Title, Status: it.Status, Severity: it.Severity, Owner: it.Owner, State: it.State,
			Due: it.Due, Effort: it.Effort, Next: it.Next, IfThen: it.IfThen, DoNot: it.DoNot,
			BlockedBy: it.BlockedBy, DependsOn: it.DependsOn, Refs: it.Refs, Source: it.Declared,
		}
	}
	return items
}

// blockers lists each blocker once, with all that the sources say it blocks.
// One that several declare is cited from who did last.
func (d *rollupDraft) blockers() []Blocker {
	var listed []*BlockerState
	cited := make(map[string]*Blocker)
	for _, source := range d.sources {
		for _, b := range source.Blockers {
			bs := d.state.Blockers[b.ID]
			if bs == nil || !bs.Open() || !d.concerns(b) {
				continue
			}
			blocker := cited[b.ID]
			if blocker == nil {
				blocker = &Blocker{Source: source.Record.ID}
				cited[b.ID] = blocker
				listed = append(listed, bs)
			}
			blocker.Blocks = union(blocker.Blocks, b.Blocks)
			if bs.Declared == source.Record.ID {
				blocker.Source = bs.Declared
			}
		}
	}
	slices.SortFunc(listed, CompareBlockers)
	blockers := make([]Blocker, len(listed))
	for i, bs := range listed {
		blockers[i] = bs.Blocker
		blockers[i].Blocks, blockers[i].Source = cited[bs.ID].Blocks, cited[bs.ID].Source
	}
	return blockers
}

// concerns reports whether a blocker stops an item that is listed, or nothing
// that is live: then it is still for who declared it.
func (d *rollupDraft) concerns(b Blocker) bool {
	elsewhere := false
	for _, ref := range b.Blocks {
		it := d.state.Item(ref)
		if slices.Contains(d.listed, it) {
			return true
		}
		elsewhere = elsewhere || it != nil && it.Live()
	}
	return !elsewhere
}

// union adds to list what it has not yet.
func union(list, more []string) []string {
	list = slices.Clone(list)
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// addRest adds what a source finished, gave up, decided and asks, as far as
// that still holds.
func (d *rollupDraft) addRest(h *Handoff, source *HandoffState) {
	closedHere := func(id string) bool {
		it := d.state.Items[id]
		return it == nil || it.ClosedBy == source.Record.ID
	}
	for _, shipped := range source.Shipped {
		if closedHere(shipped.ID) {
			h.Shipped = append(h.Shipped, shipped)
		}
	}
	for _, dropped := range source.Dropped {
		if closedHere(dropped.ID) {
			h.Dropped = append(h.Dropped, dropped)
		}
	}
	for _, decision := range source.Decisions {
		holds := d.state.Decisions[decision.ID]
		listed := slices.ContainsFunc(h.Decisions, func(other Decision) bool { return other.ID == decision.ID })
		if holds != nil && holds.Decision.Decision == decision.Decision && holds.State != DecisionSuperseded && !listed {
			h.Decisions = append(h.Decisions, decision)
		}
	}
	for _, question := range source.Handoff.Questions {
		asked := d.state.Questions[question.ID]
		listed := slices.ContainsFunc(h.Questions, func(other OpenQuestion) bool { return other.ID == question.ID })
		if asked != nil && asked.Open() && !listed {
			h.Questions = append(h.Questions, question)
		}
	}
}

// maxNotes is the length of the notes of a handoff, in code points.
const maxNotes = 600

// notes tells of work that is done twice and concerns a listed item, as far as
// there is room.
func (d *rollupDraft) notes() string {
	var lines []string
	room := maxNotes
	for _, dup := range d.state.Duplicates() {
		if !slices.ContainsFunc(dup.Items, func(it *ItemState) bool { return slices.Contains(d.listed, it) }) {
			continue
		}
		line := "Done twice? " + dup.String()
		room -= utf8.RuneCountInString(line) + 1
		if room < 0 {
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
