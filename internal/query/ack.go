package query

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// AckRow is what somebody said of what they were asked to take, or that they have
// said nothing yet.
type AckRow struct {
	typed
	ID      string     `json:"id"` // of the handoff, blocker, question that it is about
	Who     string     `json:"who"`
	Outcome string     `json:"outcome"` // "" when they have said nothing
	Taken   []string   `json:"taken"`   // items
	At      *time.Time `json:"at"`
	Note    string     `json:"note"`
	cited              // the ack; of who has said nothing, what asks them
}

// Cells is the row under [Header].
func (r *AckRow) Cells() []string {
	return append([]string{r.ID, r.Who, cmp.Or(spoken(r.Outcome), isMissing), listCell(r.Taken), r.Note}, r.Source.cells()...)
}

func (r *AckRow) key() string { return r.ID + " " + r.Who }

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
		found = append(found, r.ackRow(&AckRow{
			ID: id, Who: ack.By, Outcome: body.Outcome, Taken: list(body.Take), At: stamp(ack.At.Time), Note: body.Note, cited: cited{Source: r.source(ack.ID)},
		}))
	}
	slices.Sort(asked)
	for _, who := range slices.Compact(asked) {
		if !given[who] && handoff.ValidHandle(who) && who != everyoneAddress {
			found = append(found, r.ackRow(&AckRow{ID: id, Who: who, Taken: []string{}, cited: cited{Source: r.source(asking)}}))
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

func (r *runner) ackRow(row *AckRow) candidate {
	row.typed = typed{Type: TypeAck}
	f := make(facets)
	f.put(Is, string(TypeAck), row.Outcome)
	if row.Outcome == "" {
		f.put(Is, isMissing)
	} else {
		f.put(Is, isGiven)
	}
	if row.Outcome != "" && row.Outcome != handoff.OutcomeSeen {
		f.put(Is, isAcked)
	}
	if row.Outcome == handoff.OutcomeAcceptedWithGaps {
		f.put(Is, handoff.OutcomeAccepted)
	}
	f.put(By, row.Who)
	f.put(Team, r.teams[row.Who])
	f.put(OfKind, string(row.Source.Kind))
	f.putItems(r, row.Taken)
	c := candidate{row: row, facets: f, thread: remark{record: row.Source.Record}, idle: row.Outcome == ""}
	if row.At != nil {
		c.since = *row.At
	}
	return c
}
