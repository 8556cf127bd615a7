package ask

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/query"
)

// span is the time that a question names.
type span struct {
	since, until time.Time
	away         bool // since the asker's latest handoff
	today        bool // nothing but today, which of what is so now means now
}

func (s span) zero() bool { return s == span{} }

// timeForm is a way to say a time: its words, of which <time> stands for one or
// two that [calendar.ParseTime] reads, <n> for a number, <unit> for days and the
// like, and <day> for a day of the week. In front of all of them may stand one of
// [timeIntroductions].
type timeForm struct {
	words string
	read  func(timeReader, []string) (span, error)
}

// timeForms are in order: the first that fits counts.
var timeForms = []timeForm{
	{"since my last handoff", theirAbsence}, {"since my last handover", theirAbsence}, {"since i left", theirAbsence}, {"since i was last here", theirAbsence},
	{"while i was away", theirAbsence}, {"while i was out", theirAbsence}, {"while i was gone", theirAbsence}, {"while i was off", theirAbsence},
	{"while i was asleep", theirAbsence}, {"while i slept", theirAbsence}, {"while we were away", theirAbsence}, {"when i was away", theirAbsence}, {"in my absence", theirAbsence},
	{"since my last shift", sinceShift}, {"since last shift", sinceShift},
	{"since last week", sinceWeek(-1)}, {"since this week", sinceWeek(0)}, {"since last month", sinceMonth(-1)},
	{"since last <day>", sinceTime}, {"since <time>", sinceTime}, {"until <time>", untilTime}, {"before <time>", beforeTime},
	{"this week", week(0)}, {"last week", week(-1)}, {"previous week", week(-1)}, {"this month", month(0)}, {"last month", month(-1)},
	{"last shift", lastShift}, {"my last shift", lastShift}, {"previous shift", lastShift}, {"this shift", thisShift}, {"my shift", thisShift},
	{"last <n> <unit>", lastUnits}, {"past <n> <unit>", lastUnits}, {"last <unit>", lastUnits}, {"past <unit>", lastUnits},
	{"last <day>", oneDay}, {"on <day>", oneDay}, {"yesterday", oneDay}, {"today", today},
}

// timeIntroductions may stand before a time.
var timeIntroductions = [][]string{{"in", "the"}, {"over", "the"}, {"during", "the"}, {"within", "the"}, {"for", "the"}, {"during"}, {"in"}, {"on"}, {"from"}, {"the"}, {"as", "of"}, {"of"}}

// timeReader is what times are relative to.
type timeReader struct{ query.ParseEnv }

// cutTime takes the time out of a question; there is none in most.
func cutTime(words []string, env query.ParseEnv) (rest []string, at span, err error) {
	r := timeReader{env}
	rest = slices.Clone(words)
	for i := 0; i < len(rest); i++ {
		n, found, err := r.at(rest[i:])
		if err != nil {
			return nil, span{}, err
		}
		if n == 0 {
			continue
		}
		from := i
		for _, intro := range timeIntroductions {
			if from >= len(intro) && slices.Equal(rest[from-len(intro):from], intro) && !(found.today && len(intro) == 1) { // "is ana in today"
				from -= len(intro)
				break
			}
		}
		if at, err = at.and(found); err != nil {
			return nil, span{}, err
		}
		rest = slices.Delete(rest, from, i+n)
		i = from - 1
	}
	return rest, at, nil
}

// and is the time that two parts of a question name: each of them one end.
func (s span) and(other span) (span, error) {
	switch {
	case s.zero():
		return other, nil
	case s.until.IsZero() && other.since.IsZero() && !s.away && !s.today && !other.away:
		return span{since: s.since, until: other.until}, nil
	}
	return s, &query.TermError{Term: query.Term{Value: "the time"}, Problem: "is given twice", Hint: "give one"}
}

// at reads a time from the beginning of some words and returns how many it takes,
// 0 where there is none.
func (r timeReader) at(words []string) (n int, at span, err error) {
	for _, f := range timeForms {
		if taken, values, ok := r.fits(strings.Fields(f.words), words); ok {
			at, err = f.read(r, values)
			return taken, at, err
		}
	}
	return 0, span{}, nil
}

// fits compares words with a form and returns those that its places take.
func (r timeReader) fits(form, words []string) (taken int, values []string, ok bool) {
	for _, f := range form {
		if taken >= len(words) {
			return 0, nil, false
		}
		n := 0
		switch f {
		case "<time>":
			n = r.timeLength(words[taken:])
		case "<n>":
			if _, err := strconv.ParseUint(numeral(words[taken]), 10, 12); err == nil {
				n = 1
			}
		case "<unit>":
			if units[strings.TrimSuffix(words[taken], "s")] != "" {
				n = 1
			}
		case "<day>":
			if _, err := r.parse(words[taken], false); err == nil && len(words[taken]) >= 3 && strings.Trim(words[taken], "abcdefghijklmnopqrstuvwxyz") == "" {
				n = 1
			}
		default:
			if words[taken] == f {
				taken++
				continue
			}
		}
		if n == 0 {
			return 0, nil, false
		}
		values = append(values, strings.Join(words[taken:taken+n], " "))
		taken += n
	}
	return taken, values, true
}

