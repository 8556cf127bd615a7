// Package calendar knows when people work: their shifts, in their time zone, with
// days and absences, and the clock that runs inside of shifts only. It reads and
// writes times and durations as people do.
package calendar

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Interval is the time from From up to, and without, To.
type Interval struct{ From, To time.Time }

// Contains reports whether t lies in the interval.
func (i Interval) Contains(t time.Time) bool { return !t.Before(i.From) && t.Before(i.To) }

// Length is the time on the wall; never negative.
func (i Interval) Length() time.Duration { return max(0, i.To.Sub(i.From)) }

// cut returns the part of i that lies within other.
func (i Interval) cut(other Interval) Interval {
	if other.From.After(i.From) {
		i.From = other.From
	}
	if other.To.Before(i.To) {
		i.To = other.To
	}
	return i
}

// Calendar is when a person works: the same hours on certain days of the week,
// as a clock on their wall shows them, less absences. Without a day in Days
// there is no shift, ever.
//
// A shift belongs to the local day on which it begins. Where the clock is put
// forward over the beginning or the end of a shift, that hour is read as if
// the clock had not been changed yet; where it shows an hour twice, the first
// one is meant.
type Calendar struct {
	Location   *time.Location // nil is UTC
	Start, End int            // minutes of the local day; an End not after Start is on the next day
	Days       [7]bool        // by time.Weekday
	Away       []Interval     // in any order, may overlap
}

// Shift returns the shift, or the part of one between absences, that contains
// at.
func (c Calendar) Shift(at time.Time) (Interval, bool) {
	today := c.day(at)
	for _, d := range []civilDay{today - 1, today} {
		for _, piece := range c.pieces(d) {
			if piece.Contains(at) {
				return piece, true
			}
		}
	}
	return Interval{}, false
}

// NextShift returns the first shift that begins at or after the given time.
func (c Calendar) NextShift(after time.Time) (Interval, bool) {
	d := c.day(after) - 1
	for range c.tries() {
		for _, piece := range c.pieces(d) {
			if !piece.From.Before(after) {
				return piece, true
			}
		}
		d++
		for _, away := range c.Away {
			// The day before the end of an absence has the first shift that may reach beyond it.
			if away.Contains(c.midnight(d)) {
				d = max(d, c.day(away.To)-1)
			}
		}
	}
	return Interval{}, false
}

// LastShift returns the last shift that ends at or before the given time.
func (c Calendar) LastShift(before time.Time) (Interval, bool) {
	d := c.day(before)
	for range c.tries() {
		for _, piece := range slices.Backward(c.pieces(d)) {
			if !piece.To.After(before) {
				return piece, true
			}
		}
		d--
		for _, away := range c.Away {
			// A shift of day d may last until the end of the day after it.
			if away.Contains(c.midnight(d + 2)) {
				d = min(d, c.day(away.From))
			}
		}
	}
	return Interval{}, false
}

// tries is the number of days after which a search ends: absences are leapt
// over, and after each of them two weeks show a shift if there is any.
func (c Calendar) tries() int { return 16 * (len(c.Away) + 1) }

// Worked is the time on this person's clock between from and to: the part of
// the interval in which they work. It is 0 when to is not after from; only the
// last 292 years of an interval count, as many as a Duration holds.
func (c Calendar) Worked(from, to time.Time) time.Duration {
	if earliest := to.Add(math.MinInt64); from.Before(earliest) {
		from = earliest
	}
	span := Interval{from, to}
	var worked time.Duration
	for d, last := c.day(from)-1, c.day(to); d <= last; d++ {
		for _, piece := range c.pieces(d) {
			worked += piece.cut(span).Length()
		}
	}
	return worked
}

// maxShifts is how far Due looks ahead: 27 years of daily shifts. Hours and
// limits come from a file that can hold a shift of one minute a week.
const maxShifts = 10_000

// Due returns the moment at which so much has been worked since a time. It is
// false when that does not happen within maxShifts shifts.
func (c Calendar) Due(from time.Time, work time.Duration) (time.Time, bool) {
	piece, ok := c.Shift(from)
	if ok && from.After(piece.From) {
		piece.From = from
	}
	if !ok {
		piece, ok = c.NextShift(from)
	}
	for range maxShifts {
		if !ok {
			break
		}
		if work <= piece.Length() {
			return piece.From.Add(work), true
		}
		work -= piece.Length()
		piece, ok = c.NextShift(piece.To)
	}
	return time.Time{}, false
}

