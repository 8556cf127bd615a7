package index

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// recent adds the records from a time on with what they changed and the handoffs
// that they replaced, and of these no more than what became of them.
func (c *recall) recent(since time.Time) error {
	ids, err := c.records(wanted{since: since})
	if err != nil {
		return err
	}
	subjects, err := c.records(wanted{ids: c.subjectsOf(ids)}) // an escalation, say, of which an ack is news
	if err != nil {
		return err
	}
	subjects = slices.DeleteFunc(subjects, func(id string) bool { return c.Cite(id).Kind == handoff.KindHandoff })
	before := c.Handoffs()
	if err := c.named(c.newsOf(append(ids, subjects...))); err != nil {
		return err
	}
	if err := c.named(c.Replaced(ids)); err != nil {
		return err
	}
	c.brief = make(map[string]bool)
	for _, id := range c.Handoffs() {
		if _, known := slices.BinarySearch(before, id); !known {
			c.brief[id] = true
		}
	}
	return nil
}

// subjectsOf are the ids of the records that some records are about and that have
// not been read.
func (c *recall) subjectsOf(ids []string) []string {
	var subjects []string
	for _, id := range ids {
		subject := handoff.SubjectOf(c.Cite(id).Body)
		if _, known := c.positions[subject]; handoff.ValidID(subject) && !known {
			subjects = append(subjects, subject)
		}
	}
	return subjects
}

// newsOf are references to what some records changed: of a handoff itself what it
// closes and decides, of others all that they name.
func (c *recall) newsOf(ids []string) []string {
	refs := slices.Clone(ids)
	add := func(typ handoff.RefType, name string) {
		if name != "" {
			refs = append(refs, string(typ)+":"+name)
		}
	}
	for _, id := range ids {
		h, ok := c.Cite(id).Body.(*handoff.Handoff)
		if !ok {
			refs = append(refs, fold.Mentions(c.Cite(id))...)
			continue
		}
		for _, s := range h.Shipped {
			add(handoff.RefItem, s.ID)
		}
		for _, d := range h.Dropped {
			add(handoff.RefItem, d.ID)
		}
		for _, d := range h.Decisions {
			add(handoff.RefDecision, d.ID)
			refs = append(append(refs, d.Answers), d.Items...)
		}
	}
	return slices.DeleteFunc(refs, func(ref string) bool { return ref == "" })
}

// before adds the handoff that the sender of one had published before it.
func (c *recall) before(id string) error {
	if err := c.handoff(id); err != nil || !c.Has(fold.EntryHandoff, id) {
		return err
	}
	sent, err := c.from.sentBy(c.Cite(id).By)
	if err != nil {
		return err
	}
	for _, earlier := range sent {
		if err := c.handoff(earlier); err != nil || c.Precedes(earlier, id) {
			return err
		}
	}
	return nil
}

// handoff adds a handoff with its record.
func (c *recall) handoff(id string) error {
	if err := c.from.entries([]entryID{{fold.EntryHandoff, id}}, c.add); err != nil {
		return err
	}
	return c.fill([]string{id})
}
