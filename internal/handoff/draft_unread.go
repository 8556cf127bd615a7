package handoff

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/yaml"
)

// Unread is what a draft says and a handoff cannot hold: keys that nobody knows, values
// of another type, times that cannot be read. [FormatDraft] writes it where it stood, so
// that whoever goes on with the draft can correct it.
type Unread []unreadPart

type unreadPart struct {
	steps []string // keys, and entries of lists as stepTo names them
	value *yaml.Node
}

// Unread is what the text of a draft says and its handoff, which there must be, does not.
func (d *Document) Unread() Unread {
	h, ok := d.Record.Body.(*Handoff)
	if !ok {
		return nil
	}
	held := &yaml.Node{Kind: yaml.MappingNode}
	addFields(held, reflect.ValueOf(*h))
	var all Unread
	for i := 0; i+1 < len(d.root.Content); i += 2 {
		key := d.root.Content[i].Value
		if _, inHead := fieldOf(reflect.TypeFor[head](), key); !inHead && !strings.HasPrefix(key, "x-") {
			all.compare(d.root.Content[i+1], child(held, key), []string{key})
		}
	}
	return all
}

// compare notes what of a value is not in what is held of it.
func (u *Unread) compare(said, held *yaml.Node, steps []string) {
	switch {
	case saysNothing(said):
	case lost(said, held):
		*u = append(*u, unreadPart{slices.Clone(steps), said})
	case said.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(said.Content); i += 2 {
			key := said.Content[i].Value
			u.compare(said.Content[i+1], child(held, key), append(steps, key))
		}
	case said.Kind == yaml.SequenceNode:
		for i, entry := range said.Content {
			step := stepTo(entry, i)
			u.compare(entry, entryAt(held, step), append(steps, step))
		}
	}
}

// lost reports whether of what was said nothing is held.
func lost(said, held *yaml.Node) bool {
	return saysNothing(held) || said.Kind != held.Kind || held.ShortTag() == "!!int" && said.ShortTag() != "!!int"
}

func saysNothing(n *yaml.Node) bool {
	return isNull(n) || len(n.Content) == 0 && n.Value == ""
}

// stepTo names an entry of a list: by its id, which stays when others come and go, or
// else by its place.
func stepTo(entry *yaml.Node, place int) string {
	if id := child(entry, "id"); !isNull(id) {
		return "=" + id.Value
	}
	return "#" + strconv.Itoa(place)
}

// entryAt is the entry of a list to which a step leads, nil for none.
func entryAt(list *yaml.Node, step string) *yaml.Node {
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	for i, entry := range list.Content {
		if step == stepTo(entry, i) {
			return entry
		}
	}
	return nil
}

// addTo puts what was not read into the tree of a draft. What stands in an entry that is
// gone, or where something else was said since, is left out.
func (u Unread) addTo(top *yaml.Node) {
	for _, part := range u {
		n, last := top, part.steps[len(part.steps)-1]
		for _, step := range part.steps[:len(part.steps)-1] {
			if entry := entryAt(n, step); entry != nil {
				n = entry
			} else {
				n = child(n, step)
			}
		}
		if n == nil || n.Kind != yaml.MappingNode {
			continue
		}
		if now := child(n, last); saysNothing(now) || now.ShortTag() == "!!int" { // a zero, for what was no number
			setChild(n, last, part.value)
		}
	}
}

func stepsTo(item, key string) []string {
	if item == "" {
		return []string{key}
	}
	return []string{"items", "=" + item, key}
}

// Text is what was typed under a key of an item, or with item "" of the handoff itself;
// "" for nothing.
func (u Unread) Text(item, key string) string {
	for _, part := range u {
		if slices.Equal(part.steps, stepsTo(item, key)) && part.value.Kind == yaml.ScalarNode {
			return part.value.Value
		}
	}
	return ""
}

// With is u with another text there, without one for "".
func (u Unread) With(item, key, typed string) Unread {
	steps := stepsTo(item, key)
	c := slices.DeleteFunc(slices.Clone(u), func(part unreadPart) bool { return slices.Equal(part.steps, steps) })
	if typed != "" {
		c = append(c, unreadPart{steps, scalar("!!str", typed, yaml.DoubleQuotedStyle)})
	}
	return c
}

// Renamed is u after an item got another id.
func (u Unread) Renamed(item, id string) Unread {
	c := slices.Clone(u)
	for i := range c {
		if steps := c[i].steps; len(steps) > 2 && steps[0] == "items" && steps[1] == "="+item {
			c[i].steps = append([]string{"items", "=" + id}, steps[2:]...)
		}
	}
	return c
}
