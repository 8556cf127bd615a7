package handoff

import (
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/yaml"
)

// Document is a parsed file: the record, and what was wrong with it so far.
type Document struct {
	// Record is what could be decoded. It is nil when the bytes were not
	// within bounds, not a YAML mapping, or of a kind that is not known; fields
	// with a value of the wrong type are left at zero.
	Record *Record
	// Findings are the syntax errors (HO101) and everything that is refused
	// before decoding (HO907, HO910, HO911), in order of position.
	Findings []Finding

	root *yaml.Node // the top mapping; nil when there is none
}

// ReadPeople reads the names of people as they were typed: the document then holds
// what name says for each, as [MapPeople] asks for it.
func (d *Document) ReadPeople(name func(field, who string) string) {
	if d.Record == nil {
		return
	}
	d.Record.Body = MapPeople(d.Record.Body, func(field, who string) string {
		handle := name(field, who)
		if n := d.node(field); n != nil && n.Kind == yaml.ScalarNode && n.Value == who && handle != who {
			n.SetString(handle)
		}
		return handle
	})
}

// Value returns the document as the value that a JSON Schema validates: maps
// with string keys, slices, strings, bool, int, float64 and nil. Times are
// strings. It is nil when there is no top mapping.
func (d *Document) Value() any {
	if d.root == nil {
		return nil
	}
	return plainValue(d.root)
}

func plainValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainValue(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, child := range n.Content {
			list[i] = plainValue(child)
		}
		return list
	}
	var v any
	switch n.ShortTag() {
	case "!!null", "!!bool", "!!int", "!!float":
		if err := n.Decode(&v); err == nil {
			return v
		}
	}
	return n.Value
}

// Has reports whether the top mapping holds key with a value other than null.
func (d *Document) Has(key string) bool {
	n := child(d.root, key)
	return n != nil && n.ShortTag() != "!!null"
}

// Resolutions are the carried blockers that a draft says are gone.
func (d *Document) Resolutions() []Resolution {
	n := child(d.root, ExtResolved)
	if n == nil {
		return nil
	}
	var resolved []Resolution
	if err := decodeFitting(n, &resolved); err != nil {
		return nil // the schema says why
	}
	return resolved
}

// Locate returns the position of a field such as items[0].next[1].do, or of
// the nearest thing around it that exists. Both are 0 without a tree.
func (d *Document) Locate(field string) (line, col int) {
	n := d.root
	if n == nil {
		return 0, 0
	}
	line, col = n.Line, n.Column
	for _, step := range steps(field) {
		var key *yaml.Node
		if i, err := strconv.Atoi(step); err == nil && n.Kind == yaml.SequenceNode {
			if i >= len(n.Content) {
				return line, col
			}
			n = n.Content[i]
			key = n
		} else {
			k := childKey(n, step)
			if k < 0 {
				return line, col
			}
			key, n = n.Content[k], n.Content[k+1]
		}
		if key.Line > 0 { // what is carried stands in no line
			line, col = key.Line, key.Column
		}
	}
	return line, col
}

// steps splits items[0].do into items, 0, do.
func steps(field string) []string {
	return strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// node returns what stands in a field, nil without it.
func (d *Document) node(field string) *yaml.Node {
	n := d.root
	for _, step := range steps(field) {
		i, err := strconv.Atoi(step)
		switch {
		case n == nil:
			return nil
		case err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content):
			n = n.Content[i]
		default:
			n = child(n, step)
		}
	}
	return n
}

func child(n *yaml.Node, key string) *yaml.Node {
	if i := childKey(n, key); i >= 0 {
		return n.Content[i+1]
	}
	return nil
}

// childKey returns the place of key in the mapping's content, or -1.
func childKey(n *yaml.Node, key string) int {
	if n == nil || n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}
