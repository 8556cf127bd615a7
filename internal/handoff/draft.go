package handoff

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
	"gopkg.in/yaml.v3"
)

// ExtResolved is the key under which the document of a draft has the carried blockers
// that are gone, a list of resolutions. People read and write it without the x-.
const (
	ExtResolved   = "x-" + draftResolved
	draftResolved = "resolved"
)

// Reading is how a draft is read: what a person may leave to be understood.
type Reading struct {
	// Time reads a time in words, on the author's clock. Nil reads none.
	Time func(string) (time.Time, error)
	// Step reads a step of a handoff to some people: whom it names, what is to be done,
	// and whom it nearly names. Nil knows nobody.
	Step func(typed string, to []string) (who, do, nearly string)
	// Carried is what the author holds: it fills in what the text leaves out. Nil fills
	// in nothing.
	Carried *Handoff
}

// ParseDraft reads a handoff that a person writes. It is [Parse], but that it takes
// what a record must not say so loosely, for what a flag or a form would make of it:
//
//   - one entry for a list, and "none" for an empty one;
//   - times in words;
//   - an entry of a list in one line, as the flag of that name takes it, or named by
//     its key: "ben: Get the approval" among the steps, "pr: 1842" among the refs;
//   - a number where a text is wanted, and "In review" for in_review;
//   - items, blockers, decisions and questions without an id, which get one that is
//     made of what they say;
//   - items that are shipped or dropped, which leave the list.
//
// The document then holds what that stands for, in the places where it was typed.
// Owners, and which blocker is in front of which item, are filled in when a draft is
// sealed.
func ParseDraft(data []byte, how Reading) *Document {
	d := new(Document)
	d.root, d.Findings = ParseTree(data)
	if kind := child(d.root, "kind"); d.root != nil && (kind == nil || kind.Value == string(KindHandoff)) {
		r := draftReader{Reading: how, root: d.root}
		r.read()
	}
	return d.decoded(KindHandoff)
}

// draftReader brings the tree of a draft into the form of a record.
type draftReader struct {
	Reading
	root *yaml.Node
}

func (r *draftReader) read() {
	if i := childKey(r.root, draftResolved); i >= 0 && child(r.root, ExtResolved) == nil {
		r.root.Content[i].Value = ExtResolved
	}
	r.mapping(r.root, reflect.TypeFor[Handoff]())
	if resolved := child(r.root, ExtResolved); resolved != nil {
		r.list(ExtResolved, resolved, reflect.TypeFor[Resolution]())
		for _, entry := range resolved.Content {
			if entry.Kind == yaml.MappingNode && child(entry, "outcome") == nil {
				setChild(entry, "outcome", scalar("!!str", "resolved", 0))
			}
		}
	}
	if r.Carried != nil {
		r.carry()
	}
	r.leave()
}

// mapping reads the values of a mapping that stands for a struct, and names it.
func (r *draftReader) mapping(n *yaml.Node, t reflect.Type) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if field, ok := fieldOf(t, n.Content[i].Value); ok {
			r.value(n.Content[i].Value, n.Content[i+1], field)
		}
	}
	giveID(n, t)
}

// fieldOf is the type of the field that a key stands for.
func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if option == "inline" {
			if field, ok := fieldOf(t.Field(i).Type, key); ok {
				return field, true
			}
		} else if name == key {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}

func (r *draftReader) value(key string, n *yaml.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Time]():
		r.time(n)
	case t.Kind() == reflect.Slice:
		r.list(key, n, t.Elem())
	case t.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		r.mapping(n, t)
	case t.Kind() == reflect.String:
		readText(key, n)
	case t.Kind() == reflect.Int && n.Kind == yaml.ScalarNode:
		if percent, ok := strings.CutSuffix(n.Value, "%"); ok {
			n.Value, n.Tag, n.Style = strings.TrimSpace(percent), "!!int", 0
		}
	}
}

// time reads a time that is not written as a record has it. What cannot be read is
// left for the schema to report.
func (r *draftReader) time(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Value == "" || r.Time == nil {
		return
	}
	if _, err := time.Parse(time.RFC3339, n.Value); err == nil {
		return
	}
	if at, err := r.Time(n.Value); err == nil {
		n.SetString(Time{at}.String())
	}
}

// choices are the keys whose values are chosen out of a few words.
var choices = []string{"status", "severity", "type", "risk", "door", "outcome"}

// readText makes text of a value that YAML takes for something else.
func readText(key string, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		return
	}
	n.SetString(strings.TrimSpace(n.Value))
	if slices.Contains(choices, key) {
		n.Value = ParseChoice(n.Value)
	}
}

func isNull(n *yaml.Node) bool {
	return n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// nameLists are the keys of lists of names, which may stand in one line with commas
// between them.
var nameLists = []string{"to", "cc", "blocks", "blocked_by", "depends_on", "consult", "waiting_on", "beside"}

// mostInLine is how many names may stand in one line.
const mostInLine = 64

// list reads a list, or what stands in the place of one.
func (r *draftReader) list(key string, n *yaml.Node, entry reflect.Type) {
	ofNames := slices.Contains(nameLists, key) || key == "items" && entry.Kind() == reflect.String
	switch {
	case isNull(n) || n.Kind == yaml.ScalarNode && n.Value == "":
		return
	case n.Kind == yaml.ScalarNode && strings.EqualFold(strings.TrimSpace(n.Value), "none") && key != "to":
		makeList(n)
	case n.Kind == yaml.ScalarNode && ofNames && strings.Count(n.Value, ",") < mostInLine:
		var names []*yaml.Node
		for name := range strings.SplitSeq(n.Value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, place(scalar("!!str", name, 0), n))
			}
		}
		makeList(n, names...)
	case n.Kind == yaml.MappingNode && entry.Kind() == reflect.Struct && keyed(n, entry):
		makeList(n, entriesByKey(n)...)
	case n.Kind == yaml.ScalarNode || n.Kind == yaml.MappingNode:
		one := *n
		makeList(n, &one)
	}
	if n.Kind != yaml.SequenceNode {
		return
	}
	for _, e := range n.Content {
		r.entry(e, entry)
	}
}

