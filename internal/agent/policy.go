package agent

import (
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Act is what a record does, as the policy names it.
func Act(r *handoff.Record) string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		if body.Rollup != nil {
			return config.ActRollup
		}
		return config.ActDeclare
	case *handoff.Ack:
		return config.ActAck
	case *handoff.Assignment:
		return config.ActAssign
	case *handoff.Withdrawal:
		return config.ActWithdraw
	case *handoff.Question:
		return config.ActAsk
	case *handoff.Answer:
		return config.ActAnswer
	case *handoff.Resolution:
		return config.ActResolve
	case *handoff.DecisionRecord:
		return config.ActDecide
	case *handoff.Gap:
		return config.ActGap
	case *handoff.Escalation:
		return config.ActEscalate
	}
	return config.ActRoute
}

// May is what an agent may do with the records of one operation: the least of what it
// may with each. A route that goes along with something else is part of that.
func May(c *config.Config, records []*handoff.Record) config.AgentMay {
	may := config.AgentPublishes
	for i, r := range records {
		act := Act(r)
		if act == config.ActRoute && i > 0 {
			continue
		}
		may = min(may, c.AgentMay(act))
	}
	if may == config.AgentProposes {
		for _, r := range records {
			if Act(r) != config.ActDecide {
				return config.AgentDrafts // what goes along would be no proposal
			}
		}
	}
	return may
}
