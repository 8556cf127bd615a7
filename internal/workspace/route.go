package workspace

import "github.com/handoff-cli/handoff/internal/handoff"

// routes makes one route record for every blocker and question of a handoff
// that nobody was told of yet, and says which of them go to nobody.
func (ws *Workspace) routes(h *handoff.Handoff) (records []*handoff.Record, unrouted []string) {
	add := func(kind, name string, b handoff.Blocker) {
		r, nobody := ws.Route(handoff.Target{Type: kind, Name: name}, b)
		if r == nil {
			unrouted = append(unrouted, nobody)
			return
		}
		records = append(records, r)
	}
	for _, b := range h.Blockers {
		if known, ok := ws.State.Blockers[b.ID]; ok && known.Open() && len(known.Routes) > 0 {
			continue
		}
		add(handoff.TargetBlocker, b.ID, b)
	}
	for _, q := range h.Questions {
		if known, ok := ws.State.Questions[q.ID]; ok && known.Open() {
			continue
		}
		add(handoff.TargetQuestion, q.ID, handoff.Blocker{ID: q.ID, Resolver: q.To, NeededBy: q.NeededBy})
	}
	return records, unrouted
}

// Route decides whom a blocker goes to, and records why. When there is nobody
// there is no record, but what to tell the user; the next handoff that carries
// the blocker tries again.
func (ws *Workspace) Route(subject handoff.Target, b handoff.Blocker) (r *handoff.Record, nobody string) {
	sla := ws.TeamConfig.SLA.BlockerAck
	if subject.Type == handoff.TargetQuestion {
		sla = ws.TeamConfig.SLA.Answer
	}
	to := ws.TeamConfig.Route(b, ws.Me, ws.Author.When, sla.Wall())
	if to.To == "" {
		return nil, subject.Ref() + " goes to nobody: " + to.Note
	}
	return ws.NewRecord(&handoff.Route{Subject: subject.Ref(), To: to.To, Because: to.Because, Via: "git", Note: to.Note}), ""
}
