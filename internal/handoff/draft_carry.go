package handoff

import (
	"reflect"
	"strings"

	"github.com/handoff-cli/handoff/internal/yaml"
)

// entryKeys are the lists that are carried entry by entry, and the key by which two
// entries are the same.
var entryKeys = map[string]string{"items": "id", "blockers": "id", "questions": "id", "watch": "what", "standing": "what"}

// carry fills in what the text leaves out of what the author holds. What is carried
// comes first, in its order; what has no value but [] stays empty, as it says none.
func (r *draftReader) carry() {
	carried := &yaml.Node{Kind: yaml.MappingNode}
	addFields(carried, reflect.ValueOf(*r.Carried))
	gone := r.over()
	for i := 0; i+1 < len(carried.Content); i += 2 {
		key, value := carried.Content[i].Value, carried.Content[i+1]
		own := child(r.root, key)
		switch by := entryKeys[key]; {
		case by != "" && isNull(own):
			setChild(r.root, key, r.carriedList(value, &yaml.Node{Kind: yaml.SequenceNode}, by, gone))
		case isNull(own):
			setChild(r.root, key, value)
		case by != "" && own.Kind == yaml.SequenceNode && len(own.Content) > 0:
			own.Content = r.carriedList(value, own, by, gone).Content
		}
	}
}

// carriedList is a list that is carried, with what the text says of its entries and
// adds to them.
func (r *draftReader) carriedList(carried, own *yaml.Node, by string, gone map[string]bool) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	taken := make(map[*yaml.Node]bool)
	for _, before := range carried.Content {
		name := sameName(child(before, by))
		now := entryNamed(own, by, name)
		switch {
		case now != nil:
			r.fill(now, before)
			taken[now] = true
			list.Content = append(list.Content, now)
		case !gone[name]:
			list.Content = append(list.Content, before)
		}
	}
	for _, now := range own.Content {
		if taken[now] {
			continue
		}
		if from := sameName(child(now, "continues")); from != "" {
			if before := entryNamed(carried, by, from); before != nil {
				r.fill(now, before) // it is that one, under a new name
			}
		}
		list.Content = append(list.Content, now)
	}
	return list
}

// sameName is a name or a text as it is compared.
func sameName(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	_, name := SplitRef(n.Value)
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

func entryNamed(list *yaml.Node, by, name string) *yaml.Node {
	for _, entry := range list.Content {
		if sameName(child(entry, by)) == name {
			return entry
		}
	}
	return nil
}

// over names what the text says is over: items that it ships, drops or lets go on
// under another name, blockers that it resolves or decides, what it ends.
func (r *draftReader) over() map[string]bool {
	gone := make(map[string]bool)
	for list, key := range map[string]string{"shipped": "id", "dropped": "id", "items": "continues", "ended": "what", "decisions": "answers", ExtResolved: "blocker"} {
		entries := child(r.root, list)
		if entries == nil || entries.Kind != yaml.SequenceNode {
			continue
		}
		for _, entry := range entries.Content {
			if status := child(entry, "status"); list == "decisions" && status != nil && status.Value != "accepted" {
				continue // it settles nothing
			}
			if name := sameName(child(entry, key)); name != "" {
				gone[name] = true
			}
		}
	}
	return gone
}

// fill gives an entry what it had before and does not say. A status that takes an item
// out of the list, or out of what blocks it, leaves behind what went with the old one. A
// step that names nobody is for whom the first one was.
func (r *draftReader) fill(now, before *yaml.Node) {
	status := ""
	if n := child(now, "status"); n != nil {
		status = n.Value
	}
	next := child(now, "next")
	for i := 0; i+1 < len(before.Content); i += 2 {
		key, value := before.Content[i].Value, before.Content[i+1]
		switch {
		case child(now, key) != nil:
		case key == "state" && leavingLists[status][0] != "":
		case key == "blocked_by" && status != "" && status != StatusBlocked:
		default:
			setChild(now, key, value)
		}
	}
	first, was := firstStep(next), firstStep(child(before, "next"))
	if first == nil || was == nil || child(first, "owner") != nil || isNull(child(was, "owner")) {
		return
	}
	if do := child(first, "do"); do != nil && r.Step != nil {
		if who, _, nearly := r.Step(do.Value, r.to()); who != "" || nearly != "" {
			return
		}
	}
	setChild(first, "owner", child(was, "owner"))
}

// firstStep is the first entry of a list of steps, nil without one.
func firstStep(next *yaml.Node) *yaml.Node {
	if next == nil || next.Kind != yaml.SequenceNode || len(next.Content) == 0 || next.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	return next.Content[0]
}
