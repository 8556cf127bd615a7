package calendar

import (
	"fmt"
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// WorkDay is what a day of work counts in durations of work.
const WorkDay = 8 * time.Hour

// Duration is a length of time as people write it: "30m", "2h", "2d" or
// "1h30m". Days are kept apart, as a day of work is not a day on the wall.
type Duration struct {
	Days  int
	Clock time.Duration // hours and minutes
}

var durationPattern = text.Pattern(`^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?$`)

// ParseDuration reads days, hours and minutes, in this order, at least one of
// them.
func ParseDuration(s string) (Duration, error) {
	m := durationPattern().FindStringSubmatch(s)
	if s == "" || m == nil {
		return Duration{}, fmt.Errorf("%q is not a duration such as 30m, 2h or 2d", text.OneLine(s))
	}
	var parts [3]int
	for i, digits := range m[1:] {
		parts[i], _ = strconv.Atoi(digits) // the pattern leaves digits or nothing, which is zero
	}
	return Duration{parts[0], time.Duration(parts[1])*time.Hour + time.Duration(parts[2])*time.Minute}, nil
}

// Wall is the duration on the wall clock: a day is 24 hours.
func (d Duration) Wall() time.Duration { return time.Duration(d.Days)*24*time.Hour + d.Clock }

// Work is the duration on the receiver's clock, or of effort: a day is
// [WorkDay].
func (d Duration) Work() time.Duration { return time.Duration(d.Days)*WorkDay + d.Clock }

// IsZero reports whether the duration is nothing.
func (d Duration) IsZero() bool { return d == Duration{} }

// String is the form that [ParseDuration] reads, cut to whole minutes.
func (d Duration) String() string {
	text := ""
	if d.Days > 0 {
		text += strconv.Itoa(d.Days) + "d"
	}
	if hours := d.Clock / time.Hour; hours > 0 {
		text += strconv.Itoa(int(hours)) + "h"
	}
	if minutes := d.Clock % time.Hour / time.Minute; minutes > 0 || text == "" {
		text += strconv.Itoa(int(minutes)) + "m"
	}
	return text
}

// MarshalText writes the form of [Duration.String].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDuration] does.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}
