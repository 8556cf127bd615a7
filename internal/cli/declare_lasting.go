package cli

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// applyContinues lets items go on from others. One that the handoff does not list
// yet is the other under a new name, which further flags change. The other leaves
// the list, unless a flag declares it as well.
func applyContinues(ws *workspace.Workspace, h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.continues {
		p, err := shaped("continues", value, "item;from", 0, 1)
		if err != nil {
			return err
		}
		id, from := p[0], strings.TrimPrefix(p[1], "item:")
		if !handoff.ValidSlug(id) {
			return workspace.Usagef("as in --continues 'refund-flow-api;refund-flow'", "--continues %q: %q is not a name for an item", value, id)
		}
		if h.Item(id) == nil {
			renamed, ok := itemBefore(ws, h, from)
			if !ok {
				return workspace.Usagef("handoff query holds lists what you hold", "--continues %q: no item %q is known", value, from)
			}
			renamed.ID = id
			h.Items = append(h.Items, renamed)
		}
		h.Item(id).Continues = from
	}
	for _, value := range o.continues {
		from := strings.TrimPrefix(parts(value, 2)[1], "item:")
		declared := slices.ContainsFunc(o.items, func(item string) bool { return parts(item, 4)[0] == from })
		if !declared {
			h.Items = deleteItem(h.Items, from)
			workspace.GoesOn(h, from)
		}
	}
	return nil
}

// itemBefore is an item as the handoff lists it, else as it is known.
func itemBefore(ws *workspace.Workspace, h *handoff.Handoff, id string) (handoff.Item, bool) {
	if item := h.Item(id); item != nil {
		return *item, true
	}
	known := ws.State.Items[id]
	switch {
	case known == nil:
		return handoff.Item{}, false
	case !known.Live():
		return handoff.Item{Owner: ws.Me}, true // what is finished says nothing of what goes on
	}
	item := known.Item
	item.Reopened, item.Source, item.Next = "", "", slices.Clone(item.Next)
	return item, true
}

// applyWatch says what to keep an eye on, which conditions stand, and what of both
// is over.
func applyWatch(ws *workspace.Workspace, h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.watch {
		p, err := shaped("watch", value, "what;signal;until;link", 0)
		if err != nil {
			return err
		}
		until, err := untilOf(ws, "--watch", p[2])
		if err != nil {
			return err
		}
		h.Watch = append(withoutWatch(h, p[0]), handoff.Watch{What: p[0], Signal: p[1], Until: until, Link: p[3]})
	}
	for _, value := range o.standing {
		p, err := shaped("standing", value, "what;until", 0, 1)
		if err != nil {
			return err
		}
		until, err := untilOf(ws, "--standing", p[1])
		if err != nil {
			return err
		}
		h.Standing = append(withoutStanding(h, p[0]), handoff.Standing{What: p[0], Until: until})
	}
	for _, value := range o.ended {
		p, err := shaped("ended", value, "what;why", 0, 1)
		if err != nil {
			return err
		}
		what := watchedAs(ws, p[0])
		h.Watch, h.Standing = withoutWatch(h, what), withoutStanding(h, what)
		h.Ended = append(h.Ended, handoff.Ended{What: what, Why: p[1]})
	}
	return nil
}

func untilOf(ws *workspace.Workspace, flag, value string) (handoff.Time, error) {
	if value == "" {
		return handoff.Time{}, nil
	}
	at, err := ws.When(value)
	if err != nil {
		return handoff.Time{}, workspace.TimeProblem(flag, value, err)
	}
	return handoff.Time{Time: at}, nil
}

func withoutWatch(h *handoff.Handoff, what string) []handoff.Watch {
	return slices.DeleteFunc(slices.Clone(h.Watch), func(w handoff.Watch) bool { return fold.SameWhat(w.What, what) })
}

func withoutStanding(h *handoff.Handoff, what string) []handoff.Standing {
	return slices.DeleteFunc(slices.Clone(h.Standing), func(s handoff.Standing) bool { return fold.SameWhat(s.What, what) })
}

// watchedAs is the whole text of the one thing that the user keeps an eye on and
// that says some words; the words where there is no such thing.
func watchedAs(ws *workspace.Workspace, words string) string {
	found := ""
	for _, w := range ws.State.Watched[ws.Me] {
		if fold.SameWhat(w.What, words) {
			return w.What
		}
		if strings.Contains(strings.ToLower(w.What), strings.ToLower(words)) {
			if found != "" {
				return words // the rules say which there are
			}
			found = w.What
		}
	}
	if found == "" {
		return words
	}
	return found
}
