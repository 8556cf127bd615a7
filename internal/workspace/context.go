package workspace

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
)

// RuleContext is what the rules need to know of this repository and its team.
func (ws *Workspace) RuleContext() rules.Context {
	return rules.Context{
		State: ws.State, By: ws.Me, At: ws.Author.When, Now: ws.Moment, Config: ws.TeamConfig, Git: ws.RulesGit,
		Covers: func(address, from, handle string) bool { return slices.Contains(ws.members(address, from), handle) },
	}
}

// QueryEnv is what answers depend on beside the records.
func (ws *Workspace) QueryEnv() query.Env {
	return query.Env{Now: ws.Moment, Config: ws.TeamConfig, Location: ws.Location(), ConfigFile: ws.ConfigFile(), Unproven: ws.isUnproven}
}

// ParseEnv is what the meaning of a question depends on.
func (ws *Workspace) ParseEnv() query.ParseEnv {
	return query.ParseEnv{Me: ws.Me, Now: ws.Moment, Location: ws.Location(), Calendar: calendarOf(ws.TeamConfig, ws.Me), Person: ws.asked}
}

// asked is [Workspace.Person] for whom a question is about: whoever wrote records
// goes by their handle, also when they have left the roster and a part of another
// name there is the same.
func (ws *Workspace) asked(typed string) (string, error) {
	handle := strings.ToLower(strings.TrimPrefix(typed, "@"))
	if ws.State != nil && slices.Contains(ws.State.Authors(), handle) {
		return handle, nil
	}
	return ws.Person(typed)
}

// members returns the handles that an address stands for, seen from a sender.
// Without a roster, "team" is everybody else who has written anything, and the user.
func (ws *Workspace) members(address, from string) []string {
	if address != "team" || len(ws.TeamConfig.People) > 0 {
		return ws.TeamConfig.Members(address, from)
	}
	everybody := append(ws.State.Authors(), ws.Me)
	slices.Sort(everybody)
	return slices.DeleteFunc(slices.Compact(everybody), func(who string) bool { return who == from })
}

// LastShift is the shift of a person that contains at, else the last one that
// ended before.
func (ws *Workspace) LastShift(handle string, at time.Time) (calendar.Interval, bool) {
	calendar, _ := ws.TeamConfig.Calendar(handle)
	if shift, ok := calendar.Shift(at); ok {
		return shift, true
	}
	return calendar.LastShift(at)
}

// Location is where the user's days begin: the roster's time zone, else that of
// their clock.
func (ws *Workspace) Location() *time.Location {
	if zone := ws.TeamConfig.People[ws.Me].TZ.Location; zone != nil {
		return zone
	}
	if !ws.Author.When.IsZero() {
		return ws.Author.When.Location()
	}
	return ws.Moment.Location()
}

// TimeProblem is a usage error about the value of a flag.
func TimeProblem(flag, value string, err error) error {
	if wrong, ok := errors.AsType[*calendar.TimeError](err); ok && wrong.Reason == "" {
		return Usagef("write "+wrong.Forms(), "%s %s: is not a time", flag, value)
	}
	return Usagef("", "%s: %v", flag, err)
}

// Reading is how the user's drafts are read.
func (ws *Workspace) Reading() handoff.Reading {
	return handoff.Reading{Time: ws.When, Step: ws.ReadStep}
}

// When reads a time that looks ahead from what is being written. One that is written
// out keeps its offset.
func (ws *Workspace) When(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, strings.TrimSpace(text)); err == nil {
		return at.Truncate(time.Second), nil
	}
	return calendar.ParseTime(text, calendar.Reference{Now: cmp.Or(ws.Author.When, ws.Moment), Location: ws.Location(), Calendar: calendarOf(ws.TeamConfig, ws.Me)})
}

// timeBefore reads the value of a flag that looks back from a time, or to the end
// of what it names; the zero time for an empty one.
func (ws *Workspace) timeBefore(now time.Time, flag, value string, end bool) (at time.Time, err error) {
	if value == "" {
		return at, nil
	}
	at, err = calendar.ParseTime(value, calendar.Reference{
		Now: now, Location: ws.Location(), Calendar: calendarOf(ws.TeamConfig, ws.Me), Back: true, End: end,
	})
	if err != nil {
		err = TimeProblem(flag, value, err)
	}
	return at, err
}

// Span reads the values of --since and --until; an empty one is the zero time.
// Of a day, --until is its end.
func (ws *Workspace) Span(since, until string) (from, to time.Time, err error) {
	if from, err = ws.timeBefore(ws.Moment, "--since", since, false); err == nil {
		to, err = ws.timeBefore(ws.Moment, "--until", until, true)
	}
	return from, to, err
}

// calendarOf is somebody's calendar, nil when their hours are not known.
func calendarOf(c *config.Config, handle string) *calendar.Calendar {
	if known, ok := c.Calendar(handle); ok {
		return &known
	}
	return nil
}
