package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata"

	"github.com/handoff-cli/handoff/internal/text"
)

// Location is an IANA time zone, such as Asia/Singapore.
type Location struct{ *time.Location }

// IsZero reports whether no zone is given.
func (l Location) IsZero() bool { return l.Location == nil }

// MarshalText writes the name.
func (l Location) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText loads the zone. "Local" is none: it differs by machine.
func (l *Location) UnmarshalText(s []byte) error {
	name := string(s)
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return fmt.Errorf("%q is not a time zone such as Europe/London", text.OneLine(name))
	}
	l.Location = loc
	return nil
}

// Hours are the hours of work on a day, in minutes from midnight. An End
// before Start is on the next day.
type Hours struct{ Start, End int }

var hoursPattern = text.Pattern(`^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$`)

// IsZero reports whether no hours are given.
func (h Hours) IsZero() bool { return h == Hours{} }

// MarshalText writes 09:00-18:00.
func (h Hours) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d-%02d:%02d", h.Start/60, h.Start%60, h.End/60, h.End%60), nil
}

// UnmarshalText reads 09:00-18:00, 22:00-06:00 or 16:00-24:00.
func (h *Hours) UnmarshalText(s []byte) error {
	m := hoursPattern().FindStringSubmatch(string(s))
	if m == nil {
		return fmt.Errorf("%q are not hours such as 09:00-18:00", text.OneLine(string(s)))
	}
	parsed := Hours{minutes(m[1], m[2]), 24 * 60}
	if m[3] != "" {
		parsed.End = minutes(m[3], m[4])
	}
	if parsed.Start == parsed.End {
		return errors.New("the hours begin and end at the same time")
	}
	*h = parsed
	return nil
}

// minutes returns the minute of the day, from two numbers that a pattern let
// pass.
func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return h*60 + m
}

// Days are the days of work in a week, by time.Weekday.
type Days [7]bool

// weekdays in the order of time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

var mondayToFriday = Days{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}

// IsZero reports whether no days are given.
func (d Days) IsZero() bool { return d == Days{} }

// MarshalText writes mon-fri, or a list of days and ranges.
func (d Days) MarshalText() ([]byte, error) {
	const monday = int(time.Monday)
	var ranges []string
	for i := monday; i < monday+7; i++ {
		first := i
		for i+1 < monday+7 && d[first%7] && d[(i+1)%7] {
			i++
		}
		switch {
		case !d[first%7]:
		case first == i:
			ranges = append(ranges, weekdays[i%7])
		default:
			ranges = append(ranges, weekdays[first%7]+"-"+weekdays[i%7])
		}
	}
	return []byte(strings.Join(ranges, ",")), nil
}

// UnmarshalText reads days and ranges of days, such as mon-fri, sun-thu or
// mon,wed-thu.
func (d *Days) UnmarshalText(s []byte) error {
	var parsed Days
	for part := range strings.SplitSeq(string(s), ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		first, last := slices.Index(weekdays, from), slices.Index(weekdays, to)
		if first < 0 || last < 0 {
			return fmt.Errorf("%q are not days such as mon-fri or mon,wed,fri", text.OneLine(string(s)))
		}
		for day := first; ; day = (day + 1) % 7 {
			parsed[day] = true
			if day == last {
				break
			}
		}
	}
	*d = parsed
	return nil
}

// Date is a day without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero reports whether no date is given.
func (d Date) IsZero() bool { return d == Date{} }

// In returns the moment at which the day begins in a zone.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// next is the day after.
func (d Date) next() Date {
	y, m, day := d.In(time.UTC).AddDate(0, 0, 1).Date()
	return Date{y, m, day}
}

// String is the form 2026-12-21, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}

// MarshalText writes the form of [Date.String].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-12-21.
func (d *Date) UnmarshalText(s []byte) error {
	t, err := time.Parse(time.DateOnly, string(s))
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2026-12-21", text.OneLine(string(s)))
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}
