package rules

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// blockedWithoutBlocker is rule HO306.
func blockedWithoutBlocker(s *subject, field string, item *handoff.Item) {
	blocked := item.Status == handoff.StatusBlocked
	switch {
	case blocked && len(item.BlockedBy) == 0:
		s.report(field+".blocked_by", "name the blocker in blocked_by, and declare it in blockers", "item %s is blocked, and by nothing", quote(item.ID))
	case !blocked && len(item.BlockedBy) > 0 && item.Status != "":
		s.report(field+".blocked_by", "set status: blocked, or remove blocked_by", "item %s is %s, and blocked by %s",
			quote(item.ID), item.Status, strings.Join(item.BlockedBy, ", "))
	}
}

// blocksMovingItem is rule HO307.
func blocksMovingItem(s *subject, field string, blocker *handoff.Blocker) {
	if strings.TrimSpace(blocker.Workaround) != "" {
		return
	}
	h := s.body().(*handoff.Handoff)
	for i, ref := range blocker.Blocks {
		_, id := handoff.SplitRef(ref)
		for _, item := range h.Items {
			if item.ID == id && item.Status != handoff.StatusBlocked {
				s.report(indexField(field+".blocks", i), "set the item to blocked, or say in `workaround` how it goes on",
					"blocker %s blocks %s, whose status is %s", quote(blocker.ID), id, item.Status)
			}
		}
	}
}

// dependencyCycle is rule HO311. The items of the handoff count as it declares
// them, all others as the state has them.
func dependencyCycle(s *subject, h *handoff.Handoff) {
	depends := make(map[string][]string)
	if s.State != nil {
		for id, item := range s.State.Items {
			if item.Live() {
				depends[id] = item.DependsOn
			}
		}
	}
	for _, item := range h.Items {
		depends[item.ID] = item.DependsOn
	}
	reported := make(map[string]bool)
	for i, item := range h.Items {
		if cycle := findCycle(item.ID, depends); cycle != nil && !reported[item.ID] {
			for _, id := range cycle {
				reported[id] = true
			}
			s.report(indexField("items", i)+".depends_on", "remove one of these dependencies",
				"items depend on each other: %s", strings.Join(append(cycle, cycle[0]), " → "))
		}
	}
}

// findCycle returns a path from start back to it, nil if there is none.
func findCycle(start string, depends map[string][]string) []string {
	seen := make(map[string]bool)
	var walk func(id string) []string
	walk = func(id string) []string {
		for _, ref := range depends[id] {
			_, next := handoff.SplitRef(ref)
			if next == start {
				return []string{id}
			}
			if seen[next] {
				continue
			}
			seen[next] = true
			if rest := walk(next); rest != nil {
				return append(rest, id)
			}
		}
		return nil
	}
	cycle := walk(start)
	slices.Reverse(cycle)
	return cycle
}
