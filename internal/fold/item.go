package fold

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// declareItem makes the item what its custodian says it is, and offers it to
// those who are to do its next steps. A new item, and one that is reopened,
// belongs to the sender.
func (f *fold) declareItem(hs *Handoff, item handoff.Item) {
	it := f.findItem(item.ID)
	if !f.mayDeclare(hs, item, it) {
		return
	}
	r := hs.Record
	if it == nil {
		it = &Item{First: r.ID}
		f.Items[item.ID] = it
	}
	f.continueItem(hs, &item, it)
	before := f.findHandoff(it.Declared)
	f.book(it, -1)
	it.act(r)
	if !it.Live() {
		it.Escalations = nil
	}
	if it.Holder != r.By || !it.Live() {
		it.Holder, it.HeldBy = r.By, r.ID
	}
	it.Carried = f.carried(hs, item, it)
	item.Intent = cmp.Or(item.Intent, it.Intent)
	item.Owner, it.ProposedOwner = f.owner(hs, item, it)
	it.Item = item
	it.Closed, it.ClosedBy = "", ""
	it.Offer = offer(r, item)
	it.Declared, it.At = r.ID, r.At.Time
	mention(&it.History, r)
	f.book(it, +1)
	hs.declared = append(hs.declared, it.ID)
	f.conclude(before, r)
}

// mayDeclare reports whether the sender of hs may speak for the item; it is nil
// when nobody has named it before.
func (f *fold) mayDeclare(hs *Handoff, item handoff.Item, it *Item) bool {
	r := hs.Record
	switch {
	case item.ID == "":
		f.problem(r, "HO320", "an item has no id")
	case it == nil:
		return true
	case it.Declared == r.ID:
		f.problem(r, "HO320", "%s is listed twice", item.ID)
	case !it.Live() && item.Reopened != "":
		return true
	case it.Holder != r.By && f.takenFrom(hs, item.ID):
		// An amendment repeats what a receiver took from the version before.
	case !it.Live() && !f.sameChain(it.ClosedBy, hs):
		f.problem(r, "HO305", "%s was %s in %s: say in `reopened` why it is back", item.ID, it.Closed, it.ClosedBy)
	case it.Holder != r.By:
		f.heldProblem(r, it)
	default:
		return true
	}
	return false
}

// carried counts the declarations in a row with the status of item, this one
// included. An amendment is not one more.
func (f *fold) carried(hs *Handoff, item handoff.Item, it *Item) int {
	switch {
	case it.Carried == 0 || !it.Live() || it.Status != item.Status:
		return 1
	case f.sameChain(it.Declared, hs):
		return it.Carried
	}
	return it.Carried + 1
}

// owner returns who owns the item after a declaration, and who is to own it
// once they ack. The sender may take ownership, and may name the owner of a new
// item or one that is reopened; anybody else must agree.
func (f *fold) owner(hs *Handoff, item handoff.Item, it *Item) (owner, proposed string) {
	switch {
	case item.Owner == "" || item.Owner == it.Owner:
		return it.Owner, ""
	case it.Owner == "" || item.Owner == hs.Record.By || f.sameChain(it.First, hs) || !it.Live():
		return item.Owner, ""
	}
	return it.Owner, item.Owner
}

// closeItem takes an item out of the live set. An id that nobody declared says
// nothing.
func (f *fold) closeItem(hs *Handoff, id, how string) {
	r := hs.Record
	it := f.findItem(id)
	switch {
	case it == nil:
		return
	case it.Holder != r.By && f.takenFrom(hs, id):
		return // an amendment repeats what a receiver took from the version before
	case it.Holder != r.By:
		f.heldProblem(r, it)
		return
	}
	mention(&it.History, r)
	if !it.Live() {
		return
	}
	f.book(it, -1)
	it.Closed, it.ClosedBy, it.Offer = how, r.ID, nil
	it.act(r)
	it.settle(r)
	f.conclude(f.findHandoff(it.Declared), r)
}

// heldProblem notes that r is not by the custodian of the item.
func (f *fold) heldProblem(r *handoff.Record, it *Item) {
	if it.Live() {
		f.problem(r, "HO320", "%s is held by %s since %s", it.ID, it.Holder, it.HeldBy)
		f.Problems[len(f.Problems)-1].Fix = it.wayTo(r.By)
		return
	}
	f.problem(r, "HO320", "%s", it.closure())
}

