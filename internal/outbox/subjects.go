package outbox

import (
	"cmp"
	"slices"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// subjects are references to the things that records say something new of: a handoff
// with its blockers, questions and decisions.
func subjects(records []*handoff.Record) []string {
	var refs []string
	add := func(typ, name string) { refs = append(refs, fold.Target{Type: typ, Name: name}.Ref()) }
	for _, r := range records {
		body, ok := r.Body.(*handoff.Handoff)
		if !ok {
			continue
		}
		refs = append(refs, r.ID)
		for _, b := range body.Blockers {
			add(fold.TargetBlocker, b.ID)
		}
		for _, q := range body.Questions {
			add(fold.TargetQuestion, q.ID)
		}
		for _, d := range body.Decisions {
			add(fold.TargetDecision, d.ID)
		}
	}
	return refs
}

// HasTargetFor reports whether the team names a target for a kind of things that records
// say something new of.
func (b *Box) HasTargetFor(records []*handoff.Record) bool {
	return slices.ContainsFunc(subjects(records), func(ref string) bool {
		typ, _ := handoff.SplitRef(ref)
		kind := map[handoff.RefType]deliver.Kind{handoff.RefBlocker: deliver.KindBlocker, handoff.RefQuestion: deliver.KindQuestion, handoff.RefDecision: deliver.KindDecision}[typ]
		return b.Default(cmp.Or(kind, deliver.KindHandoff)) != ""
	})
}