// numbers are the numerals that people write as words.
var numbers = []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

func numeral(w string) string {
	if i := slices.Index(numbers, w); i > 0 {
		return strconv.Itoa(i)
	}
	if w == "few" || w == "couple" {
		return "" // nobody knows how many
	}
	return w
}

// units are the units of time, and their signs; a month has none.
var units = map[string]string{"minute": "m", "min": "m", "hour": "h", "day": "d", "week": "w"}

// timeLength is how many of the words are a time: the most that can be read.
func (r timeReader) timeLength(words []string) int {
	for n := min(2, len(words)); n > 0; n-- {
		if _, err := r.parse(strings.Join(words[:n], " "), false); err == nil {
			return n
		}
	}
	return 0
}

// parse reads a time: a time of day alone is the last one.
func (r timeReader) parse(text string, end bool) (time.Time, error) {
	for _, layout := range []string{"15:04", "3pm", "3:04pm"} {
		clock, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		now := r.Now.In(r.Location)
		at := time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, r.Location)
		if at.After(now) {
			at = time.Date(now.Year(), now.Month(), now.Day()-1, clock.Hour(), clock.Minute(), 0, 0, r.Location)
		}
		return at, nil
	}
	return calendar.ParseTime(text, calendar.Reference{Now: r.Now, Location: r.Location, Calendar: r.Calendar, Back: true, End: end})
}

func theirAbsence(timeReader, []string) (span, error) { return span{away: true}, nil }

func sinceTime(r timeReader, values []string) (at span, err error) {
	at.since, err = r.parse(values[0], false)
	return at, err
}

func untilTime(r timeReader, values []string) (at span, err error) {
	at.until, err = r.parse(values[0], true)
	return at, err
}

func beforeTime(r timeReader, values []string) (at span, err error) {
	at.until, err = r.parse(values[0], false)
	return at, err
}

// oneDay is a day from its beginning to its end.
func oneDay(r timeReader, values []string) (at span, err error) {
	day := "yesterday"
	if len(values) > 0 {
		day = values[0]
	}
	if at.since, err = r.parse(day, false); err != nil {
		return at, err
	}
	at.until, err = r.parse(day, true)
	return at, err
}

func today(r timeReader, _ []string) (at span, err error) {
	at.today = true
	at.since, err = r.parse("today", false)
	return at, err
}

// lastUnits is the time that ends now: the last three days.
func lastUnits(r timeReader, values []string) (at span, err error) {
	n := "1"
	if len(values) > 1 {
		n = numeral(values[0])
	}
	at.since, err = r.parse(n+units[strings.TrimSuffix(values[len(values)-1], "s")], false)
	return at, err
}

// midnight is the beginning of the asker's today.
func (r timeReader) midnight() time.Time {
	at, err := r.parse("today", false)
	if err != nil { // it has a form of its own
		panic(err)
	}
	return at
}

// monday is the beginning of a week, counted from this one.
func (r timeReader) monday(weeks int) time.Time {
	today := r.midnight()
	days := (int(today.Weekday())+6)%7 - 7*weeks
	return time.Date(today.Year(), today.Month(), today.Day()-days, 0, 0, 0, 0, today.Location())
}

func week(n int) func(timeReader, []string) (span, error) {
	return func(r timeReader, _ []string) (span, error) {
		if n == 0 {
			return span{since: r.monday(0)}, nil
		}
		return span{since: r.monday(n), until: r.monday(n + 1)}, nil
	}
}

func sinceWeek(n int) func(timeReader, []string) (span, error) {
	return func(r timeReader, _ []string) (span, error) { return span{since: r.monday(n)}, nil }
}

func (r timeReader) first(months int) time.Time {
	today := r.midnight()
	return time.Date(today.Year(), today.Month()+time.Month(months), 1, 0, 0, 0, 0, today.Location())
}

func month(n int) func(timeReader, []string) (span, error) {
	return func(r timeReader, _ []string) (span, error) {
		if n == 0 {
			return span{since: r.first(0)}, nil
		}
		return span{since: r.first(n), until: r.first(n + 1)}, nil
	}
}

func sinceMonth(n int) func(timeReader, []string) (span, error) {
	return func(r timeReader, _ []string) (span, error) { return span{since: r.first(n)}, nil }
}

// errNoHours is a shift of somebody whose hours nobody knows.
var errNoHours = &query.TermError{
	Term: query.Term{Value: "shift"}, Problem: "gives no time", Hint: "your working hours are not in the configuration; write since:yesterday",
}

func lastShift(r timeReader, _ []string) (span, error) {
	if r.Calendar == nil {
		return span{}, errNoHours
	}
	shift, ok := r.Calendar.LastShift(r.Now)
	if !ok {
		return span{}, errNoHours
	}
	return span{since: shift.From, until: shift.To}, nil
}

// sinceShift is the time after the last shift.
func sinceShift(r timeReader, values []string) (span, error) {
	at, err := lastShift(r, values)
	return span{since: at.until}, err
}

func thisShift(r timeReader, _ []string) (span, error) {
	if r.Calendar == nil {
		return span{}, errNoHours
	}
	shift, ok := r.Calendar.Shift(r.Now)
	if !ok {
		return lastShift(r, nil)
	}
	return span{since: shift.From}, nil
}
