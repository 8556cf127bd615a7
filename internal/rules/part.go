package rules

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Part is the part of a state on which some records are judged as on the whole
// of it: what they name, and what the rules compare them with. Which name a
// record probably means is told by a part with Names as well.
func Part(records ...*handoff.Record) fold.Part {
	var part fold.Part
	for _, r := range records {
		part.Refs = append(part.Refs, fold.Mentions(r)...)
		switch body := r.Body.(type) {
		case *handoff.Handoff:
			part.Before = body.Amends
			part.Refs = append(part.Refs, needs(body)...)
			part.Decisions = part.Decisions || len(body.Decisions) > 0
		case *handoff.DecisionRecord:
			part.Decisions = true
		case *handoff.Ack:
			part.Since = r.At.Add(-atOnce)
		case *handoff.Question:
			part.Refs = append(part.Refs, body.Blocks...)
		}
	}
	return part
}

// needs are references to what the parts of a handoff wait for and stop, which may
// be closed.
func needs(h *handoff.Handoff) []string {
	var refs []string
	for _, item := range h.Items {
		refs = append(append(refs, item.BlockedBy...), item.DependsOn...)
		for _, next := range item.Next {
			if after, waits := strings.CutPrefix(next.Start, "after:"); waits {
				refs = append(refs, after)
			}
		}
	}
	for _, blocker := range h.Blockers {
		refs = append(refs, blocker.Blocks...)
	}
	for _, question := range h.Questions {
		refs = append(refs, question.Blocks...)
	}
	return refs
}
