package query

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

// escalationWithdrawn is the state of an escalation that its author took back.
const escalationWithdrawn = "withdrawn"

// plainKinds are the kinds of records that no other row stands for. They are
// found where they are asked for.
var plainKinds = []handoff.Kind{
	handoff.KindAck, handoff.KindAnswer, handoff.KindAssignment, handoff.KindRoute, handoff.KindWithdrawal,
}

// remarks are what a search finds beside the things that have a thread of their
// own: what was shipped without being an item, what is to be watched, areas
// and contracts, gaps and escalations, and other records of a kind that is asked for. Words are looked for
// in them only where a term asks for such a row: their text is that of a handoff,
// which is found by it.
func (r *runner) remarks() []candidate {
	asked := slices.ContainsFunc(r.query.Terms, func(t Term) bool { return !t.Not && (t.Qualifier == Is || t.Qualifier == OfKind) })
	if len(r.query.Words) > 0 && !asked {
		return nil
	}
	found := append(r.shippedOnly(), r.watched()...)
	if r.query.Since.IsZero() && r.query.Until.IsZero() { // an area or a contract is of no time
		for _, area := range r.env.Config.Authorities {
			found = append(found, r.area(area))
		}
		for _, contract := range r.env.Config.Interfaces {
			found = append(found, contractOf(contract, r.env))
		}
	}
	escalations := make(map[string]escalationThread) // by record
	for _, of := range r.raised() {
		for _, e := range of.Escalations {
			escalations[e.Record.ID] = escalationThread{e, of}
		}
	}
	for _, record := range r.state.Known() {
		switch body := record.Body.(type) {
		case *handoff.Gap:
			found = append(found, r.gap(record, body))
		case *handoff.Escalation:
			found = append(found, r.escalation(record, body, escalations))
		default:
			if slices.Contains(plainKinds, record.Kind) && r.query.wantsKind(record.Kind) {
				found = append(found, r.plain(record))
			}
		}
	}
	return filter(found, func(c candidate) bool { return r.says(c.thread) })
}

// wantsKind reports whether a term asks for records of a kind.
func (q Query) wantsKind(kind handoff.Kind) bool {
	return slices.ContainsFunc(q.Terms, func(t Term) bool {
		return !t.Not && t.Qualifier == OfKind && slices.Contains(t.values(), string(kind))
	})
}

func (r *runner) gap(record *handoff.Record, body *handoff.Gap) candidate {
	line := &row.Gap{
		Typed: row.Typed{Type: row.TypeGap}, ID: record.ID, Subject: body.Subject, Class: body.Class, Impact: body.Impact,
		Recovery: body.Recovery, By: record.By, Citation: row.Citation{Source: r.source(record.ID)},
	}
	return r.remarked(record, line, body.Subject)
}

// escalation is an escalation as it stands, also one that is over.
func (r *runner) escalation(record *handoff.Record, body *handoff.Escalation, known map[string]escalationThread) candidate {
	if t, ok := known[record.ID]; ok {
		return t.cite(r, record.ID)
	}
	line := &row.Escalation{
		Typed: row.Typed{Type: row.TypeEscalation}, ID: record.ID, Subject: body.Subject, Reason: body.Reason, Ask: body.Ask, To: body.To,
		By: record.By, Level: body.Level, State: r.endOf(record.ID), Citation: row.Citation{Source: r.source(record.ID)},
	}
	c := r.remarked(record, line, body.Subject)
	c.facets.put(Is, line.State, row.IsClosed)
	return c
}

// endOf is how an escalation ended of which its subject knows nothing any more.
func (r *runner) endOf(id string) string {
	if slices.ContainsFunc(r.replies[id], func(reply *handoff.Record) bool { return reply.Kind == handoff.KindWithdrawal }) {
		return escalationWithdrawn
	}
	return fold.EscalationOver
}

func (r *runner) plain(record *handoff.Record) candidate {
	subject := handoff.SubjectOf(record.Body)
	switch body := record.Body.(type) {
	case *handoff.Answer:
		subject = body.Question
	case *handoff.Assignment:
		subject = body.Item
	}
	line := &row.Record{
		Typed: row.Typed{Type: row.TypeRecord}, ID: record.ID, Kind: record.Kind, By: record.By, Subject: subject, Says: story.Says(record),
		Citation: row.Citation{Source: r.source(record.ID)},
	}
	return r.remarked(record, line, subject)
}

// remarked finishes a row that a record is.
func (r *runner) remarked(record *handoff.Record, row row.Row, subject string) candidate {
	f := r.recordFacets(record.ID)
	f.put(Is, string(row.RowType()))
	f.put(To, r.expandFrom(record.By, handoff.AddresseesOf(record.Body)...)...)
	f.putItems(r, r.itemsOf(subject))
	return candidate{row: row, facets: f, thread: remark{record.ID, record.Body}, since: record.At.Time}
}

// itemsOf are the items that the subject of a record is about.
func (r *runner) itemsOf(subject string) []string {
	if it := r.state.Item(subject); it != nil {
		return []string{it.ID}
	}
	if b := r.state.Blocker(subject); b != nil {
		return b.Blocks
	}
	if q := r.state.Question(subject); q != nil {
		return questionThread{q}.items()
	}
	var ids []string
	if h := r.state.Handoffs[subject]; h != nil {
		for _, item := range h.Items {
			ids = append(ids, item.ID)
		}
	}
	return ids
}
