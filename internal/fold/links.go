package fold

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// linkName is the name under which what refers to something is found: that of an
// item, blocker or decision, or the id of a pull request, ticket, branch, commit or
// path, whatever its case and sign.
func linkName(ref string) string {
	_, name := handoff.SplitRef(ref)
	return strings.TrimLeft(text.Fold(name), "#!")
}

// LinkNames are the names that somebody may mean by a reference, such as "#1842" or
// "pr:1842".
func LinkNames(ref string) []string {
	names := []string{linkName(ref)}
	if _, id, typed := strings.Cut(names[0], ":"); typed {
		names = append(names, linkName(id))
	}
	return names
}

// links are the names of what an entry refers to: an item to pull requests and the
// like, a blocker to items, a decision to items and to what it answers, a handoff to
// what it shipped.
func (v *View) links(kind EntryKind, key string) []string {
	var names []string
	add := func(refs ...string) {
		for _, ref := range refs {
			if name := linkName(ref); name != "" {
				names = append(names, name)
			}
		}
	}
	all := func(refs []handoff.Ref) {
		for _, ref := range refs {
			add(ref.ID)
		}
	}
	switch kind {
	case EntryItem:
		all(v.Items[key].Refs)
	case EntryBlocker:
		add(v.Blockers[key].Blocks...)
	case EntryDecision:
		for _, d := range v.Decisions[key].Story() {
			add(d.Items...)
			add(d.Answers)
		}
	case EntryHandoff:
		for _, shipped := range v.Handoffs[key].Shipped {
			add(shipped.ID)
			all(shipped.Refs)
		}
	}
	return names
}
