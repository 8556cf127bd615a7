// Package rollup draws the handoffs of a team, a pod or everybody together into one,
// for a lead to edit. It is a function of a state, as the core is.
package rollup

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// Member is somebody whose handoff belongs into a rollup.
type Member struct {
	Handle   string
	Calendar *calendar.Calendar // nil when no hours are known
	Zone     string             // "" when it is not known
	Lead     bool               // draws others together: of their own only what they hold is expected
}

// Request says what a rollup covers.
type Request struct {
	Level, Scope string
	Members      []Member
	Zone         string // of who draws, "" when it is not known
	Now          time.Time
	Grace        time.Duration // how long after a shift its handoff is not late
	Apart        bool          // it is one of several repositories: what is not here may be in another

	// Since leaves out handoffs from before. Zero stands for the last rollup of
	// the level and scope: what any of them drew from is not drawn again, and a
	// handoff that arrives after its rollup waits for the next one.
	Since time.Time

	// Amends is the id of the rollup that this one replaces, so that what it
	// drew from is drawn again; "" for none.
	Amends string
}

// Draft draws the latest handoffs of the members together, for a lead to
// edit: To, Summary and ReturnsAt are theirs to say.
//
// Listed are the items that these handoffs declare and a member still holds, in
// the order of [fold.CompareItems], and the open blockers in front of them, in that
// of [fold.CompareBlockers], whole; each cites its handoff in Source, and steps stay
// with whoever has them. What somebody outside has taken need not be distributed.
// Shipped, dropped and decided things, open questions and what is to be watched
// or still stands are listed as their handoffs have them. Zones without a handoff
// and work that is done twice come first in the notes.
//
// Every member of whom a handoff is expected is among the sources or among the
// missing.
func Draft(s *fold.State, req Request) *handoff.Handoff {
	d := draft{Request: req, state: s, holders: make(map[string]bool)}
	for _, it := range s.Items {
		if it.Live() {
			d.holders[it.Holder] = true
		}
	}
	d.readEarlier()
	d.Members = slices.Clone(d.Members)
	sorting.By(d.Members, func(a, b Member) int { return cmp.Compare(a.Handle, b.Handle) })
	h := &handoff.Handoff{
		Shipped: []handoff.Shipped{}, Items: []handoff.Item{}, Blockers: []handoff.Blocker{}, Decisions: []handoff.Decision{},
		Rollup: &handoff.Rollup{Level: req.Level, Scope: req.Scope, Sources: []handoff.RollupSource{}},
	}
	for _, m := range d.Members {
		if source := d.handoffOf(m.Handle); source != nil {
			d.sources = append(d.sources, source)
			h.Rollup.Sources = append(h.Rollup.Sources, handoff.RollupSource{ID: source.Record.ID, Digest: source.Record.Source.Digest})
		} else if why := d.whyMissing(m); why != "" {
			h.Rollup.Missing = append(h.Rollup.Missing, handoff.Missing{Who: m.Handle, Why: why})
		}
	}
	h.Items, h.Blockers = d.items(), d.blockers()
	for _, source := range d.sources {
		d.addRest(h, source)
	}
	d.addLasting(h)
	d.sayNone(h)
	var skipped []string
	if !d.Apart {
		skipped = SkippedZones(s, h.Rollup, d.Members, d.Now)
	}
	h.Notes = d.notes(skipped)
	return h
}

// SkippedZones returns the zones of members of whom none is among the authors of a
// rollup's sources, sorted, with "(at work)" behind those whose day is not over.
// Where all are of one zone none is skipped.
func SkippedZones(s *fold.State, r *handoff.Rollup, members []Member, now time.Time) []string {
	zoneOf, atWork := make(map[string]string), make(map[string]bool)
	for _, m := range members {
		if zoneOf[m.Handle] = m.Zone; m.Zone == "" {
			continue
		}
		working := false
		if m.Calendar != nil {
			_, working = m.Calendar.Shift(now)
		}
		atWork[m.Zone] = atWork[m.Zone] || working
	}
	if len(atWork) < 2 {
		return nil
	}
	for _, source := range r.Sources {
		if drawn := s.Records[source.ID]; drawn != nil {
			delete(atWork, zoneOf[drawn.By])
		}
	}
	zones := slices.Sorted(maps.Keys(atWork))
	for i, zone := range zones {
		if atWork[zone] {
			zones[i] += " (at work)"
		}
	}
	return zones
}

// draft is a rollup in the making.
type draft struct {
	Request
	state   *fold.State
	from    time.Time       // since when members are expected to declare
	holders map[string]bool // who holds a live item
	drawn   map[string]bool // handoffs that an earlier rollup drew from
	sources []*fold.Handoff
	listed  []*fold.Item // the items, in their order
}

