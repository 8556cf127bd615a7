package form

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// begin brings a draft that was written elsewhere, in the editor or a form before this
// one, into the shape in which the pages ask for it. It is what [Declaration.Final] undoes:
// carried items that the draft ships, drops, or lets go on under other names are on the
// list again, on their way out, so that their pages show what was said of them.
func (d *Declaration) begin() {
	h := d.Draft.Handoff
	if h.Items == nil || d.isRollup() {
		return
	}
	for i := range h.Items {
		d.readOwners(&h.Items[i], h.To)
	}
	for _, carried := range d.Prefill.Carried.Items {
		if d.Draft.item(carried.ID) >= 0 {
			continue
		}
		item := cloneItem(carried)
		item.Status, item.State = leavingAs(h, carried.ID)
		if item.Status == "" {
			continue
		}
		if i := slices.IndexFunc(h.Shipped, func(s handoff.Shipped) bool { return s.ID == carried.ID }); i >= 0 {
			item.Refs = h.Shipped[i].Refs
			h.Shipped = slices.Delete(slices.Clone(h.Shipped), i, i+1)
		}
		h.Dropped = slices.DeleteFunc(slices.Clone(h.Dropped), func(r handoff.Reasoned) bool { return r.ID == carried.ID })
		h.Items = append(slices.Clip(h.Items), item)
	}
}

// readOwners reads whom the steps of an item name, to have them ticked where they are
// the receiver's.
func (d *Declaration) readOwners(item *handoff.Item, to []string) {
	item.Next = slices.Clone(item.Next)
	for i := range item.Next {
		if step := &item.Next[i]; step.Owner == "" {
			if who, do, _ := d.Step(step.Do, to); who != "" {
				step.Owner, step.Do = who, do
			}
		}
	}
}

// leavingAs is how a carried item leaves the list in a handoff, and what its page says
// then; both are empty where the handoff says nothing of it.
func leavingAs(h *handoff.Handoff, id string) (status, state string) {
	for _, s := range h.Shipped {
		if s.ID == id {
			return fold.ItemShipped, s.What
		}
	}
	for _, r := range h.Dropped {
		if r.ID == id {
			return fold.ItemDropped, r.Why
		}
	}
	var names []string
	for _, item := range h.Items {
		if item.Continues == id {
			names = append(names, item.ID)
		}
	}
	if len(names) > 0 {
		return fold.ItemContinued, strings.Join(names, ", ")
	}
	return "", ""
}

// answers reports whether a decision of the draft settles a blocker.
func (d *Draft) answers(blocker string) bool {
	return slices.ContainsFunc(d.Handoff.Decisions, func(decision handoff.Decision) bool {
		settles := decision.Status == "" || decision.Status == fold.DecisionAccepted
		return settles && handoff.Names([]string{decision.Answers}, blocker)
	})
}
