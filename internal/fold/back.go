package fold

import (
	"cmp"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// The ways in which something comes back.
const (
	BackDeclined         = "declined"
	BackChangesRequested = "changes_requested"
	BackGaps             = "gaps"      // a handoff that was accepted, and lacked something
	BackUntaken          = "untaken"   // items that the one receiver of a handoff left
	BackAnswered         = "answered"  // a question
	BackUnblocked        = "unblocked" // an item whose blocker is closed
	BackGap              = "gap"       // a report on how a handoff failed
)

// Back is something that has come back to somebody: to whom they gave it, or
// for whom they waited, has spoken, and they have not acted on it since. A
// receipt of Cause ends it as well.
type Back struct {
	Kind    string          // one of those above
	Subject string          // id of the handoff or assignment, else a reference with its type
	Cause   *handoff.Record // what brought it back
	Items   []string        // ids of the items that are left to them: acting on all of these ends it, too
}

// Names reports whether a reference means what came back, what brought it back,
// or an item that is left.
func (b Back) Names(ref string) bool {
	return ref == b.Cause.ID || means(ref, b.Subject) || slices.ContainsFunc(b.Items, func(id string) bool { return means(ref, itemKey(id)) })
}

// means reports whether a reference, which may lack its type, is one to key.
func means(ref, key string) bool {
	typ, _ := handoff.SplitRef(ref)
	_, name := handoff.SplitRef(key)
	return ref == key || typ == handoff.RefAny && ref == name
}

// refTo is a reference with the type that is expected there.
func refTo(expected handoff.RefType, ref string) string {
	if typ, name := handoff.SplitRef(ref); typ == handoff.RefAny && name != "" {
		return declaration{expected, name}.key()
	}
	return ref
}

// comesBack gives something back to somebody.
func (f *fold) comesBack(to string, b Back) {
	f.Backs[to] = append(f.findBacks(to), b)
}

// endBacks ends what came back to somebody and has ended, which ended may change
// as well.
func (f *fold) endBacks(of string, ended func(*Back) bool) {
	backs := f.findBacks(of)
	if len(backs) == 0 {
		return
	}
	kept := backs[:0]
	for _, b := range backs {
		if !ended(&b) {
			kept = append(kept, b)
		}
	}
	clear(backs[len(kept):])
	if len(kept) == 0 {
		kept = nil // as it is where it is read again
	}
	f.Backs[of] = kept
}

// replaces reports whether b takes the place of what came back before.
func (b Back) replaces(old *Back) bool { return old.Kind == b.Kind && old.Subject == b.Subject }

// backFrom matches what the author of r brought back of a subject by an ack.
func (f *fold) backFrom(r *handoff.Record, subject string) func(*Back) bool {
	return func(b *Back) bool {
		if b.Subject != subject || b.Kind == BackGap || b.Kind == BackAnswered {
			return false
		}
		return f.findRecord(b.Cause.ID).By == r.By
	}
}

// verdictBack brings a handoff back that an ack does not simply accept. It takes
// the place of what the same receiver said before.
func (f *fold) verdictBack(r *handoff.Record, a *handoff.Ack, hs *Handoff) {
	sender, id := hs.Record.By, hs.Record.ID
	if r.By == sender || a.Outcome == handoff.OutcomeSeen {
		return
	}
	f.endBacks(sender, f.backFrom(r, id))
	left := f.leftOf(hs)
	if !a.Accepts() {
		f.comesBack(sender, Back{Kind: a.Outcome, Subject: id, Cause: r, Items: left})
		return
	}
	if len(a.Gaps) > 0 {
		f.comesBack(sender, Back{Kind: BackGaps, Subject: id, Cause: r, Items: gapItems(a)})
	}
	if len(left) > 0 && hs.onlyTo(r.By) {
		hs.Partly = append(hs.Partly, r.ID)
		f.comesBack(sender, Back{Kind: BackUntaken, Subject: id, Cause: r, Items: left})
	}
}

// onlyTo reports whether the handoff went to one person, beside its sender.
func (h *Handoff) onlyTo(who string) bool {
	return slices.Contains(h.To, who) && !slices.ContainsFunc(h.To, func(to string) bool { return to != who && to != h.Record.By })
}

// leftOf are the items that a handoff leaves to somebody else and that are still
// its sender's.
func (f *fold) leftOf(hs *Handoff) []string {
	var left []string
	for _, id := range hs.declared {
		if hs.waitsFor(f.findItem(id)) {
			left = append(left, id)
		}
	}
	return left
}

// gapItems are the items in which an ack found gaps, each once. Where a gap names
// none, no item makes it good.
func gapItems(a *handoff.Ack) []string {
	var items []string
	for _, g := range a.Gaps {
		_, id := handoff.SplitRef(g.Item)
		if id == "" {
			return nil
		}
		if !slices.Contains(items, id) {
			items = append(items, id)
		}
	}
	return items
}

// refusalBack brings back an assignment, a blocker, a question or an escalation
// that whoever was asked will not take.
func (f *fold) refusalBack(r *handoff.Record, a *handoff.Ack, to, subject string, items ...string) {
	if to != r.By && (a.Outcome == handoff.OutcomeDeclined || a.Outcome == handoff.OutcomeChangesRequested) {
		f.endBacks(to, f.backFrom(r, subject))
		f.comesBack(to, Back{Kind: a.Outcome, Subject: subject, Cause: r, Items: items})
	}
}

// answerBack brings a question back to who asked it, with the latest answer.
func (f *fold) answerBack(r *handoff.Record, q *Question) {
	if q.By == r.By {
		return
	}
	b := Back{Kind: BackAnswered, Subject: declaration{handoff.RefQuestion, q.Key}.key(), Cause: r}
	for _, ref := range append(slices.Clone(q.Blocks), q.About) {
		if it := f.itemRef(ref); it != nil && !slices.Contains(b.Items, it.ID) {
			b.Items = append(b.Items, it.ID)
		}
	}
	f.endBacks(q.By, b.replaces)
	f.comesBack(q.By, b)
}

// unblockedBack brings back what a blocker stopped: the holders have to say how
// it goes on. Of the blockers of one item the last counts; whether another is
// still open, who reads it sees.
func (f *fold) unblockedBack(r *handoff.Record, b *Blocker) {
	for _, ref := range b.Blocks {
		if it := f.itemRef(ref); it != nil && it.Live() && it.Status == handoff.StatusBlocked {
			back := Back{Kind: BackUnblocked, Subject: itemKey(it.ID), Cause: r}
			f.endBacks(it.Holder, back.replaces)
			f.comesBack(it.Holder, back)
		}
	}
}

// gapBack tells whoever answers for it that a handoff, or what it said, failed.
func (f *fold) gapBack(r *handoff.Record, g *handoff.Gap) {
	subject, to := f.subjectKey(g.Subject), ""
	if hs := f.findHandoff(subject); hs != nil {
		to = hs.Record.By
	} else if it := f.itemRef(subject); it != nil {
		to = handedOverBy(it, r.By)
	} else if b := f.blockerRef(subject); b != nil {
		to = b.DeclaredBy
	} else if q := f.questionRef(subject); q != nil {
		to = q.By
	}
	if to != "" && to != r.By {
		f.comesBack(to, Back{Kind: BackGap, Subject: subject, Cause: r})
	}
}

// subjectKey is what a reference means, as a [Back] names it: the id of a handoff
// in its latest version, else a reference with its type; "" for nothing of these.
func (f *fold) subjectKey(ref string) string {
	if hs := f.findHandoff(ref); hs != nil {
		return f.latest(hs).Record.ID
	}
	if it := f.itemRef(ref); it != nil {
		return itemKey(it.ID)
	}
	if b := f.blockerRef(ref); b != nil {
		return declaration{handoff.RefBlocker, b.ID}.key()
	}
	if q := f.questionRef(ref); q != nil {
		return declaration{handoff.RefQuestion, q.Key}.key()
	}
	return ""
}

// handedOverBy is who handed an item to somebody: the last one who held it before,
// else its holder; "" when nobody else ever had it.
func handedOverBy(it *Item, who string) string {
	for _, from := range slices.Backward(append([]string{it.Holder}, it.Passed...)) {
		if from != who {
			return from
		}
	}
	return ""
}

// backMoves follows an item to another custodian: it is not left to the one
// before any more, and that it is free to go on is for the new one to know.
func (f *fold) backMoves(item, from, to string) {
	f.endBacks(from, func(b *Back) bool {
		switch b.Kind {
		case BackUnblocked:
			if b.Subject != itemKey(item) {
				return false
			}
			f.Backs[to] = append(f.findBacks(to), *b)
			return true
		case BackDeclined, BackChangesRequested, BackUntaken:
			return b.without(item)
		}
		return false
	})
}

// without takes an item out of what is left, and reports whether it was the last
// one.
func (b *Back) without(item string) bool {
	if !slices.Contains(b.Items, item) {
		return false
	}
	b.Items = slices.DeleteFunc(slices.Clone(b.Items), func(id string) bool { return id == item })
	return len(b.Items) == 0
}

// receipt ends what a record brought back to the author of an ack of it.
func (f *fold) receipt(r *handoff.Record, cause *handoff.Record) {
	count := len(f.findBacks(r.By))
	f.endBacks(r.By, func(b *Back) bool { return b.Cause.ID == cause.ID })
	if len(f.Backs[r.By]) == count {
		f.problem(r, "HO702", "acks %s, which brought nothing back to %s, or nothing that still waits", cause.ID, r.By)
	}
}

// actOn ends what came back to the author of r and what r is an act on; what r
// itself brings back is not.
func (f *fold) actOn(r *handoff.Record) {
	if len(f.findBacks(r.By)) == 0 {
		return
	}
	refs := f.actsOn(r)
	f.endBacks(r.By, func(b *Back) bool {
		return b.Cause.ID != r.ID && slices.ContainsFunc(refs, func(ref string) bool {
			if means(ref, b.Subject) {
				return true
			}
			typ, name := handoff.SplitRef(ref)
			return (typ == handoff.RefAny || typ == handoff.RefItem) && b.without(name)
		})
	})
}

// actsOn are references to what a record is an act on. An ack is one of what it
// gives a verdict on, which never came back to its author.
func (f *fold) actsOn(r *handoff.Record) []string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return f.declares(r, body)
	case *handoff.Question:
		return []string{f.oneQuestion(body.About)}
	case *handoff.Answer:
		return []string{f.oneQuestion(refTo(handoff.RefQuestion, body.Question))}
	case *handoff.Resolution:
		return []string{refTo(handoff.RefBlocker, body.Blocker)}
	case *handoff.DecisionRecord:
		return f.decides(body.DecisionFields)
	case *handoff.Assignment:
		return []string{refTo(handoff.RefItem, body.Item)}
	case *handoff.Escalation, *handoff.Withdrawal, *handoff.Gap:
		return []string{f.oneQuestion(handoff.SubjectOf(body))}
	}
	return nil
}

