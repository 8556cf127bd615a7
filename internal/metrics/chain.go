package metrics

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// chain is a handoff with its amendments.
type chain struct {
	versions   []*fold.Handoff   // the oldest first, never empty
	boundaries []Boundary        // between the sender and each receiver, each once
	receivers  []string          // of the latest version
	questions  []time.Time       // when others than the sender asked about it, sorted
	gaps       []*handoff.Record // that report a failure of it, in fold order
}

func (c *chain) first() *fold.Handoff  { return c.versions[0] }
func (c *chain) latest() *fold.Handoff { return c.versions[len(c.versions)-1] }

// complete fills in what is known about a chain beside its versions. It is false
// for a rollup that stays in its zone: that repeats what the members' handoffs
// say, and hands nothing over.
func (m *meter) complete(c *chain) bool {
	latest := c.latest()
	c.receivers = m.receivers(latest)
	from := m.sender(c)
	for _, to := range c.receivers {
		b := between(from, m.sideOf(to))
		if c.isRollup() {
			b = between(side{zone: from.zone}, side{zone: m.sideOf(to).zone}) // it speaks for more than a team
		}
		if !slices.Contains(c.boundaries, b) {
			c.boundaries = append(c.boundaries, b)
		}
	}
	if c.isRollup() {
		c.boundaries = slices.DeleteFunc(c.boundaries, func(b Boundary) bool { return b.By != ByZone })
		return len(c.boundaries) > 0
	}
	if len(c.boundaries) == 0 {
		c.boundaries = []Boundary{within(from)}
	}
	return true
}

func (c *chain) isRollup() bool { return c.latest().Rollup != nil }

// sender is the side on which the sender of a chain stood then.
func (m *meter) sender(c *chain) side {
	latest := c.latest()
	from := m.sideOf(latest.Record.By)
	return side{cmp.Or(latest.Team, from.team), cmp.Or(latest.Zone, from.zone)}
}

func (m *meter) receivers(h *fold.Handoff) []string {
	if m.Receivers != nil {
		return m.Receivers(h)
	}
	return slices.DeleteFunc(slices.Clone(h.To), func(to string) bool { return to == h.Record.By })
}

// measureChain measures one chain.
func (m *meter) measureChain(c *chain) {
	m.add(c.boundaries, func(t *tally) { t.n++ })
	m.measureWriting(c)
	if len(c.receivers) == 0 {
		return // to nobody but its sender: there is no verdict to wait for
	}
	m.measureCycle(c)
	m.measureFirstPass(c)
	m.measureVerdicts(c)
	m.measureWaiting(c)
	m.measureContext(c)
	m.measureClean(c)
}

// measureWriting measures how the handoff was made.
func (m *meter) measureWriting(c *chain) {
	first := c.first()
	end, known := m.shiftEnd(first)
	onTime := known && !first.Record.At.After(end.Add(m.Grace))
	findings := m.Findings[c.latest().Record.ID]
	short := slices.ContainsFunc(findings, func(f handoff.Finding) bool { return f.Code == "HO503" })
	m.add(c.boundaries, func(t *tally) {
		if known {
			t.OnTime.count(onTime)
		}
		if m.Findings != nil {
			t.LeadTime.count(short)
		}
		if first.Meta != nil && first.Meta.FirstTryErrors != nil {
			t.FirstTry.count(*first.Meta.FirstTryErrors == 0)
		}
	})
}

// shiftEnd returns when the shift ended in which a handoff was written, or
// after which: by its own word, else by the calendar of its sender.
func (m *meter) shiftEnd(h *fold.Handoff) (time.Time, bool) {
	if h.Shift != nil && !h.Shift.End.IsZero() {
		return h.Shift.End.Time, true
	}
	calendar := m.People[h.Record.By].Calendar
	if calendar == nil {
		return time.Time{}, false
	}
	shift, ok := calendar.Shift(h.Record.At.Time)
	if !ok {
		shift, ok = calendar.LastShift(h.Record.At.Time)
	}
	return shift.To, ok
}

// accepted returns the ack that satisfied the policy, nil before one.
func (c *chain) accepted() *handoff.Record {
	for _, v := range slices.Backward(c.versions) {
		if v.Verdict != nil && v.Verdict.Body.(*handoff.Ack).Accepts() {
			return v.Verdict
		}
	}
	return nil
}

func (m *meter) measureCycle(c *chain) {
	start, end, done := c.first().Record.At.Time, m.Now, false
	known := slices.ContainsFunc(c.receivers, func(who string) bool { return m.People[who].Calendar != nil })
	var rc time.Duration
	if ack := c.accepted(); ack != nil {
		end, done = ack.At.Time, true
		rc, known = m.worked(ack.By, start, end)
	}
	twice, limited := m.ackDue(c.first(), 2)
	m.add(c.boundaries, func(t *tally) {
		t.cycle.took(calendar.Interval{From: start, To: end}.Length(), done)
		if known {
			t.cycleRC.took(rc, done)
		}
		if limited {
			t.limited++
		}
		if limited && end.After(twice) {
			t.slow++
		}
	})
}

// worked is the time on somebody's clock, false when their hours are unknown.
func (m *meter) worked(who string, from, to time.Time) (time.Duration, bool) {
	calendar := m.People[who].Calendar
	if calendar == nil {
		return 0, false
	}
	return calendar.Worked(from, to), true
}

