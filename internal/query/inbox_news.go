package query

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
)

// news are what others did since a time about what is, or was, of who asks. Their
// own next handoff ends all of it, and an act of theirs that names the subject
// ends what came before. What a record brought back is none, by its id.
func (r *runner) news(since time.Time, back map[string]bool) []InboxRow {
	n := &newsReader{
		runner: r, me: r.query.Me, acted: make(map[string]bool), back: back,
		replaced: make(map[string][]*fold.Handoff), closed: make(map[string][]*fold.Item),
	}
	for _, id := range sortedKeys(r.state.Handoffs) {
		h := r.state.Handoffs[id]
		n.replaced[h.SupersededBy] = append(n.replaced[h.SupersededBy], h)
	}
	for _, id := range sortedKeys(r.state.Items) {
		it := r.state.Items[id]
		n.closed[it.ClosedBy] = append(n.closed[it.ClosedBy], it)
	}
	n.escalated = n.ownEscalations()
	for _, record := range slices.Backward(r.state.Known()) {
		switch {
		case record.At.Before(since):
		case record.Kind == handoff.KindRoute:
			// It says where something went, and is no act on it.
		case record.By == n.me:
			n.noteAct(record)
		case !n.back[record.ID]:
			n.read(record)
		}
	}
	return n.rows
}

// newsReader goes through records, the newest first.
type newsReader struct {
	*runner
	me    string
	acted map[string]bool // what the reader has acted on since the record at hand: references with their types, and ids
	back  map[string]bool // ids of the records that brought something back: they are no news
	rows  []InboxRow

	replaced map[string][]*fold.Handoff // by id of the handoff that did
	closed   map[string][]*fold.Item    // by id of the record that did

	escalated map[string][]ownEscalation // those of the reader, by id of what took them up or settled them
}

func (n *newsReader) noteAct(record *handoff.Record) {
	for _, ref := range fold.Mentions(record) {
		n.acted[ref] = true
		if typ, _ := handoff.SplitRef(ref); typ == handoff.RefAny {
			for _, t := range []handoff.RefType{handoff.RefItem, handoff.RefBlocker, handoff.RefQuestion} {
				n.acted[string(t)+":"+ref] = true
			}
		}
	}
}

// add adds a row about a subject, cited from what happened to it, unless the
// reader has acted on the subject since.
func (n *newsReader) add(subject citable, record *handoff.Record, event, say string) {
	c := subject.cite(n.runner, record.ID)
	ref := c.row.Key()
	switch subject.(type) {
	case itemThread:
		ref = "item:" + ref
	case blockerThread:
		ref = "blk:" + ref
	case questionThread:
		ref = "q:" + ref
	}
	if !n.acted[ref] && !n.acted[record.ID] {
		n.rows = append(n.rows, InboxRow{Part: PartNews, Event: event, Say: say, Row: c.row})
	}
}

func (n *newsReader) read(record *handoff.Record) {
	switch body := record.Body.(type) {
	case *handoff.Handoff:
		n.handoff(record, body)
	case *handoff.Ack:
		n.ack(record, body)
	case *handoff.Resolution:
		n.resolution(record, body)
	case *handoff.DecisionRecord:
		n.decision(record, body.Topic)
	case *handoff.Assignment:
		n.assignment(record, body)
	case *handoff.Withdrawal:
		n.withdrawal(record, body)
	}
	n.escalations(record)
}

// ownEscalation is an escalation of the reader, with its subject.
type ownEscalation struct {
	subject citable
	*fold.Escalation
}

// ownEscalations are those that somebody took up, or that are over.
func (n *newsReader) ownEscalations() map[string][]ownEscalation {
	own := make(map[string][]ownEscalation)
	note := func(subject citable, of *fold.Escalated) {
		for _, e := range of.Escalations {
			switch {
			case e.By != n.me:
			case e.TakenUp != nil:
				own[e.TakenUp.ID] = append(own[e.TakenUp.ID], ownEscalation{subject, e})
			case e.Over != nil:
				own[e.Over.ID] = append(own[e.Over.ID], ownEscalation{subject, e})
			}
		}
	}
	s := n.state
	for _, id := range sortedKeys(s.Blockers) {
		note(blockerThread{s.Blockers[id]}, &s.Blockers[id].Escalated)
	}
	for _, id := range sortedKeys(s.Questions) {
		note(questionThread{s.Questions[id]}, &s.Questions[id].Escalated)
	}
	for _, id := range sortedKeys(s.Handoffs) {
		note(n.handoffThread(s.Handoffs[id]), &s.Handoffs[id].Escalated)
	}
	for _, id := range sortedKeys(s.Items) {
		note(itemThread{s.Items[id]}, &s.Items[id].Escalated)
	}
	return own
}