// wayTo is how somebody comes to hold a live item, as a command.
func (i *Item) wayTo(handle string) string {
	if i.Offer != nil && slices.Contains(i.Offer.To, handle) {
		return "handoff ack " + i.Offer.Record + " takes it over"
	}
	return "handoff give " + i.ID + " --to " + handle + " is for " + i.Holder + " to say"
}

// closure says how the item left the live set, "" of one that is in it.
func (i *Item) closure() string {
	if i.Live() {
		return ""
	}
	return fmt.Sprintf("%s was %s by %s in %s", i.ID, i.Closed, i.Holder, i.ClosedBy)
}

// book counts the item n times in the handoff that declared it last. Whoever
// changes who declared, holds or closed an item books it out before and in
// after.
func (f *fold) book(it *Item, n int) {
	hs := f.findHandoff(it.Declared)
	if hs == nil || !it.Live() {
		return
	}
	hs.standing += n
	if it.Holder == hs.Record.By {
		hs.stillHeld += n
	}
}

// give makes the author of an ack the custodian of an item.
func (f *fold) give(it *Item, ack *handoff.Record) {
	hs := f.findHandoff(it.Declared)
	f.book(it, -1)
	f.backMoves(it.ID, it.Holder, ack.By)
	if !slices.Contains(it.Passed, it.Holder) {
		it.Passed = append(it.Passed, it.Holder)
	}
	it.Holder, it.HeldBy, it.Offer = ack.By, ack.ID, nil
	f.book(it, +1)
	f.actOnItem(ack, it)
	it.settle(ack)
	mention(&it.History, ack)
	f.noteTaken(hs, it.ID, ack.By)
	f.judge(hs, ack)
	f.conclude(hs, ack)
}

// noteTaken enters in hs who took an item that it lists.
func (f *fold) noteTaken(hs *Handoff, item, who string) {
	if hs.Taken == nil {
		hs.Taken = make(map[string]string)
	}
	hs.Taken[item] = who
	first := f.first(hs)
	if first.given == nil {
		first.given = make(map[string]bool)
	}
	first.given[item] = true
}

// takenFrom reports whether an item was taken from any version of the chain of
// hs.
func (f *fold) takenFrom(hs *Handoff, item string) bool { return f.first(hs).given[item] }

// offeredBy reports whether the item waits for somebody because of a record.
func (i *Item) offeredBy(id string) bool { return i.Offer != nil && i.Offer.Record == id }

// offer returns what the sender of r offers of an item: every step that
// somebody else is to do, nil when there is none.
func offer(r *handoff.Record, item handoff.Item) *Offer {
	if !offers(r, item) {
		return nil
	}
	var to []string
	for _, next := range item.Next {
		if isFor(next, r) && !slices.Contains(to, next.Owner) {
			to = append(to, next.Owner)
		}
	}
	return &Offer{From: r.By, To: to, Record: r.ID, At: r.At.Time}
}

// offers reports whether somebody else than the sender of r is to do a step of
// the item.
func offers(r *handoff.Record, item handoff.Item) bool {
	return slices.ContainsFunc(item.Next, func(next handoff.Next) bool { return isFor(next, r) })
}

// isFor reports whether a step is for somebody else than the author of r.
func isFor(next handoff.Next, r *handoff.Record) bool { return next.Owner != "" && next.Owner != r.By }

// assignment offers an item to a person in the name of its custodian, and takes
// the place of an earlier offer; or it takes back what its author took a moment ago.
// Whether its author may is for the rules: the records do not know who leads. Only
// the custodian says what is to be done next.
func (f *fold) assignment(r *handoff.Record, a *handoff.Assignment) {
	it := f.itemRef(a.Item)
	switch {
	case it == nil:
		f.problem(r, "HO320", "assigns %q, which is no item that is known", a.Item)
	case !it.Live():
		f.heldProblem(r, it)
	case a.To == "":
		f.problem(r, "HO320", "assigns %s to nobody", it.ID)
	case a.To == it.Holder, a.From != "" && a.From != it.Holder:
		f.heldProblem(r, it)
	case a.Next != "" && r.By != it.Holder:
		f.problem(r, "HO320", "says what is next for %s, which is for %s to say", it.ID, it.Holder)
	case undoes(r, a, it, f.findHandoff(it.Declared), f.findRecord):
		f.giveBack(it, a.To, r)
	default:
		if a.Next != "" {
			it.Next = []handoff.Next{{Do: a.Next, Owner: a.To}}
		}
		it.Offer = &Offer{From: it.Holder, To: []string{a.To}, Record: r.ID, At: r.At.Time}
		f.actOnItem(r, it)
		mention(&it.History, r)
	}
}
