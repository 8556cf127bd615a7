package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// late is rule HO501.
func late(s *subject, h *handoff.Handoff) {
	at := s.at()
	if h.Shift == nil || h.Shift.End.IsZero() || at.IsZero() || !at.After(h.Shift.End.Add(s.Config.Timing.PublishGrace.Wall())) {
		return
	}
	s.report("", "publish before the shift ends; `handoff hook install` reminds you", "the handoff is %s late: the shift ended at %s",
		at.Sub(h.Shift.End.Time).Round(time.Minute), h.Shift.End)
}

// tooLate is rule HO502. A receiver whose shift began no later than the
// sender's works beside them, and goes on the next day.
func tooLate(s *subject, h *handoff.Handoff) {
	at := s.at()
	if at.IsZero() || h.Shift == nil || h.Shift.Start.IsZero() {
		return
	}
	known := false
	for _, receiver := range s.receivers(h) {
		shift, ok := s.shift(receiver, at)
		if !ok {
			continue
		}
		known = true
		half := shift.From.Add(shift.Length() / 2)
		if at.Before(half) || !shift.From.After(h.Shift.Start.Time) {
			return
		}
	}
	if known {
		s.report("", "call the receiver as well", "half of the receiver's shift was over when the handoff was published")
	}
}

// receivers are the people in `to`, other than the sender.
func (s *subject) receivers(h *handoff.Handoff) []string {
	return slices.DeleteFunc(slices.Clone(h.To), func(to string) bool {
		return !handoff.ValidHandle(to) || handoff.IsScope(to) || to == s.by()
	})
}

// noLeadTime is rule HO503.
func noLeadTime(s *subject, h *handoff.Handoff) {
	for i, item := range h.Items {
		if !item.Due.IsZero() {
			s.checkLead(indexField("items", i)+".effort", item, item.Due)
		}
	}
	for i, blocker := range h.Blockers {
		if blocker.NeededBy.IsZero() {
			continue
		}
		for _, item := range h.Items {
			if item.Due.IsZero() && item.Effort == "" && slices.Contains(blocker.Blocks, item.ID) {
				s.report(indexField("blockers", i)+".needed_by", "estimate the `effort` of what it blocks", "blocker %s is needed by a date, and nobody says how long %s takes then",
					quote(blocker.ID), quote(item.ID))
			}
		}
	}
}

func (s *subject) checkLead(field string, item handoff.Item, due handoff.Time) {
	effort, err := calendar.ParseDuration(item.Effort)
	if err != nil {
		if item.Effort == "" {
			s.report(field, "estimate it: 30m, 2h or 1d", "item %s is due on %s and has no effort", quote(item.ID), due.Format(time.DateOnly))
		}
		return
	}
	receiver, at := receiverOf(item, s.by()), s.at()
	calendar, _ := s.calendar(receiver)
	left, ok := calendar.Capacity(at, due.Time, effort.Work())
	if !ok || at.IsZero() {
		return // hours that nobody knows, or work for decades
	}
	if left < effort.Work() {
		s.report(field, "move the date, split the item, or give it to somebody with time", "item %s takes %s, and %s works %s before it is due",
			quote(item.ID), item.Effort, receiver, left.Round(time.Minute))
	}
}

// calendar is when a person works, without regard to absences. It is false for
// somebody without hours.
func (s *subject) calendar(who string) (calendar.Calendar, bool) {
	calendar, known := s.Config.Calendar(who)
	calendar.Away = nil
	return calendar, known
}

// shift is the working time of a person that contains a time, else the next one,
// without regard to absences.
func (s *subject) shift(who string, at time.Time) (calendar.Interval, bool) {
	calendar, _ := s.calendar(who)
	if shift, ok := calendar.Shift(at); ok {
		return shift, true
	}
	return calendar.NextShift(at)
}

// uncovered is rule HO506.
func uncovered(s *subject, h *handoff.Handoff) {
	if h.Cover != "" || h.ReturnsAt.IsZero() || s.at().IsZero() {
		return
	}
	calendar, _ := s.calendar(s.by())
	next, ok := calendar.NextShift(s.at().Add(1)) // one that begins now is this one
	if ok && h.ReturnsAt.After(next.From.Add(24*time.Hour)) {
		s.report("cover", "name in `cover` who stands in", "%s is back at %s, and the next shift begins at %s", s.by(), h.ReturnsAt, handoff.Time{Time: next.From})
	}
}

// nobodyThere is rule HO507. A group in `to` may always have somebody there.
func nobodyThere(s *subject, h *handoff.Handoff) {
	at := s.at()
	if h.Cover != "" || at.IsZero() || slices.ContainsFunc(h.To, handoff.IsScope) {
		return
	}
	people := s.receivers(h)
	for _, who := range people {
		shift, ok := s.shift(who, at)
		if !ok {
			return // hours that nobody knows
		}
		begin := slices.MaxFunc([]time.Time{shift.From, at}, time.Time.Compare)
		if begin.Before(at.Add(24*time.Hour)) && !s.awayAt(who, handoff.Time{Time: begin}) {
			return
		}
	}
	if len(people) > 0 {
		s.report("to", "add a receiver who works before, or name a `cover`", "nobody in `to` (%s) works within 24 hours", strings.Join(people, ", "))
	}
}
