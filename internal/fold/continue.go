package fold

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// continueItem lets an item go on with the history of the one that it was split
// or renamed from. That one leaves the live set, unless the handoff still lists it.
// Only its custodian may say so; said again, it changes nothing.
func (f *fold) continueItem(hs *Handoff, item *handoff.Item, it *Item) {
	if item.Continues == "" || item.Continues == it.Continues {
		item.Continues = it.Continues
		return
	}
	old, r := f.findItem(item.Continues), hs.Record
	switch {
	case old == nil:
		f.problem(r, "HO320", "%s continues %q, which is no item that is known", item.ID, item.Continues)
	case old == it:
		f.problem(r, "HO320", "%s continues itself", item.ID)
	case old.Holder != r.By:
		f.heldProblem(r, old)
	default:
		it.follow(old, item)
		if it.Declared == "" && f.sameChain(old.Declared, hs) {
			it.Carried-- // which counts this declaration already
		}
		if hs.Item(old.ID) == nil {
			f.closeItem(hs, old.ID, ItemContinued)
		}
		return
	}
	item.Continues = it.Continues
}

// follow takes over what an item has of its past: its story, why it is done, and
// how long it has had its status.
func (i *Item) follow(old *Item, item *handoff.Item) {
	missing := func(list, from []string) []string {
		return slices.DeleteFunc(slices.Clone(from), func(id string) bool { return id == item.ID || slices.Contains(list, id) })
	}
	i.Was = append(i.Was, missing(i.Was, append(slices.Clone(old.Was), old.ID))...)
	i.History = append(missing(i.History, old.History), i.History...)
	if !slices.Contains(old.Became, item.ID) {
		old.Became = append(old.Became, item.ID)
	}
	if i.Declared == "" {
		i.Intent, i.Status, i.Carried = old.Intent, old.Status, old.Carried
	}
}
