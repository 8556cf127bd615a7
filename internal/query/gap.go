package query

import (
	"cmp"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// gaps are what handoffs lacked: of what still speaks and is live, or of the time
// that is asked for.
func (r *runner) gaps() []candidate {
	all := !r.query.Since.IsZero() || !r.query.Until.IsZero()
	var speaking []string
	for _, h := range r.state.Current() {
		speaking = append(speaking, h.Record.ID)
	}
	var found []candidate
	for _, record := range r.state.Known() {
		switch body := record.Body.(type) {
		case *handoff.Gap:
			if all || slices.Contains(speaking, body.Subject) || r.isLive(body.Subject) {
				found = append(found, r.ofSender(r.gap(record, body), body.Subject))
			}
		case *handoff.Ack:
			if all || slices.Contains(speaking, body.Subject) {
				found = append(found, r.notedGaps(record, body)...)
			}
		}
	}
	return found
}

// isLive reports whether a subject that is no handoff still waits for somebody.
func (r *runner) isLive(subject string) bool {
	if it := r.state.Item(subject); it != nil {
		return it.Live()
	}
	if b := r.state.Blocker(subject); b != nil {
		return b.Open()
	}
	q := r.state.Question(subject)
	return q != nil && q.Pending()
}

// notedGaps are the gaps that an ack names.
func (r *runner) notedGaps(record *handoff.Record, ack *handoff.Ack) []candidate {
	var found []candidate
	for _, note := range ack.Gaps {
		line := &row.Gap{
			Typed: row.Typed{Type: row.TypeGap}, ID: record.ID, Subject: ack.Subject, Class: note.Class, Recovery: note.Note, By: record.By,
			Citation: row.Citation{Source: r.source(record.ID)},
		}
		if note.Item != "" {
			line.Subject = fold.Target{Type: fold.TargetItem, Name: note.Item}.Ref()
		}
		found = append(found, r.ofSender(r.remarked(record, line, cmp.Or(note.Item, ack.Subject)), ack.Subject))
	}
	return found
}

// ofSender adds that a gap is for whoever wrote the handoff.
func (r *runner) ofSender(c candidate, subject string) candidate {
	if h := r.state.Handoffs[subject]; h != nil {
		c.facets.put(To, h.Record.By)
	}
	return c
}
