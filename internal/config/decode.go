package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// decoder reads a tree into the types of this package, strictly: an unknown
// key or a value of the wrong type is a finding, and the rest is read on.
// yaml.v3 could refuse unknown keys itself, but names Go types and neither the
// column nor the key that was meant.
type decoder struct {
	own       bool // the file is the user's own, and not committed
	findings  []handoff.Finding
	positions map[string]position // by field, as in people.ana.tz
}

// position is a place in the file, both from 1.
type position struct{ line, col int }

func (d *decoder) report(n *yaml.Node, field, message, fix string) {
	d.findings = append(d.findings, handoff.Finding{
		Code: "HO101", Level: handoff.LevelError, Field: field,
		Line: n.Line, Col: n.Column, Message: message, Fix: fix,
	})
}

// value reads one node. A null says as little as an absent key.
func (d *decoder) value(n *yaml.Node, into reflect.Value, field string) {
	d.positions[field] = position{n.Line, n.Column}
	if n.ShortTag() == "!!null" {
		return
	}
	if u, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if d.isScalar(n, field) {
			if err := u.UnmarshalText([]byte(n.Value)); err != nil {
				d.report(n, field, err.Error(), "")
			}
		}
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		d.mapping(n, field, func(key, value *yaml.Node, name string) { d.field(key, value, into, name) })
	case reflect.Map:
		d.mapping(n, field, func(key, value *yaml.Node, name string) { d.entry(key, value, into, name) })
	case reflect.Slice:
		d.list(n, into, field)
	default:
		if d.isScalar(n, field) {
			d.scalar(n, into, field)
		}
	}
}

func (d *decoder) isScalar(n *yaml.Node, field string) bool {
	if n.Kind != yaml.ScalarNode {
		fix := ""
		if strings.HasPrefix(field, "deliver.") {
			fix = placeOfTargets
		}
		d.report(n, field, "this is a list or a mapping, not a single value", fix)
	}
	return n.Kind == yaml.ScalarNode
}

// scalar reads plain values. A string is taken as it is written, so that a
// handle such as `no` needs no quotes.
func (d *decoder) scalar(n *yaml.Node, into reflect.Value, field string) {
	switch into.Kind() {
	case reflect.String:
		into.SetString(n.Value)
	case reflect.Bool:
		if n.Value != "true" && n.Value != "false" {
			d.report(n, field, fmt.Sprintf("%q is neither true nor false", text.OneLine(n.Value)), "")
			return
		}
		into.SetBool(n.Value == "true")
	case reflect.Int:
		i, err := strconv.ParseInt(n.Value, 10, 32)
		if err != nil {
			d.report(n, field, fmt.Sprintf("%q is not a whole number", text.OneLine(n.Value)), "")
			return
		}
		into.SetInt(i)
	}
}

func (d *decoder) list(n *yaml.Node, into reflect.Value, field string) {
	if n.Kind != yaml.SequenceNode {
		d.report(n, field, "this is not a list", "write [a, b], or one `- a` on each line")
		return
	}
	list := reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content))
	for i, child := range n.Content {
		d.value(child, list.Index(i), field+"["+strconv.Itoa(i)+"]")
	}
	into.Set(list)
}

func (d *decoder) mapping(n *yaml.Node, field string, each func(key, value *yaml.Node, name string)) {
	if n.Kind != yaml.MappingNode {
		d.report(n, field, "this is not a mapping of keys to values", "write {key: value}, or one `key: value` on each line")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := handoff.JoinField(field, key.Value)
		each(key, value, name)
		if value.Kind != yaml.ScalarNode || value.ShortTag() == "!!null" {
			d.positions[name] = position{key.Line, key.Column}
		}
	}
}

// entry reads one entry of a map with names of the team's own as keys.
func (d *decoder) entry(key, value *yaml.Node, into reflect.Value, name string) {
	if into.IsNil() {
		into.Set(reflect.MakeMap(into.Type()))
	}
	element := reflect.New(into.Type().Elem()).Elem()
	d.value(value, element, name)
	into.SetMapIndex(reflect.ValueOf(key.Value), element)
}

// field reads one key of a struct.
func (d *decoder) field(key, value *yaml.Node, into reflect.Value, name string) {
	var known []string
	for i := range into.NumField() {
		tag, option, _ := strings.Cut(into.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case option == "inline" && likeRuleCode().MatchString(key.Value):
			d.entry(key, value, into.Field(i), name)
			return
		case tag == key.Value && tag != "":
			d.value(value, into.Field(i), name)
			return
		case tag != "":
			known = append(known, tag)
		}
	}
	d.unknown(key, name, known)
}

// likeRuleCode matches the keys that Rules takes beside its own, and what was
// probably meant to be one of them. No other key of it looks so.
var likeRuleCode = text.Pattern(`^(?i:H[O0]?[-_ ]?\d{1,5})$`)

// outside matches keys that would name an address, a secret or a program.
var outside = text.Pattern(`(?i)token|secret|passw|credential|api.?key|webhook|endpoint|command|` +
	`(?:^|[^a-z])(?:url|uri|host|server|smtp|port|project|channel|target|proxy|cmd|exec|run|script|shell|editor|pager)s?(?:[^a-z]|$)`)

func (d *decoder) unknown(key *yaml.Node, name string, known []string) {
	quoted := strconv.Quote(text.OneLine(key.Value))
	fix := suggestion(key.Value, known)
	switch {
	case d.own && outside().MatchString(key.Value):
		d.report(key, name, "the key "+quoted+" is not known here; a file can hold no token and no address of a webhook", placeOfSecrets)
	case fix != "":
		d.report(key, name, "the key "+quoted+" is not known", fix)
	case outside().MatchString(key.Value):
		d.report(key, name, "the key "+quoted+" is refused: a committed file can hold no URL to call, no token and no command",
			"put it into the environment or your own configuration (`handoff help config`)")
	default:
		slices.Sort(known)
		d.report(key, name, "the key "+quoted+" is not known", "known here: "+strings.Join(known, ", "))
	}
}
