package workspace

import (
	"runtime"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/rules"
	"golang.org/x/sync/errgroup"
)

// Findings checks the handoffs that are measured, on all processors, against the
// rules that need nothing but the handoff itself, and that the metrics ask about:
// what the repository holds today says nothing of what was so then.
func (ws *Workspace) Findings(state *fold.State, since time.Time) (map[string][]handoff.Finding, error) {
	var measured []*handoff.Record
	for _, h := range state.Handoffs {
		first := state.Handoffs[h.First]
		if !h.Record.At.Before(since) || first != nil && !first.Record.At.Before(since) {
			measured = append(measured, h.Record)
		}
	}
	common := ws.RuleContext()
	common.State, common.Git = nil, rules.Git{}
	common.Only = func(code string, level handoff.Level) bool { return level == handoff.LevelError || code == "HO503" }
	of := make([][]handoff.Finding, len(measured))
	var checking errgroup.Group
	checking.SetLimit(runtime.GOMAXPROCS(0))
	for i, r := range measured {
		checking.Go(func() error {
			c := common
			c.By, c.Now = r.By, r.At.Time
			of[i] = rules.CheckSealed(handoff.Seal(r), c)
			return nil
		})
	}
	if err := checking.Wait(); err != nil {
		return nil, err
	}
	found := make(map[string][]handoff.Finding, len(measured))
	for i, r := range measured {
		found[r.ID] = of[i]
	}
	return found, nil
}

// Workers returns what the metrics know of the roster, by handle.
func Workers(c *config.Config) map[string]metrics.Worker {
	workers := make(map[string]metrics.Worker, len(c.People))
	for handle, p := range c.People {
		workers[handle] = metrics.Worker{Team: p.Team, Zone: c.ZoneOf(handle), Calendar: calendarOf(c, handle)}
	}
	return workers
}
