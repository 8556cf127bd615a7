package cli

import (
	"errors"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
)

// ruleContext is what the rules need to know of this repository and its team.
func (ws *workspace) ruleContext() rules.Context {
	return rules.Context{
		State: ws.state, By: ws.me, At: ws.author.When, Now: ws.now, Config: ws.config, Git: ws.git,
		Covers: func(address, from, handle string) bool { return slices.Contains(ws.members(address, from), handle) },
	}
}

// queryEnv is what answers depend on beside the records.
func (ws *workspace) queryEnv() query.Env {
	return query.Env{Now: ws.now, Config: ws.config, ConfigFile: ws.configFile(), Unproven: ws.isUnproven}
}

// parseEnv is what the meaning of a question depends on.
func (ws *workspace) parseEnv() query.ParseEnv {
	return query.ParseEnv{Me: ws.me, Now: ws.now, Location: ws.location(), Calendar: ws.calendar()}
}

// members returns the handles that an address stands for, seen from a sender.
// Without a roster, "team" is everybody else who has written anything.
func (ws *workspace) members(address, from string) []string {
	if address != "team" || len(ws.config.People) > 0 {
		return ws.config.Members(address, from)
	}
	return slices.DeleteFunc(ws.state.Authors(), func(who string) bool { return who == from })
}

// lastShift is the shift of a person that contains at, else the last one that
// ended before.
func (ws *workspace) lastShift(handle string, at time.Time) (calendar.Interval, bool) {
	calendar, _ := ws.config.Calendar(handle)
	if shift, ok := calendar.Shift(at); ok {
		return shift, true
	}
	return calendar.LastShift(at)
}

// location is where the user's days begin: the roster's time zone, else that of
// their clock.
func (ws *workspace) location() *time.Location {
	if zone := ws.config.People[ws.me].TZ.Location; zone != nil {
		return zone
	}
	if !ws.author.When.IsZero() {
		return ws.author.When.Location()
	}
	return ws.now.Location()
}

// timeProblem is a usage error about the value of a flag.
func timeProblem(flag, value string, err error) error {
	var wrong *calendar.TimeError
	if errors.As(err, &wrong) && wrong.Reason == "" {
		return usagef("write "+wrong.Forms(), "%s %s: is not a time", flag, value)
	}
	return usagef("", "%s: %v", flag, err)
}

// when reads the value of a flag that looks ahead from what is being written.
func (ws *workspace) when(text string) (time.Time, error) {
	return calendar.ParseTime(text, calendar.Reference{Now: ws.author.When, Location: ws.location(), Calendar: ws.calendar()})
}

// whenPast reads the value of a flag that looks back.
func (ws *workspace) whenPast(text string) (time.Time, error) {
	return calendar.ParseTime(text, ws.past())
}

// past is what a time that lies in the past is relative to.
func (ws *workspace) past() calendar.Reference {
	return calendar.Reference{Now: ws.now, Location: ws.location(), Calendar: ws.calendar(), Back: true}
}

// calendar is the user's own, nil when their hours are not known.
func (ws *workspace) calendar() *calendar.Calendar {
	if calendar, ok := ws.config.Calendar(ws.me); ok {
		return &calendar
	}
	return nil
}
