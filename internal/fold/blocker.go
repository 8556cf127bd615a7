package fold

import (
	"fmt"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// reopenWindow is how long after its end a blocker that is declared again is
// the same one.
const reopenWindow = 14 * 24 * time.Hour

// Resolutions are the outcomes that close a blocker; a closed one has it as its
// state.
var Resolutions = []string{"resolved", "workaround", "withdrawn", "obsolete", "wont_fix"}

// declareBlocker opens a blocker, or says of an open one what is true now.
func (f *fold) declareBlocker(r *handoff.Record, b handoff.Blocker) {
	bs := f.findBlocker(b.ID)
	switch {
	case b.ID == "":
		f.problem(r, "HO320", "a blocker has no id")
		return
	case bs == nil:
		bs = &Blocker{First: r.ID}
		f.Blockers[b.ID] = bs
		b.Since = earliest(r.At, b.Since)
		bs.open(r, b.Since.Time)
	case bs.Declared == r.ID:
		f.problem(r, "HO320", "the blocker %s is listed twice", b.ID)
		return
	case bs.Open():
		b.Since = earliest(bs.Since, b.Since)
	case r.At.Sub(bs.Resolution.At.Time) <= reopenWindow:
		b.Since = bs.Since
		bs.Reopened++
		bs.open(r, r.At.Time)
	default:
		b.Since = r.At // a new start, whatever it was before
		bs.open(r, b.Since.Time)
	}
	bs.Blocker = b
	bs.DeclaredBy, bs.Declared = r.By, r.ID
	mention(&bs.History, r)
}

// earliest returns the earlier of two times, of which the second may be absent.
func earliest(a, b handoff.Time) handoff.Time {
	if b.IsZero() || a.Before(b.Time) {
		return a
	}
	return b
}

// open starts a span. What happened in the one before stays in the history.
func (b *Blocker) open(r *handoff.Record, from time.Time) {
	b.State, b.Opened = BlockerDeclared, r.At.Time
	b.Routes, b.Escalations, b.Acknowledged = nil, nil, nil
	b.Resolution, b.AnsweredBy = nil, ""
	b.Spans = append(b.Spans, OpenSpan{From: from})
}

// stillOpen reports whether a blocker can change, and notes why not.
func (f *fold) stillOpen(r *handoff.Record, b *Blocker) bool {
	if why := b.closure(); why != "" {
		f.problem(r, "HO320", "%s", why)
		return false
	}
	return true
}

// closure says how the blocker was closed, "" of an open one.
func (b *Blocker) closure() string {
	if b.Open() {
		return ""
	}
	return fmt.Sprintf("the blocker %s is closed: %s by %s in %s", b.ID, b.State, b.Resolution.By, b.Resolution.ID)
}

// resolution closes a blocker. The items that it blocked may leave that status;
// they do when their custodian says so.
func (f *fold) resolution(r *handoff.Record, res *handoff.Resolution) {
	if !slices.Contains(Resolutions, res.Outcome) {
		f.problem(r, "HO320", "outcome %q is not known", res.Outcome)
		return
	}
	b := f.blockerRef(res.Blocker)
	if b == nil {
		f.problem(r, "HO320", "resolves %q, which is no blocker that is known", res.Blocker)
		return
	}
	if !f.stillOpen(r, b) {
		return
	}
	b.State, b.Resolution = res.Outcome, r
	last := &b.Spans[len(b.Spans)-1]
	last.To = last.From
	if r.At.After(last.From) { // not before: clocks differ
		last.To = r.At.Time
	}
	b.act(r)
	b.settle(r)
	mention(&b.History, r)
	f.unblockedBack(r, b)
}

// acknowledge notes that somebody has seen to a blocker. Only an accepting ack
// does so: to decline is to say that it is for another.
func (f *fold) acknowledge(r *handoff.Record, a *handoff.Ack, b *Blocker) {
	if !f.stillOpen(r, b) {
		return
	}
	mention(&b.History, r)
	b.judge(r, a)
	if !a.Accepts() {
		b.calm()
		return
	}
	b.State = BlockerAcknowledged
	if b.Acknowledged == nil {
		b.Acknowledged = r
	}
}

// calm makes an escalated blocker what it was before, when no escalation of it
// stands any more.
func (b *Blocker) calm() {
	switch {
	case b.State != BlockerEscalated || b.Escalation().Stands():
	case b.Acknowledged != nil:
		b.State = BlockerAcknowledged
	case len(b.Routes) > 0:
		b.State = BlockerRouted
	default:
		b.State = BlockerDeclared
	}
}

// route notes whom something went to.
func (f *fold) route(r *handoff.Record, route *handoff.Route) {
	if route.Delivers() {
		f.deliver(r, route)
		return
	}
	if !f.mentionSubject(r, route.Subject) {
		f.problem(r, "HO320", "routes %q, of which no record speaks", route.Subject)
		return
	}
	b := f.blockerRef(route.Subject)
	if b == nil || !b.Open() {
		return
	}
	b.Routes = append(b.Routes, r)
	if b.State == BlockerDeclared {
		b.State = BlockerRouted
	}
}
