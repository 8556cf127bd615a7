package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timeForms are the times that a person may write.
const timeForms = "2d (also m, h, w), today, yesterday, monday, 2026-11-20, 2026-11-20T18:00 or a full RFC 3339 time"

// day is the unit of calendar-free spans: "2d" is 48 hours.
const day = 24 * time.Hour

// parseTime reads a time as a person writes it. A whole day stands for its
// beginning, or with end for the beginning of the next one, so that a day is
// inside `since:` and `until:` alike.
func parseTime(text string, env ParseEnv, end bool) (time.Time, bool) {
	location := env.Location
	if location == nil {
		location = env.Now.Location()
	}
	now := env.Now.In(location)
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "now" {
		return now, true
	}
	if span, ok := parseSpan(text); ok {
		return now.Add(-span), true
	}
	if back, ok := daysBack(text, now.Weekday()); ok {
		return startOfDay(now, edge(end)-back), true
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, location); err == nil {
		return startOfDay(at, edge(end)), true
	}
	return parseClock(strings.ToUpper(text), location)
}

// edge is the number of days between the beginning of a day and the edge of it
// that is meant.
func edge(end bool) int {
	if end {
		return 1
	}
	return 0
}

// parseSpan reads 30m, 4h, 2d or 3w.
func parseSpan(text string) (time.Duration, bool) {
	if len(text) < 2 {
		return 0, false
	}
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day}
	unit, known := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
	return time.Duration(n) * unit, known && err == nil
}

// daysBack counts the days from today back to today, yesterday or the latest
// weekday of that name before today.
func daysBack(name string, today time.Weekday) (int, bool) {
	switch name {
	case "today":
		return 0, true
	case "yesterday":
		return 1, true
	}
	for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
		if name == strings.ToLower(weekday.String()) {
			return (int(today-weekday)+6)%7 + 1, true
		}
	}
	return 0, false
}

// startOfDay is midnight of the day that lies some days after t.
func startOfDay(t time.Time, days int) time.Time {
	year, month, date := t.Date()
	return time.Date(year, month, date+days, 0, 0, 0, 0, t.Location())
}

// parseClock reads a time of day with its date, with or without an offset.
func parseClock(text string, location *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, text, location); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// ago says how long something has been so: "just now", "5 minutes ago".
func ago(age time.Duration) string {
	if age < time.Minute {
		return "just now"
	}
	n, unit := largestUnit(age)
	return count(n, unit) + " ago"
}

// shortAge is an age in a table: 5m, 3h, 4d.
func shortAge(seconds int64) string {
	n, unit := largestUnit(time.Duration(seconds) * time.Second)
	return strconv.Itoa(n) + unit[:1]
}

// largestUnit is an age in whole days, else hours, else minutes. Days begin at
// two, so that 30 hours are not called a day.
func largestUnit(age time.Duration) (int, string) {
	switch {
	case age >= 2*day:
		return int(age / day), "day"
	case age >= time.Hour:
		return int(age / time.Hour), "hour"
	}
	return int(age / time.Minute), "minute"
}

// count is a number with its noun: "1 blocker", "3 blockers".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
