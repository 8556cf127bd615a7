package handoff

import "slices"

// Link lets the items and blockers of a handoff name each other, where one of them
// does. A blocker that names items is in front of those that are blocked: any other
// goes on in spite of it. The one blocker that names no item is in front of the blocked
// items that name no blocker. The handoff that is given stays as it is.
func Link(h *Handoff) *Handoff {
	linked := *h
	linked.Items, linked.Blockers = slices.Clone(h.Items), slices.Clone(h.Blockers)
	for i := range linked.Items {
		item := &linked.Items[i]
		for b := range linked.Blockers {
			link(item, &linked.Blockers[b])
		}
	}
	if open := openBlocker(linked.Blockers); open != nil {
		for i := range linked.Items {
			if item := &linked.Items[i]; item.Status == StatusBlocked && len(item.BlockedBy) == 0 {
				item.BlockedBy = []string{open.ID}
				open.Blocks = append(open.Blocks, item.ID)
			}
		}
	}
	return &linked
}

func link(item *Item, b *Blocker) {
	blocked := item.Status == StatusBlocked && item.ID != "" && b.ID != ""
	switch by, blocks := Names(item.BlockedBy, b.ID), Names(b.Blocks, item.ID); {
	case blocked && blocks && !by:
		item.BlockedBy = append(slices.Clone(item.BlockedBy), b.ID)
	case blocked && by && !blocks:
		b.Blocks = append(slices.Clone(b.Blocks), item.ID)
	}
}

// openBlocker is the one blocker that names no item, nil where there is none or
// several.
func openBlocker(blockers []Blocker) *Blocker {
	var open *Blocker
	for i := range blockers {
		if len(blockers[i].Blocks) > 0 {
			continue
		}
		if open != nil {
			return nil
		}
		open = &blockers[i]
	}
	return open
}

// Names reports whether a list of references names something, with a prefix or without.
func Names(refs []string, name string) bool {
	return slices.ContainsFunc(refs, func(ref string) bool {
		_, id := SplitRef(ref)
		return id == name
	})
}
