package cli

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
)

// ruleContext is what the rules need to know of this repository and its team.
func (ws *workspace) ruleContext() rules.Context {
	c := ws.config
	return rules.Context{
		State: ws.state, By: ws.me, At: ws.author.When, Now: ws.now, ClockSkew: c.Timing.ClockSkew.Wall(),
		Settings: rules.Settings{
			Preset: rules.Preset(c.Rules.Preset), Levels: ruleLevels(c), Lang: c.Rules.Lang,
			Words:        rules.Words{Filler: c.Rules.Words.Filler, Weak: c.Rules.Words.Weak, Soft: c.Rules.Words.Soft, Relative: c.Rules.Words.RelTime},
			AllowSecrets: c.Rules.AllowSecrets,
		},
		Team: ws.ruleTeam(), Git: ws.git,
	}
}

func ruleLevels(c *config.Config) map[string]rules.Setting {
	levels := make(map[string]rules.Setting, len(c.Rules.Levels))
	for code, level := range c.Rules.Levels {
		levels[code] = rules.Setting(level)
	}
	return levels
}

func (ws *workspace) ruleTeam() rules.Team {
	c := ws.config
	team := rules.Team{
		People: ws.people(), TeamOf: c.TeamOf, PublishGrace: c.Timing.PublishGrace.Wall(),
		Covers: func(address, from, handle string) bool { return slices.Contains(ws.members(address, from), handle) },
		Shift:  ws.shift,
		Away: func(handle string, at time.Time) bool {
			calendar, _ := c.Calendar(handle)
			return slices.ContainsFunc(calendar.Away, func(i handoff.Interval) bool { return i.Contains(at) })
		},
	}
	for _, a := range c.Authorities {
		team.Authority = append(team.Authority, rules.Authority{Area: a.Area, Expires: a.ExpiresAt()})
	}
	for _, i := range c.Interfaces {
		team.Interfaces = append(team.Interfaces, rules.Interface{From: i.From, To: i.To, Requires: i.Requires, OnMissing: i.OnMissing})
	}
	return team
}

// people lists the handles of the roster, nil without one.
func (ws *workspace) people() []string {
	return slices.Sorted(maps.Keys(ws.config.People))
}

// shift is the working time of a person that contains at, or else the next one,
// without regard to absences.
func (ws *workspace) shift(handle string, at time.Time) (start, end time.Time, ok bool) {
	calendar, _ := ws.config.Calendar(handle) // somebody without hours has no shift in it
	calendar.Away = nil
	shift, ok := calendar.Shift(at)
	if !ok {
		shift, ok = calendar.NextShift(at)
	}
	return shift.From, shift.To, ok
}

// queryEnv is what answers depend on beside the records.
func (ws *workspace) queryEnv() query.Env {
	c := ws.config
	env := query.Env{
		Now: ws.now, Grace: c.Timing.PublishGrace.Wall(),
		Teams: make(map[string]string), Members: c.Members,
		AckDue: c.AckDue, ShiftEnd: ws.nextShiftEnd, Unproven: ws.isUnproven,
	}
	for handle, p := range c.People {
		if p.Team != "" {
			env.Teams[handle] = p.Team
		}
	}
	for _, a := range c.Authorities {
		env.Areas = append(env.Areas, query.Area{
			Name: a.Area, Primary: a.Primary, Alternates: a.Alternates, Expires: a.ExpiresAt(), Path: ws.configFile(),
		})
	}
	return env
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

// nextShiftEnd is the end of the first shift of a person that begins at or after
// a time.
func (ws *workspace) nextShiftEnd(handle string, from time.Time) (time.Time, bool) {
	calendar, _ := ws.config.Calendar(handle)
	shift, ok := calendar.NextShift(from)
	return shift.To, ok
}

// lastShift is the shift of a person that contains at, else the last one that
// ended before.
func (ws *workspace) lastShift(handle string, at time.Time) (handoff.Interval, bool) {
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
	var wrong *handoff.TimeError
	if errors.As(err, &wrong) && wrong.Reason == "" {
		return usagef("write "+wrong.Forms(), "%s %s: is not a time", flag, value)
	}
	return usagef("", "%s: %v", flag, err)
}

// when reads the value of a flag that looks ahead from what is being written.
func (ws *workspace) when(text string) (time.Time, error) {
	return handoff.ParseTime(text, handoff.Reference{Now: ws.author.When, Location: ws.location(), Calendar: ws.calendar()})
}

// whenPast reads the value of a flag that looks back.
func (ws *workspace) whenPast(text string) (time.Time, error) {
	return handoff.ParseTime(text, ws.past())
}

// past is what a time that lies in the past is relative to.
func (ws *workspace) past() handoff.Reference {
	return handoff.Reference{Now: ws.now, Location: ws.location(), Calendar: ws.calendar(), Back: true}
}

// calendar is the user's own, nil when their hours are not known.
func (ws *workspace) calendar() *handoff.Calendar {
	if calendar, ok := ws.config.Calendar(ws.me); ok {
		return &calendar
	}
	return nil
}
