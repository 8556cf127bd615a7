package workspace

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/inbox"
)

// AckSubject resolves what is acknowledged: the reference, else the one handoff
// or assignment that waits for the user.
func (ws *Workspace) AckSubject(ref string) (fold.Target, error) {
	if ref != "" {
		return ws.Resolve(ref)
	}
	var waiting []string
	for _, h := range ws.awaiting() {
		waiting = append(waiting, h.Record.ID)
	}
	waiting = append(waiting, ws.assignments()...)
	switch len(waiting) {
	case 0:
		return fold.Target{}, &NoError{Message: "no handoff and no assignment waits for " + ws.Me, Hint: "handoff inbox shows what else does"}
	case 1:
		return fold.Target{Type: fold.TargetRecord, Name: waiting[0]}, nil
	}
	return fold.Target{}, Usagef("handoff inbox shows them", "several wait for you, name one: %s", strings.Join(waiting, ", "))
}

// awaiting lists the handoffs that wait for a verdict of the user, the newest
// first.
func (ws *Workspace) awaiting() []*fold.Handoff {
	var waiting []*fold.Handoff
	for _, r := range slices.Backward(ws.State.Known()) {
		h, ok := ws.State.Handoffs[r.ID]
		if ok && h.State == fold.HandoffPublished && r.By != ws.Me && ws.Addresses(h.To, r.By) && !h.AnsweredBy(ws.Me) {
			waiting = append(waiting, h)
		}
	}
	return waiting
}

// assignments lists the records that offer the user an item, sorted.
func (ws *Workspace) assignments() []string {
	var ids []string
	for _, it := range ws.State.Items {
		if it.Offer == nil || !slices.Contains(it.Offer.To, ws.Me) {
			continue
		}
		if _, assigned := ws.State.Records[it.Offer.Record].Body.(*handoff.Assignment); assigned {
			ids = append(ids, it.Offer.Record)
		}
	}
	slices.Sort(ids)
	return ids
}

// Addresses reports whether a list of handles and addresses of by's handoff
// includes the user.
func (ws *Workspace) Addresses(to []string, by string) bool {
	return slices.ContainsFunc(to, func(who string) bool {
		return who == ws.Me || handoff.IsScope(who) && slices.Contains(ws.members(who, by), ws.Me)
	})
}

// LeftNothing reports whether a handoff went to the user as one of a group, and
// others have taken it.
func (ws *Workspace) LeftNothing(h *fold.Handoff) bool {
	taken := h.State == fold.HandoffAccepted || h.State == fold.HandoffClosed
	return taken && !slices.Contains(h.To, ws.Me) && ws.Addresses(h.To, h.Record.By)
}

// Assignment is the assignment that is acknowledged, nil when it is something
// else.
func (ws *Workspace) Assignment(subject fold.Target) *handoff.Assignment {
	r := ws.State.Records[subject.Name]
	if subject.Type != fold.TargetRecord || r == nil {
		return nil
	}
	as, _ := r.Body.(*handoff.Assignment)
	return as
}

// Giver is who held an item before the user took it, and the ack by which they did.
func (ws *Workspace) Giver(item *fold.Item) (who, ack string, err error) {
	part := fold.Part{Refs: []string{item.HeldBy}}
	if taken := ws.State.Records[item.HeldBy]; taken != nil && taken.Kind == handoff.KindAck {
		part.Refs = append(part.Refs, taken.Body.(*handoff.Ack).Subject)
	}
	if err := ws.Need(part); err != nil {
		return "", "", err
	}
	if who = ws.State.Giver(item); who == "" || who == ws.Me {
		return "", "", &NoError{Message: item.ID + " came to you from nobody: you hold it since " + item.HeldBy, Hint: "handoff give " + item.ID + " --to WHO offers it to somebody"}
	}
	return who, item.HeldBy, nil
}

// Took is the ack by which the user took an item that they hold and offer to nobody,
// nil where they did not or where an outcome is another.
func (ws *Workspace) Took(item *fold.Item, outcome string) *handoff.Record {
	taken := ws.State.Records[item.HeldBy]
	if item.Offer != nil || !item.Live() || item.Holder != ws.Me || taken == nil {
		return nil
	}
	if ack, ok := taken.Body.(*handoff.Ack); !ok || ack.Outcome != outcome {
		return nil
	}
	return taken
}

