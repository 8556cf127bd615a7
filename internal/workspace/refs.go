package workspace

import "github.com/handoff-cli/handoff/internal/fold"

// named resolves a reference that must name something of a type. A bare slug means
// that, whatever else has it.
func named[T any](ws *Workspace, ref, typ, what, hint string, all func(*fold.View) map[string]*T) (*T, error) {
	if state, ok := all(ws.State)[ref]; ok {
		return state, nil
	}
	target, err := ws.Resolve(ref)
	if err != nil {
		return nil, err
	}
	state, ok := all(ws.State)[target.Name]
	if !ok || target.Type != typ && target.Type != fold.TargetRecord {
		return nil, Usagef(hint, "%s is not %s", ref, what)
	}
	return state, nil
}

// Item returns the item that a reference names.
func (ws *Workspace) Item(ref string) (*fold.Item, error) {
	return named(ws, ref, fold.TargetItem, "an item", "handoff query items lists the items", func(v *fold.View) map[string]*fold.Item { return v.Items })
}

// Blocker returns the blocker that a reference names.
func (ws *Workspace) Blocker(ref string) (*fold.Blocker, error) {
	return named(ws, ref, fold.TargetBlocker, "a blocker", "handoff query blocked lists the blockers", func(v *fold.View) map[string]*fold.Blocker { return v.Blockers })
}

// Question resolves the slug of a question, or its record.
func (ws *Workspace) Question(ref string) (*fold.Question, error) {
	return named(ws, ref, fold.TargetQuestion, "a question", "handoff query questions lists the open ones", func(v *fold.View) map[string]*fold.Question { return v.Questions })
}

// AuthorOf is whom a question about something goes to: its holder, else who
// wrote it; "" for what the user wrote themselves.
func (ws *Workspace) AuthorOf(target fold.Target) string {
	who := ""
	switch target.Type {
	case fold.TargetItem:
		who = ws.State.Items[target.Name].Holder
	case fold.TargetBlocker:
		who = ws.State.Blockers[target.Name].DeclaredBy
	case fold.TargetQuestion:
		who = ws.State.Questions[target.Name].To
	case fold.TargetDecision:
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
func (ws *Workspace) OwnHandoff(ref string) (*fold.Handoff, error) {
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