// escalations reads that somebody took up, or settled, what the reader had
// escalated, where no other news of the same record say so.
func (n *newsReader) escalations(record *handoff.Record) {
	for _, e := range n.escalated[record.ID] {
		key := e.subject.cite(n.runner, record.ID).row.Key()
		told := slices.ContainsFunc(n.rows, func(row InboxRow) bool { return row.Cited().Record == record.ID && row.Key() == key })
		switch {
		case told:
		case e.TakenUp != nil:
			n.add(e.subject, record, fold.EscalationTakenUp, text.JoinNonEmpty(": ", record.By+" took up what you escalated", story.Says(record)))
		default:
			n.add(e.subject, record, fold.EscalationOver, text.JoinNonEmpty(": ", record.By+" settled what you escalated", story.Says(record)))
		}
	}
}

// handoff reads what a handoff of somebody else says to its readers, of what it
// replaces, and how items of the reader ended.
func (n *newsReader) handoff(record *handoff.Record, body *handoff.Handoff) {
	h := n.state.Handoffs[record.ID]
	if h == nil {
		return
	}
	t := n.handoffThread(h)
	forMe := n.addressed(t)
	if !forMe && h.Current() && n.isReader(h) && !slices.ContainsFunc(h.Acks, func(ack *handoff.Record) bool { return ack.By == n.me }) {
		n.add(t, record, "for_information", record.By+" → "+strings.Join(h.To, ", ")+", for your information: "+h.Summary)
	}
	for _, replaced := range n.replaced[record.ID] {
		if old := n.handoffThread(replaced); !forMe && n.addressed(old) && !old.AnsweredBy(n.me) {
			n.add(old, record, fold.HandoffSuperseded, record.By+" has replaced it by "+record.ID+", which is to "+strings.Join(h.To, ", "))
		}
	}
	for _, it := range n.closed[record.ID] {
		if n.was(it) {
			what, _ := itemThread{it}.closing(n.runner)
			n.add(itemThread{it}, record, it.Closed, text.JoinNonEmpty(": ", record.By+" "+it.Closed+" it", what))
		}
	}
	for _, d := range body.Decisions {
		n.decision(record, d.ID)
	}
}

// addressed reports whether a handoff is to the reader, be it through a group.
func (n *newsReader) addressed(t handoffThread) bool {
	return t.Record.By != n.me && slices.Contains(t.addressees(n.runner), n.me)
}

func (n *newsReader) isReader(h *fold.Handoff) bool {
	return slices.Contains(n.expandFrom(h.Record.By, h.CC...), n.me)
}

// is reports whether an item is the reader's to answer for.
func (n *newsReader) is(it *fold.Item) bool { return it.Holder == n.me || it.Owner == n.me }

// was reports whether an item is or was the reader's: whoever has handed it over
// wants to know how it ends.
func (n *newsReader) was(it *fold.Item) bool {
	return n.is(it) || slices.Contains(it.Passed, n.me)
}

func (n *newsReader) ack(record *handoff.Record, a *handoff.Ack) {
	if !a.Accepts() || len(a.Gaps) > 0 {
		return // what is no plain acceptance comes back
	}
	if h := n.state.Handoffs[a.Subject]; h != nil {
		n.taken(n.handoffThread(h), record, a)
		return
	}
	subject := n.state.Records[a.Subject]
	if subject == nil {
		n.acknowledged(record, a.Subject)
		return
	}
	if as, ok := subject.Body.(*handoff.Assignment); ok {
		it := n.state.Item(as.Item)
		if it == nil || it.HeldBy != record.ID {
			return
		}
		declared := n.state.Records[it.Declared]
		if subject.By == n.me || it.Owner == n.me || declared != nil && declared.By == n.me {
			n.add(itemThread{it}, record, "taken", record.By+" took it, as "+subject.By+" assigned it")
		}
	}
}

// taken reads an acceptance: of a handoff of the reader what was accepted, and of
// one to them that nothing is left of it for them.
func (n *newsReader) taken(t handoffThread, record *handoff.Record, a *handoff.Ack) {
	if !slices.ContainsFunc(t.Acks, func(ack *handoff.Record) bool { return ack.ID == record.ID }) {
		return
	}
	switch {
	case t.Record.By == n.me && !slices.Contains(t.Partly, record.ID):
		n.add(t, record, "accepted", text.JoinNonEmpty(", and takes ", record.By+" accepted it", strings.Join(a.Take, ", ")))
	case t.Verdict != nil && t.Verdict.ID == record.ID && n.addressed(t) && !t.AnsweredBy(n.me):
		n.add(t, record, "taken", "nothing of it is left to take: "+cmp.Or(t.takenInWords(), record.By+" accepted it"))
	}
}