// Said is the ack in which the user has given this verdict already, nil where an
// ack takes or says something that is new.
func (ws *Workspace) Said(a *handoff.Ack) *handoff.Record {
	var last *handoff.Record
	for _, r := range ws.State.Known() {
		if earlier, ok := r.Body.(*handoff.Ack); ok && r.By == ws.Me && earlier.Subject == a.Subject {
			last = r
		}
	}
	if last == nil || adds(a, last.Body.(*handoff.Ack)) {
		return nil
	}
	takes := slices.ContainsFunc(a.Take, func(ref string) bool { it := ws.State.Item(ref); return it == nil || it.Holder != ws.Me })
	if takes || ws.asksAgain(a.Subject, last) {
		return nil
	}
	return last
}

// asksAgain reports whether a subject waits for a verdict in spite of one: it was
// replaced, reopened or raised since.
func (ws *Workspace) asksAgain(subject string, verdict *handoff.Record) bool {
	waits := func(raised *fold.Escalated) bool {
		e := raised.Escalation()
		return e != nil && e.State() == fold.EscalationOpen
	}
	if h := ws.State.Handoffs[subject]; h != nil {
		return h.SupersededBy != "" || waits(&h.Escalated)
	}
	if b := ws.State.Blocker(subject); b != nil {
		return b.Acknowledged != verdict || b.State != fold.BlockerAcknowledged
	}
	q := ws.State.Question(subject)
	return q != nil && waits(&q.Escalated)
}

// adds reports whether an ack says something that an earlier one of the same subject
// does not, but for what it takes.
func adds(a, earlier *handoff.Ack) bool {
	if a.Outcome != earlier.Outcome {
		return true
	}
	for _, text := range [][2]string{{a.Reason, earlier.Reason}, {a.Exception, earlier.Exception}, {a.Note, earlier.Note}} {
		if text[0] != "" && text[0] != text[1] {
			return true
		}
	}
	return len(a.Readback) > 0 && !slices.Equal(a.Readback, earlier.Readback) || len(a.Gaps) > 0 && !slices.Equal(a.Gaps, earlier.Gaps)
}

// OfferedBy lists the items of a handoff that are offered to the user.
func (ws *Workspace) OfferedBy(h *fold.Handoff) []string {
	var items []string
	for _, declared := range h.Items {
		item, ok := ws.State.Items[declared.ID]
		if ok && item.Offer != nil && item.Offer.Record == h.Record.ID && ws.Addresses(item.Offer.To, h.Record.By) {
			items = append(items, item.ID)
		}
	}
	return items
}

// Inbox is what the user has to know, and from when on their news are. Whether
// verdicts are proven takes a look at the history, and is asked where custody is:
// it is not worth that to who looks into their inbox many times a day.
func (ws *Workspace) Inbox() (rows []inbox.Row, since time.Time, err error) {
	env := ws.QueryEnv()
	env.Unproven = nil
	since = inbox.Since(ws.Me, ws.State, env.Now)
	if err := ws.Need(inbox.StatePart(ws.Me, since)); err != nil {
		return nil, since, err
	}
	return inbox.Of(ws.Me, since, ws.State, env), since, nil
}

// CameBack lists what of the user's has come back and is meant by a subject.
func (ws *Workspace) CameBack(subject fold.Target) ([]fold.Back, error) {
	if err := ws.Need(fold.Part{Back: ws.Me}); err != nil {
		return nil, err
	}
	var backs []fold.Back
	for _, b := range ws.State.Backs[ws.Me] {
		if b.Names(subject.Ref()) {
			backs = append(backs, b)
		}
	}
	return backs, nil
}

// Empty reports whether nobody has published a handoff yet.
func (ws *Workspace) Empty() bool { return len(ws.State.Teams) == 0 }

// StartFrom is an earlier handoff as a draft of another, without what is resolved
// since.
func (ws *Workspace) StartFrom(h *handoff.Handoff) (*Draft, error) {
	c := withoutCaptured(h)
	c.Ended = nil // it is over
	ws.leaveOpen(c.Items)
	return ws.freed(c)
}

