package form

import (
	"slices"
	"strconv"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

const pageWatch = "watch"

func watchKey(i int) string { return "watch " + strconv.Itoa(i) }

// watchScreen asks which of the things that I keep an eye on are over. It is there
// only where I keep one.
func (d *Declaration) watchScreen() *Screen {
	s := &Screen{Title: "What do you keep an eye on?"}
	for i, w := range fold.Watches(d.Prefill.Carried) {
		label := w.What
		if !w.Until.IsZero() {
			label += ", until " + w.Until.Format(shownTime)
		}
		s.Fields = append(s.Fields, line(watchKey(i), label, "empty: it goes on; else why it is over", d.Draft.whyEnded(w.What), "").most(mostWhy))
	}
	return s
}

func (d *Draft) whyEnded(what string) string {
	for _, e := range d.Handoff.Ended {
		if fold.SameWhat(e.What, what) {
			return e.Why
		}
	}
	return ""
}

func (d *Declaration) takeWatch(draft *Draft, s *Screen, _ bool) {
	h := draft.Handoff
	for i, w := range fold.Watches(d.Prefill.Carried) {
		why, before := s.Text(watchKey(i)), draft.whyEnded(w.What)
		if why == before {
			continue
		}
		h.Ended = slices.DeleteFunc(slices.Clone(h.Ended), func(e handoff.Ended) bool { return fold.SameWhat(e.What, w.What) })
		h.Watch = slices.DeleteFunc(slices.Clone(h.Watch), func(known handoff.Watch) bool { return fold.SameWhat(known.What, w.What) })
		h.Standing = slices.DeleteFunc(slices.Clone(h.Standing), func(known handoff.Standing) bool { return fold.SameWhat(known.What, w.What) })
		switch {
		case why != "":
			h.Ended = append(h.Ended, handoff.Ended{What: w.What, Why: why})
		case w.Standing:
			h.Standing = append(h.Standing, handoff.Standing{What: w.What, Until: w.Until})
		default:
			h.Watch = append(h.Watch, w.Watch)
		}
	}
}

// goesOn returns the items under whose names a carried item goes on, as its page
// names them: those of the draft, and a copy of the item for each other name.
func (d *Declaration) goesOn(draft *Draft, from handoff.Item) {
	for _, name := range splitNames(from.State) {
		id := slugOrText(name)
		if i := draft.item(id); i >= 0 && id != from.ID {
			draft.Handoff.Items[i].Continues = from.ID
			continue
		}
		renamed := from
		if carried := d.Prefill.Carried.Item(from.ID); carried != nil {
			renamed = cloneItem(*carried)
		}
		renamed.ID, renamed.Continues = id, from.ID
		draft.Handoff.Items = append(draft.Handoff.Items, renamed)
	}
}
