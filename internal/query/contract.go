package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// ContractRow is the contract at a boundary. It cites no record.
type ContractRow struct {
	typed
	From       string   `json:"from"` // a team or zone
	To         string   `json:"to"`
	Trigger    string   `json:"trigger"`
	DoneWhen   []string `json:"done_when"`
	Conditions []string `json:"conditions"`
	Requires   []string `json:"requires"`   // keys of items
	OnMissing  string   `json:"on_missing"` // reject, warn, return:<handle>
	Ack        string   `json:"ack"`        // how long a verdict may take, "" as the SLA says
	cited
}

// Cells is the row under [Header].
func (r *ContractRow) Cells() []string {
	const sep = "; "
	return append([]string{
		r.key(), r.Trigger, strings.Join(r.DoneWhen, sep), strings.Join(r.Conditions, sep), listCell(r.Requires), r.OnMissing, r.Ack,
	}, r.Source.cells()...)
}

func (r *ContractRow) key() string { return r.From + " → " + r.To }

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
	row := &ContractRow{
		typed: typed{Type: TypeContract}, From: c.From, To: c.To, Trigger: c.Trigger, DoneWhen: list(c.DoneWhen),
		Conditions: list(c.Conditions), Requires: list(c.Requires), OnMissing: cmp.Or(c.OnMissing, config.OnMissingReject),
		cited: cited{Source: Source{Kind: "config", Path: env.ConfigFile}},
	}
	if !c.Ack.IsZero() {
		row.Ack = c.Ack.String()
	}
	f := make(facets)
	f.put(Is, string(TypeContract))
	f.put(Team, c.From, c.To)
	return candidate{row: row, facets: f, thread: remark{said: c}}
}

// Crossed returns the contracts that a handoff crosses, to its receivers and to
// those who are to do a step. One that was returned crosses that of the receiver
// who reads it.
func Crossed(by string, h *handoff.Handoff, env Env) []*ContractRow {
	to := slices.Clone([]string(h.To))
	for _, item := range h.Items {
		for _, next := range item.Next {
			to = append(to, next.Owner)
		}
	}
	rows := []*ContractRow{}
	add := func(addresses []string, crossed func(config.Interface) bool) {
		for _, address := range addresses {
			for _, contract := range env.Config.Contracts(by, address) {
				row := contractOf(contract, env).row.(*ContractRow)
				known := slices.ContainsFunc(rows, func(r *ContractRow) bool { return r.key() == row.key() })
				if !known && crossed(contract) {
					rows = append(rows, row)
				}
			}
		}
	}
	add(to, func(config.Interface) bool { return true })
	add(h.CC, func(c config.Interface) bool { return c.Returns() != "" && slices.Contains(h.To, c.Returns()) })
	return rows
}