// firstPass reports whether the first verdict on a chain accepted it as it was,
// with nothing asked or amended before; decided is false before a verdict.
func (c *chain) firstPass() (passed, decided bool) {
	verdict := c.first().FirstVerdict()
	if verdict == nil {
		for _, v := range c.versions[1:] {
			decided = decided || v.FirstVerdict() != nil
		}
		return false, decided
	}
	if len(c.questions) > 0 && c.questions[0].Before(verdict.At.Time) {
		return false, true
	}
	for _, r := range c.first().Acks {
		outcome := r.Body.(*handoff.Ack).Outcome
		if !r.At.After(verdict.At.Time) && outcome != handoff.OutcomeAccepted && outcome != handoff.OutcomeSeen {
			return false, true
		}
	}
	return verdict.Body.(*handoff.Ack).Outcome == handoff.OutcomeAccepted, true
}

func (m *meter) measureFirstPass(c *chain) {
	passed, decided := c.firstPass()
	m.add(c.boundaries, func(t *tally) {
		if decided {
			t.FirstPass.count(passed)
		} else {
			t.FirstPass.Pending++
		}
		t.Clarifications.count(len(c.questions))
	})
}

// measureVerdicts measures what receivers say in their acks.
func (m *meter) measureVerdicts(c *chain) {
	for _, v := range c.versions {
		for _, r := range v.Acks {
			ack := r.Body.(*handoff.Ack)
			for _, item := range v.Items {
				if v.Taken[item.ID] == r.By && names(ack.Take, item.ID) {
					m.measureReadback(c.boundaries, item, ack)
				}
			}
			m.add(c.boundaries, func(t *tally) {
				t.complain(ack.Reason)
				for _, gap := range ack.Gaps {
					t.complain(gap.Class)
				}
				if ack.Drift != nil {
					t.drift.add(int64(ack.Drift.Commits))
				}
			})
		}
	}
}

// measureReadback measures whether an item that an ack took and that is not
// routine was read back.
func (m *meter) measureReadback(boundaries []Boundary, item handoff.Item, ack *handoff.Ack) {
	if handoff.CompareSeverity(item.Severity, handoff.SeverityRoutine) >= 0 {
		return
	}
	read := slices.ContainsFunc(ack.Readback, func(b handoff.Readback) bool { return names([]string{b.Item}, item.ID) })
	m.add(boundaries, func(t *tally) { t.Readback.count(read) })
}

// names reports whether references name an item.
func names(refs []string, item string) bool {
	return slices.ContainsFunc(refs, func(ref string) bool {
		typ, name := handoff.SplitRef(ref)
		return name == item && (typ == handoff.RefAny || typ == handoff.RefItem)
	})
}

// measureWaiting measures verdicts that came too late, handoffs that nobody
// decided on in a whole shift, and what went wrong with those that somebody did.
// The items of a rollup are in limbo with the handoffs that it was drawn from.
func (m *meter) measureWaiting(c *chain) {
	w, stalls := m.waited(c), c.stalls()
	m.add(c.boundaries, func(t *tally) {
		if w.limited {
			t.Overdue.count(w.late)
		}
		t.Limbo.count(w.limbo)
		t.BlockingIncidents.count(w.stuck + stalls)
		t.stalled += min(stalls, 1)
		for _, gap := range c.gaps {
			t.complain(gap.Body.(*handoff.Gap).Class)
		}
	})
}

// waiting is how the wait for the verdicts on a chain went.
type waiting struct {
	limited, late bool // there is a limit, and one of the verdicts came after it
	limbo         bool // nobody decided in a whole shift of every receiver
	stuck         int  // items that were in limbo
}

func (m *meter) waited(c *chain) (w waiting) {
	for i, v := range c.versions {
		end := m.waitedUntil(c, i)
		if due, ok := m.ackDue(v, 1); ok {
			w.limited, w.late = true, w.late || end.After(due)
		}
		if m.inLimbo(v, end) {
			w.limbo = true
			if !c.isRollup() {
				w.stuck = max(w.stuck, v.Untaken())
			}
		}
	}
	return w
}

// stalls counts the gaps that held work up.
func (c *chain) stalls() (n int) {
	for _, gap := range c.gaps {
		switch gap.Body.(*handoff.Gap).Impact {
		case "stall", "rework", "outage":
			n++
		}
	}
	return n
}

// ackDue returns when so many times the limit for a verdict is over.
func (m *meter) ackDue(v *fold.Handoff, times int) (time.Time, bool) {
	if m.AckLimit == nil {
		return time.Time{}, false
	}
	limit := m.AckLimit(v)
	limit.Length *= time.Duration(times)
	return limit.Due(v.Record.At.Time, m.calendars(v))
}

// waitedUntil returns when the wait for a verdict on a version ended, or now.
func (m *meter) waitedUntil(c *chain, version int) time.Time {
	v := c.versions[version]
	if verdict := v.FirstVerdict(); verdict != nil {
		return verdict.At.Time
	}
	if version+1 < len(c.versions) {
		return c.versions[version+1].Record.At.Time
	}
	if next := m.Records[v.SupersededBy]; next != nil {
		return next.At.Time
	}
	return m.Now
}

func (m *meter) calendars(h *fold.Handoff) []calendar.Calendar {
	var list []calendar.Calendar
	for _, who := range m.receivers(h) {
		if calendar := m.People[who].Calendar; calendar != nil {
			list = append(list, *calendar)
		}
	}
	return list
}

// inLimbo reports whether every receiver had a whole shift until a time. One
// whose hours are unknown may not have had it.
func (m *meter) inLimbo(h *fold.Handoff, until time.Time) bool {
	receivers := m.receivers(h)
	for _, who := range receivers {
		calendar := m.People[who].Calendar
		if calendar == nil {
			return false
		}
		shift, ok := calendar.NextShift(h.Record.At.Time)
		if !ok || shift.To.After(until) {
			return false
		}
	}
	return len(receivers) > 0
}
