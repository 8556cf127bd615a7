package check

import (
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// entry names an entry of a handoff: the list in which it stands, and its id.
type entry struct{ list, id string }

// earlier is the handoffs by the entries that they have, to tell what somebody wrote
// from what they repeat.
type earlier map[entry][]*handoff.Record

// newEarlier puts the handoffs among records in order.
func newEarlier(records []*handoff.Record) earlier {
	e := make(earlier)
	for _, r := range records {
		h, ok := r.Body.(*handoff.Handoff)
		if !ok {
			continue
		}
		for _, item := range h.Items {
			e.add(r, "items", item.ID)
		}
		for _, blocker := range h.Blockers {
			e.add(r, "blockers", blocker.ID)
		}
		for _, decision := range h.Decisions {
			e.add(r, "decisions", decision.ID)
		}
		for _, question := range h.Questions {
			e.add(r, "questions", question.ID)
		}
		if len(h.Watch)+len(h.Standing) > 0 { // these have no ids
			e.add(r, "watch", "")
			e.add(r, "standing", "")
		}
	}
	return e
}

func (e earlier) add(r *handoff.Record, list, id string) {
	e[entry{list, id}] = append(e[entry{list, id}], r)
}

// before returns the handoffs before a record with an entry.
func (e earlier) before(r *handoff.Record, list, id string) []*handoff.Handoff {
	var before []*handoff.Handoff
	for _, other := range e[entry{list, id}] {
		if h, ok := other.Body.(*handoff.Handoff); ok && fold.CompareRecords(other, r) < 0 {
			before = append(before, h)
		}
	}
	return before
}

// carriedFor is how long somebody may go on repeating a text that a colleague wrote
// before a change, and not be told what is wrong with it.
const carriedFor = 90 * 24 * time.Hour
