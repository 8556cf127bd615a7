package workspace

import "github.com/handoff-cli/handoff/internal/handoff"

// named resolves a reference that must name something of a type. A bare slug means
// that, whatever else has it.
func named[T any](ws *Workspace, ref, typ, what, hint string, all func(*handoff.View) map[string]*T) (*T, error) {
	if state, ok := all(ws.State)[ref]; ok {
		return state, nil
	}
	target, err := ws.Resolve(ref)
	if err != nil {
		return nil, err
	}
	state, ok := all(ws.State)[target.Name]
	if !ok || target.Type != typ && target.Type != handoff.TargetRecord {
		return nil, Usagef(hint, "%s is not %s", ref, what)
	}
	return state, nil
}

// Item returns the item that a reference names.
func (ws *Workspace) Item(ref string) (*handoff.ItemState, error) {
	return named(ws, ref, handoff.TargetItem, "an item", "handoff query items lists the items", func(v *handoff.View) map[string]*handoff.ItemState { return v.Items })
}

// Blocker returns the blocker that a reference names.
func (ws *Workspace) Blocker(ref string) (*handoff.BlockerState, error) {
	return named(ws, ref, handoff.TargetBlocker, "a blocker", "handoff query blocked lists the blockers", func(v *handoff.View) map[string]*handoff.BlockerState { return v.Blockers })
}

// Question resolves the slug of a question, or its record.
func (ws *Workspace) Question(ref string) (*handoff.QuestionState, error) {
	return named(ws, ref, handoff.TargetQuestion, "a question", "handoff query questions lists the open ones", func(v *handoff.View) map[string]*handoff.QuestionState { return v.Questions })
}

// AuthorOf is whom a question about something goes to: its holder, else who
// wrote it; "" for what the user wrote themselves.
func (ws *Workspace) AuthorOf(target handoff.Target) string {
	who := ""
	switch target.Type {
	case handoff.TargetItem:
		who = ws.State.Items[target.Name].Holder
	case handoff.TargetBlocker:
		who = ws.State.Blockers[target.Name].DeclaredBy
	case handoff.TargetQuestion:
		who = ws.State.Questions[target.Name].To
	case handoff.TargetDecision:
		who = ws.State.Decisions[target.Name].By
	default:
		who = ws.State.Records[target.Name].By
	}
	if who == ws.Me {
		return ""
	}
	return who
}

// OwnHandoff resolves the reference of --amend.
func (ws *Workspace) OwnHandoff(ref string) (*handoff.HandoffState, error) {
	target, err := ws.Resolve(ref)
	if err != nil {
		return nil, err
	}
	h, ok := ws.State.Handoffs[target.Name]
	if !ok {
		return nil, Usagef("", "%s is not a handoff", ref)
	}
	if h.Record.By != ws.Me {
		return nil, Usagef("ask "+h.Record.By+", or ack it with --outcome changes_requested", "%s is by %s, not by you (%s)", ref, h.Record.By, ws.Me)
	}
	return h, nil
}
