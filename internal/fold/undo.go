package fold

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// undoTime is how long a take can be undone by who took it. Later they offer the
// item back, as anything that is held: whoever it was taken from relies on the take.
const undoTime = time.Hour

// Giver returns who held an item before its holder took it with an ack, "" when they
// did not take it or that is not known.
func (v *View) Giver(it *Item) string {
	return giver(it, func(id string) *handoff.Record { return v.Records[id] })
}

func giver(it *Item, find func(id string) *handoff.Record) string {
	given := find(it.HeldBy)
	if given == nil || given.Kind != handoff.KindAck {
		return ""
	}
	subject := find(given.Body.(*handoff.Ack).Subject)
	if subject == nil {
		return ""
	}
	switch body := subject.Body.(type) {
	case *handoff.Handoff:
		return subject.By
	case *handoff.Assignment:
		return body.From
	}
	return ""
}

// Undoes reports whether an assignment by r takes back the take of an item, as if it
// had not been: it names the ack in `via`, is by who took the item, to whom they took
// it from, soon after, nothing has been said of the item in between, and the handoff
// that declares it still stands: one that is superseded offers nothing. Any other
// assignment is an offer.
func (v *View) Undoes(r *handoff.Record, a *handoff.Assignment) bool {
	it := v.Item(a.Item)
	return it != nil && undoes(r, a, it, v.Handoffs[it.Declared], func(id string) *handoff.Record { return v.Records[id] })
}

func undoes(r *handoff.Record, a *handoff.Assignment, it *Item, declares *Handoff, find func(id string) *handoff.Record) bool {
	if !it.Live() || it.Holder != r.By || a.Via == "" || a.Via != it.HeldBy || it.History[len(it.History)-1] != a.Via ||
		declares == nil || !declares.Current() {
		return false
	}
	taken := find(a.Via)
	return taken != nil && a.To != "" && a.To == giver(it, find) && r.At.Sub(taken.At.Time) <= undoTime
}

// giveBack makes an item what it was before its holder took it: held by to, and
// offered as it was.
func (f *fold) giveBack(it *Item, to string, r *handoff.Record) {
	ack := f.findRecord(it.HeldBy)
	hs := f.findHandoff(it.Declared)
	offered := f.offerBefore(it, hs, to)
	f.book(it, -1)
	it.Holder, it.HeldBy = to, f.heldSince(it, to)
	f.book(it, +1)
	mention(&it.History, r)
	f.forgetTaken(hs, it.ID, ack)
	if subject := ack.Body.(*handoff.Ack).Subject; f.findHandoff(subject) != nil && subject != hs.Record.ID {
		f.forgetTaken(f.findHandoff(subject), it.ID, ack) // the item had been declared anew
	}
	it.Offer = offered
}

// offerBefore is what was offered of an item when it was taken from who held it then,
// which is the last that was said of it: by the last assignment since it was declared,
// else by the handoff that declares it.
func (f *fold) offerBefore(it *Item, hs *Handoff, holder string) *Offer {
	for _, id := range slices.Backward(it.History[:len(it.History)-1]) {
		if id == hs.Record.ID {
			break
		}
		r := f.findRecord(id)
		if a, ok := r.Body.(*handoff.Assignment); ok && a.To != holder { // with that one it was given back
			return &Offer{From: holder, To: []string{a.To}, Record: id, At: r.At.Time}
		}
	}
	return offer(hs.Record, it.Item)
}

// heldSince is the latest record by which somebody said that they hold the item.
func (f *fold) heldSince(it *Item, who string) string {
	for _, id := range slices.Backward(it.History) {
		if r := f.findRecord(id); r.By == who && (r.Kind == handoff.KindHandoff || r.Kind == handoff.KindAck) {
			return id
		}
	}
	return it.Declared
}

// forgetTaken takes back what an ack has done to a handoff by taking an item of it.
func (f *fold) forgetTaken(hs *Handoff, item string, ack *handoff.Record) {
	delete(hs.Taken, item)
	delete(f.first(hs).given, item)
	takes := func(item string) bool { return hs.Taken[item] == ack.By }
	if !slices.ContainsFunc(hs.declared, takes) {
		delete(hs.accepters, ack.By)
	}
	if hs.State == HandoffAccepted && hs.Verdict == ack && !f.satisfied(hs) {
		hs.State, hs.Verdict = HandoffPublished, nil
	}
}
