package handoff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// besideItems are the keys of an item that a draft may have beside its items, each entry
// with the name of its item, as the flags take them: "intent: refund-flow; Customers
// wait". Where there is one item, its name may be left out. They make the value of the
// item.
var besideItems = map[string]func(says *yaml.Node) *yaml.Node{
	"intent": func(says *yaml.Node) *yaml.Node { return says },
	"accept": func(check *yaml.Node) *yaml.Node {
		criterion := place(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, check)
		criterion.Content = []*yaml.Node{place(scalar("!!str", "check", 0), check), check}
		return criterion
	},
}

// beside gives the items what stands beside them.
func (r *draftReader) beside() {
	items := r.itemsByName()
	for _, key := range []string{"intent", "accept"} {
		i := childKey(r.root, key)
		if i < 0 || isNull(r.root.Content[i+1]) {
			continue
		}
		said := r.root.Content[i+1]
		if said.Kind == yaml.ScalarNode {
			one := *said
			makeList(said, &one)
		}
		if said.Kind != yaml.SequenceNode || slices.ContainsFunc(said.Content, func(n *yaml.Node) bool { return n.Kind != yaml.ScalarNode }) {
			continue // no key of a handoff, as the schema says
		}
		r.root.Content = slices.Delete(r.root.Content, i, i+2)
		for n, line := range said.Content {
			if finding := giveItem(items, key, line); finding != nil {
				finding.Field = fmt.Sprintf("%s[%d]", key, n)
				r.findings = append(r.findings, *finding)
			}
		}
	}
}

// itemsByName are the items that have a name.
func (r *draftReader) itemsByName() map[string]*yaml.Node {
	items := make(map[string]*yaml.Node)
	if list := child(r.root, "items"); list != nil && list.Kind == yaml.SequenceNode {
		for _, item := range slices.Backward(list.Content) { // the first of two counts
			if name := sameName(child(item, "id")); name != "" {
				items[name] = item
			}
		}
	}
	return items
}

// giveItem gives the item that a line names what it says of it, as its value of key.
func giveItem(items map[string]*yaml.Node, key string, line *yaml.Node) *Finding {
	name, says, named := strings.Cut(line.Value, ";")
	item := items[sameName(scalar("!!str", ParseName(name), 0))]
	if item == nil && len(items) == 1 && (!named || strings.ContainsRune(strings.TrimSpace(name), ' ')) {
		for _, item = range items {
			says = line.Value
		}
	}
	if item == nil {
		return noItem(items, ParseName(name), line)
	}
	if says = strings.TrimSpace(says); says == "" {
		f := at(line, "HO101", "", "it names an item and says nothing of it", "write that behind the name and a semicolon")
		return &f
	}
	value := besideItems[key](place(scalar("!!str", says, 0), line))
	list := child(item, key)
	switch {
	case key == "intent":
		setChild(item, key, value)
	case list != nil && list.Kind == yaml.SequenceNode:
		list.Content = append(list.Content, value)
	default:
		setChild(item, key, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{value}})
	}
	return nil
}

// noItem says that a line names no item, and which it may have meant.
func noItem(items map[string]*yaml.Node, name string, line *yaml.Node) *Finding {
	f := at(line, "HO103", "", "the name of an item comes first, and no item here is named so", "name one of the items")
	names := slices.Sorted(maps.Keys(items))
	if len(names) > 0 && len(names) <= fewItems {
		f.Fix = "begin with " + strings.Join(names, " or ")
	}
	if ValidSlug(name) && len(name) <= longestName {
		f.Message = "no item here is called " + name
		if near := text.Nearest(name, names[:min(len(names), mostInLine)]); near != "" {
			f.Fix = "did you mean " + near + "?"
		}
	}
	return &f
}

// What fits into a message.
const (
	fewItems    = 5
	longestName = 32
)
