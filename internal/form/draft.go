package form

import (
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Draft is a handoff that is being written.
type Draft struct {
	Handoff *handoff.Handoff
	// Resolutions close carried blockers. They are records of their own, to be
	// published in the same commit.
	Resolutions []handoff.Resolution
	Unread      handoff.Unread // what was typed and cannot be read, such as a time
	Ext         map[string]any // the top-level keys that begin with "x-"
}

// ParseDraft reads what Format or a person wrote. The draft is nil when the
// text cannot be decoded; the document's findings say why.
func ParseDraft(data []byte, how handoff.Reading) (*Draft, *handoff.Document) {
	doc := handoff.ParseDraft(data, how)
	if doc.Record == nil {
		return nil, doc
	}
	h, ok := doc.Record.Body.(*handoff.Handoff)
	if !ok {
		return nil, doc
	}
	d := &Draft{Handoff: h, Resolutions: doc.Resolutions(), Unread: doc.Unread(), Ext: maps.Clone(doc.Record.Ext)}
	delete(d.Ext, handoff.ExtResolved)
	return d, doc
}

// Format writes the draft as YAML that ParseDraft reads and a person can edit.
func (d *Draft) Format() ([]byte, error) {
	return handoff.FormatDraft(d.Handoff, d.Unread, d.Resolutions, d.Ext)
}

// Clone returns a draft that shares nothing with d.
func (d *Draft) Clone() *Draft {
	return &Draft{
		Handoff: cloneHandoff(d.Handoff), Resolutions: slices.Clone(d.Resolutions),
		Unread: slices.Clone(d.Unread), Ext: maps.Clone(d.Ext),
	}
}

// cloneHandoff copies a handoff as deep as forms change one.
func cloneHandoff(h *handoff.Handoff) *handoff.Handoff {
	c := *h
	c.To = slices.Clone(h.To)
	c.Shipped = slices.Clone(h.Shipped)
	c.Items = slices.Clone(h.Items)
	for i := range c.Items {
		c.Items[i] = cloneItem(c.Items[i])
	}
	c.Blockers = slices.Clone(h.Blockers)
	for i := range c.Blockers {
		c.Blockers[i].Blocks = slices.Clone(c.Blockers[i].Blocks)
	}
	c.Decisions = slices.Clone(h.Decisions)
	c.Dropped, c.Ended = slices.Clone(h.Dropped), slices.Clone(h.Ended)
	c.Watch, c.Standing = slices.Clone(h.Watch), slices.Clone(h.Standing)
	return &c
}

func cloneItem(item handoff.Item) handoff.Item {
	item.Next = slices.Clone(item.Next)
	item.Accept = slices.Clone(item.Accept)
	item.IfThen = slices.Clone(item.IfThen)
	item.KnownIssues = slices.Clone(item.KnownIssues)
	item.DoNot = slices.Clone(item.DoNot)
	item.BlockedBy = slices.Clone(item.BlockedBy)
	item.Refs = slices.Clone(item.Refs)
	return item
}
