package handoff

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// The bounds within which YAML is read at all (rule HO910).
const (
	MaxSize  = 256 << 10 // bytes of a file
	MaxDepth = 12
	MaxNodes = 5000
)

// Parse reads a record. It never fails: what is wrong is in the document's
// Findings. The keys `schema` and `kind` may be absent when kind is given, as
// in a draft that a person wrote; they are taken from the arguments then.
//
// Time and memory are bounded by [MaxSize], [MaxDepth] and [MaxNodes], checked
// on the syntax tree before anything is decoded, as decoding may cost far more
// than parsing (32 KB of duplicate keys take yaml.v3 20 seconds).
func Parse(data []byte, kind Kind) *Document {
	d := new(Document)
	d.root, d.Findings = ParseTree(data)
	return d.decoded(kind)
}

// decoded returns the document with the record that its tree holds.
func (d *Document) decoded(kind Kind) *Document {
	if d.root == nil {
		return d
	}
	record, err := decode(d.root, kind)
	if err != nil {
		d.Findings = append(d.Findings, at(d.root, "HO101", "", "the values cannot be read: "+text.OneLine(err.Error()), ""))
		return d
	}
	d.Record = record
	return d
}

// ParseTree reads the top mapping of a YAML file that nobody vouches for, and
// what is wrong with it before any value is decoded: syntax (HO101), hidden
// characters (HO907), bounds (HO910), lost text (HO911), in order of position.
// The node is nil when there is no mapping within bounds.
func ParseTree(data []byte) (*yaml.Node, []Finding) {
	if findings := scanBytes(data); len(findings) > 0 {
		return nil, findings
	}
	top, finding := parseTree(data)
	if finding != nil {
		return nil, []Finding{*finding}
	}
	w := treeWalker{}
	w.walk(top, "", 1)
	SortFindings(w.findings)
	if w.unbounded {
		return nil, w.findings
	}
	if top.Kind != yaml.MappingNode {
		return nil, append(w.findings, at(top, "HO101", "", "the file is "+nodeName(top)+", not a mapping of keys to values",
			"begin each line with a key and a colon"))
	}
	return top, w.findings
}

// scanBytes checks what can be checked without a parser: size, encoding and
// hidden characters.
func scanBytes(data []byte) []Finding {
	if len(data) > MaxSize {
		return []Finding{{Code: "HO910", Level: LevelError, Line: 1, Col: 1,
			Message: fmt.Sprintf("the file is larger than %d KiB", MaxSize>>10), Fix: "move the long text to another file"}}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return []Finding{{Code: "HO101", Level: LevelError, Line: 1, Col: 1,
			Message: "the file is empty", Fix: "`handoff schema` prints what it may hold"}}
	}
	var findings []Finding
	line, col := 1, 0
	for i := 0; i < len(data) && len(findings) < 20; {
		r, size := utf8.DecodeRune(data[i:])
		col++
		switch {
		case r == utf8.RuneError && size == 1:
			findings = append(findings, Finding{Code: "HO907", Level: LevelError, Line: line, Col: col,
				Message: fmt.Sprintf("byte 0x%02x is not UTF-8", data[i]), Fix: "save the file as UTF-8"})
		case r == '\n':
			line, col = line+1, 0
		case r == '\r' && i+1 < len(data) && data[i+1] == '\n', r == 0xfeff && i == 0:
			// A line ending and a byte order mark are not text.
		case text.Hidden(r):
			findings = append(findings, hiddenFinding(r, line, col))
		}
		i += size
	}
	return findings
}

func hiddenFinding(r rune, line, col int) Finding {
	return Finding{Code: "HO907", Level: LevelError, Line: line, Col: col,
		Message: fmt.Sprintf("hidden character U+%04X", r), Fix: "remove it, it cannot be seen where the text is read"}
}

