package fold

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// MostAlike is how many of the names that begin as another does are known to be
// like it.
const MostAlike = 5000

// Alike returns the names of a type of which a name may be a slip, sorted: those of
// what is live, and of everything those that begin as it does, as far as any of
// them does. Of a part they are in it when it was asked for with Alike.
func (v *View) Alike(t handoff.RefType, name string) []string {
	kind := entryOf[t]
	if kind == 0 {
		return nil
	}
	beginning, recalled := v.alike[alikeID{kind, name}]
	if !recalled {
		beginning = longestShared(name, slices.Sorted(shelves[kind].keys(v)))
	}
	names := append(v.live(t), beginning...)
	slices.Sort(names)
	return slices.Compact(names)
}

// alikeID is a name of which others may be slips.
type alikeID struct {
	kind EntryKind
	name string
}

// live are the names of what is live, of a type, in no order. Of decisions more and
// more stand, and none is.
func (v *View) live(t handoff.RefType) []string {
	switch t {
	case handoff.RefItem:
		return namesOf(v.Items, (*Item).Live)
	case handoff.RefBlocker:
		return namesOf(v.Blockers, (*Blocker).Open)
	case handoff.RefQuestion:
		return namesOf(v.Questions, (*Question).Pending)
	}
	return nil
}

func namesOf[T any](entries map[string]*T, live func(*T) bool) []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(entries)), func(name string) bool { return !live(entries[name]) })
}

// longestShared are those of sorted names that share the longest beginning with a
// name, the first of them.
func longestShared(name string, sorted []string) []string {
	longest := 0
	for _, other := range sorted {
		longest = max(longest, Shared(name, other))
	}
	if longest < MinPrefix {
		return nil
	}
	found := slices.DeleteFunc(slices.Clone(sorted), func(other string) bool { return !strings.HasPrefix(other, name[:longest]) })
	return found[:min(len(found), MostAlike)]
}

// Shared is how many bytes two names have in common at their beginning.
func Shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// AddAlike takes in the names of a kind that begin as a name does, as far as any of
// them does: at most [MostAlike], sorted.
func (c *Recall) AddAlike(kind EntryKind, name string, names []string) {
	c.view.alike[alikeID{kind, name}] = names
}
