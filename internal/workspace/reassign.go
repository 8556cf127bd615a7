package workspace

import (
	"cmp"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// MaxLevel is the highest level of an escalation.
const MaxLevel = 3

// Reassign are the records by which somebody else is asked for all that somebody
// holds and all that is asked of them by name: each item is offered, and each blocker,
// question and handoff raised. why, "" for none, is said of each.
func (ws *Workspace) Reassign(from, to, why string) []*handoff.Record {
	r := reassigning{ws, from, to, cmp.Or(why, from+" is not there"), nil}
	for _, id := range slices.Sorted(maps.Keys(ws.State.Items)) {
		it := ws.State.Items[id]
		if it.Live() && it.Holder != to && !isOffered(it, to) && (it.Holder == from || ws.assignedTo(it, from)) {
			r.records = append(r.records, ws.NewRecord(&handoff.Assignment{Item: id, To: to, From: it.Holder, Why: why}))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ws.State.Blockers)) {
		if b := ws.State.Blockers[id]; b.Open() {
			r.raise(fold.Target{Type: fold.TargetBlocker, Name: id}.Ref(), &b.Escalated, b.Needs, b.Resolver, ws.TeamConfig.BlockerAsks(b, ws.Moment).To)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ws.State.Questions)) {
		if q := ws.State.Questions[key]; q.Open() {
			r.raise(fold.Target{Type: fold.TargetQuestion, Name: key}.Ref(), &q.Escalated, q.Ask, q.To, ws.TeamConfig.QuestionAsks(q, ws.Moment).To)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ws.State.Handoffs)) {
		h := ws.State.Handoffs[id]
		if h.State == fold.HandoffPublished && h.Record.By != from && h.Record.By != to && !slices.Contains(h.To, to) {
			r.raise(id, &h.Escalated, h.Summary, h.To...)
		}
	}
	return r.records
}

// MustKnow refuses a name that nobody here has: it names the one that is nearest.
func (ws *Workspace) MustKnow(who string) error {
	people := ws.people(nil)
	if slices.Contains(people, who) {
		return nil
	}
	if near := text.Nearest(who, people); near != "" {
		return Usagef("did you mean "+near+"?", "%s is not known here, and %s is", who, near)
	}
	return Usagef("", "%s is not known here", who)
}

// reassigning is what somebody is asked for in the place of another.
type reassigning struct {
	ws            *Workspace
	from, to, why string
	records       []*handoff.Record
}

// raise raises what is asked of some people, or was raised since, where from is among
// them and it is not raised to the other already.
func (r *reassigning) raise(subject string, raised *fold.Escalated, ask string, people ...string) {
	if e := raised.Escalation(); e.Stands() {
		if e.To == r.to {
			return
		}
		people = append(people, e.To)
	}
	if slices.Contains(people, r.from) {
		r.records = append(r.records, r.ws.NewRecord(&handoff.Escalation{
			Subject: subject, Reason: "no_response", To: r.to, Ask: r.why + ": " + ask, Level: min(raised.Level()+1, MaxLevel),
		}))
	}
}

// isOffered reports whether an item is offered to one person, and to nobody else.
func isOffered(it *fold.Item, who string) bool {
	return it.Offer != nil && len(it.Offer.To) == 1 && it.Offer.To[0] == who
}

// assignedTo reports whether an item waits for somebody by an assignment: what a
// handoff offers them, they are asked for with the handoff.
func (ws *Workspace) assignedTo(it *fold.Item, who string) bool {
	if it.Offer == nil || !slices.Contains(it.Offer.To, who) {
		return false
	}
	r := ws.State.Records[it.Offer.Record]
	return r != nil && r.Kind == handoff.KindAssignment
}

// MayReassign refuses what is for the user to ask of a lead: to hand over all that
// somebody else has whom the roster gives a lead.
func (ws *Workspace) MayReassign(from string) error {
	lead := ws.TeamConfig.LeadOf(from)
	if lead == "" || from == ws.Me || ws.TeamConfig.Leads(ws.Me) {
		return nil
	}
	return &NoError{Message: "only a lead offers all that somebody else has, and " + ws.Me + " leads no team of the roster", Hint: "ask " + lead}
}
