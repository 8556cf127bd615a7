package query

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// acks are the acks of what the question names, without a name of the asker's
// latest handoff, and those from whom one is missing.
func (r *runner) acks() []candidate {
	if r.query.Arg == "" {
		if h := r.ownLatest(r.query.Me); h != nil {
			return r.handoffAcks(h)
		}
		return nil
	}
	if h := r.handoffNamed(); h != nil {
		return r.handoffAcks(h)
	}
	var found []candidate
	for _, t := range r.about() {
		switch t := t.(type) {
		case itemThread:
			if h := r.state.Handoffs[t.Declared]; h != nil {
				found = append(found, r.handoffAcks(h)...)
			}
		case blockerThread:
			var asked []string
			if t.Open() {
				asked = r.expandFrom(t.DeclaredBy, t.Resolver, t.asks(r).To)
			}
			found = append(found, r.acksOf(t.ID, t.Declared, r.acksIn(t.History, t.Opened), asked)...)
		case questionThread:
			var asked []string
			if t.Open() {
				asked = r.expandFrom(t.By, t.To, t.asks(r).To)
			}
			found = append(found, r.acksOf(t.Key, t.Record, r.acksIn(t.History, t.At), asked)...)
		}
	}
	return found
}

// acksIn are the acks among records, from a time on.
func (r *runner) acksIn(ids []string, from time.Time) []*handoff.Record {
	var acks []*handoff.Record
	for _, id := range ids {
		record := r.state.Records[id]
		if record == nil || record.At.Before(from) {
			continue
		}
		if record.Kind == handoff.KindAck {
			acks = append(acks, record)
		}
	}
	return acks
}

func (r *runner) handoffAcks(h *fold.Handoff) []candidate {
	return r.acksOf(h.Record.ID, h.Record.ID, h.Acks, r.env.Config.Receivers(h))
}

// acksOf are the rows of the acks of something, and of those who are asked for
// one and gave none.
func (r *runner) acksOf(id, asking string, acks []*handoff.Record, asked []string) []candidate {
	var found []candidate
	given := make(map[string]bool)
	for _, ack := range lastOfEach(acks) {
		body := ack.Body.(*handoff.Ack)
		given[ack.By] = true
		found = append(found, r.ackRow(&row.Ack{
			ID: id, Who: ack.By, Outcome: body.Outcome, Taken: row.List(body.Take), At: row.Stamp(ack.At.Time), Note: body.Note, Citation: row.Citation{Source: r.source(ack.ID)},
		}))
	}
	slices.Sort(asked)
	for _, who := range slices.Compact(asked) {
		if !given[who] && handoff.ValidHandle(who) && who != everyoneAddress {
			found = append(found, r.ackRow(&row.Ack{ID: id, Who: who, Taken: []string{}, Citation: row.Citation{Source: r.source(asking)}}))
		}
	}
	return found
}

// lastOfEach are the last words of everybody: a verdict stands before a receipt.
func lastOfEach(acks []*handoff.Record) []*handoff.Record {
	var last []*handoff.Record
	for _, ack := range acks {
		body, ok := ack.Body.(*handoff.Ack)
		if !ok {
			continue
		}
		i := slices.IndexFunc(last, func(other *handoff.Record) bool { return other.By == ack.By })
		switch {
		case i < 0:
			last = append(last, ack)
		case body.Outcome != handoff.OutcomeSeen || last[i].Body.(*handoff.Ack).Outcome == handoff.OutcomeSeen:
			last[i] = ack
		}
	}
	return last
}

func (r *runner) ackRow(line *row.Ack) candidate {
	line.Typed = row.Typed{Type: row.TypeAck}
	f := make(facets)
	f.put(Is, string(row.TypeAck), line.Outcome)
	if line.Outcome == "" {
		f.put(Is, row.IsMissing)
	} else {
		f.put(Is, row.IsGiven)
	}
	if line.Outcome != "" && line.Outcome != handoff.OutcomeSeen {
		f.put(Is, row.IsAcked)
	}
	if line.Outcome == handoff.OutcomeAcceptedWithGaps {
		f.put(Is, handoff.OutcomeAccepted)
	}
	f.put(By, line.Who)
	f.put(Team, r.teams[line.Who])
	f.put(OfKind, string(line.Source.Kind))
	f.putItems(r, line.Taken)
	c := candidate{row: line, facets: f, thread: remark{record: line.Source.Record}, idle: line.Outcome == ""}
	if line.At != nil {
		c.since = *line.At
	}
	return c
}
