package metrics

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// collectActions returns what everybody did about items, beside acking and
// asking.
func (m *meter) collectActions() map[string]deeds {
	actions := make(map[string]deeds)
	add := func(who string, at time.Time, items []string) {
		if len(items) == 0 {
			return
		}
		if actions[who] == nil {
			actions[who] = make(deeds)
		}
		actions[who].add(at, items)
	}
	for _, commit := range m.Commits {
		add(commit.By, commit.At, commit.Items)
	}
	for _, r := range m.Known() {
		add(r.By, r.At.Time, m.actsOn(r))
	}
	for _, done := range actions {
		done.sort()
	}
	return actions
}

// actsOn returns the items that a declaration lists, and those that an answer, a
// resolution, a decision or an escalation is about.
func (m *meter) actsOn(r *handoff.Record) []string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return declared(body)
	case *handoff.Answer:
		return m.itemsAsked(body.Question)
	case *handoff.Resolution:
		return m.itemsOf(body.Blocker)
	case *handoff.DecisionRecord:
		items := append(m.itemsOf(body.Answers), m.itemsAsked(body.Answers)...)
		return append(items, bare(body.Items)...)
	case *handoff.Escalation:
		return append(m.itemsOf(body.Subject), m.itemsAsked(body.Subject)...)
	}
	return nil
}

// declared returns the items of which a handoff says how they stand: none of a
// rollup, which says what others do.
func declared(h *handoff.Handoff) []string {
	if h.Rollup != nil {
		return nil
	}
	var items []string
	for _, item := range h.Items {
		items = append(items, item.ID)
	}
	for _, s := range h.Shipped {
		if s.ID != "" {
			items = append(items, s.ID)
		}
	}
	for _, d := range h.Dropped {
		items = append(items, d.ID)
	}
	for _, b := range h.Blockers {
		items = append(items, bare(b.Blocks)...)
	}
	for _, d := range h.Decisions {
		items = append(items, bare(d.Items)...)
	}
	return items
}

// itemsOf returns the items that a reference touches: an item itself, those
// that a blocker blocks, those of a handoff.
func (m *meter) itemsOf(ref string) []string {
	var items []string
	if it := m.Item(ref); it != nil {
		items = append(items, it.ID)
	}
	if b := m.Blocker(ref); b != nil {
		items = append(items, bare(b.Blocks)...)
	}
	if h := m.Handoffs[ref]; h != nil {
		for _, item := range h.Items {
			items = append(items, item.ID)
		}
	}
	return items
}

// itemsAsked returns the items that wait for the answer to a question, and
// those that it is about.
func (m *meter) itemsAsked(ref string) []string {
	q := m.Question(ref)
	if q == nil {
		return nil
	}
	return append(m.itemsOf(q.About), bare(q.Blocks)...)
}

// bare returns references without their prefixes.
func bare(refs []string) []string {
	list := make([]string, len(refs))
	for i, ref := range refs {
		_, list[i] = handoff.SplitRef(ref)
	}
	return list
}

// measureContext measures how long a receiver needs until they work on what
// they took: from the beginning of the shift in which they acked.
func (m *meter) measureContext(c *chain) {
	for _, v := range c.versions {
		for _, r := range v.Acks {
			var taken []string
			for _, item := range bare(r.Body.(*handoff.Ack).Take) {
				if v.Taken[item] == r.By {
					taken = append(taken, item)
				}
			}
			m.measureStart(c.boundaries, v, r, taken)
		}
	}
}

// measureStart measures when work began on the items that an ack took from a
// handoff. What is declared until the end of the grace belongs to the shift, as
// the handoff itself does.
func (m *meter) measureStart(boundaries []Boundary, v *fold.Handoff, ack *handoff.Record, taken []string) {
	shift, known := m.shiftOfAck(v, ack)
	if len(taken) == 0 || !known {
		return
	}
	end := shift.To.Add(m.Grace)
	at, acted := m.actions[ack.By].first(taken, shift.From)
	acted = acted && !at.After(end)
	if !acted && end.After(m.Now) {
		return // there is time left
	}
	m.add(boundaries, func(t *tally) { t.context.took(at.Sub(shift.From), acted) })
}