// parseTree returns the top node of the only document in data.
func parseTree(data []byte) (*yaml.Node, *Finding) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, &Finding{Code: "HO101", Level: LevelError, Line: 1, Col: 1,
			Message: "the file holds nothing but comments", Fix: "`handoff schema` prints what it may hold"}
	}
	if err != nil {
		return nil, syntaxFinding(data, err)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		line := max(second.Line, 1)
		return nil, &Finding{Code: "HO910", Level: LevelError, Line: line, Col: 1,
			Message: "the file holds a second document", Fix: "keep one document in a file, and no `---` line after its start"}
	}
	return doc.Content[0], nil
}

var (
	yamlLine     = text.Pattern(`^yaml: (?:line (\d+): )?(.*)$`)
	tabIndent    = text.Pattern(`^ *\t`)
	reservedChar = text.Pattern("^\\s*(?:- +)*(?:[\\w.-]+: +)?(?:\\[ *)?([@`%])")
	innerColon   = text.Pattern(`^\s*(?:- +)*[\w.-]+: +[^"'\s|>\[{#&*!][^#]*: `)
)

// syntaxFinding turns an error of the YAML parser, which exists as text only,
// into a finding. The parser's line is that of a context, often too early, so
// the usual slips are looked for by themselves.
func syntaxFinding(data []byte, err error) *Finding {
	f := &Finding{Code: "HO101", Level: LevelError, Line: 1, Col: 1, Message: "not valid YAML"}
	if m := yamlLine().FindStringSubmatch(err.Error()); m != nil {
		if n, convErr := strconv.Atoi(m[1]); convErr == nil {
			f.Line = n
		}
		f.Message = "not valid YAML: " + text.OneLine(m[2])
		if strings.Contains(m[2], "exceeded max depth") {
			f.Code, f.Message = "HO910", fmt.Sprintf("nested deeper than %d levels", MaxDepth)
			return f
		}
	}
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case tabIndent().MatchString(line):
			f.Message, f.Fix = "not valid YAML: a tab indents the line", "indent with spaces"
		case reservedChar().MatchString(line):
			f.Message = "not valid YAML: a value cannot begin with " + reservedChar().FindStringSubmatch(line)[1]
			f.Fix = "put the value in double quotes, or write a handle without @"
		case innerColon().MatchString(line):
			f.Message, f.Fix = "not valid YAML: the value holds a colon", "put the value in double quotes"
		default:
			continue
		}
		f.Line, f.Col = i+1, 1
		return f
	}
	return f
}

// treeWalker checks the syntax tree against the bounds.
type treeWalker struct {
	nodes     int
	unbounded bool // the tree must not be decoded
	findings  []Finding
}

func (w *treeWalker) refuse(n *yaml.Node, code, field, message, fix string) {
	w.unbounded = w.unbounded || code == "HO910"
	w.findings = append(w.findings, at(n, code, field, message, fix))
}

func (w *treeWalker) walk(n *yaml.Node, field string, depth int) {
	w.nodes++
	switch {
	case w.unbounded && (w.nodes > MaxNodes || depth > MaxDepth):
		return
	case w.nodes > MaxNodes:
		w.refuse(n, "HO910", "", fmt.Sprintf("more than %d values", MaxNodes), "split the file")
		return
	case depth > MaxDepth:
		w.refuse(n, "HO910", field, fmt.Sprintf("nested deeper than %d levels", MaxDepth), "")
		return
	}
	w.node(n, field)
	switch n.Kind {
	case yaml.MappingNode:
		w.mapping(n, field, depth)
	case yaml.SequenceNode:
		for i, child := range n.Content {
			w.walk(child, field+"["+strconv.Itoa(i)+"]", depth+1)
		}
	}
}

func (w *treeWalker) mapping(n *yaml.Node, field string, depth int) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := JoinField(field, key.Value)
		if first, ok := seen[key.Value]; ok {
			if !w.unbounded { // one is enough: there may be thousands
				w.refuse(key, "HO910", name, fmt.Sprintf("key %q stands twice, first in line %d", key.Value, first), "keep one of them")
			}
		} else {
			seen[key.Value] = key.Line
		}
		if key.Kind != yaml.ScalarNode {
			w.refuse(key, "HO910", field, "a key is not plain text", "write keys as words")
			continue
		}
		if key.Tag == "!!merge" {
			w.refuse(key, "HO910", field, "merge keys (<<) are not allowed", "write the values out")
			continue
		}
		w.nodes++
		w.node(key, name)
		w.walk(value, name, depth+1)
	}
}

