package rules

import "github.com/handoff-cli/handoff/internal/handoff"

// Part is the part of a state on which some records are judged as on the whole
// of it: what they name, and what the rules compare them with. Which name a
// record probably means is told by a part with Names as well.
func Part(records ...*handoff.Record) handoff.Part {
	var part handoff.Part
	for _, r := range records {
		part.Refs = append(part.Refs, handoff.Mentions(r)...)
		switch body := r.Body.(type) {
		case *handoff.Handoff:
			part.Before = body.Amends
			part.Decisions = part.Decisions || len(body.Decisions) > 0
		case *handoff.DecisionRecord:
			part.Decisions = true
		case *handoff.Ack:
			part.Since = r.At.Add(-atOnce)
		}
	}
	return part
}
