package handoff

import (
	"reflect"
	"slices"
)

// An outline is a record without what the fold does not look at: most of what
// people say. A fold of outlines comes to the same as that of the records, but
// for these texts; [Recall.State] puts them back into the things that are asked
// for. A hundred thousand outlines fit where the records would not.

// outlined names the fields that the outline of a struct has. Of a struct that
// is not here it has all.
var outlined = map[reflect.Type][]string{
	reflect.TypeFor[Handoff](): {
		"Amends", "To", "Team", "Rollup", "Shipped", "Items", "Blockers", "Decisions", "Questions", "Dropped",
	},
	reflect.TypeFor[Shipped]():        {"ID"},
	reflect.TypeFor[Item]():           {"ID", "Status", "Owner", "Intent", "Next", "BlockedBy", "Reopened"},
	reflect.TypeFor[Next]():           {"Owner"},
	reflect.TypeFor[Blocker]():        {"ID", "Resolver", "Blocks", "Since"},
	reflect.TypeFor[DecisionFields](): {"Decision", "Items", "Answers", "Supersedes", "Status"},
	reflect.TypeFor[Reasoned]():       {"ID"},
	reflect.TypeFor[Ack]():            {"Subject", "Digest", "Outcome", "Take"},
	reflect.TypeFor[Answer]():         {"Question", "Closes"},
	reflect.TypeFor[Resolution]():     {"Blocker", "Outcome"},
	reflect.TypeFor[Escalation]():     {"Subject", "Level"},
	reflect.TypeFor[Assignment]():     {"Item", "To", "From"},
	reflect.TypeFor[Route]():          {"Subject"},
	reflect.TypeFor[Withdrawal]():     {"Subject"},
	reflect.TypeFor[Gap]():            {"Subject"},
}

// inOutline reports whether the outline of a struct has a field.
func inOutline(t reflect.Type, field string) bool {
	kept, ok := outlined[t]
	return !ok || slices.Contains(kept, field)
}

// retell gives a thing the texts that its outline lacks, from the record that
// said them last. What the fold itself has settled stays.

func (i *ItemState) retell(r *Record) {
	h, ok := r.Body.(*Handoff)
	if !ok {
		return
	}
	// Of several with that id the fold takes the first that it can, and whether
	// it can is the same for those that are equal in this.
	if at := slices.IndexFunc(h.Items, func(item Item) bool { return item.ID == i.ID && item.Reopened == i.Reopened }); at >= 0 {
		intent, owner := i.Intent, i.Owner
		i.Item = h.Items[at]
		i.Intent, i.Owner = intent, owner
	}
}

func (b *BlockerState) retell(r *Record) {
	h, ok := r.Body.(*Handoff)
	if !ok {
		return
	}
	if at := slices.IndexFunc(h.Blockers, func(other Blocker) bool { return other.ID == b.ID }); at >= 0 {
		since := b.Since
		b.Blocker = h.Blockers[at]
		b.Since = since
	}
}

func (d *DecisionState) retell(r *Record) {
	d.By, d.At = r.By, r.At.Time
	switch body := r.Body.(type) {
	case *DecisionRecord:
		d.DecisionFields = body.DecisionFields
	case *Handoff:
		if d.nth < len(body.Decisions) {
			d.Decision = body.Decisions[d.nth]
		}
	}
}
