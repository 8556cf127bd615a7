package cli

import (
	"github.com/handoff-cli/handoff/internal/handoff"
)

// item resolves a reference that must name an item.
func (ws *workspace) item(ref string) (*handoff.ItemState, error) {
	if i, ok := ws.state.Items[ref]; ok {
		return i, nil
	}
	target, err := ws.resolve(ref)
	if err != nil {
		return nil, err
	}
	if target.Type != handoff.TargetItem {
		return nil, usagef("handoff query items lists the items", "%s is not an item", ref)
	}
	return ws.state.Items[target.Name], nil
}

// blocker resolves a reference that must name a blocker.
func (ws *workspace) blocker(ref string) (*handoff.BlockerState, error) {
	if b, ok := ws.state.Blockers[ref]; ok {
		return b, nil // a bare slug means a blocker here, whatever else has it
	}
	target, err := ws.resolve(ref)
	if err != nil {
		return nil, err
	}
	if target.Type != handoff.TargetBlocker {
		return nil, usagef("handoff query blocked lists the blockers", "%s is not a blocker", ref)
	}
	return ws.state.Blockers[target.Name], nil
}

// question resolves a reference that must name a question: its slug, or its
// record.
func (ws *workspace) question(ref string) (*handoff.QuestionState, error) {
	if q, ok := ws.state.Questions[ref]; ok {
		return q, nil
	}
	target, err := ws.resolve(ref)
	if err != nil {
		return nil, err
	}
	if q, ok := ws.state.Questions[target.Name]; ok && (target.Type == handoff.TargetQuestion || target.Type == handoff.TargetRecord) {
		return q, nil
	}
	return nil, usagef("handoff query questions lists the open ones", "%s is not a question", ref)
}

// levelOf is the level that a blocker has reached.
func (ws *workspace) levelOf(target handoff.Target) int {
	if target.Type == handoff.TargetBlocker {
		return ws.state.Blockers[target.Name].Level
	}
	return 0
}

// nextOnLadder is who stands at a level of the ladder of a blocker; the last one
// for levels beyond it.
func (ws *workspace) nextOnLadder(target handoff.Target, level int) string {
	if target.Type != handoff.TargetBlocker {
		return ""
	}
	ladder := ws.config.Ladder(ws.state.Blockers[target.Name].Blocker)
	if len(ladder) == 0 {
		return ""
	}
	return ladder[min(level, len(ladder))-1]
}

// authorOf is whom a question about something goes to: its holder, else who
// wrote it; "" for what the user wrote themselves.
func (ws *workspace) authorOf(target handoff.Target) string {
	who := ""
	switch target.Type {
	case handoff.TargetItem:
		who = ws.state.Items[target.Name].Holder
	case handoff.TargetBlocker:
		who = ws.state.Blockers[target.Name].DeclaredBy
	case handoff.TargetQuestion:
		who = ws.state.Questions[target.Name].To
	case handoff.TargetDecision:
		who = ws.state.Decisions[target.Name].By
	default:
		who = ws.state.Records[target.Name].By
	}
	if who == ws.me {
		return ""
	}
	return who
}
