package workspace

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// GoesOn makes what a handoff says of an item that it does not list any more say it
// of those that continue it: what blocks it, and what depends on it.
func GoesOn(h *handoff.Handoff, from string) {
	var to []string
	for _, item := range h.Items {
		if item.Continues == from {
			to = append(to, item.ID)
		}
	}
	if h.Item(from) != nil || len(to) == 0 {
		return
	}
	for i := range h.Blockers {
		h.Blockers[i].Blocks = instead(h.Blockers[i].Blocks, from, to)
	}
	for i := range h.Items {
		h.Items[i].DependsOn = instead(h.Items[i].DependsOn, from, to)
	}
}

// instead is a list in which some names stand for another.
func instead(refs []string, from string, to []string) []string {
	var list []string
	for _, ref := range refs {
		typ, name := handoff.SplitRef(ref)
		if name != from || typ != handoff.RefAny && typ != handoff.RefItem {
			list = append(list, ref)
			continue
		}
		for _, id := range to {
			if !slices.Contains(refs, id) && !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list
}
