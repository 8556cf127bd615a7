package workspace

import (
	"fmt"
	"slices"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// returned addresses a handoff anew that lacks what a contract requires whose
// on_missing is return:<handle>: it goes to that handle in place of the receiver,
// who becomes a reader. It returns what is to be said about that, and leaves the
// lists of h as the draft has them: those that change are copied.
func (ws *Workspace) returned(own *handoff.Record, h *handoff.Handoff) []handoff.Finding {
	if !slices.ContainsFunc(ws.TeamConfig.Interfaces, func(c config.Interface) bool { return c.Returns() != "" }) {
		return nil
	}
	var findings []handoff.Finding
	for _, breach := range rules.Returned(handoff.SealAll(own)[0], ws.TeamConfig) {
		ws.readdress(h, breach.Receiver, breach.Returns())
		findings = append(findings, handoff.Finding{
			Code: "HO407", Level: handoff.LevelWarning, Field: breach.Field,
			Message: fmt.Sprintf("%s: it goes to %s, not to %s", breach, breach.Returns(), breach.Receiver),
			Fix:     "add it, then: handoff declare --amend @ --to " + breach.Receiver,
		})
	}
	return findings
}

// readdress puts a handle in the place of a receiver.
func (ws *Workspace) readdress(h *handoff.Handoff, receiver, instead string) {
	means := func(address string) bool {
		return address == receiver || handoff.IsScope(address) && slices.Contains(ws.TeamConfig.Members(address, ws.Me), receiver)
	}
	var to, cc []string
	for _, address := range h.To {
		if means(address) {
			cc = append(cc, address)
			continue
		}
		to = append(to, address)
	}
	if !slices.Contains(to, instead) {
		to = append(to, instead)
	}
	if !slices.Contains(cc, receiver) && !slices.ContainsFunc(cc, means) {
		cc = append(cc, receiver)
	}
	for _, reader := range h.CC {
		if !slices.Contains(cc, reader) {
			cc = append(cc, reader)
		}
	}
	h.To, h.CC = to, slices.DeleteFunc(cc, func(reader string) bool { return slices.Contains(to, reader) })
	h.Items = slices.Clone(h.Items)
	for i := range h.Items {
		item := &h.Items[i]
		item.Next = slices.Clone(item.Next)
		for n := range item.Next {
			if item.Next[n].Owner == receiver {
				item.Next[n].Owner = instead
			}
		}
	}
}
