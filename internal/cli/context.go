package cli

import (
	"time"

	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
)

// ruleContext is what the rules need to know of this repository.
func (ws *workspace) ruleContext(allowSecrets []string) rules.Context {
	c := rules.Context{State: ws.state, By: ws.me, Now: ws.now, ClockSkew: ws.config.Timing.ClockSkew.Wall()}
	c.AllowSecrets = allowSecrets
	return c
}

// queryEnv is what answers depend on beside the records.
func (ws *workspace) queryEnv() query.Env {
	return query.Env{Now: ws.now}
}

// location is where the user's days begin: the roster's time zone, else that of
// their clock.
func (ws *workspace) location() *time.Location {
	return ws.now.Location()
}

// when reads the value of a flag that looks ahead.
func (ws *workspace) when(text string) (time.Time, error) {
	return time.Parse(time.RFC3339, text)
}

// whenPast reads the value of a flag that looks back.
func (ws *workspace) whenPast(text string) (time.Time, error) {
	return time.Parse(time.RFC3339, text)
}
