package row

import (
	"cmp"
	"time"
)

// Clock is what the times in a sentence are relative to.
type Clock struct {
	Now      time.Time
	Location *time.Location // of the reader's days; nil is that of Now
}

// At is a time as a sentence says it: of today the time of day, of the days around
// it the day as well, else the date.
func (c Clock) At(t time.Time) string {
	location := cmp.Or(c.Location, c.Now.Location())
	at, now := t.In(location), c.Now.In(location)
	const day = 24 * time.Hour
	switch days := now.Sub(at); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly) && at.Hour()+at.Minute() > 0:
		return at.Format("15:04")
	case days > -6*day && days < 6*day:
		return at.Format("Mon 15:04")
	}
	return at.Format("2006-01-02 15:04")
}
