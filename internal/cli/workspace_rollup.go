package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// rollupRequest says for whom the rollup speaks, and since when. Without a
// roster the organisation is everybody who has declared anything.
func (ws *workspace) rollupRequest(state *handoff.State, level, scope, since, amend string) (handoff.RollupRequest, error) {
	request := handoff.RollupRequest{Level: level, Scope: scope, Now: ws.author.When, Grace: ws.config.Timing.PublishGrace.Wall()}
	handles, known := ws.config.Covered(level, scope)
	if !known {
		return request, ws.unknownScope(level, scope)
	}
	if len(ws.config.People) == 0 {
		handles = senders(state)
	}
	for _, handle := range handles {
		member := handoff.Member{Handle: handle}
		if calendar, ok := ws.config.Calendar(handle); ok {
			member.Calendar = &calendar
		}
		request.Members = append(request.Members, member)
	}
	if since != "" {
		past := ws.past()
		past.Now = ws.author.When
		from, err := calendar.ParseTime(since, past)
		if err != nil {
			return request, timeProblem("--since", since, err)
		}
		request.Since = from
	}
	if amend != "" {
		amended, err := ws.ownHandoff(amend)
		if err != nil {
			return request, err
		}
		if amended.Rollup == nil || amended.Rollup.Level != level || amended.Rollup.Scope != scope {
			return request, usagef("handoff declare --amend replaces other handoffs", "%s is no rollup of %s %s", amend, level, scope)
		}
		request.Amends = amended.Record.ID
	}
	return request, nil
}

func (ws *workspace) unknownScope(level, scope string) error {
	names := slices.Sorted(maps.Keys(ws.config.Teams))
	if level == handoff.LevelPod {
		names = slices.Sorted(maps.Keys(ws.config.Pods))
	}
	if len(names) == 0 {
		return usagef("add it to "+ws.dir+"/config.yaml, or use --org", "no %ss are configured", level)
	}
	return usagef("there are "+strings.Join(names, ", "), "%s is no %s of the configuration", scope, level)
}

// senders are the authors of handoffs, sorted.
func senders(state *handoff.State) []string {
	declared := make(map[string]bool)
	for _, h := range state.Handoffs {
		if h.Rollup == nil {
			declared[h.Record.By] = true
		}
	}
	return slices.Sorted(maps.Keys(declared))
}

// fillRollup gives the draft what its file leaves out.
func (d *draft) fillRollup(drawn *handoff.Handoff) error {
	h := d.handoff
	if h.Rollup != nil && (h.Rollup.Level != drawn.Rollup.Level || h.Rollup.Scope != drawn.Rollup.Scope) {
		return usagef("", "%s: this is a rollup of %s, not of %s", d.path, rollupName(h.Rollup), rollupName(drawn.Rollup))
	}
	for key, fill := range map[string]func(){
		"rollup":    func() { h.Rollup = drawn.Rollup },
		"shipped":   func() { h.Shipped = drawn.Shipped },
		"items":     func() { h.Items = drawn.Items },
		"blockers":  func() { h.Blockers = drawn.Blockers },
		"decisions": func() { h.Decisions = drawn.Decisions },
		"questions": func() { h.Questions = drawn.Questions },
		"dropped":   func() { h.Dropped = drawn.Dropped },
		"notes":     func() { h.Notes = drawn.Notes },
	} {
		if !d.doc.Has(key) {
			fill()
			d.changed = true
		}
	}
	return nil
}
