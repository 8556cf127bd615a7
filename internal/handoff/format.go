package handoff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// SchemaURL is where editors find the JSON Schema of records.
const SchemaURL = "https://raw.githubusercontent.com/handoff-cli/handoff/main/schema/handoff-v1.json"

// Format returns the canonical YAML of a record: fixed key order, LF, every
// string in double quotes (the ids 12345678 and 1e234567, the handles on and
// no, and times would change their type otherwise), and a first line that tells
// editors where the schema is. Formatting what [Parse] read from it gives the
// same bytes. An error means that Ext holds something YAML cannot say.
func Format(r *Record) ([]byte, error) {
	top, err := tree(r)
	if err != nil {
		return nil, err
	}
	return write(top, "# yaml-language-server: $schema="+SchemaURL+"\n")
}

func write(top *yaml.Node, firstLine string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(firstLine)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(top); err != nil {
		return nil, err
	}
	return showEmoji(b.Bytes()), nil
}

// escaped matches an escaped backslash, and a character beyond U+FFFF. A
// backslash stands in double quotes only.
var escaped = text.Pattern(`\\\\|\\U[0-9A-F]{8}`)

// showEmoji writes characters beyond U+FFFF as themselves where they can be
// seen: yaml.v3 escapes them all, and nobody could read them in a diff.
func showEmoji(s []byte) []byte {
	return escaped().ReplaceAllFunc(s, func(escape []byte) []byte {
		code, err := strconv.ParseUint(string(escape[2:]), 16, 32)
		if err != nil || text.Hidden(rune(code)) {
			return escape
		}
		return utf8.AppendRune(nil, rune(code))
	})
}

// tree encodes head, body and extensions into one mapping, in this order.
func tree(r *Record) (*yaml.Node, error) {
	top := &yaml.Node{Kind: yaml.MappingNode}
	addFields(top, reflect.ValueOf(head{r.Schema, r.Kind, r.ID, r.At, r.By, r.Agent, r.Said}))
	addFields(top, reflect.ValueOf(r.Body).Elem())
	if err := addExtensions(top, r.Ext); err != nil {
		return nil, fmt.Errorf("record %s: %w", r.ID, err)
	}
	return top, nil
}

func addExtensions(top *yaml.Node, ext map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(ext)) {
		value, err := encode(reflect.ValueOf(ext[key]))
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		var style yaml.Style
		if strings.Contains(key, `\`) {
			style = yaml.DoubleQuotedStyle
		}
		top.Content = append(top.Content, scalar("!!str", key, style), value)
	}
	return nil
}

// addFields appends the fields of a struct as the yaml tags of this package
// say. The tree is built here and not by yaml.v3, which picks a style for
// strings on the way to a node, and breaks on a list entry that begins with a
// newline.
func addFields(mapping *yaml.Node, v reflect.Value) {
	for i, tag := range tagsOf(v.Type()) {
		field := v.Field(i)
		switch {
		case tag.option == "inline":
			addFields(mapping, field)
			continue
		case tag.option == "omitempty" && absent(field):
			continue
		}
		value, err := encode(field)
		if err != nil {
			panic(fmt.Sprintf("handoff: field %s: %v", tag.name, err)) // a type of this package that encode does not know
		}
		mapping.Content = append(mapping.Content, scalar("!!str", tag.name, 0), value)
	}
}

// yamlTag is what the yaml tag of a field says.
type yamlTag struct{ name, option string }

// yamlTags are those of the fields of each struct that was written so far, by its type:
// to cut them out for every record takes longer than all else that reflection does.
var yamlTags sync.Map

func tagsOf(t reflect.Type) []yamlTag {
	if known, ok := yamlTags.Load(t); ok {
		return known.([]yamlTag)
	}
	tags := make([]yamlTag, t.NumField())
	for i := range tags {
		tags[i].name, tags[i].option, _ = strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
	}
	yamlTags.Store(t, tags)
	return tags
}

// absent reports whether a field says nothing: a zero value, or an empty list
// of the kind for which that means the same.
func absent(v reflect.Value) bool {
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

func encode(v reflect.Value) (*yaml.Node, error) {
	if !v.IsValid() {
		return scalar("!!null", "null", 0), nil
	}
	if v.Type() == reflect.TypeFor[Time]() {
		return scalar("!!str", v.Interface().(Time).String(), yaml.DoubleQuotedStyle), nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return encode(v.Elem())
	case reflect.String:
		return scalar("!!str", v.String(), yaml.DoubleQuotedStyle), nil
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		n := new(yaml.Node)
		err := n.Encode(v.Interface())
		return n, err
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		addFields(n, v)
		return n, nil
	case reflect.Map:
		return encodeMap(v)
	case reflect.Slice:
		return encodeSlice(v)
	}
	return nil, fmt.Errorf("a value of kind %s cannot be written", v.Kind())
}

func encodeMap(v reflect.Value) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	keys := v.MapKeys()
	sorting.By(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		value, err := encode(v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, scalar("!!str", key.String(), yaml.DoubleQuotedStyle), value)
	}
	if len(keys) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, nil
}

func encodeSlice(v reflect.Value) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		value, err := encode(v.Index(i))
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, value)
	}
	if v.Len() == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, nil
}

func scalar(tag, value string, style yaml.Style) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value, Style: style}
}

// MarshalJSON writes the record with the keys and the order of its YAML form.
func (r *Record) MarshalJSON() ([]byte, error) {
	top, err := tree(r)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := writeJSON(&b, top); err != nil {
		return nil, fmt.Errorf("record %s: %w", r.ID, err)
	}
	return b.Bytes(), nil
}

func writeJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			key, err := json.Marshal(n.Content[i].Value)
			if err != nil {
				return err
			}
			b.Write(key)
			b.WriteByte(':')
			if err := writeJSON(b, n.Content[i+1]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, child := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, child); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	plain := plainValue(n)
	if f, ok := plain.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
		plain = n.Value // JSON has no such number
	}
	value, err := json.Marshal(plain)
	b.Write(value)
	return err
}

// FormatDraft returns what a person edits before a handoff becomes a record:
// the body alone, with the keys that must be there even when they say nothing
// yet, what could not be read, the carried blockers that it closes, and extensions. The
// error is that of [Format].
func FormatDraft(h *Handoff, unread Unread, resolved []Resolution, ext map[string]any) ([]byte, error) {
	top := &yaml.Node{Kind: yaml.MappingNode}
	addFields(top, reflect.ValueOf(*h))
	for _, key := range []string{"summary", "returns_at"} {
		if childKey(top, key) < 0 {
			top.Content = append([]*yaml.Node{scalar("!!str", key, 0), scalar("!!str", "", yaml.DoubleQuotedStyle)}, top.Content...)
		}
	}
	unread.addTo(top)
	if len(resolved) > 0 {
		list, err := encode(reflect.ValueOf(resolved))
		if err != nil {
			return nil, err
		}
		setChild(top, draftResolved, list)
	}
	if err := addExtensions(top, ext); err != nil {
		return nil, err
	}
	return write(top, "")
}