// firstSpan is how far back handoffs are expected before the first rollup, at
// most: not from before anybody wrote one.
const firstSpan = 24 * time.Hour

// readEarlier learns from the rollups of the scope so far.
func (d *draft) readEarlier() {
	d.from, d.drawn = d.Since, make(map[string]bool)
	if !d.Since.IsZero() {
		return
	}
	d.from = d.Now.Add(-firstSpan)
	for _, r := range d.state.Known() {
		if d.state.Handoffs[r.ID] != nil && d.isMember(r.By) {
			if r.At.After(d.from) {
				d.from = r.At.Time
			}
			break
		}
	}
	for _, r := range d.state.Known() {
		h := d.state.Handoffs[r.ID]
		if h == nil || !d.ofScope(h) || h.State == fold.HandoffWithdrawn || d.replaces(h) {
			continue
		}
		d.from = r.At.Time
		for _, source := range h.Rollup.Sources {
			d.drawn[source.ID] = true
		}
	}
}

// ofScope reports whether a handoff is a rollup of the level and scope.
func (d *draft) ofScope(h *fold.Handoff) bool {
	return h.Rollup != nil && h.Rollup.Level == d.Level && h.Rollup.Scope == d.Scope
}

// replaces reports whether the rollup amends a version of the chain of h.
func (d *draft) replaces(h *fold.Handoff) bool {
	amended := d.state.Handoffs[d.Amends]
	return amended != nil && amended.First == h.First
}

// handoffOf returns the latest handoff of a member, nil when it is not a new
// one.
func (d *draft) handoffOf(who string) *fold.Handoff {
	h := d.latest(who)
	if h == nil || d.drawn[h.Record.ID] || h.Record.At.Before(d.Since) {
		return nil
	}
	return h
}

// latest returns the newest handoff of a member's own, nil when there is none.
func (d *draft) latest(who string) *fold.Handoff {
	for h := range d.state.Newest() {
		if h.Record.By == who && h.Rollup == nil && h.State != fold.HandoffWithdrawn {
			return h
		}
	}
	return nil
}

// whyMissing says why a member has no new handoff, "" when none is expected of
// them: of whoever has had no shift since the last rollup, whose zone is in the
// middle of its day while another draws, and who leads and holds nothing. Where
// hours are unknown, what somebody holds must be declared.
func (d *draft) whyMissing(m Member) string {
	switch {
	case m.Lead && !d.holders[m.Handle]:
		return ""
	case m.Calendar == nil && d.holders[m.Handle]:
		return handoff.MissingNone
	case m.Calendar == nil:
		return ""
	}
	shift, ok := d.due(m)
	if !ok || d.declaredSince(m, shift.From) {
		return ""
	}
	worked, ok := m.Calendar.Shift(d.Now)
	if !ok {
		worked, ok = m.Calendar.LastShift(d.Now)
	}
	switch {
	case !ok || !worked.To.After(shift.From):
		return handoff.MissingAbsent
	case d.Now.Sub(worked.To) <= d.Grace:
		return handoff.MissingLate
	}
	return handoff.MissingNone
}

// due returns the shift at the end of which a member declares, were they not away:
// the one that lasts where it is evening for who draws as well, else the last one,
// if that was not over before.
func (d *draft) due(m Member) (calendar.Interval, bool) {
	hours := *m.Calendar
	hours.Away = nil
	if shift, working := hours.Shift(d.Now); working && (m.Zone == d.Zone || m.Zone == "" || d.Zone == "") {
		return shift, true
	}
	last, worked := hours.LastShift(d.Now)
	return last, worked && last.To.After(d.from)
}

// declaredSince reports whether the latest handoff of a member, which has been
// drawn before, is from a time or later.
func (d *draft) declaredSince(m Member, from time.Time) bool {
	declared := d.latest(m.Handle)
	return declared != nil && !declared.Record.At.Before(from)
}

func (d *draft) isMember(who string) bool {
	return slices.ContainsFunc(d.Members, func(m Member) bool { return m.Handle == who })
}

func (d *draft) items() []handoff.Item {
	for _, source := range d.sources {
		for _, item := range source.Items {
			it := d.state.Items[item.ID]
			known := it != nil && it.Live() && it.Declared == source.Record.ID
			if known && d.isMember(it.Holder) && !slices.Contains(d.listed, it) {
				d.listed = append(d.listed, it)
			}
		}
	}
	sorting.By(d.listed, fold.CompareItems)
	items := make([]handoff.Item, len(d.listed))
	for i, it := range d.listed {
		items[i] = it.Item
		items[i].Source = it.Declared
	}
	return items
}

