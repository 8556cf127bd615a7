package fold

import (
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Delivered is where something was delivered beside git: a part of the state of
// whatever can be. That of a handoff is with the latest version of its chain, that of
// a decision with what holds on its topic.
type Delivered struct {
	// One for each target, and one for each deadline that was reminded of there, in the
	// order in which they began. Of reminders there are the last few.
	Deliveries []*Delivery
}

// mostReminders is how many reminders of a thing are known. Those of deadlines that are
// long past do not matter any more.
const mostReminders = 8

// Delivery is what is known of one thing at one target, or of a reminder there.
type Delivery struct {
	Via, To  string            // the service, and the name of the target
	Deadline time.Time         // that it reminds of, zero where it tells of the thing itself
	Told     []string          // handles: whom the last message that arrived is for
	First    time.Time         // when the first one had arrived, zero while none has
	URL      string            // where that one is, "" where the target does not tell
	Receipt  string            // what the target calls it
	Sent     *handoff.Record   // says that the last one arrived, nil while none has
	Sending  []*handoff.Record // tries of which nobody has said how they ended
}

// Digest is of what was sent last, "" before anything was.
func (d *Delivery) Digest() string {
	if d == nil || d.Sent == nil {
		return ""
	}
	return d.Sent.Body.(*handoff.Route).Digest
}

// Records are those of which the delivery consists now, nil of none: the one that
// arrived last, and the tries that are open.
func (d *Delivery) Records() []*handoff.Record {
	if d == nil {
		return nil
	}
	if d.Sent == nil {
		return d.Sending
	}
	return append([]*handoff.Record{d.Sent}, d.Sending...)
}

// IDs are those of the Records.
func (d *Delivery) IDs() []string {
	var ids []string
	for _, r := range d.Records() {
		ids = append(ids, r.ID)
	}
	return ids
}

// Delivery is what is known of a target, nil where nothing is.
func (d *Delivered) Delivery(via, to string) *Delivery { return d.Reminder(via, to, time.Time{}) }

// Reminder is what is known of a reminder of a deadline at a target, nil where nothing is.
func (d *Delivered) Reminder(via, to string, deadline time.Time) *Delivery {
	i := slices.IndexFunc(d.Deliveries, func(one *Delivery) bool { return one.Via == via && one.To == to && one.Deadline.Equal(deadline) })
	if i < 0 {
		return nil
	}
	return d.Deliveries[i]
}

// IsReminder reports whether it reminds of a deadline.
func (d *Delivery) IsReminder() bool { return !d.Deadline.IsZero() }

// Arrived are the deliveries of which something has arrived, reminders left out.
func (d *Delivered) Arrived() []*Delivery {
	return slices.DeleteFunc(slices.Clone(d.Deliveries), func(one *Delivery) bool { return one.Sent == nil || one.IsReminder() })
}

// begin is a delivery of which a first record speaks. Of too many reminders the oldest
// is forgotten.
func (d *Delivered) begin(one *Delivery) *Delivery {
	n := 0
	for _, known := range d.Deliveries {
		if known.IsReminder() {
			n++
		}
	}
	if one.IsReminder() && n >= mostReminders {
		oldest := slices.IndexFunc(d.Deliveries, (*Delivery).IsReminder)
		d.Deliveries = slices.Delete(d.Deliveries, oldest, oldest+1)
	}
	d.Deliveries = append(d.Deliveries, one)
	return one
}

// note enters what a route record says of a delivery.
func (d *Delivered) note(r *handoff.Record, route *handoff.Route) {
	one := d.Reminder(route.Via, route.To, route.Deadline.Time)
	if one == nil {
		one = d.begin(&Delivery{Via: route.Via, To: route.To, Deadline: route.Deadline.Time})
	}
	switch route.State {
	case handoff.RouteSending:
		one.Sending = append(one.Sending, r)
	case handoff.RouteSent:
		one.end(func(sending *handoff.Record) bool {
			return sending.ID == route.Ends || route.Key != "" && sending.Body.(*handoff.Route).Key == route.Key
		})
		if one.Sent == nil {
			one.First, one.URL, one.Receipt = r.At.Time, route.URL, route.Receipt
		}
		one.Sent, one.Told = r, route.Told
	case handoff.RouteFailed:
		one.end(func(sending *handoff.Record) bool { return sending.ID == route.Ends })
	}
}

// end takes away the tries of which it is known how they ended. A key is that of one
// message: where it has arrived, it has for everybody who tried.
func (d *Delivery) end(ended func(*handoff.Record) bool) {
	d.Sending = slices.DeleteFunc(d.Sending, ended)
	if len(d.Sending) == 0 {
		d.Sending = nil // as it is where it is read again
	}
}

// deliverable is what a reference means that can be delivered, nil for nothing of
// that.
func (f *fold) deliverable(ref string) *Delivered {
	if b := f.blockerRef(ref); b != nil {
		return &b.Delivered
	}
	if hs := f.findHandoff(ref); hs != nil {
		return &f.latest(hs).Delivered
	}
	if q := f.questionRef(ref); q != nil {
		return &q.Delivered
	}
	if d := f.decisionRef(ref); d != nil {
		return &d.Delivered
	}
	return nil
}

// deliver notes what became of a delivery. It is no part of the history of its
// subject: nothing about the work has changed.
func (f *fold) deliver(r *handoff.Record, route *handoff.Route) {
	to := f.deliverable(route.Subject)
	if to == nil {
		f.problem(r, "HO320", "delivers %q, of which no record speaks", route.Subject)
		return
	}
	for _, one := range to.Deliveries {
		for _, sending := range one.Sending {
			f.findRecord(sending.ID) // its key is asked for
		}
	}
	to.note(r, route)
}