// node checks one node without its children.
func (w *treeWalker) node(n *yaml.Node, field string) {
	switch {
	case n.Kind == yaml.AliasNode:
		w.refuse(n, "HO910", field, "aliases (*name) are not allowed", "write the value out, or put it in double quotes")
	case n.Anchor != "":
		w.refuse(n, "HO910", field, "anchors (&name) are not allowed", "write the value out, or put it in double quotes")
	case n.Style&yaml.TaggedStyle != 0:
		w.refuse(n, "HO910", field, "explicit tags (!name) are not allowed", "put the value in double quotes")
	}
	if n.Kind != yaml.ScalarNode {
		return
	}
	for _, r := range n.Value {
		if text.Hidden(r) {
			f := hiddenFinding(r, n.Line, n.Column)
			f.Field = field
			w.findings = append(w.findings, f)
			break
		}
	}
	plain := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if c := n.LineComment; plain && len(c) > 1 && c[0] == '#' && c[1] != ' ' && c[1] != '\t' {
		w.refuse(n, "HO911", field, fmt.Sprintf("YAML drops the text after ` #`: %q is lost", c), "put the value in double quotes")
	}
}

func at(n *yaml.Node, code, field, message, fix string) Finding {
	return Finding{Code: code, Level: LevelError, Field: field, Line: max(n.Line, 1), Col: max(n.Column, 1), Message: message, Fix: fix}
}

// JoinField returns the name of a key in a field, "" for the top: items[0].owner.
func JoinField(field, key string) string {
	if field == "" {
		return key
	}
	return field + "." + key
}

func nodeName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	return "a single value"
}

// head is what all kinds of records share.
type head struct {
	Schema string `yaml:"schema"`
	Kind   Kind   `yaml:"kind"`
	ID     string `yaml:"id,omitempty"`
	At     Time   `yaml:"at,omitempty"`
	By     string `yaml:"by,omitempty"`
	Agent  *Agent `yaml:"agent,omitempty"`
	Said   *Said  `yaml:"said,omitempty"`
}

// decode reads the mapping into the type of its kind, or of kind where it says
// none. It returns nil for a kind or a schema that this program does not know.
func decode(top *yaml.Node, kind Kind) (*Record, error) {
	h := head{Schema: Schema, Kind: kind}
	if err := decodeFitting(top, &h); err != nil {
		return nil, err
	}
	body := newBody(h.Kind)
	if body == nil || h.Schema != Schema {
		return nil, nil
	}
	if err := decodeFitting(top, body); err != nil {
		return nil, err
	}
	r := &Record{Schema: h.Schema, Kind: h.Kind, ID: h.ID, At: h.At, By: h.By, Agent: h.Agent, Said: h.Said, Body: body}
	for i := 0; i+1 < len(top.Content); i += 2 {
		if key := top.Content[i].Value; strings.HasPrefix(key, "x-") {
			if r.Ext == nil {
				r.Ext = make(map[string]any)
			}
			r.Ext[key] = plainValue(top.Content[i+1])
		}
	}
	return r, nil
}

// decodeFitting decodes the values that have the right type and leaves the
// others at zero: the schema names those, with their position.
func decodeFitting(n *yaml.Node, into any) error {
	var typeErr *yaml.TypeError
	if err := n.Decode(into); err != nil && !errors.As(err, &typeErr) {
		return err
	}
	return nil
}

// UnmarshalYAML reads RFC 3339. Anything else leaves the zero Time and is
// reported by the schema.
func (t *Time) UnmarshalYAML(n *yaml.Node) error {
	parsed, err := time.Parse(time.RFC3339, n.Value)
	if err != nil {
		return &yaml.TypeError{Errors: []string{err.Error()}}
	}
	t.Time = parsed
	return nil
}
