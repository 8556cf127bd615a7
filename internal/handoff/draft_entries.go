package handoff

import (
	"reflect"
	"strings"

	"github.com/handoff-cli/handoff/internal/yaml"
)

// A part is a key and what it says.
type part struct{ key, says string }

// setFields makes a mapping of what a node says, where it stands. What says nothing is
// left out.
func setFields(n *yaml.Node, parts []part) {
	mapping := yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	for _, p := range parts {
		if p.says = strings.TrimSpace(p.says); p.says != "" {
			mapping.Content = append(mapping.Content, place(scalar("!!str", p.key, 0), n), place(scalar("!!str", p.says, 0), n))
		}
	}
	*n = mapping
}

// lineForms say what an entry in one line stands for, by the type of the entry.
var lineForms = map[reflect.Type]func(line string) []part{
	reflect.TypeFor[Item]():        parted(";", "id", "status", "state", "next"),
	reflect.TypeFor[Next]():        func(line string) []part { return []part{{"do", line}} },
	reflect.TypeFor[Blocker]():     parted(";", "needs", "because", "resolver", "blocks"),
	reflect.TypeFor[Reasoned]():    parted(";", "id", "why"),
	reflect.TypeFor[Watch]():       parted(";", "what", "signal", "until", "link"),
	reflect.TypeFor[Standing]():    parted(";", "what", "until"),
	reflect.TypeFor[Ended]():       parted(";", "what", "why"),
	reflect.TypeFor[Waiver]():      parted(";", "rule", "why"),
	reflect.TypeFor[Alternative](): parted(";", "option", "why_not"),
	reflect.TypeFor[Resolution]():  parted(";", "blocker", "how"),
	reflect.TypeFor[Criterion]():   func(line string) []part { return []part{{"check", line}} },
	reflect.TypeFor[Shipped]():     func(line string) []part { s := ParseShipped(line); return []part{{"id", s.ID}, {"what", s.What}} },
	reflect.TypeFor[Decision](): func(line string) []part {
		d := ParseDecision(line)
		return []part{{"decision", d.Decision}, {"rationale", d.Rationale}}
	},
	reflect.TypeFor[OpenQuestion](): func(line string) []part {
		q := ParseQuestion(line)
		return []part{{"ask", q.Ask}, {"to", q.To}}
	},
	reflect.TypeFor[Ref](): func(line string) []part { f := ParseRef(line); return []part{{"type", f.Type}, {"id", f.ID}} },
	reflect.TypeFor[Attempt](): func(line string) []part {
		a := ParseAttempt(line)
		return []part{{"what", a.What}, {"result", a.Result}}
	},
	reflect.TypeFor[Contingency](): func(line string) []part {
		c := ParseContingency(line)
		return []part{{"if", c.If}, {"then", c.Then}}
	},
}

// parted splits a line into the parts with those keys; the last one keeps further
// separators.
func parted(separator string, keys ...string) func(line string) []part {
	return func(line string) []part {
		var parts []part
		for i, says := range strings.SplitN(line, separator, len(keys)) {
			parts = append(parts, part{keys[i], says})
		}
		return parts
	}
}

// pairForms are the two fields that "key: value" gives, by the type of an entry that
// may be written so.
var pairForms = map[reflect.Type][2]string{
	reflect.TypeFor[Next]():       {"owner", "do"},
	reflect.TypeFor[Reasoned]():   {"id", "why"},
	reflect.TypeFor[Ref]():        {"type", "id"},
	reflect.TypeFor[Waiver]():     {"rule", "why"},
	reflect.TypeFor[Resolution](): {"blocker", "how"},
}

// pair reads an entry that is one key and its value, where the key is none of the
// entry's own and no slip of one. The key before a step is a person, or else the step
// begins with it.
func (r *draftReader) pair(n *yaml.Node, t reflect.Type) {
	keys, ok := pairForms[t]
	if !ok || len(n.Content) != 2 || n.Content[1].Kind != yaml.ScalarNode || isNull(n.Content[1]) {
		return
	}
	name, says := n.Content[0].Value, n.Content[1].Value
	if _, own := fieldOf(t, name); own {
		return
	}
	slip := MeantKey(name, keysOf(t)) != ""
	parts := []part{{keys[0], name}, {keys[1], says}}
	if t == reflect.TypeFor[Next]() {
		typed := name + ": " + says
		parts = []part{{"do", typed}}
		if r.Step != nil && slip {
			who, _, _ := r.Step(typed, r.to())
			slip = who == "" // Gwen is no slip of when
		}
	}
	if !slip {
		setFields(n, parts)
	}
}

// to is whom the handoff is for, as far as that is read.
func (r *draftReader) to() []string { return texts(child(r.root, "to")) }

// texts are the texts in a list.
func texts(list *yaml.Node) []string {
	var all []string
	if list != nil && list.Kind == yaml.SequenceNode {
		for _, n := range list.Content {
			all = append(all, n.Value)
		}
	}
	return all
}

// keyed reports whether a mapping in the place of a list has the entries under their
// names.
func keyed(n *yaml.Node, t reflect.Type) bool {
	_, pairs := pairForms[t]
	_, hasID := fieldOf(t, "id")
	for i := 0; i+1 < len(n.Content); i += 2 {
		if _, own := fieldOf(t, n.Content[i].Value); own {
			return false
		}
		switch n.Content[i+1].Kind {
		case yaml.MappingNode:
			if !hasID {
				return false
			}
		case yaml.ScalarNode:
			if !pairs {
				return false
			}
		default:
			return false
		}
	}
	return len(n.Content) > 0
}

// entriesByKey are the entries of a mapping that has them under their names.
func entriesByKey(n *yaml.Node) []*yaml.Node {
	var entries []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		entry := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: key.Line, Column: key.Column}
		if value.Kind == yaml.MappingNode {
			entry.Content = append([]*yaml.Node{place(scalar("!!str", "id", 0), key), key}, value.Content...)
		} else {
			entry.Content = []*yaml.Node{key, value}
		}
		entries = append(entries, entry)
	}
	return entries
}

// namedBy is the key of which a name is made for an entry that has none, by its type.
var namedBy = map[reflect.Type]string{
	reflect.TypeFor[Item](): "title", reflect.TypeFor[Blocker](): "needs",
	reflect.TypeFor[Decision](): "decision", reflect.TypeFor[OpenQuestion](): "ask",
}

// giveID names an entry that has no id, or a few words in its place.
func giveID(n *yaml.Node, t reflect.Type) {
	by, ok := namedBy[t]
	if !ok {
		return
	}
	if id := child(n, "id"); id != nil {
		if id.Kind == yaml.ScalarNode {
			id.Value = ParseName(id.Value)
		}
		return
	}
	if says := child(n, by); says != nil && says.Kind == yaml.ScalarNode && Slug(says.Value) != "" {
		n.Content = append([]*yaml.Node{place(scalar("!!str", "id", 0), n), place(scalar("!!str", Slug(says.Value), 0), n)}, n.Content...)
	}
}
