package config

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Receivers returns the handles to whom a handoff is addressed, but for its
// sender, sorted, each once. An address that stands for nobody is kept as it
// is.
func (c *Config) Receivers(h *fold.Handoff) []string {
	var handles []string
	for _, address := range h.To {
		members := c.Members(address, h.Record.By)
		if len(members) == 0 {
			members = []string{address}
		}
		handles = append(handles, members...)
	}
	slices.Sort(handles)
	return slices.DeleteFunc(slices.Compact(handles), func(handle string) bool { return handle == h.Record.By })
}

// AckLimit returns how long a handoff may wait for a verdict: by its contract
// at the boundary where that says so, else by the SLA for the highest severity
// of its items. What is critical runs on the wall.
func (c *Config) AckLimit(h *fold.Handoff) calendar.Limit {
	limit := c.AckTime(h)
	if h.Severity() == handoff.SeverityCritical {
		return calendar.Limit{Length: limit.Wall(), Wall: true}
	}
	return calendar.Limit{Length: limit.Work()}
}

// AckTime returns how long a verdict on a handoff may take, as [Config.AckLimit]
// says.
func (c *Config) AckTime(h *fold.Handoff) calendar.Duration {
	limit := c.SLA.Ack.Routine
	switch h.Severity() {
	case handoff.SeverityCritical:
		return c.SLA.Ack.Critical
	case handoff.SeverityWatch:
		limit = c.SLA.Ack.Watch
	}
	for _, receiver := range c.Receivers(h) {
		if contract, ok := c.Interface(h.Record.By, receiver); ok && !contract.Ack.IsZero() {
			return contract.Ack
		}
	}
	return limit
}

// HasAckSLA reports whether anything says how long a handoff may wait for a
// verdict.
func (c *Config) HasAckSLA() bool {
	return c.SLA.Ack != AckSLA{} || slices.ContainsFunc(c.Interfaces, func(contract Interface) bool { return !contract.Ack.IsZero() })
}

// AckDue returns when the verdict on a handoff is due: when the last of its
// receivers has had the time. It is false without an SLA.
func (c *Config) AckDue(h *fold.Handoff) (time.Time, bool) {
	var calendars []calendar.Calendar
	for _, receiver := range c.Receivers(h) {
		if calendar, ok := c.Calendar(receiver); ok {
			calendars = append(calendars, calendar)
		}
	}
	return c.AckLimit(h).Due(h.Record.At.Time, calendars)
}

// Interface returns the first contract that holds between a sender and a
// receiver, by their teams or zones.
func (c *Config) Interface(sender, receiver string) (Interface, bool) {
	stands := func(side, handle string) bool {
		return side == c.TeamOf(handle) || side == c.ZoneOf(handle)
	}
	i := slices.IndexFunc(c.Interfaces, func(contract Interface) bool {
		return stands(contract.From, sender) && stands(contract.To, receiver)
	})
	if i < 0 {
		return Interface{}, false
	}
	return c.Interfaces[i], true
}