// blockers lists each blocker once, with all that the sources say it blocks.
// One that several declare is cited from who did last.
func (d *draft) blockers() []handoff.Blocker {
	var listed []*fold.Blocker
	cited := make(map[string]*handoff.Blocker)
	for _, source := range d.sources {
		for _, b := range source.Blockers {
			bs := d.state.Blockers[b.ID]
			if bs == nil || !bs.Open() || !d.concerns(b) {
				continue
			}
			blocker := cited[b.ID]
			if blocker == nil {
				blocker = &handoff.Blocker{Source: source.Record.ID}
				cited[b.ID] = blocker
				listed = append(listed, bs)
			}
			blocker.Blocks = union(blocker.Blocks, b.Blocks)
			if bs.Declared == source.Record.ID {
				blocker.Source = bs.Declared
			}
		}
	}
	sorting.By(listed, fold.CompareBlockers)
	blockers := make([]handoff.Blocker, len(listed))
	for i, bs := range listed {
		blockers[i] = bs.Blocker
		blockers[i].Blocks, blockers[i].Source = cited[bs.ID].Blocks, cited[bs.ID].Source
	}
	return blockers
}

// concerns reports whether a blocker stops an item that is listed, or nothing
// that is live: then it is still for who declared it.
func (d *draft) concerns(b handoff.Blocker) bool {
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
func (d *draft) addRest(h *handoff.Handoff, source *fold.Handoff) {
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
	h.Ended = append(h.Ended, source.Ended...)
	for _, decision := range source.Decisions {
		holds := d.state.Decisions[decision.ID]
		listed := slices.ContainsFunc(h.Decisions, func(other handoff.Decision) bool { return other.ID == decision.ID })
		if holds != nil && holds.Decision.Decision == decision.Decision && holds.State != fold.DecisionSuperseded && !listed {
			h.Decisions = append(h.Decisions, decision)
		}
	}
	for _, question := range source.Handoff.Questions {
		asked := d.state.Questions[question.ID]
		listed := slices.ContainsFunc(h.Questions, func(other handoff.OpenQuestion) bool { return other.ID == question.ID })
		if asked != nil && asked.Open() && !listed {
			h.Questions = append(h.Questions, question)
		}
	}
}

// sayNone says "none" where every source says something of a list that may be left
// out, and nothing of it holds.
func (d *draft) sayNone(h *handoff.Handoff) {
	all := func(says func(*fold.Handoff) bool) bool {
		return len(d.sources) > 0 && !slices.ContainsFunc(d.sources, func(s *fold.Handoff) bool { return !says(s) })
	}
	if h.Questions == nil && all(func(s *fold.Handoff) bool { return s.Handoff.Questions != nil }) {
		h.Questions = []handoff.OpenQuestion{}
	}
	if h.Dropped == nil && all(func(s *fold.Handoff) bool { return s.Dropped != nil }) {
		h.Dropped = []handoff.Reasoned{}
	}
	if h.Watch == nil && all(func(s *fold.Handoff) bool { return s.Watch != nil }) {
		h.Watch = []handoff.Watch{}
	}
	if h.Standing == nil && all(func(s *fold.Handoff) bool { return s.Standing != nil }) {
		h.Standing = []handoff.Standing{}
	}
}

// addLasting adds what the sources watch and what stands, as far as it is not over.
// The same words are the same thing: the newest handoff says how long.
func (d *draft) addLasting(h *handoff.Handoff) {
	over := func(until handoff.Time) bool { return !until.IsZero() && !until.After(d.Now) }
	newest := slices.Clone(d.sources)
	sorting.By(newest, func(a, b *fold.Handoff) int { return fold.CompareRecords(b.Record, a.Record) })
	for _, source := range newest {
		for _, w := range source.Watch {
			if !over(w.Until) && !slices.ContainsFunc(h.Watch, func(other handoff.Watch) bool { return other.What == w.What }) {
				h.Watch = append(h.Watch, w)
			}
		}
		for _, st := range source.Standing {
			if !over(st.Until) && !slices.ContainsFunc(h.Standing, func(other handoff.Standing) bool { return other.What == st.What }) {
				h.Standing = append(h.Standing, st)
			}
		}
	}
}

// maxNotes is the length of the notes of a handoff, in code points.
const maxNotes = 600

// notes tells of zones without a handoff, and of work that is done twice and
// concerns a listed item, as far as there is room.
func (d *draft) notes(skipped []string) string {
	var lines []string
	room := maxNotes
	add := func(line string) bool {
		if room -= utf8.RuneCountInString(line) + 1; room >= 0 {
			lines = append(lines, line)
		}
		return room >= 0
	}
	if len(skipped) > 0 {
		add("No new handoff from zone " + strings.Join(skipped, ", "))
	}
	for _, dup := range d.state.Duplicates() {
		listed := slices.ContainsFunc(dup.Items, func(it *fold.Item) bool { return slices.Contains(d.listed, it) })
		if listed && !add("Done twice? "+dup.String()) {
			break
		}
	}
	return strings.Join(lines, "\n")
}