// measureAssigned measures items that were assigned and taken so: once, with the
// handoff that declares them, at the boundary over which the rollup brought them
// or, without one, at that between its sender and who took them.
func (m *meter) measureAssigned() {
	for _, r := range m.Known() {
		ack, ok := r.Body.(*handoff.Ack)
		if !ok || !ack.Accepts() || m.Records[ack.Subject] == nil {
			continue
		}
		assigned, ok := m.Records[ack.Subject].Body.(*handoff.Assignment)
		if !ok || m.Item(assigned.Item) == nil {
			continue
		}
		id := m.Item(assigned.Item).ID
		c := m.lists[fold.Target{Type: fold.TargetItem, Name: id}.Ref()].last(r.At.Time, "")
		if c == nil || !m.in(c.first().Record.At.Time) {
			continue
		}
		i := slices.IndexFunc(c.versions, func(v *fold.Handoff) bool { return v.Taken[id] == r.By && v.Item(id) != nil })
		if i < 0 {
			continue // the ack came too late
		}
		v := c.versions[i]
		boundaries := []Boundary{between(m.sender(c), m.sideOf(r.By))}
		if via := m.chainOf[assigned.Via]; via != nil && via.isRollup() {
			boundaries = via.boundaries
		}
		m.measureReadback(boundaries, *v.Item(id), ack)
		m.measureStart(boundaries, v, r, []string{id})
	}
}

// shiftOfAck returns the part of the receiver's shift in which they could have
// worked on a handoff. Who acks before their hours begins there and then.
func (m *meter) shiftOfAck(v *fold.Handoff, ack *handoff.Record) (calendar.Interval, bool) {
	hours := m.People[ack.By].Calendar
	if hours == nil {
		return calendar.Interval{}, false
	}
	shift, ok := hours.Shift(ack.At.Time)
	if !ok {
		shift, ok = hours.NextShift(ack.At.Time)
		shift.From = ack.At.Time
	}
	if v.Record.At.After(shift.From) {
		shift.From = v.Record.At.Time
	}
	return shift, ok
}

// measureShifts measures whether people hand off when their shifts end. Without
// a roster, a day on which somebody committed counts as a shift.
func (m *meter) measureShifts() {
	rostered, beginning := false, m.beginning()
	for who, p := range m.People {
		if p.Calendar != nil {
			rostered = true
			m.measureRoster(who, p, beginning)
		}
	}
	if !rostered {
		m.measureDays()
	}
}

// measureRoster looks at every shift of a person in the window that is over. A
// handoff belongs to the shift that began last before it.
func (m *meter) measureRoster(who string, p Worker, beginning time.Time) {
	shift, ok := p.Calendar.NextShift(beginning)
	for ok && m.in(shift.From) && !shift.To.Add(m.Grace).After(m.Now) {
		next, more := p.Calendar.NextShift(shift.To)
		during := calendar.Interval{From: shift.From, To: next.From}
		if !more {
			during.To = m.Now
		}
		m.countShift(who, during, shift.To)
		shift, ok = next, more
	}
}

// longestRoster is how far back shifts are expected without a Since: a record
// may bear any date.
const longestRoster = 10 * 366 * 24 * time.Hour

// beginning is where the first expected shift is looked for: a day before the
// first handoff, so that the shift at the end of which it was written counts.
// Before that nobody was to write any, however far back Since lies.
func (m *meter) beginning() time.Time {
	if len(m.chains) == 0 && !m.Since.IsZero() {
		return m.Since
	}
	first := m.Now
	for _, c := range m.chains {
		if at := c.first().Record.At.Time; at.Before(first) {
			first = at
		}
	}
	first = first.Add(-24 * time.Hour)
	for _, bound := range []time.Time{m.Now.Add(-longestRoster), m.Since} {
		if first.Before(bound) {
			first = bound
		}
	}
	return first
}

// countShift notes one expected shift of somebody. It is counted at the end: what
// is missing here may be in another repository. A lead who has drawn a rollup has
// handed over.
func (m *meter) countShift(who string, during calendar.Interval, end time.Time) {
	published, complete := false, false
	queries, shared := 0, false
	for _, h := range m.written[who].from(during.From) {
		if !h.Record.At.Before(during.To) {
			break
		}
		if h.State == fold.HandoffWithdrawn {
			continue
		}
		published = true
		onTime := !h.Record.At.After(end.Add(m.Grace))
		complete = complete || onTime && len(h.Waivers) == 0 && !handoff.HasErrors(m.Findings[h.Record.ID])
		if h.Meta != nil && h.Meta.Queries != nil {
			shared = true
			queries = max(queries, *h.Meta.Queries)
		}
	}
	key := workedShift{who, during.From.Unix()}
	shift := m.shifts[key]
	if shift == nil {
		shift = &shiftTally{boundary: within(m.sideOf(who))}
		m.shifts[key] = shift
	}
	shift.published = shift.published || published
	shift.complete = shift.complete || complete
	shift.shared = shift.shared || shared
	shift.queries += queries
}