// freed is a draft without what is resolved since it was declared.
func (ws *Workspace) freed(h *handoff.Handoff) (*Draft, error) {
	freed, err := ws.DropResolved(h)
	return &Draft{Handoff: h, Freed: freed}, err
}

// withoutCaptured copies what a person wrote, without what the program captured.
func withoutCaptured(h *handoff.Handoff) *handoff.Handoff {
	c := *h
	c.Amends, c.Anchor, c.Meta, c.Waivers, c.Shift = "", nil, nil, nil, nil
	c.Team, c.Pod, c.Zone = "", "", ""
	c.Items = slices.Clone(h.Items)
	for i := range c.Items {
		c.Items[i].Next = slices.Clone(h.Items[i].Next)
	}
	c.Blockers = slices.Clone(h.Blockers)
	return &c
}

// Carried is what the user holds, as a draft, without what is resolved since.
func (ws *Workspace) Carried() (*Draft, error) { return ws.freed(ws.held()) }

// held is what the user holds and keeps an eye on.
func (ws *Workspace) held() *handoff.Handoff {
	custody := ws.State.Holds(ws.Me)
	h := &handoff.Handoff{Items: []handoff.Item{}, Blockers: []handoff.Blocker{}}
	for _, item := range custody.Items {
		it := item.Item
		it.Reopened, it.Continues, it.Source = "", "", "" // which are said once
		it.Next = slices.Clone(it.Next)
		h.Items = append(h.Items, it)
	}
	for _, b := range custody.Blockers {
		h.Blockers = append(h.Blockers, b.Blocker)
	}
	for _, q := range custody.Questions {
		if ws.State.Handoffs[q.Record] != nil { // one with a record of its own needs no carrying
			h.Questions = append(h.Questions, handoff.OpenQuestion{
				ID: q.Key, Ask: q.Ask, To: q.To, Context: q.Context, Blocks: q.Blocks,
				NeededBy: handoff.Time{Time: q.NeededBy}, DefaultIfSilent: q.Default,
			})
		}
	}
	for _, kept := range ws.State.Watched[ws.Me] {
		switch {
		case kept.Over(ws.Author.When):
		case kept.Standing:
			h.Standing = append(h.Standing, handoff.Standing{What: kept.What, Until: kept.Until})
		default:
			h.Watch = append(h.Watch, kept.Watch)
		}
	}
	ws.leaveOpen(h.Items)
	if last := ws.State.Latest(ws.Me); last != nil {
		h.To = slices.Clone(last.To)
	}
	return h
}

// complete fills in what a handoff leaves out of what its items were: who owns them, who is
// the user for a new one, and what they inherit. Carried blockers that are gone leave the
// items in front of which others still are.
func (ws *Workspace) complete(h *handoff.Handoff, gone []handoff.Resolution) {
	for i := range h.Items {
		item := &h.Items[i]
		if item.Continues != "" {
			GoesOn(h, item.Continues)
		}
		if item.Owner == "" {
			item.Owner = ws.OwnerOf(*item)
		}
		ws.Inherit(item)
		left := slices.DeleteFunc(slices.Clone(item.BlockedBy), func(ref string) bool {
			_, id := handoff.SplitRef(ref)
			return slices.ContainsFunc(gone, func(r handoff.Resolution) bool { return handoff.Names([]string{r.Blocker}, id) })
		})
		if len(left) > 0 {
			item.BlockedBy = left
		}
	}
	for i := range h.Shipped {
		if item := ws.State.Items[h.Shipped[i].ID]; item != nil && item.Live() && h.Shipped[i].Refs == nil {
			h.Shipped[i].Refs = item.Refs
		}
	}
}

// Inherit fills in what an item that is declared again leaves out and had before:
// accept, known_issues and refs. An empty list says that there is none any more.
func (ws *Workspace) Inherit(item *handoff.Item) {
	before := ws.State.Items[item.ID]
	if before == nil || !before.Live() {
		return
	}
	if item.Accept == nil {
		item.Accept = before.Accept
	}
	if item.KnownIssues == nil {
		item.KnownIssues = before.KnownIssues
	}
	if item.Refs == nil {
		item.Refs = before.Refs
	}
}
