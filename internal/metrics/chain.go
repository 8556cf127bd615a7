package metrics

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// chain is a handoff with its amendments.
type chain struct {
	versions   []*handoff.HandoffState // the oldest first, never empty
	boundaries []Boundary              // between the sender and each receiver, each once
	receivers  []string                // of the latest version
	questions  []time.Time             // when others than the sender asked about it, sorted
	gaps       []*handoff.Record       // that report a failure of it, in fold order
}

func (c *chain) first() *handoff.HandoffState  { return c.versions[0] }
func (c *chain) latest() *handoff.HandoffState { return c.versions[len(c.versions)-1] }

// complete fills in what is known about a chain beside its versions.
func (m *meter) complete(c *chain) {
	latest := c.latest()
	c.receivers = m.receivers(latest)
	from := m.sideOf(latest.Record.By)
	if latest.Team != "" {
		from.team = latest.Team // as it was then
	}
	if latest.Zone != "" {
		from.zone = latest.Zone
	}
	for _, to := range c.receivers {
		if b := between(from, m.sideOf(to)); !slices.Contains(c.boundaries, b) {
			c.boundaries = append(c.boundaries, b)
		}
	}
	if len(c.boundaries) == 0 {
		c.boundaries = []Boundary{within(from)}
	}
	for _, key := range latest.Questions {
		q := m.Questions[key]
		if q == nil || q.By == latest.Record.By || q.State == handoff.QuestionWithdrawn {
			continue
		}
		at := q.At
		if r := m.Records[key]; r != nil { // the first round
			at = r.At.Time
		}
		c.questions = append(c.questions, at)
	}
	slices.SortFunc(c.questions, time.Time.Compare)
}

func (m *meter) receivers(h *handoff.HandoffState) []string {
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
func (m *meter) shiftEnd(h *handoff.HandoffState) (time.Time, bool) {
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
		t.Clarifications.count(len(c.questions) > 0)
		t.Clarifications.Sum += len(c.questions)
	})
}

// measureVerdicts measures what receivers say in their acks.
func (m *meter) measureVerdicts(c *chain) {
	for _, v := range c.versions {
		for _, r := range v.Acks {
			ack := r.Body.(*handoff.Ack)
			grave, readBack := m.readBack(v, r, ack)
			m.add(c.boundaries, func(t *tally) {
				t.Readback.Den += grave
				t.Readback.Num += readBack
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

// readBack counts the watch and critical items that an ack took, and those of
// them that it read back.
func (m *meter) readBack(v *handoff.HandoffState, r *handoff.Record, ack *handoff.Ack) (taken, read int) {
	for _, item := range v.Items {
		if handoff.CompareSeverity(item.Severity, handoff.SeverityRoutine) >= 0 || v.Taken[item.ID] != r.By || !names(ack.Take, item.ID) {
			continue
		}
		taken++
		if slices.ContainsFunc(ack.Readback, func(b handoff.Readback) bool { return names([]string{b.Item}, item.ID) }) {
			read++
		}
	}
	return taken, read
}

// names reports whether references name an item.
func names(refs []string, item string) bool {
	return slices.ContainsFunc(refs, func(ref string) bool {
		typ, name := handoff.SplitRef(ref)
		return name == item && (typ == handoff.RefAny || typ == handoff.RefItem)
	})
}

// measureWaiting measures verdicts that came too late, and handoffs that
// nobody decided on in a whole shift.
func (m *meter) measureWaiting(c *chain) {
	limited, late := false, false
	limbo, stuck := false, 0
	for i, v := range c.versions {
		end := m.waitedUntil(c, i)
		if due, ok := m.ackDue(v, 1); ok {
			limited, late = true, late || end.After(due)
		}
		if m.inLimbo(v, end) {
			limbo, stuck = true, max(stuck, v.Untaken())
		}
	}
	m.add(c.boundaries, func(t *tally) {
		if limited {
			t.Overdue.count(late)
		}
		t.Limbo.count(limbo)
		t.BlockingIncidents.Num += stuck
		t.BlockingIncidents.Den++
	})
}

// ackDue returns when so many times the limit for a verdict is over.
func (m *meter) ackDue(v *handoff.HandoffState, times int) (time.Time, bool) {
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

func (m *meter) calendars(h *handoff.HandoffState) []calendar.Calendar {
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
func (m *meter) inLimbo(h *handoff.HandoffState, until time.Time) bool {
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
