package cli

import (
	"github.com/handoff-cli/handoff/internal/handoff"
)

// routes makes one route record for every blocker and question of a handoff
// that nobody was told of yet.
func (ws *workspace) routes(g *globals, h *handoff.Handoff) []*handoff.Record {
	var records []*handoff.Record
	for _, b := range h.Blockers {
		if known, ok := ws.state.Blockers[b.ID]; ok && known.Open() && len(known.Routes) > 0 {
			continue
		}
		records = append(records, ws.route(g, handoff.Target{Type: handoff.TargetBlocker, Name: b.ID}, b)...)
	}
	for _, q := range h.Questions {
		if known, ok := ws.state.Questions[q.ID]; ok && known.Open() {
			continue
		}
		asBlocker := handoff.Blocker{ID: q.ID, Resolver: q.To, NeededBy: q.NeededBy}
		records = append(records, ws.route(g, handoff.Target{Type: handoff.TargetQuestion, Name: q.ID}, asBlocker)...)
	}
	return records
}

// route decides whom a blocker goes to, and records why: in one record, or in
// none when there is nobody, which the user is told. The next handoff that
// carries the blocker tries again.
func (ws *workspace) route(g *globals, subject handoff.Target, b handoff.Blocker) []*handoff.Record {
	sla := ws.config.SLA.BlockerAck
	if subject.Type == handoff.TargetQuestion {
		sla = ws.config.SLA.Answer
	}
	to := ws.config.Route(b, ws.me, ws.author.When, sla.Wall())
	if to.To == "" {
		g.note("%s goes to nobody: %s", subject.Ref(), to.Note)
		return nil
	}
	return []*handoff.Record{ws.newRecord(g, &handoff.Route{Subject: subject.Ref(), To: to.To, Because: to.Because, Via: "git", Note: to.Note})}
}
