package handoff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
	"gopkg.in/yaml.v3"
)

// besideItems are the keys of an item that a draft may have beside its items, each entry
// with the name of its item, as the flags take them: "intent: refund-flow; Customers
// wait". Where there is one item, its name may be left out.
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
			r.says(key, fmt.Sprintf("%s[%d]", key, n), line)
		}
	}
}

// says gives an item what one entry says of it.
func (r *draftReader) says(key, field string, line *yaml.Node) {
	items := child(r.root, "items")
	if items == nil || items.Kind != yaml.SequenceNode {
		items = new(yaml.Node)
	}
	name, says, named := strings.Cut(line.Value, ";")
	id := ParseName(name)
	item := itemNamed(items, id)
	if item == nil && len(items.Content) == 1 && (!named || strings.ContainsRune(strings.TrimSpace(name), ' ')) {
		item, says = items.Content[0], line.Value
	}
	says = strings.TrimSpace(says)
	switch {
	case item == nil || item.Kind != yaml.MappingNode:
		r.findings = append(r.findings, at(line, "HO103", field, "the name of an item comes first, and no item here is named so", nearItem(items, id)))
		return
	case says == "":
		r.findings = append(r.findings, at(line, "HO101", field, "it names an item and says nothing of it", "write that behind the name and a semicolon"))
		return
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
}

// itemNamed is the item of a name, nil without one.
func itemNamed(items *yaml.Node, name string) *yaml.Node {
	if name == "" {
		return nil
	}
	return entryNamed(items, "id", sameName(scalar("!!str", name, 0)))
}

// nearItem says which item was probably meant.
func nearItem(items *yaml.Node, name string) string {
	var names []string
	for _, item := range items.Content {
		if id := child(item, "id"); id != nil && ValidSlug(id.Value) {
			names = append(names, id.Value)
		}
	}
	if near := text.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "as in 'refund-flow; …'"
}
