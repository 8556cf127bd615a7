package cli

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// applyBlockedBy says by which blockers items are blocked, and by none where the
// second part is empty.
func applyBlockedBy(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.blockedBy {
		p, err := clearable("blocked-by", value, "item;blocker")
		if err != nil {
			return err
		}
		item := h.Item(p[0])
		if item == nil {
			return workspace.Usagef(didYouMean(p[0], itemNames(h)), "--blocked-by %q: no item %q in this handoff", value, p[0])
		}
		if p[1] == "" {
			item.BlockedBy = nil
			unblock(h, item.ID)
			continue
		}
		_, id := handoff.SplitRef(p[1])
		if !handoff.Names(item.BlockedBy, id) {
			item.BlockedBy = append(slices.Clone(item.BlockedBy), id)
		}
	}
	return nil
}

// unblock takes an item from what the blockers of a handoff block, but for those that
// would block nothing then: it is for their sender to say what becomes of them.
func unblock(h *handoff.Handoff, item string) {
	for i := range h.Blockers {
		rest := slices.DeleteFunc(slices.Clone(h.Blockers[i].Blocks), func(ref string) bool { _, id := handoff.SplitRef(ref); return id == item })
		if len(rest) > 0 {
			h.Blockers[i].Blocks = rest
		}
	}
}

// applyWorkarounds says how items go on in spite of a blocker.
func applyWorkarounds(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.workarounds {
		p, err := clearable("workaround", value, "blocker;what")
		if err != nil {
			return err
		}
		_, id := handoff.SplitRef(p[0])
		b := h.Blocker(id)
		if b == nil {
			var names []string
			for _, b := range h.Blockers {
				names = append(names, b.ID)
			}
			hint := didYouMean(id, names)
			if hint == "" && len(names) > 0 {
				hint = "it has " + strings.Join(names, ", ")
			}
			return workspace.Usagef(hint, "--workaround %q: no blocker %q in this handoff", value, id)
		}
		b.Workaround = p[1]
	}
	return nil
}

// applyResolved says of carried blockers that they are gone.
func applyResolved(d *workspace.Draft, o declareOptions) error {
	for _, value := range o.resolved {
		p, err := shaped("resolved", value, "blocker;how", 0, 1)
		if err != nil {
			return err
		}
		_, id := handoff.SplitRef(p[0])
		d.Handoff.Blockers = slices.DeleteFunc(d.Handoff.Blockers, func(b handoff.Blocker) bool { return b.ID == id })
		d.Resolutions = append(d.Resolutions, handoff.Resolution{Blocker: id, Outcome: fold.Resolutions[0], How: p[1]})
	}
	return nil
}

// clearable splits the value of a flag whose second part may be empty, but not left
// out.
func clearable(flag, value, shape string) ([]string, error) {
	if !strings.Contains(value, ";") {
		return shaped(flag, value, shape, 0, 1)
	}
	return shaped(flag, value, shape, 0)
}

func itemNames(h *handoff.Handoff) []string {
	names := make([]string, len(h.Items))
	for i, item := range h.Items {
		names[i] = item.ID
	}
	return names
}
