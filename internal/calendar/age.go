package calendar

import (
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// Age is how long something has been so, in one unit, as a table shows it: "now",
// "5m", "3h", "2d"; of what a clock has written that is ahead of this one, "3h ahead".
func Age(d time.Duration) string {
	n, unit := largestUnit(d)
	switch {
	case n < 0:
		return Age(-d) + " ahead"
	case n == 0:
		return "now"
	}
	return strconv.Itoa(n) + unit[:1]
}

// Span is a length of time in one unit, as a sentence says it: "5 minutes", or "less
// than a minute", also of what a clock that is ahead says has not begun.
func Span(d time.Duration) string {
	if d < time.Minute {
		return "less than a minute"
	}
	return text.Count(largestUnit(d))
}

// Ago is how long something is ago, as a sentence says it: "just now", "5 minutes
// ago"; of what a clock has written that is ahead of this one, "3 hours ahead of this
// clock".
func Ago(d time.Duration) string {
	switch {
	case d <= -time.Minute:
		return Span(-d) + " ahead of this clock"
	case d < time.Minute:
		return "just now"
	}
	return Span(d) + " ago"
}

// largestUnit is an age in whole days, else hours, else minutes. Days begin at
// two, so that 30 hours are not called a day.
func largestUnit(d time.Duration) (n int, unit string) {
	switch {
	case max(d, -d) >= 48*time.Hour:
		return int(d / (24 * time.Hour)), "day"
	case max(d, -d) >= time.Hour:
		return int(d / time.Hour), "hour"
	}
	return int(d / time.Minute), "minute"
}

// Lasting is a length of time as people say it, in two units at most: 40s, 25m, 4h13m,
// 3d4h.
func Lasting(d time.Duration) string {
	switch days := d / (24 * time.Hour); {
	case d < time.Minute:
		return d.String()
	case days >= 2:
		return Duration{Days: int(days), Clock: (d % (24 * time.Hour)).Truncate(time.Hour)}.String()
	}
	return Duration{Clock: d.Truncate(time.Minute)}.String()
}
