package inbox

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

// news are what others did since a time about what is, or was, of the reader. Their
// own next handoff ends all of it, and an act of theirs that names the subject
// ends what came before. What a record brought back is none, by its id.
func (in *reader) news(since time.Time, back map[string]bool) []Row {
	n := &newsReader{
		reader: in, acted: make(map[string]bool), back: back,
		replaced: make(map[string][]*fold.Handoff), closed: make(map[string][]*fold.Item),
	}
	for _, id := range sortedKeys(in.state.Handoffs) {
		h := in.state.Handoffs[id]
		n.replaced[h.SupersededBy] = append(n.replaced[h.SupersededBy], h)
	}
	for _, id := range sortedKeys(in.state.Items) {
		it := in.state.Items[id]
		n.closed[it.ClosedBy] = append(n.closed[it.ClosedBy], it)
	}
	n.escalated = n.ownEscalations()
	for _, record := range slices.Backward(in.state.Known()) {
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
	*reader
	acted map[string]bool // what the reader has acted on since the record at hand: references with their types, and ids
	back  map[string]bool // ids of the records that brought something back: they are no news
	rows  []Row

	replaced map[string][]*fold.Handoff // by id of the handoff that did
	closed   map[string][]*fold.Item    // by id of the record that did

	escalated map[string][]ownEscalation // those of the reader, by id of what took them up or settled them
}

func (n *newsReader) noteAct(record *handoff.Record) {
	for _, ref := range fold.Mentions(record) {
		n.acted[ref] = true
		if typ, _ := handoff.SplitRef(ref); typ == handoff.RefAny {
			for _, t := range []handoff.RefType{handoff.RefItem, handoff.RefBlocker, handoff.RefQuestion, handoff.RefDecision} {
				n.acted[string(t)+":"+ref] = true
			}
		}
	}
}

// add adds a row about a subject, cited from what happened to it, unless the
// reader has acted on the subject since.
func (n *newsReader) add(subject fold.Target, record *handoff.Record, event, say string) {
	if !n.acted[subject.Ref()] && !n.acted[record.ID] {
		n.rows = append(n.rows, Row{Part: News, Event: event, Say: say, Row: n.Cited(subject, record.ID)})
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
	subject fold.Target
	*fold.Escalation
}

// ownEscalations are those that somebody took up, or that are over.
func (n *newsReader) ownEscalations() map[string][]ownEscalation {
	own := make(map[string][]ownEscalation)
	note := func(subject fold.Target, of *fold.Escalated) {
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
		note(blocker(id), &s.Blockers[id].Escalated)
	}
	for _, id := range sortedKeys(s.Questions) {
		note(question(id), &s.Questions[id].Escalated)
	}
	for _, id := range sortedKeys(s.Handoffs) {
		note(handoffOf(s.Handoffs[id]), &s.Handoffs[id].Escalated)
	}
	for _, id := range sortedKeys(s.Items) {
		note(item(id), &s.Items[id].Escalated)
	}
	return own
}

// escalations reads that somebody took up, or settled, what the reader had
// escalated, where no other news of the same record say so.
func (n *newsReader) escalations(record *handoff.Record) {
	for _, e := range n.escalated[record.ID] {
		told := slices.ContainsFunc(n.rows, func(line Row) bool { return line.Cited().Record == record.ID && line.Key() == e.subject.Name })
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
	forMe := n.addressed(h)
	if !forMe && h.Current() && n.isReader(h) && !slices.ContainsFunc(h.Acks, func(ack *handoff.Record) bool { return ack.By == n.me }) {
		n.add(handoffOf(h), record, "for_information", record.By+" → "+strings.Join(h.To, ", ")+", for your information: "+h.Summary)
	}
	for _, old := range n.replaced[record.ID] {
		if !forMe && n.addressed(old) && !old.AnsweredBy(n.me) {
			n.add(handoffOf(old), record, fold.HandoffSuperseded, record.By+" has replaced it by "+record.ID+", which is to "+strings.Join(h.To, ", "))
		}
	}
	for _, it := range n.closed[record.ID] {
		if n.was(it) {
			closed := n.Cited(item(it.ID), record.ID).(*row.Item)
			n.add(item(it.ID), record, it.Closed, text.JoinNonEmpty(": ", record.By+" "+it.Closed+" it", closed.State))
		}
	}
	for _, d := range body.Decisions {
		n.decision(record, d.ID)
	}
}

// addressed reports whether a handoff is to the reader, be it through a group.
func (n *newsReader) addressed(h *fold.Handoff) bool {
	return h.Record.By != n.me && n.Addresses(n.me, h.Record.By, h.To...)
}

func (n *newsReader) isReader(h *fold.Handoff) bool {
	return n.Addresses(n.me, h.Record.By, h.CC...)
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
		n.taken(h, record, a)
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
			n.add(item(it.ID), record, "taken", record.By+" took it, as "+subject.By+" assigned it")
		}
	}
}

// taken reads an acceptance: of a handoff of the reader what was accepted, and of
// one to them that nothing is left of it for them.
func (n *newsReader) taken(h *fold.Handoff, record *handoff.Record, a *handoff.Ack) {
	if !slices.ContainsFunc(h.Acks, func(ack *handoff.Record) bool { return ack.ID == record.ID }) {
		return
	}
	switch {
	case h.Record.By == n.me && !slices.Contains(h.Partly, record.ID):
		n.add(handoffOf(h), record, "accepted", text.JoinNonEmpty(", and takes ", record.By+" accepted it", strings.Join(a.Take, ", ")))
	case h.Verdict != nil && h.Verdict.ID == record.ID && n.addressed(h) && !h.AnsweredBy(n.me):
		n.add(handoffOf(h), record, "taken", "nothing of it is left to take: "+cmp.Or(taken(h), record.By+" accepted it"))
	}
}

// acknowledged reads that somebody has taken on a blocker or a question of the
// reader.
func (n *newsReader) acknowledged(record *handoff.Record, ref string) {
	const event, say = "acknowledged", " has taken it on"
	if b := n.state.Blocker(ref); b != nil && b.DeclaredBy == n.me && b.Open() {
		n.add(blocker(b.ID), record, event, record.By+say)
	} else if q := n.state.Question(ref); b == nil && q != nil && q.By == n.me && q.Open() {
		n.add(question(q.Key), record, event, record.By+say)
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
		if it.Holder == n.me && isFree(n.Cited(item(it.ID), it.Declared)) {
			return
		}
		mine = mine || n.is(it)
	}
	if mine {
		n.add(blocker(b.ID), record, b.State, text.JoinNonEmpty(": ", record.By+" closed it, "+row.Spoken(body.Outcome), body.How))
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
	done := len(items) > 0 && !slices.ContainsFunc(items, func(id string) bool { return !n.acted[item(id).Ref()] })
	if !done {
		n.add(decision(d.ID), record, "decided", say)
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
		declared := h.Item(it.ID)
		offeredToMe = n.addressed(h) && declared != nil && slices.ContainsFunc(declared.Next, func(next handoff.Next) bool {
			return n.Addresses(n.me, h.Record.By, next.Owner)
		})
	}
	if it.Holder == n.me || offeredToMe {
		n.add(item(it.ID), record, "assigned_away", text.JoinNonEmpty(": ", record.By+" assigns it to "+as.To, as.Why))
	}
}

// withdrawal reads that the reader need not look at something any more.
func (n *newsReader) withdrawal(record *handoff.Record, w *handoff.Withdrawal) {
	say := text.JoinNonEmpty(": ", record.By+" has withdrawn it", w.Why)
	if h := n.state.Handoffs[w.Subject]; h != nil {
		if h.State == fold.HandoffWithdrawn && (n.addressed(h) || n.isReader(h)) {
			n.add(handoffOf(h), record, fold.HandoffWithdrawn, say)
		}
		return
	}
	if subject := n.state.Records[w.Subject]; subject != nil {
		if e, ok := subject.Body.(*handoff.Escalation); ok && n.Addresses(n.me, record.By, e.To) {
			if of, known := n.subject(e.Subject); known {
				n.add(of, record, fold.HandoffWithdrawn, text.JoinNonEmpty(": ", record.By+" has withdrawn the escalation", w.Why))
			}
			return
		}
	}
	if q := n.state.Question(w.Subject); q != nil && q.State == fold.QuestionWithdrawn && n.Addresses(n.me, q.By, q.To) {
		n.add(question(q.Key), record, fold.QuestionWithdrawn, say)
	}
}

// What news are about.

func item(id string) fold.Target { return fold.Target{Type: fold.TargetItem, Name: id} }

func blocker(id string) fold.Target { return fold.Target{Type: fold.TargetBlocker, Name: id} }

func question(key string) fold.Target { return fold.Target{Type: fold.TargetQuestion, Name: key} }

func decision(id string) fold.Target { return fold.Target{Type: fold.TargetDecision, Name: id} }

func handoffOf(h *fold.Handoff) fold.Target {
	return fold.Target{Type: fold.TargetRecord, Name: h.Record.ID}
}
