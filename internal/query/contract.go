package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// contracts are those of the configuration, or those that have a team, a zone or
// somebody of one on a side.
func (r *runner) contracts() []candidate {
	name := strings.TrimPrefix(r.query.Arg, "team:")
	sides := []string{name}
	if _, person := r.env.Config.People[name]; person {
		sides = []string{r.env.Config.TeamOf(name), r.env.Config.ZoneOf(name)}
	}
	var found []candidate
	for _, contract := range r.env.Config.Interfaces {
		if name == "" || slices.Contains(sides, contract.From) || slices.Contains(sides, contract.To) {
			found = append(found, contractOf(contract, r.env))
		}
	}
	return found
}

func contractOf(c config.Interface, env Env) candidate {
	line := &row.Contract{
		Typed: row.Typed{Type: row.TypeContract}, From: c.From, To: c.To, Trigger: c.Trigger, DoneWhen: row.List(c.DoneWhen),
		Conditions: row.List(c.Conditions), Requires: row.List(c.Requires), OnMissing: cmp.Or(c.OnMissing, config.OnMissingReject),
		Citation: row.Citation{Source: row.Source{Kind: "config", Path: env.ConfigFile}},
	}
	if !c.Ack.IsZero() {
		line.Ack = c.Ack.String()
	}
	f := make(facets)
	f.put(Is, string(row.TypeContract))
	f.put(Team, c.From, c.To)
	return candidate{row: line, facets: f, thread: remark{said: c}}
}

// Crossed returns the contracts that a handoff crosses, to its receivers and to
// those who are to do a step. One that was returned crosses that of the receiver
// who reads it.
func Crossed(by string, h *handoff.Handoff, env Env) []*row.Contract {
	to := slices.Clone([]string(h.To))
	for _, item := range h.Items {
		for _, next := range item.Next {
			to = append(to, next.Owner)
		}
	}
	rows := []*row.Contract{}
	add := func(addresses []string, crossed func(config.Interface) bool) {
		for _, address := range addresses {
			for _, contract := range env.Config.Contracts(by, address) {
				line := contractOf(contract, env).row.(*row.Contract)
				known := slices.ContainsFunc(rows, func(r *row.Contract) bool { return r.Key() == line.Key() })
				if !known && crossed(contract) {
					rows = append(rows, line)
				}
			}
		}
	}
	add(to, func(config.Interface) bool { return true })
	add(h.CC, func(c config.Interface) bool { return c.Returns() != "" && slices.Contains(h.To, c.Returns()) })
	return rows
}
