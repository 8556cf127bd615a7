package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// errNoScope says that nothing tells of whom a rollup is to be.
var errNoScope = workspace.Usagef("handoff rollup --help shows an example", "say one of --team NAME, --pod NAME and --org")

// ownScope finds out of whom a rollup is to be where no flag says it. Who was asked
// goes on in the same asker.
func (o *rollupOptions) ownScope(ctx context.Context, g *globals, ws *workspace.Workspace) (level, scope string, err error) {
	scopes, clear := scopesOf(ws.TeamConfig, ws.Me)
	r := scopes[0]
	switch {
	case clear:
		g.note("rollup of %s", story.RollupName(r))
	case !g.Interactive:
		return "", "", errNoScope
	default:
		var names []string
		for _, scope := range scopes {
			names = append(names, story.RollupName(scope))
		}
		o.asker = g.asker()
		i, err := form.Choose(ctx, o.asker, "Whose handoffs do you draw together?", names)
		if err != nil {
			return "", "", errors.Join(err, o.asker.Close())
		}
		r = scopes[i]
	}
	return r.Level, r.Scope, nil
}

// scopesOf lists what a rollup can be of, what somebody leads first. It is clear
// which one is meant where they lead one team, or there is only one; where they
// lead no team but one pod; and where there are neither teams nor pods.
func scopesOf(c *config.Config, me string) (scopes []*handoff.Rollup, clear bool) {
	var led, others []*handoff.Rollup
	add := func(level, scope string, leads bool) {
		list := &others
		if leads {
			list = &led
		}
		*list = append(*list, &handoff.Rollup{Level: level, Scope: scope})
	}
	for _, team := range slices.Sorted(maps.Keys(c.Teams)) {
		add(handoff.LevelTeam, team, c.Teams[team].Lead == me)
	}
	teams := len(led)
	if teams == 0 && len(others) == 1 {
		led, others, teams = others, nil, 1
	}
	for _, pod := range slices.Sorted(maps.Keys(c.Pods)) {
		add(handoff.LevelPod, pod, slices.Contains(slices.Collect(maps.Values(c.Pods[pod].Leads)), me))
	}
	add(handoff.LevelOrg, orgScope, false)
	scopes = slices.Concat(led, others)
	return scopes, teams == 1 || teams == 0 && len(led) == 1 || len(scopes) == 1
}
