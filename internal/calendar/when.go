package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// Reference is what a time in words is relative to.
type Reference struct {
	Now      time.Time
	Location *time.Location // whose clock the words are about; nil is that of Now
	Calendar *Calendar      // nil when no hours are known
	Back     bool           // the time is sought in the past, as for --since
	End      bool           // as Back, and of a day the end is meant, as for --until
}

func (r Reference) back() bool { return r.Back || r.End }

// TimeForms are the forms that [ParseTime] reads when it looks ahead.
var TimeForms = []string{
	"mon 09:00", "fri", "tomorrow 9am", "today 17:00", "eod", "next-shift", "now", "30m", "2h", "2d", "1w",
	"2026-11-23", "2026-11-23 09:00", "2026-11-23T09:00:00+01:00",
}

// PastForms are the forms that it reads when it looks back. Those of TimeForms
// are read as well.
var PastForms = []string{
	"2d", "30m", "2h", "1w", "now", "today", "yesterday", "monday", "mon 09:00",
	"2026-11-20", "2026-11-20 18:00", "2026-11-20T18:00:00+01:00",
}

// TimeError says that a text is not a time, or none that can be told.
type TimeError struct {
	Text   string
	Reason string // "" when the text has none of the forms
	forms  []string
}

// Forms are those that the text could have had, for a hint.
func (e *TimeError) Forms() string { return strings.Join(e.forms, ", ") }

func (e *TimeError) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("%q: %s", text.OneLine(e.Text), e.Reason)
	}
	return fmt.Sprintf("%q is not a time; write one of: %s", text.OneLine(e.Text), e.Forms())
}

// ParseTime reads a time as people type it, into a flag or a question. The whole
// text must have one of [TimeForms]; the error is a [*TimeError]. The result is
// in whole seconds and has the offset of the reference's location.
//
//   - A duration counts from now on, or back from now: 2d is the same time of
//     day two days later, 24h may not be when the clock is changed.
//   - A weekday is the next one from now on (or the last one until now): today
//     too, if its time is still to come (or over). Sought in the past without a
//     time of day, it is one before today, which is called today.
//   - A day without a time of day begins, or with End ends, at midnight when it
//     is sought in the past. Else the shift that begins on it is meant, or 09:00
//     without one.
//   - A time of day follows its date after a space or a T.
//   - eod is the end of today's shift; next-shift the beginning of the next.
//   - A local time that a change of the clock skips is read as if the clock
//     had not been changed; of one that occurs twice the first is meant.
func ParseTime(text string, ref Reference) (time.Time, error) {
	if ref.Location == nil {
		ref.Location = ref.Now.Location()
	}
	ref.Now = ref.Now.In(ref.Location).Truncate(time.Second)
	if at, ok := ref.standard(strings.ToUpper(strings.TrimSpace(text))); ok {
		return at, nil
	}
	at, reason, ok := ref.read(strings.Fields(strings.ToLower(text)))
	if !ok || reason != "" {
		forms := TimeForms
		if ref.back() {
			forms = PastForms
		}
		return time.Time{}, &TimeError{text, reason, forms}
	}
	return at, nil
}

// standard reads the forms of RFC 3339, in which seconds and the offset may be
// left out.
func (r Reference) standard(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.In(r.Location).Truncate(time.Second), true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if wall, err := time.Parse(layout, text); err == nil {
			return localTime(wall.Truncate(time.Second), r.Location), true
		}
	}
	return time.Time{}, false
}

// read reads what is not RFC 3339. ok is false when the words have no form
// that is known, and reason says why a known form gives no time.
func (r Reference) read(words []string) (at time.Time, reason string, ok bool) {
	switch len(words) {
	case 1:
		switch words[0] {
		case "now":
			return r.Now, "", true
		case "eod":
			return r.endOfDay()
		case "next-shift":
			return r.nextShift()
		}
		if d, ok := span(words[0]); ok {
			return r.shifted(d), "", true
		}
		return r.day(words[0], -1)
	case 2:
		minutes, ok := clockTime(words[1])
		if !ok {
			return time.Time{}, "", false
		}
		return r.day(words[0], minutes)
	}
	return time.Time{}, "", false
}

