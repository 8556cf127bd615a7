package metrics

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// action is something that somebody did about items, beside acking and asking.
type action struct {
	at    time.Time
	items []string
}

// collectActions returns what everybody did, in order of time.
func (m *meter) collectActions() map[string][]action {
	actions := make(map[string][]action)
	for _, commit := range m.Commits {
		if len(commit.Items) > 0 {
			actions[commit.By] = append(actions[commit.By], action{commit.At, commit.Items})
		}
	}
	for _, r := range m.Known() {
		if items := m.actsOn(r); len(items) > 0 {
			actions[r.By] = append(actions[r.By], action{r.At.Time, items})
		}
	}
	for _, list := range actions {
		slices.SortStableFunc(list, func(a, b action) int { return a.at.Compare(b.at) })
	}
	return actions
}

// actsOn returns the items that an answer, a resolution, a decision or an
// escalation is about.
func (m *meter) actsOn(r *handoff.Record) []string {
	switch body := r.Body.(type) {
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
			shift, known := m.shiftOfAck(v, r)
			at, acted := m.firstAction(r.By, taken, shift)
			if len(taken) == 0 || !known || !acted && shift.To.After(m.Now) {
				continue // nothing to act on, nobody knows when, or there is time left
			}
			m.add(c.boundaries, func(t *tally) { t.context.took(at.Sub(shift.From), acted) })
		}
	}
}

// shiftOfAck returns the part of the receiver's shift in which they could have
// worked on a handoff. Who acks before their hours begins there and then.
func (m *meter) shiftOfAck(v *handoff.HandoffState, ack *handoff.Record) (calendar.Interval, bool) {
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

// firstAction returns when somebody first acted on any of the items.
func (m *meter) firstAction(who string, items []string, within calendar.Interval) (time.Time, bool) {
	for _, a := range m.actions[who] {
		if within.Contains(a.at) && slices.ContainsFunc(a.items, func(item string) bool { return slices.Contains(items, item) }) {
			return a.at, true
		}
	}
	return time.Time{}, false
}

// measureShifts measures whether people hand off when their shifts end. Without
// a roster, a day on which somebody committed counts as a shift.
func (m *meter) measureShifts() {
	rostered := false
	for who, p := range m.People {
		if p.Calendar != nil {
			rostered = true
			m.measureRoster(who, p)
		}
	}
	if !rostered {
		m.measureDays()
	}
}

// measureRoster looks at every shift of a person in the window that is over. A
// handoff belongs to the shift that began last before it.
func (m *meter) measureRoster(who string, p Worker) {
	shift, ok := p.Calendar.NextShift(m.beginning())
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
func (m *meter) beginning() time.Time {
	if !m.Since.IsZero() {
		return m.Since
	}
	first := m.Now
	for _, c := range m.chains {
		if at := c.first().Record.At.Time; at.Before(first) {
			first = at
		}
	}
	if earliest := m.Now.Add(-longestRoster); first.Before(earliest) {
		return earliest
	}
	return first.Add(-24 * time.Hour)
}

// countShift notes one expected shift of somebody. It is counted at the end: what
// is missing here may be in another repository.
func (m *meter) countShift(who string, during calendar.Interval, end time.Time) {
	published, complete := false, false
	queries, shared := 0, false
	for _, h := range m.written[who] {
		if !during.Contains(h.Record.At.Time) || h.State == handoff.HandoffWithdrawn {
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
func (m *meter) respondent(b *handoff.BlockerState) string {
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
func (m *meter) measureBlockerAck(b *handoff.BlockerState, who string, boundaries []Boundary) {
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
func (m *meter) measureBlockerResolve(b *handoff.BlockerState, who string, boundaries []Boundary) {
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
		if !m.in(c.first().Record.At.Time) {
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
