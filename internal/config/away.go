package config

import "time"

// AwayAt returns the absence of a person that contains an instant, and when it is
// over: the beginning of the day after it, or of their first shift then.
func (c *Config) AwayAt(handle string, at time.Time) (away Away, back time.Time, ok bool) {
	p := c.People[handle]
	for i, absence := range p.absences() {
		if !absence.Contains(at) {
			continue
		}
		back = absence.To
		if hours, known := c.Calendar(handle); known {
			if shift, ok := hours.NextShift(back); ok {
				back = shift.From
			}
		}
		return p.Away[i], back, true
	}
	return Away{}, time.Time{}, false
}
