package fold

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Duplicate is work that seems to be done twice: live items of two custodians
// or more that are about one pull request, ticket or branch.
type Duplicate struct {
	Ref   string  // as in pr:1842
	Items []*Item // every live item about it, by id
}

// Duplicates finds what is done twice (rule HO310), by reference. Branches that
// nobody has to themselves, such as main, tell nothing.
func (v *View) Duplicates() []Duplicate {
	about := make(map[string][]*Item)
	for _, id := range slices.Sorted(maps.Keys(v.Items)) {
		it := v.Items[id]
		if !it.Live() {
			continue
		}
		for _, key := range workRefs(it.Refs) {
			about[key] = append(about[key], it)
		}
	}
	var found []Duplicate
	for _, ref := range slices.Sorted(maps.Keys(about)) {
		items := about[ref]
		if slices.ContainsFunc(items, func(it *Item) bool { return it.Holder != items[0].Holder }) {
			found = append(found, Duplicate{ref, items})
		}
	}
	return found
}

// workRefs are the references that stand for the work itself, each once.
func workRefs(refs []handoff.Ref) []string {
	var keys []string
	for _, ref := range refs {
		key := ref.Type + ":" + strings.TrimLeft(ref.ID, "#!")
		if isWork(ref) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

var trunks = []string{"main", "master", "trunk", "develop", "development"}

// Trunks returns the usual names of the branches that work arrives on, and on which
// everybody works.
func Trunks() []string { return slices.Clone(trunks) }

// IsTrunk reports whether a branch has one of them.
func IsTrunk(branch string) bool { return slices.Contains(trunks, branch) }

func isWork(ref handoff.Ref) bool {
	switch ref.Type {
	case "pr", "ticket":
		return true
	case "branch":
		return !IsTrunk(ref.ID)
	}
	return false
}

// String names the reference, and the items with their custodians.
func (d Duplicate) String() string {
	items := make([]string, len(d.Items))
	for i, it := range d.Items {
		items[i] = fmt.Sprintf("%s (%s)", it.ID, it.Holder)
	}
	return d.Ref + " in " + strings.Join(items, ", ")
}
