package query

import (
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
)

// timeForms are the times that a person may write.
var timeForms = strings.Join(calendar.PastForms, ", ")

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
