package cli

import (
	"github.com/handoff-cli/handoff/internal/handoff"
)

// named resolves a reference that must name something of a type. A bare slug means
// that, whatever else has it.
func named[T any](ws *workspace, ref, typ, what, hint string, things func(*handoff.View) map[string]*T) (*T, error) {
	if thing, ok := things(ws.state)[ref]; ok {
		return thing, nil
	}
	target, err := ws.resolve(ref)
	if err != nil {
		return nil, err
	}
	thing, ok := things(ws.state)[target.Name]
	if !ok || target.Type != typ && target.Type != handoff.TargetRecord {
		return nil, usagef(hint, "%s is not %s", ref, what)
	}
	return thing, nil
}

func (ws *workspace) item(ref string) (*handoff.ItemState, error) {
	return named(ws, ref, handoff.TargetItem, "an item", "handoff query items lists the items", func(v *handoff.View) map[string]*handoff.ItemState { return v.Items })
}

func (ws *workspace) blocker(ref string) (*handoff.BlockerState, error) {
	return named(ws, ref, handoff.TargetBlocker, "a blocker", "handoff query blocked lists the blockers", func(v *handoff.View) map[string]*handoff.BlockerState { return v.Blockers })
}

// question resolves the slug of a question, or its record.
func (ws *workspace) question(ref string) (*handoff.QuestionState, error) {
	return named(ws, ref, handoff.TargetQuestion, "a question", "handoff query questions lists the open ones", func(v *handoff.View) map[string]*handoff.QuestionState { return v.Questions })
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

// ownHandoff resolves the reference of --amend.
func (ws *workspace) ownHandoff(ref string) (*handoff.HandoffState, error) {
	target, err := ws.resolve(ref)
	if err != nil {
		return nil, err
	}
	h, ok := ws.state.Handoffs[target.Name]
	if !ok {
		return nil, usagef("", "%s is not a handoff", ref)
	}
	if h.Record.By != ws.me {
		return nil, usagef("ask "+h.Record.By+", or ack it with --outcome changes_requested", "%s is by %s, not by you (%s)", ref, h.Record.By, ws.me)
	}
	return h, nil
}
