package fold

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Watched is something to watch, or a temporary condition, and who sees to it.
// It stays with the sender who declared it, then with the first who accepts their
// handoff, until somebody ends it or its time is over and it is not declared again.
type Watched struct {
	handoff.Watch
	Standing bool   // it is a temporary condition
	By       string // who declared it last
	Declared string // id of the handoff that did
	HeldBy   string // id of the record that gave it to who keeps it now: a handoff or an ack
}

// Over reports whether its time has passed.
func (w *Watched) Over(now time.Time) bool { return !w.Until.IsZero() && w.Until.Before(now) }

// SameWhat reports whether two texts name the same thing to watch.
func SameWhat(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// Watches are the entries of `watch` and `standing`, in this order.
func Watches(h *handoff.Handoff) []Watched {
	var list []Watched
	for _, w := range h.Watch {
		list = append(list, Watched{Watch: w})
	}
	for _, s := range h.Standing {
		list = append(list, Watched{Watch: handoff.Watch{What: s.What, Until: s.Until}, Standing: true})
	}
	return list
}

// watch notes what a handoff watches and ends. An entry that it leaves out stays,
// if its time is not over.
func (f *fold) watch(hs *Handoff) {
	r := hs.Record
	kept := f.findWatched(r.By)
	list := without(kept, func(w Watched) bool {
		return w.Over(r.At.Time) || slices.ContainsFunc(hs.Ended, func(e handoff.Ended) bool { return SameWhat(e.What, w.What) })
	})
	for _, w := range Watches(hs.Handoff) {
		if !f.handedOn(hs, w.What, kept) {
			w.By, w.Declared, w.HeldBy = r.By, r.ID, r.ID
			list = put(list, w)
		}
	}
	f.keepWatch(r.By, kept, list)
}

// handedOn reports whether an amendment only repeats what a receiver keeps since
// they accepted the version before.
func (f *fold) handedOn(hs *Handoff, what string, kept []Watched) bool {
	same := func(w Watched) bool { return SameWhat(w.What, what) }
	old := f.findHandoff(hs.Amends)
	return f.first(hs).accepted && old != nil && slices.ContainsFunc(Watches(old.Handoff), same) && !slices.ContainsFunc(kept, same)
}

// handOnWatch gives what a handoff watches, and its sender still keeps, to the
// author of an ack that accepts it.
func (f *fold) handOnWatch(r *handoff.Record, hs *Handoff) {
	sender := hs.Record.By
	if r.By == sender {
		return
	}
	left, taken := f.findWatched(sender), f.findWatched(r.By)
	list := taken
	for _, w := range left {
		if w.Declared == hs.Record.ID {
			w.HeldBy = r.ID
			list = put(list, w)
		}
	}
	f.keepWatch(sender, left, without(left, func(w Watched) bool { return w.Declared == hs.Record.ID }))
	f.keepWatch(r.By, taken, list)
}

// keepWatch notes what somebody keeps an eye on, if that has ever been anything.
func (f *fold) keepWatch(who string, before, after []Watched) {
	if len(before)+len(after) > 0 {
		f.Watched[who] = after
	}
}

func without(list []Watched, leave func(Watched) bool) []Watched {
	return slices.DeleteFunc(slices.Clone(list), leave)
}

// put adds an entry, in the place of one of the same name.
func put(list []Watched, w Watched) []Watched {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, func(known Watched) bool { return SameWhat(known.What, w.What) }); i >= 0 {
		list[i] = w
		return list
	}
	return append(list, w)
}