// makeList makes a list of a node, where it stands.
func makeList(n *yaml.Node, entries ...*yaml.Node) {
	*n = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: n.Line, Column: n.Column, Content: entries}
}

// place puts a node, and what is in it, where another one stands.
func place(n, where *yaml.Node) *yaml.Node {
	n.Line, n.Column = where.Line, where.Column
	for _, below := range n.Content {
		place(below, where)
	}
	return n
}

func (r *draftReader) entry(n *yaml.Node, t reflect.Type) {
	if t.Kind() != reflect.Struct {
		readText("", n)
		return
	}
	if parse := lineForms[t]; n.Kind == yaml.ScalarNode && !isNull(n) && parse != nil {
		setFields(n, parse(n.Value))
	}
	if n.Kind == yaml.MappingNode {
		r.pair(n, t)
		r.mapping(n, t)
	}
}

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

// leavingLists are where items go whose status says that they are over, and under which
// key their state stands there.
var leavingLists = map[string][2]string{"shipped": {"shipped", "what"}, "dropped": {"dropped", "why"}}

// leave takes the items out of their list that are shipped or dropped.
func (r *draftReader) leave() {
	items := child(r.root, "items")
	if items == nil || items.Kind != yaml.SequenceNode {
		return
	}
	items.Content = slices.DeleteFunc(items.Content, func(item *yaml.Node) bool {
		status, id := child(item, "status"), child(item, "id")
		if status == nil || id == nil || leavingLists[status.Value][0] == "" {
			return false
		}
		key, says := leavingLists[status.Value][0], leavingLists[status.Value][1]
		left := place(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, item)
		left.Content = []*yaml.Node{place(scalar("!!str", "id", 0), item), id}
		if state := childKey(item, "state"); state >= 0 {
			left.Content = append(left.Content, place(scalar("!!str", says, 0), item.Content[state]), item.Content[state+1])
		}
		list := child(r.root, key)
		if list == nil || list.Kind != yaml.SequenceNode {
			list = setChild(r.root, key, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"})
		}
		list.Content = append(list.Content, left)
		return true
	})
}

// setChild gives a key of a mapping a value, and returns that.
func setChild(n *yaml.Node, key string, value *yaml.Node) *yaml.Node {
	if i := childKey(n, key); i >= 0 {
		n.Content[i+1] = value
	} else {
		n.Content = append(n.Content, scalar("!!str", key, 0), value)
	}
	return value
}

// keysOf are the keys of a struct, sorted.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if option == "inline" {
			keys = append(keys, keysOf(t.Field(i).Type)...)
		} else {
			keys = append(keys, name)
		}
	}
	slices.Sort(keys)
	return keys
}

// sayings are the words that people use for keys, with the keys that they mean, of
// which a mapping has one or none.
var sayings = map[string][]string{
	"who":         {"owner", "resolver", "to"},
	"assignee":    {"owner", "resolver", "to"},
	"person":      {"owner", "resolver", "to"},
	"responsible": {"owner", "resolver"},
	"receiver":    {"to"},
	"receivers":   {"to"},
	"for":         {"to"},
	"recipient":   {"to"},
	"returns":     {"returns_at"},
	"return":      {"returns_at"},
	"back":        {"returns_at"},
	"back_at":     {"returns_at"},
	"done":        {"shipped"},
	"finished":    {"shipped"},
	"blocked":     {"blockers", "blocked_by"},
	"blocker":     {"blockers", "blocked_by"},
	"waits_for":   {"blocked_by"},
	"name":        {"id"},
	"why":         {"intent", "rationale", "because", "why_not"},
	"reason":      {"why", "rationale", "because", "intent"},
	"goal":        {"intent"},
	"what":        {"decision", "needs", "do", "state"},
	"need":        {"needs"},
	"description": {"state", "needs", "context"},
	"todo":        {"next", "items"},
	"next_step":   {"next"},
	"next_steps":  {"next"},
	"step":        {"do"},
	"check":       {"accept"},
	"checks":      {"accept"},
	"acceptance":  {"accept"},
	"question":    {"ask", "questions"},
	"deadline":    {"due", "needed_by"},
	"by":          {"needed_by", "due", "owner"},
	"links":       {"refs"},
	"warning":     {"do_not"},
	"message":     {"summary"},
	"title":       {"summary"},
	"headline":    {"summary"},
	"text":        {"summary", "do"},
}

// MeantKey is the key out of some which was probably meant by another: one that is
// nearly spelled so, else one that people call so. It is "" where none is near.
func MeantKey(key string, keys []string) string {
	if meant := text.Nearest(key, keys); meant != "" {
		return meant
	}
	for _, meant := range sayings[ParseChoice(key)] {
		if slices.Contains(keys, meant) {
			return meant
		}
	}
	return ""
}
