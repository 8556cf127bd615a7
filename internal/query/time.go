package query

import (
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// timeForms are the times that a person may write.
var timeForms = strings.Join(handoff.PastForms, ", ")

// day is 24 hours, whatever the clock does.
const day = 24 * time.Hour

// isDay reports whether a word is the name of a day.
func isDay(word string) bool {
	if word == "today" || word == "yesterday" {
		return true
	}
	for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
		if word == strings.ToLower(weekday.String()) {
			return true
		}
	}
	return false
}

// ago says how long something has been so: "just now", "5 minutes ago".
func ago(age time.Duration) string {
	if age < time.Minute {
		return "just now"
	}
	n, unit := largestUnit(age)
	return handoff.Count(n, unit) + " ago"
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
