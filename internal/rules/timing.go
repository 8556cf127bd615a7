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
	s.report("", "publish before the shift ends; handoff hook install reminds you", "%s late: the shift ended at %s",
		worked(at.Sub(h.Shift.End.Time)), h.Shift.End)
}

// tooLate is rule HO502. A receiver half of whose shift is over when the sender's
// ends gets no handoff earlier. One whose shift began no later than the sender's
// works beside them, and goes on the next day.
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
		if at.Before(half) || !half.After(h.Shift.End.Time) || !shift.From.After(h.Shift.Start.Time) {
			return
		}
	}
	if known {
		s.report("", "call the receiver as well", "half of the receiver's shift is over already")
	}
}

// receivers are the people in `to`, other than the sender.
func (s *subject) receivers(h *handoff.Handoff) []string {
	return slices.DeleteFunc(slices.Clone(h.To), func(to string) bool {
		return !handoff.ValidHandle(to) || handoff.IsScope(to) || to == s.by()
	})
}

// shortLead is how much working time there has to be before a date for work of which
// nobody says how long it takes.
const shortLead = 4 * time.Hour

// noLeadTime is rule HO503. Where hours are not known it is silent.
func noLeadTime(s *subject, h *handoff.Handoff) {
	for i, item := range h.Items {
		if !item.Due.IsZero() && !s.at().IsZero() {
			s.checkLead(indexField("items", i)+".effort", &item)
		}
	}
}

func (s *subject) checkLead(field string, item *handoff.Item) {
	effort, needs := calendar.ParseDuration(item.Effort)
	work := effort.Work()
	switch {
	case item.Effort == "":
		work = shortLead
	case needs != nil:
		return
	}
	receiver := receiverOf(*item, s.by())
	hours, _ := s.calendar(receiver)
	left, ok := hours.Capacity(s.at(), item.Due.Time, work)
	switch {
	case !ok || left >= work: // hours that nobody knows, work for decades, or enough of them
	case item.Effort == "":
		s.report(field, "say how long it takes (30m, 2h, 1d), or move the date", "%s works %s until %s is due",
			receiver, worked(left), named(item.ID))
	default:
		s.report(field, "move the date, split the item, or give it to somebody with time", "%s works %s until %s is due, and it takes %s",
			receiver, worked(left), named(item.ID), item.Effort)
	}
}

// worked is working time in a message.
func worked(d time.Duration) string { return calendar.Duration{Clock: d.Round(time.Minute)}.String() }

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

// uncovered is rule HO506. Who gives everything on needs nobody to stand in.
func uncovered(s *subject, h *handoff.Handoff) {
	if h.Cover != "" || h.ReturnsAt.IsZero() || s.at().IsZero() {
		return
	}
	calendar, _ := s.calendar(s.by())
	next, ok := calendar.NextShift(s.at().Add(1)) // one that begins now is this one
	kept := slices.IndexFunc(h.Items, func(item handoff.Item) bool { return receiverOf(item, s.by()) == s.by() })
	if ok && kept >= 0 && h.ReturnsAt.After(next.From.Add(24*time.Hour)) {
		s.report("cover", "give it on, or name who stands in (cover)", "%s stays with %s, who is back on %s", named(h.Items[kept].ID), s.by(), h.ReturnsAt.Format(time.DateOnly))
	}
}

// nobodyThere is rule HO507. A group in `to` may always have somebody there, and
// over a weekend nobody is missed before the sender works again.
func nobodyThere(s *subject, h *handoff.Handoff) {
	at := s.at()
	if h.Cover != "" || at.IsZero() || slices.ContainsFunc(h.To, handoff.IsScope) {
		return
	}
	limit := at.Add(24 * time.Hour)
	own, _ := s.calendar(s.by())
	if next, ok := own.NextShift(at.Add(1)); ok && next.From.After(limit) {
		limit = next.From.Add(1)
	}
	people := s.receivers(h)
	for _, who := range people {
		shift, ok := s.shift(who, at)
		if !ok {
			return // hours that nobody knows
		}
		begin := slices.MaxFunc([]time.Time{shift.From, at}, time.Time.Compare)
		if begin.Before(limit) && !s.awayAt(who, handoff.Time{Time: begin}) {
			return
		}
	}
	if len(people) > 0 {
		s.report("to", "add a receiver who works before, or name who stands in (cover)", "nobody whom it is to works within 24 hours (%s)", strings.Join(people, ", "))
	}
}
