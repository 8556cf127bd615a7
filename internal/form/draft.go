package form

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// The keys under which a draft keeps what is not part of a handoff.
const (
	extResolved = "x-resolved" // carried blockers that are gone
	extReturns  = "x-returns"  // a time of return that could not be read yet
)

// Draft is a handoff that is being written.
type Draft struct {
	Handoff *handoff.Handoff
	// Resolutions close carried blockers. They are records of their own, to be
	// published in the same commit.
	Resolutions []handoff.Resolution
	Returns     string         // what was typed as the time of return and cannot be read
	Ext         map[string]any // the top-level keys that begin with "x-"
}

// ParseDraft reads what Format or a person wrote. The draft is nil when the
// text cannot be decoded; the document's findings say why.
func ParseDraft(data []byte) (*Draft, *handoff.Document) {
	doc := handoff.Parse(data, handoff.KindHandoff)
	if doc.Record == nil {
		return nil, doc
	}
	h, ok := doc.Record.Body.(*handoff.Handoff)
	if !ok {
		return nil, doc
	}
	d := &Draft{Handoff: h, Ext: maps.Clone(doc.Record.Ext)}
	d.Returns, _ = d.Ext[extReturns].(string)
	if list, ok := d.Ext[extResolved].([]any); ok {
		for _, entry := range list {
			d.Resolutions = append(d.Resolutions, parseResolution(entry))
		}
	}
	delete(d.Ext, extReturns)
	delete(d.Ext, extResolved)
	return d, doc
}

func parseResolution(entry any) handoff.Resolution {
	fields, _ := entry.(map[string]any)
	text := func(key string) string { s, _ := fields[key].(string); return s }
	return handoff.Resolution{Blocker: text("blocker"), Outcome: text("outcome"), How: text("how")}
}

// Format writes the draft as YAML that ParseDraft reads and a person can edit.
func (d *Draft) Format() ([]byte, error) {
	body, err := handoff.FormatDraft(d.Handoff)
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(body)
	ext := maps.Clone(d.Ext)
	if ext == nil {
		ext = make(map[string]any)
	}
	if d.Returns != "" {
		ext[extReturns] = d.Returns
	}
	if len(d.Resolutions) > 0 {
		var list []any
		for _, r := range d.Resolutions {
			list = append(list, map[string]any{"blocker": r.Blocker, "outcome": r.Outcome, "how": r.How})
		}
		ext[extResolved] = list
	}
	for _, key := range slices.Sorted(maps.Keys(ext)) {
		value, err := json.Marshal(ext[key]) // every JSON value is a YAML value
		if err != nil {
			return nil, err
		}
		b.WriteString(key + ": ")
		b.Write(value)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// Clone returns a draft that shares nothing with d.
func (d *Draft) Clone() *Draft {
	return &Draft{
		Handoff: cloneHandoff(d.Handoff), Resolutions: slices.Clone(d.Resolutions),
		Returns: d.Returns, Ext: maps.Clone(d.Ext),
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
