package fold

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Mentions returns references to everything that a record may be a part of the
// history of, and of the records that it names, whose subjects may be meant.
func Mentions(rec *handoff.Record) []string {
	var refs []string
	add := func(ref string) {
		if ref != "" && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	declarations(rec, func(d declaration) { add(d.key()) })
	references(rec, func(ref string, _ ...handoff.RefType) { add(ref) })
	decisions := func(d handoff.DecisionFields) {
		for _, item := range d.Items {
			add(item)
		}
	}
	switch body := rec.Body.(type) {
	case *handoff.Handoff:
		for _, shipped := range body.Shipped {
			add(itemKey(shipped.ID))
		}
		for _, dropped := range body.Dropped {
			add(itemKey(dropped.ID))
		}
		for _, d := range body.Decisions {
			decisions(d.DecisionFields)
		}
	case *handoff.Ack:
		for _, item := range body.Take {
			add(item)
		}
	case *handoff.DecisionRecord:
		decisions(body.DecisionFields)
	}
	return refs
}

// itemKey is the reference to an item, "" for none.
func itemKey(id string) string {
	if id == "" {
		return ""
	}
	return declaration{handoff.RefItem, id}.key()
}

// KindsOf says which things a reference may mean, and their key.
func KindsOf(ref string) (kinds []EntryKind, key string) {
	typ, name := handoff.SplitRef(ref)
	for _, t := range anyRef {
		if typ == handoff.RefAny || typ == t {
			kinds = append(kinds, entryOf[t])
		}
	}
	if typ == handoff.RefAny && handoff.ValidID(name) {
		kinds = append(kinds, EntryHandoff)
	}
	if (typ == handoff.RefAny || typ == handoff.RefQuestion) && handoff.ValidID(name) {
		kinds = append(kinds, EntryRound)
	}
	return kinds, name
}