// measureDays takes each local day with a commit of an author for a shift.
func (m *meter) measureDays() {
	type workday struct{ who, date string }
	seen := make(map[workday]bool)
	for _, commit := range m.Commits {
		key := workday{commit.By, commit.At.Format(time.DateOnly)}
		if seen[key] || !m.in(commit.At) {
			continue
		}
		seen[key] = true
		y, month, d := commit.At.Date()
		day := calendar.Interval{
			From: time.Date(y, month, d, 0, 0, 0, 0, commit.At.Location()),
			To:   time.Date(y, month, d+1, 0, 0, 0, 0, commit.At.Location()),
		}
		m.countShift(commit.By, day, day.To)
	}
}

// measureBlockers measures how long blockers waited for a sign of life, and for
// their end, at the boundary between who needs and who can.
func (m *meter) measureBlockers() {
	for _, b := range m.Blockers {
		if len(b.Spans) == 0 || !m.in(b.Spans[0].From) {
			continue
		}
		who := m.respondent(b)
		boundaries := []Boundary{between(m.sideOf(b.DeclaredBy), m.sideOf(who))}
		m.measureBlockerAck(b, who, boundaries)
		m.measureBlockerResolve(b, who, boundaries)
	}
}

// respondent returns who can remove a blocker: the resolver, for an area whoever
// took it up, or to whom it was routed.
func (m *meter) respondent(b *fold.Blocker) string {
	switch {
	case !strings.HasPrefix(b.Resolver, "area:"):
		return b.Resolver
	case b.Acknowledged != nil:
		return b.Acknowledged.By
	case b.Resolution != nil:
		return b.Resolution.By
	case len(b.Routes) > 0:
		return b.Routes[len(b.Routes)-1].Body.(*handoff.Route).To
	}
	return ""
}

// measureBlockerAck counts from when the blocker was opened last to its first
// ack, or to its end where that came without one.
func (m *meter) measureBlockerAck(b *fold.Blocker, who string, boundaries []Boundary) {
	start := b.Spans[len(b.Spans)-1].From
	reply := cmp.Or(b.Acknowledged, b.Resolution)
	wall, rc := time.Duration(0), time.Duration(0)
	known := m.People[who].Calendar != nil
	if reply != nil {
		wall = calendar.Interval{From: start, To: reply.At.Time}.Length()
		rc, _ = m.worked(who, start, reply.At.Time)
	}
	m.add(boundaries, func(t *tally) {
		t.ack.took(wall, reply != nil)
		if known {
			t.ackRC.took(rc, reply != nil)
		}
	})
}

// measureBlockerResolve adds up all the time that the blocker was open.
func (m *meter) measureBlockerResolve(b *fold.Blocker, who string, boundaries []Boundary) {
	wall, rc := time.Duration(0), time.Duration(0)
	known := m.People[who].Calendar != nil
	if !b.Open() {
		for _, span := range b.Spans {
			wall += calendar.Interval(span).Length()
			worked, _ := m.worked(who, span.From, span.To)
			rc += worked
		}
	}
	m.add(boundaries, func(t *tally) {
		t.resolve.took(wall, !b.Open())
		if known {
			t.resolveRC.took(rc, !b.Open())
		}
	})
}

// measureItems measures how long live items have stood still.
func (m *meter) measureItems() {
	for _, it := range m.Items {
		if !it.Live() || !m.in(it.At) {
			continue
		}
		boundaries := []Boundary{within(m.sideOf(it.Holder))}
		name := it.ID
		if m.Repo != "" {
			name += " in " + m.Repo
		}
		m.add(boundaries, func(t *tally) {
			t.carried.add(int64(it.Carried))
			if it.Carried >= 3 {
				t.CarryAge.Thrice++
				t.repeated = append(t.repeated, name)
			}
		})
	}
}

// measureSources measures how much was settled elsewhere and brought home.
func (m *meter) measureSources() {
	for _, r := range m.Known() {
		if !m.in(r.At.Time) {
			continue
		}
		switch body := r.Body.(type) {
		case *handoff.Answer:
			if q := m.Question(body.Question); q != nil {
				m.countSource(q.By, r.By, body.Source)
			}
		case *handoff.Resolution:
			if b := m.Blocker(body.Blocker); b != nil {
				m.countSource(b.DeclaredBy, r.By, body.Source)
			}
		case *handoff.DecisionRecord:
			m.countSource(r.By, r.By, body.Source)
		}
	}
	for _, c := range m.chains {
		if !m.in(c.first().Record.At.Time) || c.isRollup() {
			continue
		}
		for _, d := range c.latest().Decisions {
			m.countSource(c.latest().Record.By, c.latest().Record.By, d.Source)
		}
	}
}

func (m *meter) countSource(from, to, source string) {
	m.add([]Boundary{between(m.sideOf(from), m.sideOf(to))}, func(t *tally) {
		t.SideChannel.count(source != "" && source != "git")
	})
}