// acknowledged reads that somebody has taken on a blocker or a question of the
// reader.
func (n *newsReader) acknowledged(record *handoff.Record, ref string) {
	const event, say = "acknowledged", " has taken it on"
	if b := n.state.Blocker(ref); b != nil && b.DeclaredBy == n.me && b.Open() {
		n.add(blockerThread{b}, record, event, record.By+say)
	} else if q := n.state.Question(ref); b == nil && q != nil && q.By == n.me && q.Open() {
		n.add(questionThread{q}, record, event, record.By+say)
	}
}

// resolution reads how a blocker ended that the reader declared, or that stopped
// what they answer for. Where that waits for them it is no news.
func (n *newsReader) resolution(record *handoff.Record, body *handoff.Resolution) {
	b := n.state.Blocker(body.Blocker)
	if b == nil || b.Resolution == nil || b.Resolution.ID != record.ID {
		return
	}
	mine := b.DeclaredBy == n.me
	for _, ref := range b.Blocks {
		it := n.state.Item(ref)
		if it == nil || !it.Live() {
			continue
		}
		if it.Holder == n.me && n.isFree(itemThread{it}) {
			return
		}
		mine = mine || n.is(it)
	}
	if mine {
		n.add(blockerThread{b}, record, b.State, text.JoinNonEmpty(": ", record.By+" closed it, "+row.Spoken(body.Outcome), body.How))
	}
}

// decision reads what was decided about items of the reader, or as an answer to
// what they wait for.
func (n *newsReader) decision(record *handoff.Record, topic string) {
	on := n.state.Decisions[topic]
	if on == nil {
		return
	}
	for _, d := range on.Story() {
		if d.Record != record.ID {
			continue
		}
		var items []string
		for _, ref := range d.Items {
			if it := n.state.Item(ref); it != nil && n.is(it) {
				items = append(items, it.ID)
			}
		}
		what := "decided"
		if d.State == fold.DecisionProposed {
			what = "proposed"
		}
		switch b, q := n.state.Blocker(d.Answers), n.state.Question(d.Answers); {
		case len(items) > 0:
			n.addDecision(d, record, items, record.By+" "+what+" on "+strings.Join(items, ", ")+": "+d.Decision.Decision)
		case b != nil && b.DeclaredBy == n.me, q != nil && q.By == n.me:
			n.addDecision(d, record, nil, record.By+" "+what+", as an answer to "+d.Answers+": "+d.Decision.Decision)
		}
	}
}

// addDecision adds a decision, unless the reader has acted on all items that it
// is about since.
func (n *newsReader) addDecision(d *fold.Decision, record *handoff.Record, items []string, say string) {
	done := len(items) > 0 && !slices.ContainsFunc(items, func(id string) bool { return !n.acted["item:"+id] })
	if !done && !n.acted["dec:"+d.ID] {
		n.add(decisionThread{d}, record, "decided", say)
	}
}

// assignment reads that what the reader holds, or was offered, is offered to
// somebody else.
func (n *newsReader) assignment(record *handoff.Record, as *handoff.Assignment) {
	it := n.state.Item(as.Item)
	if it == nil || it.Offer == nil || it.Offer.Record != record.ID || as.To == n.me {
		return
	}
	offeredToMe := false
	if h := n.state.Handoffs[it.Declared]; h != nil {
		t := n.handoffThread(h)
		item := h.Item(it.ID)
		offeredToMe = n.addressed(t) && item != nil && slices.ContainsFunc(item.Next, func(next handoff.Next) bool {
			return slices.Contains(n.expandFrom(h.Record.By, next.Owner), n.me)
		})
	}
	if it.Holder == n.me || offeredToMe {
		n.add(itemThread{it}, record, "assigned_away", text.JoinNonEmpty(": ", record.By+" assigns it to "+as.To, as.Why))
	}
}

// withdrawal reads that the reader need not look at something any more.
func (n *newsReader) withdrawal(record *handoff.Record, w *handoff.Withdrawal) {
	say := text.JoinNonEmpty(": ", record.By+" has withdrawn it", w.Why)
	if h := n.state.Handoffs[w.Subject]; h != nil {
		if t := n.handoffThread(h); h.State == fold.HandoffWithdrawn && (n.addressed(t) || n.isReader(h)) {
			n.add(t, record, fold.HandoffWithdrawn, say)
		}
		return
	}
	if subject := n.state.Records[w.Subject]; subject != nil {
		if e, ok := subject.Body.(*handoff.Escalation); ok && slices.Contains(n.expandFrom(record.By, e.To), n.me) {
			if of := n.subject(e.Subject); of != nil {
				n.add(of, record, fold.HandoffWithdrawn, text.JoinNonEmpty(": ", record.By+" has withdrawn the escalation", w.Why))
			}
			return
		}
	}
	if q := n.state.Question(w.Subject); q != nil && q.State == fold.QuestionWithdrawn && slices.Contains(n.expandFrom(q.By, q.To), n.me) {
		n.add(questionThread{q}, record, fold.QuestionWithdrawn, say)
	}
}
