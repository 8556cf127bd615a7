package workspace

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// PullRequests are the references to pull requests of what a handoff hands over or has
// shipped: those that it names, and for an item that names none those that it had.
func (ws *Workspace) PullRequests(h *handoff.Handoff) []handoff.Ref {
	var pulls []handoff.Ref
	add := func(id string, refs []handoff.Ref) {
		if before := ws.State.Items[id]; refs == nil && before != nil && before.Live() {
			refs = before.Refs // which it inherits
		}
		for _, ref := range refs {
			if ref.Type == "pr" {
				pulls = append(pulls, ref)
			}
		}
	}
	for _, item := range h.Items {
		add(item.ID, item.Refs)
	}
	for _, shipped := range h.Shipped {
		add(shipped.ID, shipped.Refs)
	}
	return pulls
}

// review enters what forges have said of pull requests into a handoff that is complete,
// and tells what that changes. What somebody has typed into it stays as it is; where a
// forge says something else, that is told.
func (ws *Workspace) review(h *handoff.Handoff, said []handoff.Ref) (told []string) {
	if len(said) == 0 {
		return nil
	}
	enter := func(name, from string, refs []handoff.Ref) []handoff.Ref {
		var before []handoff.Ref
		if item := ws.State.Items[from]; item != nil {
			before = item.Refs
		}
		refs = slices.Clone(refs) // which records share
		for i, ref := range refs {
			if answer := PullIn(said, ref); answer != nil {
				var what string
				refs[i], what = reviewed(ref, PullIn(before, ref), *answer)
				if what != "" {
					told = append(told, text.JoinNonEmpty(": ", name, row.PullName(ref.ID)+" "+what))
				}
			}
		}
		return refs
	}
	for i := range h.Items {
		item := &h.Items[i]
		from := item.ID
		if item.Continues != "" {
			from = item.Continues
		}
		item.Refs = enter(item.ID, from, item.Refs)
	}
	for i := range h.Shipped {
		h.Shipped[i].Refs = enter(h.Shipped[i].ID, h.Shipped[i].ID, h.Shipped[i].Refs)
	}
	return told
}

// PullIn is the pull request among references that one names, nil without it.
func PullIn(refs []handoff.Ref, named handoff.Ref) *handoff.Ref {
	i := slices.IndexFunc(refs, func(r handoff.Ref) bool { return r.Type == "pr" && named.Type == "pr" && r.ID == named.ID })
	if i < 0 {
		return nil
	}
	return &refs[i]
}

// reviewed is a reference with the answer of a forge, and what is to be told of that.
// before is how the records have it, nil where they do not.
func reviewed(ref handoff.Ref, before *handoff.Ref, answer handoff.Ref) (handoff.Ref, string) {
	typed := standing(ref) != "" && ref.ProbedAt.IsZero() && (before == nil || standing(*before) != standing(ref))
	if before != nil && !ref.ProbedAt.IsZero() && ref.ProbedAt.Equal(before.ProbedAt.Time) && standing(ref) != standing(*before) {
		typed, ref.ProbedAt = true, handoff.Time{} // it was said of what stood there before
	}
	switch says := standing(answer); {
	case says == standing(ref):
		return answer, ""
	case typed:
		return ref, "stays as you typed it, " + standing(ref) + "; the forge says " + says
	default:
		return answer, "is " + says
	}
}

// standing is how a pull request stands, in words.
func standing(ref handoff.Ref) string { return strings.Join(row.Standing(ref), ", ") }