// declares are references to what a handoff says anew. A rollup only shows what
// others say.
func (f *fold) declares(r *handoff.Record, h *handoff.Handoff) []string {
	refs := []string{h.Amends}
	if IsRollup(r) {
		return refs
	}
	said := func(id string) {
		if it := f.findItem(id); it != nil && cmp.Or(it.ClosedBy, it.Declared) == r.ID {
			refs = append(refs, itemKey(id))
		}
	}
	for _, item := range h.Items {
		said(item.ID)
	}
	for _, s := range h.Shipped {
		said(s.ID)
	}
	for _, d := range h.Dropped {
		said(d.ID)
	}
	for _, b := range h.Blockers {
		refs = append(refs, declaration{handoff.RefBlocker, b.ID}.key())
	}
	for _, q := range h.Questions {
		refs = append(refs, declaration{handoff.RefQuestion, q.ID}.key())
	}
	for _, d := range h.Decisions {
		refs = append(refs, f.decides(d.DecisionFields)...)
	}
	return refs
}

// decides are references to what a decision is about.
func (f *fold) decides(d handoff.DecisionFields) []string {
	refs := []string{f.oneQuestion(d.Answers)}
	for _, item := range d.Items {
		refs = append(refs, refTo(handoff.RefItem, item))
	}
	return refs
}

// oneQuestion is a reference to the question that ref means, whichever of its
// rounds that is; else ref.
func (f *fold) oneQuestion(ref string) string {
	if q := f.questionRef(ref); q != nil {
		return declaration{handoff.RefQuestion, q.Key}.key()
	}
	return ref
}
