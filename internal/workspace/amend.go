package workspace

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Rewrite is an earlier handoff as a draft of its next version: the same steps are
// for the same people, and what is resolved since is left out.
func (ws *Workspace) Rewrite(h *handoff.Handoff) (*Draft, error) { return ws.freed(withoutCaptured(h)) }

// RewriteCarried is Rewrite with what the user holds and the handoff does not speak of,
// and without what others have taken since.
func (ws *Workspace) RewriteCarried(h *handoff.Handoff) (*Draft, error) {
	c, held := withoutCaptured(h), ws.held()
	var ids []string
	for _, item := range c.Items {
		ids = append(ids, "item:"+item.ID)
	}
	if err := ws.Need(fold.Part{Refs: ids}); err != nil {
		return nil, err
	}
	c.Items = slices.DeleteFunc(c.Items, func(item handoff.Item) bool {
		now := ws.State.Items[item.ID]
		return now != nil && now.Live() && now.Holder != ws.Me
	})
	c.Items = joined(c.Items, held.Items, func(item handoff.Item) bool { return speaksOf(c, item.ID) })
	c.Blockers = joined(c.Blockers, held.Blockers, func(b handoff.Blocker) bool { return c.Blocker(b.ID) != nil })
	c.Questions = joined(c.Questions, held.Questions, func(q handoff.OpenQuestion) bool {
		return slices.ContainsFunc(c.Questions, func(own handoff.OpenQuestion) bool { return own.ID == q.ID })
	})
	c.Watch = joined(c.Watch, held.Watch, func(w handoff.Watch) bool { return watches(c, w.What) })
	c.Standing = joined(c.Standing, held.Standing, func(s handoff.Standing) bool { return watches(c, s.What) })
	return ws.freed(c)
}

// joined is a list with what is held and not said. One that says nothing stays so where
// nothing is added.
func joined[T any](own, held handoff.List[T], said func(T) bool) handoff.List[T] {
	own = slices.Clip(own)
	for _, entry := range held {
		if !said(entry) {
			own = append(own, entry)
		}
	}
	return own
}

// speaksOf reports whether a handoff says what became of an item.
func speaksOf(h *handoff.Handoff, id string) bool {
	return h.Item(id) != nil ||
		slices.ContainsFunc(h.Items, func(i handoff.Item) bool { return i.Continues == id }) ||
		slices.ContainsFunc(h.Shipped, func(s handoff.Shipped) bool { return s.ID == id }) ||
		slices.ContainsFunc(h.Dropped, func(r handoff.Reasoned) bool { return r.ID == id })
}

// watches reports whether a handoff says of something that it is watched, stands, or has
// ended.
func watches(h *handoff.Handoff, what string) bool {
	return slices.ContainsFunc(fold.Watches(h), func(w fold.Watched) bool { return fold.SameWhat(w.What, what) }) ||
		slices.ContainsFunc(h.Ended, func(e handoff.Ended) bool { return fold.SameWhat(e.What, what) })
}
