package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/text"
)

// AgentMay is how far a coding agent may go by itself.
type AgentMay int

// From the least to the most.
const (
	AgentDrafts    AgentMay = iota // it prepares a draft, which the person publishes
	AgentProposes                  // it publishes a decision as a proposal
	AgentPublishes                 // it publishes, under the mark of the agent
)

// The acts that a policy on agents names.
const (
	ActDeclare  = "declare"
	ActAck      = "ack"
	ActGive     = "give"
	ActAssign   = "assign"
	ActWithdraw = "withdraw"
	ActRollup   = "rollup"
	ActAnswer   = "answer"
	ActResolve  = "resolve"
	ActDecide   = "decide"
	ActAsk      = "ask"
	ActJot      = "jot"
	ActGap      = "gap"
	ActEscalate = "escalate"
	ActRoute    = "route"
)

// agentActs are the acts, and what an agent may do where the configuration does not say.
var agentActs = map[string]AgentMay{
	ActDeclare: AgentDrafts, ActAck: AgentDrafts, ActGive: AgentDrafts, ActAssign: AgentDrafts, ActWithdraw: AgentDrafts, ActRollup: AgentDrafts,
	ActAnswer: AgentPublishes, ActResolve: AgentDrafts, ActDecide: AgentProposes, ActAsk: AgentPublishes, ActJot: AgentPublishes,
	ActGap: AgentDrafts, ActEscalate: AgentDrafts, ActRoute: AgentDrafts,
}

// movesCustody are the acts by which work is given, taken, shipped or dropped. Only a
// person does that.
var movesCustody = []string{ActDeclare, ActAck, ActGive, ActAssign, ActWithdraw, ActRollup}

// agentWords are the values in the file.
var agentWords = map[string]AgentMay{"draft": AgentDrafts, "propose": AgentProposes, "publish": AgentPublishes}

// AgentMay is how far an agent may go with an act by itself. A configuration that says
// more than can be is as if it said nothing.
func (c *Config) AgentMay(act string) AgentMay {
	may, said := agentWords[c.Agents[act]]
	if !said || slices.Contains(movesCustody, act) || may == AgentProposes && act != ActDecide {
		return agentActs[act]
	}
	return may
}

func (c *checker) checkAgents() {
	for _, act := range slices.Sorted(maps.Keys(c.Agents)) {
		field, value := "agents."+act, c.Agents[act]
		_, known := agentActs[act]
		may, said := agentWords[value]
		switch {
		case !known:
			c.fail("HO101", field, fmt.Sprintf("%q is nothing that an agent does", text.OneLine(act)), suggestion(act, slices.Sorted(maps.Keys(agentActs))))
		case !said:
			c.fail("HO101", field, fmt.Sprintf("%q is none of draft, propose, publish", text.OneLine(value)), suggestion(value, slices.Sorted(maps.Keys(agentWords))))
		case may != AgentDrafts && slices.Contains(movesCustody, act):
			c.fail("HO101", field, act+" moves work from one to another, which only a person does", "write draft, or leave it out")
		case may == AgentProposes && act != ActDecide:
			c.fail("HO101", field, "only a decision can be proposed", "write draft or publish")
		}
	}
}