// Capacity is how much of some work a person gets done between from and to. It is
// false where they would not get it done in decades.
func (c Calendar) Capacity(from, to time.Time, work time.Duration) (time.Duration, bool) {
	done, ok := c.Due(from, work)
	if !ok {
		return 0, false
	}
	if to.Before(done) { // else there may be centuries of days to look at
		return c.Worked(from, to), true
	}
	return work, true
}

// Limit is how long something may wait. The zero Limit is for ever.
type Limit struct {
	Length time.Duration
	Wall   bool // on the wall, not on the receivers' clocks
}

// Due returns when the last of the receivers has had the time, false when there
// is no limit. Without calendars, and for somebody who never works, the wall
// counts: it is the only clock that is known.
func (l Limit) Due(from time.Time, receivers []Calendar) (time.Time, bool) {
	last := from.Add(l.Length)
	if l.Wall {
		return last, l.Length > 0
	}
	for _, c := range receivers {
		if due, ok := c.Due(from, l.Length); ok && due.After(last) {
			last = due
		}
	}
	return last, l.Length > 0
}

// pieces returns the shift that begins on a day, less absences: nothing, one
// or several intervals in their order.
func (c Calendar) pieces(d civilDay) []Interval {
	if !c.Days[d.weekday()] {
		return nil
	}
	shift := c.shift(d)
	if shift.Length() == 0 { // a change of the clock swallowed it
		return nil
	}
	pieces := []Interval{shift}
	for _, away := range c.Away {
		pieces = subtract(pieces, away)
	}
	return pieces
}

// shift returns the shift of a day on which the person works.
func (c Calendar) shift(d civilDay) Interval {
	next := d
	if c.End <= c.Start {
		next++
	}
	shift := Interval{c.local(d, c.Start), c.local(next, c.End)}
	// An end that a change of the clock moved must not reach into the next
	// shift: no minute counts twice. Of a day that the zone skipped, which is
	// read as the day after it, nothing is left (Samoa had no 2011-12-30).
	if following := c.local(d+1, c.Start); following.Before(shift.To) {
		shift.To = following
	}
	return shift
}

// subtract removes an absence from all intervals.
func subtract(from []Interval, away Interval) []Interval {
	if away.Length() == 0 {
		return from
	}
	var rest []Interval
	for _, piece := range from {
		if piece.cut(away).Length() == 0 {
			rest = append(rest, piece)
			continue
		}
		for _, part := range []Interval{{piece.From, away.From}, {away.To, piece.To}} {
			if part.Length() > 0 {
				rest = append(rest, part)
			}
		}
	}
	return rest
}

func (c Calendar) location() *time.Location {
	return cmp.Or(c.Location, time.UTC)
}

// civilDay numbers the days of the calendar, in any zone: 1970-01-01 is 0.
type civilDay int

func (d civilDay) weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// day returns the local day of an instant.
func (c Calendar) day(t time.Time) civilDay {
	y, m, d := t.In(c.location()).Date()
	return civilDay(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// midnight returns the instant at which the local day begins.
func (c Calendar) midnight(d civilDay) time.Time { return c.local(d, 0) }

// local returns the instant at which the clock shows so many minutes of a day.
func (c Calendar) local(d civilDay, minutes int) time.Time {
	return localTime(time.Unix(int64(d)*24*60*60+int64(minutes)*60, 0).UTC(), c.location())
}

// localTime returns the instant at which the clock in a zone shows what wall
// shows in UTC. A time that occurs twice is the first of the two. A time that
// is skipped is read with the offset from before the change, so that it lies
// as far after the change as it would have: 02:30 becomes 03:30. (RFC 5545,
// section 3.3.5, says the same. time.Date promises neither.)
func localTime(wall time.Time, zone *time.Location) time.Time {
	y, m, d := wall.Date()
	guess := time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	_, before := guess.Add(-24 * time.Hour).Zone()
	early := wall.Add(-time.Duration(before) * time.Second).In(zone)
	if !shows(early, wall) && shows(guess, wall) {
		return guess
	}
	return early
}

// shows reports whether the clock of t reads as that of wall.
func shows(t, wall time.Time) bool {
	_, offset := t.Zone()
	return t.Unix()+int64(offset) == wall.Unix()
}
