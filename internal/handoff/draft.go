package handoff

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
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
//   - "PR #1842 is open", of which YAML takes all behind the space for a comment;
//   - items, blockers, decisions and questions without an id, which get one that is
//     made of what they say;
//   - why items are done, and how one can tell, beside the items: "intent: refund-flow;
//     Customers wait";
//   - items that are shipped or dropped, which leave the list.
//
// The document then holds what that stands for, in the places where it was typed.
// Owners, and which blocker is in front of which item, are filled in when a draft is
// sealed.
func ParseDraft(data []byte, how Reading) *Document {
	d := new(Document)
	d.root, d.Findings = ParseTree(data)
	d.Findings = rejoin(d.root, d.Findings)
	if kind := child(d.root, "kind"); d.root != nil && (kind == nil || kind.Value == string(KindHandoff)) {
		r := draftReader{Reading: how, root: d.root}
		r.read()
		d.Findings = append(d.Findings, r.findings...)
	}
	return d.decoded(KindHandoff)
}

// numbered matches what YAML takes for a comment and people write for a number: "#1842
// is open".
var numbered = text.Pattern(`^#\d`)

// rejoin gives back to values what was lost of them behind a number, and returns the
// findings that are left.
func rejoin(n *yaml.Node, findings []Finding) []Finding {
	if n == nil {
		return findings
	}
	if n.Kind == yaml.ScalarNode && n.Value != "" && numbered().MatchString(n.LineComment) {
		lost := func(f Finding) bool { return f.Code == "HO911" && f.Line == n.Line && f.Col == n.Column }
		if i := slices.IndexFunc(findings, lost); i >= 0 {
			said, _, _ := strings.Cut(n.LineComment, " # ")
			findings = slices.Delete(findings, i, i+1)
			n.Value, n.Tag, n.LineComment = n.Value+" "+said, "!!str", ""
		}
	}
	for _, child := range n.Content {
		findings = rejoin(child, findings)
	}
	return findings
}

// draftReader brings the tree of a draft into the form of a record.
type draftReader struct {
	Reading
	root     *yaml.Node
	findings []Finding
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
	r.beside()
	r.leave()
}

// mapping reads the values of a mapping that stands for a struct, and names it.
func (r *draftReader) mapping(n *yaml.Node, t reflect.Type) {
	if i := childKey(n, "owner"); i >= 0 && (isNull(n.Content[i+1]) || n.Content[i+1].Value == "" && n.Content[i+1].Kind == yaml.ScalarNode) {
		n.Content = slices.Delete(n.Content, i, i+2) // left open
	}
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