// span reads a duration, or a number of weeks, which no duration of work is.
func span(word string) (Duration, bool) {
	if weeks, ok := strings.CutSuffix(word, "w"); ok {
		n, err := strconv.ParseUint(weeks, 10, 10)
		return Duration{Days: 7 * int(n)}, err == nil
	}
	d, err := ParseDuration(word)
	return d, err == nil
}

// shifted is now plus the duration, or minus it when looking back.
func (r Reference) shifted(d Duration) time.Time {
	if r.back() {
		d.Days, d.Clock = -d.Days, -d.Clock
	}
	at := r.Now
	if d.Days != 0 {
		year, month, day := at.Date()
		wall := time.Date(year, month, day+d.Days, at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
		at = localTime(wall, r.Location)
	}
	return at.Add(d.Clock)
}

func (r Reference) endOfDay() (time.Time, string, bool) {
	if r.Calendar == nil {
		return time.Time{}, "your working hours are not in the configuration; write the time", true
	}
	shift, ok := r.Calendar.Shift(r.Now)
	if !ok {
		shift, ok = r.Calendar.NextShift(r.Now)
	}
	if !ok || r.Calendar.day(shift.From) > r.Calendar.day(r.Now) {
		return time.Time{}, "you have no more hours today; write the time", true
	}
	return shift.To.In(r.Location), "", true
}

func (r Reference) nextShift() (time.Time, string, bool) {
	if r.Calendar == nil {
		return time.Time{}, "your working hours are not in the configuration; write the time", true
	}
	shift, ok := r.Calendar.NextShift(r.Now.Add(time.Second))
	if !ok {
		return time.Time{}, "you have no shift to come; write the time", true
	}
	return shift.From.In(r.Location), "", true
}

// day returns a time on a day: a date, today, tomorrow, yesterday or a
// weekday. Minutes below zero stand for no time of day.
func (r Reference) day(word string, minutes int) (time.Time, string, bool) {
	here := Calendar{Location: r.Location}
	today := here.day(r.Now)
	if date, err := time.Parse(time.DateOnly, word); err == nil {
		return r.on(Calendar{}.day(date), minutes), "", true
	}
	if days := slices.Index([]string{"yesterday", "today", "tomorrow"}, word); days >= 0 {
		return r.on(today+civilDay(days-1), minutes), "", true
	}
	wanted, ok := weekday(word)
	if !ok {
		return time.Time{}, "", false
	}
	ahead := civilDay((wanted - today.weekday() + 7) % 7)
	if r.back() && minutes < 0 {
		return r.on(today+ahead-7, minutes), "", true
	}
	if r.back() {
		at := r.on(today+ahead, minutes)
		for at.After(r.Now) {
			ahead -= 7
			at = r.on(today+ahead, minutes)
		}
		return at, "", true
	}
	at := r.on(today+ahead, minutes)
	if !at.After(r.Now) {
		at = r.on(today+ahead+7, minutes)
	}
	return at, "", true
}

// defaultStart is when a day begins for somebody of whom no hours are known.
const defaultStart = 9 * 60

func (r Reference) on(d civilDay, minutes int) time.Time {
	here := Calendar{Location: r.Location}
	switch {
	case minutes >= 0:
		return here.local(d, minutes)
	case r.End:
		return here.midnight(d + 1)
	case r.Back:
		return here.midnight(d)
	}
	if r.Calendar != nil {
		shift, ok := r.Calendar.NextShift(here.midnight(d))
		if ok && here.day(shift.From) == d {
			return shift.From.In(r.Location)
		}
	}
	return here.local(d, defaultStart)
}

// weekday reads a weekday in English, whole or in three letters.
func weekday(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := strings.ToLower(day.String()); word == name || word == name[:3] {
			return day, true
		}
	}
	return 0, false
}

var clockPattern = text.Pattern(`^(\d{1,2})(?::([0-5]\d))?(am|pm)?$`)

// clockTime reads a time of day as 09:00, 9:00, 9am or 9:30pm, in minutes.
func clockTime(word string) (int, bool) {
	m := clockPattern().FindStringSubmatch(word)
	if m == nil || m[2] == "" && m[3] == "" {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2]) // nothing is zero
	switch {
	case m[3] == "":
		return hour*60 + minute, hour < 24
	case hour < 1 || hour > 12:
		return 0, false
	case m[3] == "am":
		return hour%12*60 + minute, true
	}
	return (hour%12+12)*60 + minute, true
}
