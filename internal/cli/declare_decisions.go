package cli

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// applyDecisionLinks says of decisions of the handoff which ones they take the
// place of, and beside which ones they stand.
func applyDecisionLinks(h *handoff.Handoff, o declareOptions) error {
	for _, flag := range []struct {
		name   string
		values []string
		link   func(d *handoff.Decision, topic string)
	}{
		{"supersedes", o.supersedes, func(d *handoff.Decision, topic string) { d.Supersedes = topic }},
		{"beside", o.beside, func(d *handoff.Decision, topic string) { d.Beside = append(slices.Clone(d.Beside), topic) }},
	} {
		for _, value := range flag.values {
			p, err := shaped(flag.name, value, "decision;topic", 0, 1)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(h.Decisions, func(d handoff.Decision) bool { return d.ID == p[0] })
			if i < 0 {
				return workspace.Usagef("", "--%s %q: no decision %q in this handoff", flag.name, value, p[0])
			}
			flag.link(&h.Decisions[i], p[1])
		}
	}
	return nil
}
