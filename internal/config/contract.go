package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/text"
)

// Interface is the contract at a boundary between two teams or zones.
type Interface struct {
	From       string            `yaml:"from"`
	To         string            `yaml:"to"`
	Trigger    string            `yaml:"trigger,omitempty"`
	DoneWhen   []string          `yaml:"done_when,omitempty"`
	Conditions []string          `yaml:"conditions,omitempty"` // what both sides agreed on; for people to read
	Requires   []string          `yaml:"requires,omitempty"`   // keys of items
	OnMissing  string            `yaml:"on_missing,omitempty"` // OnMissingReject, OnMissingWarn or "return:<handle>"; "" is OnMissingReject
	Ack        calendar.Duration `yaml:"ack,omitempty"`        // instead of that of the SLA
}

// What happens when a handoff lacks what an interface requires.
const (
	OnMissingReject = "reject"
	OnMissingWarn   = "warn"

	onMissingReturn = "return:" // and the handle to whom it is published instead
)

// Returns is who gets a handoff that lacks what the interface requires in place
// of its receiver, "" where the interface does not say so.
func (i Interface) Returns() string {
	who, _ := strings.CutPrefix(i.OnMissing, onMissingReturn)
	if who == i.OnMissing {
		return ""
	}
	return who
}

// Refuses reports whether nothing is published that lacks what the interface
// requires.
func (i Interface) Refuses() bool { return i.OnMissing == "" || i.OnMissing == OnMissingReject }

// Contracts returns the contracts that hold between a sender and an address, in
// the order of the configuration: by the team or zone of a person, of a team, or
// of anybody for whom another address stands.
func (c *Config) Contracts(sender, address string) []Interface {
	if address == sender {
		return nil
	}
	var held []Interface
	for _, contract := range c.Interfaces {
		if c.onSide(contract.From, sender, sender) && c.onSide(contract.To, address, sender) {
			held = append(held, contract)
		}
	}
	return held
}

// HasContracts reports whether there is a contract at any boundary.
func (c *Config) HasContracts() bool { return len(c.Interfaces) > 0 }

// onSide reports whether an address, as a sender means it, is on a side of a
// boundary.
func (c *Config) onSide(side, address, sender string) bool {
	if name, ok := strings.CutPrefix(address, "team:"); ok && (side == name || side == c.Teams[name].Zone) {
		return true
	}
	return slices.ContainsFunc(c.Members(address, sender), func(who string) bool {
		return side != "" && (side == c.TeamOf(who) || side == c.ZoneOf(who))
	})
}

func (c *checker) checkInterfaces() {
	for i, contract := range c.Interfaces {
		field := fmt.Sprintf("interfaces[%d]", i)
		c.side(field+".from", contract.From)
		c.side(field+".to", contract.To)
		for j, key := range contract.Requires {
			c.oneOf(fmt.Sprintf("%s.requires[%d]", field, j), key, itemKeys()...)
		}
		switch who := contract.Returns(); {
		case who != "":
			c.person(field+".on_missing", who)
		case strings.HasPrefix(contract.OnMissing, onMissingReturn):
			c.invalidHandle(field+".on_missing", "")
		case contract.OnMissing != "" && !contract.Refuses() && contract.OnMissing != OnMissingWarn:
			c.fail("HO101", field+".on_missing", fmt.Sprintf("%q is none of reject, warn, return:<handle>", text.OneLine(contract.OnMissing)),
				suggestion(contract.OnMissing, []string{OnMissingReject, OnMissingWarn}))
		}
	}
}
