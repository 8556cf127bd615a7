package story

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Taking is what an ack takes of what its subject lists, and with whom the rest stays.
type Taking struct {
	Takes []string `json:"takes"` // item ids
	Stays []Stay   `json:"stays"` // the other live items of its subject

	nothing string // why an ack that accepts takes nothing, "" for any other
}

// Stay is an item that an ack leaves where it is.
type Stay struct {
	Item string `json:"item"`
	With string `json:"with"` // who holds it
}

// TakingOf is what an ack by somebody does with items, in the state before it. It is
// nil for one that cannot move any: a receipt, or one of a blocker or a question.
func TakingOf(by string, a *handoff.Ack, before *fold.View) *Taking {
	subject := before.Records[a.Subject]
	if subject == nil || a.Outcome == handoff.OutcomeSeen {
		return nil
	}
	t := &Taking{Takes: []string{}, Stays: []Stay{}}
	switch body := subject.Body.(type) {
	case *handoff.Handoff:
		if body.Rollup == nil {
			for _, item := range body.Items {
				t.add(by, a, before.Items[item.ID])
			}
		}
		t.nothing = takesNothing(by, subject, body, before)
	case *handoff.Assignment:
		t.add(by, a, before.Item(body.Item))
		t.nothing = "you hold it already"
	default:
		return nil
	}
	if !a.Accepts() || len(t.Takes) > 0 {
		t.nothing = ""
	}
	return t
}

// add puts an item among those that are taken or those that stay. What its taker
// holds already is neither.
func (t *Taking) add(by string, a *handoff.Ack, it *fold.Item) {
	switch {
	case it == nil || !it.Live() || it.Holder == by:
	case a.Accepts() && slices.ContainsFunc(a.Take, func(ref string) bool { _, id := handoff.SplitRef(ref); return id == it.ID }):
		t.Takes = append(t.Takes, it.ID)
	default:
		t.Stays = append(t.Stays, Stay{it.ID, it.Holder})
	}
}

// takesNothing says why an ack of a handoff takes nothing of it.
func takesNothing(by string, subject *handoff.Record, h *handoff.Handoff, before *fold.View) string {
	held := func(item handoff.Item) bool {
		it := before.Items[item.ID]
		return it != nil && it.Live() && it.Holder == by
	}
	offered := func(item handoff.Item) bool { return len(receiversOf(subject.By, item)) > 0 }
	switch {
	case h.Rollup != nil:
		return "the items of a rollup are assigned"
	case slices.ContainsFunc(h.Items, held):
		return "you hold already what you were offered"
	case slices.ContainsFunc(h.Items, offered):
		return "nothing of what " + subject.By + " offered is left for you"
	}
	return subject.By + " offered no item"
}

// Words are "takes refund-flow; fee-table stays with ana", and "" where there is
// nothing of either kind.
func (t *Taking) Words() string {
	if t == nil {
		return ""
	}
	var parts []string
	switch {
	case len(t.Takes) > 0:
		parts = append(parts, "takes "+strings.Join(t.Takes, ", "))
	case t.nothing != "":
		parts = append(parts, "takes nothing: "+t.nothing)
	}
	var holders []string
	items := make(map[string][]string) // by holder
	for _, stay := range t.Stays {
		if items[stay.With] == nil {
			holders = append(holders, stay.With)
		}
		items[stay.With] = append(items[stay.With], stay.Item)
	}
	for _, who := range holders {
		verb := " stays with "
		if len(items[who]) > 1 {
			verb = " stay with "
		}
		parts = append(parts, strings.Join(items[who], ", ")+verb+who)
	}
	return strings.Join(parts, "; ")
}

// AssignmentWords is what an assignment does with its item, in the state before it.
func AssignmentWords(r *handoff.Record, a *handoff.Assignment, before *fold.View) string {
	it := before.Item(a.Item)
	switch {
	case it == nil:
		return ""
	case before.Undoes(r, a):
		return it.ID + " is with " + a.To + " again, as if you had not taken it"
	}
	return it.ID + " stays with " + it.Holder + " until " + a.To + " takes it"
}
