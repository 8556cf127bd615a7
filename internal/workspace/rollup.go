package workspace

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rollup"
	"github.com/handoff-cli/handoff/internal/story"
)

// RollupRequest says for whom the rollup speaks, and since when. Without a
// roster the organisation is everybody who has declared anything.
func (ws *Workspace) RollupRequest(state *fold.State, level, scope, since, amend string) (rollup.Request, error) {
	request := rollup.Request{
		Level: level, Scope: scope, Zone: ws.TeamConfig.ZoneOf(ws.Me),
		Now: ws.Author.When, Grace: ws.TeamConfig.Timing.PublishGrace.Wall(),
	}
	handles, known := ws.TeamConfig.Covered(level, scope)
	if !known {
		return request, ws.unknownScope(level, scope)
	}
	if len(ws.TeamConfig.People) == 0 {
		handles = senders(state)
	}
	for _, handle := range handles {
		request.Members = append(request.Members, rollup.Member{
			Handle: handle, Calendar: calendarOf(ws.TeamConfig, handle),
			Zone: ws.TeamConfig.ZoneOf(handle), Lead: ws.TeamConfig.Leads(handle),
		})
	}
	var err error
	if request.Since, err = ws.timeBefore(ws.Author.When, "--since", since, false); err != nil {
		return request, err
	}
	if amend != "" {
		amended, err := ws.OwnHandoff(amend)
		if err != nil {
			return request, err
		}
		if amended.Rollup == nil || amended.Rollup.Level != level || amended.Rollup.Scope != scope {
			return request, Usagef("handoff declare --amend replaces other handoffs", "%s is no rollup of %s %s", amend, level, scope)
		}
		request.Amends = amended.Record.ID
	}
	return request, nil
}

func (ws *Workspace) unknownScope(level, scope string) error {
	names := slices.Sorted(maps.Keys(ws.TeamConfig.Teams))
	if level == handoff.LevelPod {
		names = slices.Sorted(maps.Keys(ws.TeamConfig.Pods))
	}
	if len(names) == 0 {
		return Usagef("add it to "+ws.RecordDir+"/config.yaml, or use --org", "no %ss are configured", level)
	}
	return Usagef("there are "+strings.Join(names, ", "), "%s is no %s of the configuration", scope, level)
}

// senders are the authors of handoffs, sorted.
func senders(state *fold.State) []string {
	declared := make(map[string]bool)
	for _, h := range state.Handoffs {
		if h.Rollup == nil {
			declared[h.Record.By] = true
		}
	}
	return slices.Sorted(maps.Keys(declared))
}

// RollupReceivers proposes whom a rollup is for: those of the user's last one of
// that scope, else who leads where work goes next.
func (ws *Workspace) RollupReceivers(r *handoff.Rollup) []string {
	for h := range ws.State.Newest() {
		if h.Record.By == ws.Me && h.Rollup != nil && h.Rollup.Level == r.Level && h.Rollup.Scope == r.Scope && h.State != fold.HandoffWithdrawn {
			return h.To
		}
	}
	return Given(ws.TeamConfig.Receiver(ws.Me, nil, nil).To)
}

// FillRollup gives the draft what its file leaves out.
func (d *Draft) FillRollup(drawn *handoff.Handoff) error {
	h := d.Handoff
	if h.Rollup != nil && (h.Rollup.Level != drawn.Rollup.Level || h.Rollup.Scope != drawn.Rollup.Scope) {
		return Usagef("", "%s: this is a rollup of %s, not of %s", d.Path, story.RollupName(h.Rollup), story.RollupName(drawn.Rollup))
	}
	for key, fill := range map[string]func(){
		"rollup":    func() { h.Rollup = drawn.Rollup },
		"shipped":   func() { h.Shipped = drawn.Shipped },
		"items":     func() { h.Items = drawn.Items },
		"blockers":  func() { h.Blockers = drawn.Blockers },
		"decisions": func() { h.Decisions = drawn.Decisions },
		"questions": func() { h.Questions = drawn.Questions },
		"dropped":   func() { h.Dropped = drawn.Dropped },
		"ended":     func() { h.Ended = drawn.Ended },
		"watch":     func() { h.Watch = drawn.Watch },
		"standing":  func() { h.Standing = drawn.Standing },
		"notes":     func() { h.Notes = drawn.Notes },
	} {
		if !d.Doc.Has(key) {
			fill()
			d.Changed = true
		}
	}
	return nil
}
