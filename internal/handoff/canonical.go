package handoff

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// canonicalMax is the size up to which a canonical file is within every bound
// of [Parse]: each of its values takes seven bytes or more.
const canonicalMax = 7 * MaxNodes

// ParseCanonical reads a record that is exactly as [Format] writes it, many
// times faster than [Parse], which finds nothing wrong with such a file. It
// returns nil for anything else, and Parse says what that is: a reader of many
// records tries this first.
func ParseCanonical(data []byte) *Record {
	p := canonicalParser{rest: data}
	p.kept.Grow(len(data))
	return p.record()
}

// schemaLine is the first line of every canonical file.
const schemaLine = "# yaml-language-server: $schema=" + SchemaURL + "\n"

// record reads a whole file.
func (p *canonicalParser) record() *Record {
	text, ok := bytes.CutPrefix(p.rest, []byte(schemaLine))
	if !ok || len(text) > canonicalMax || !shown(text) {
		return nil
	}
	p.rest = text
	var h head
	p.fields(reflect.ValueOf(&h).Elem(), canonicalHead(), 0)
	body := newBody(h.Kind)
	if body == nil || h.Schema != Schema {
		return nil
	}
	p.fields(reflect.ValueOf(body).Elem(), canonicalBody(h.Kind), 0)
	if p.failed || len(p.rest) > 0 {
		return nil
	}
	return &Record{Schema: h.Schema, Kind: h.Kind, ID: h.ID, At: h.At, By: h.By, Body: body}
}

// shown reports whether a text is UTF-8 without hidden characters and tabs. It
// looks closely only where there is more than ASCII, and at single bytes only
// where eight of them are not all plain.
func shown(s []byte) bool {
	for i := 0; i < len(s); i++ {
		for i+8 <= len(s) && plain(s[i:i+8]) {
			i += 8
		}
		if i == len(s) {
			return true
		}
		if c := s[i]; c >= 0x7f {
			return text.Clean(string(s[i:]))
		} else if c < ' ' && c != '\n' {
			return false
		}
	}
	return true
}

// plain reports whether all of eight bytes are printable ASCII.
func plain(text []byte) bool {
	const each = 0x0101010101010101
	w := binary.LittleEndian.Uint64(text)
	// Of each byte the top bit: set already, set by adding one to 0x7f, or
	// borrowed by taking 0x20 from what is less.
	return (w|(w+each)|(w-0x20*each))&(0x80*each) == 0
}

// canonicalParser takes lines from the front of a text.
type canonicalParser struct {
	rest   []byte
	dash   bool // the next line begins an entry of a list: "- " is indentation
	failed bool
	kept   strings.Builder // the strings of the record, one after the other
}

func (p *canonicalParser) fail() { p.failed, p.rest = true, nil }

// line is the next line without its indentation, when that is indent columns;
// else there is none at this level.
func (p *canonicalParser) line(indent int) ([]byte, bool) {
	end := bytes.IndexByte(p.rest, '\n')
	if end <= indent || p.rest[indent] == ' ' {
		return nil, false
	}
	spaces := indent
	if p.dash {
		if spaces -= 2; spaces < 0 || string(p.rest[spaces:indent]) != "- " {
			return nil, false
		}
	}
	for i := range spaces {
		if p.rest[i] != ' ' {
			return nil, false
		}
	}
	return p.rest[indent:end], true
}

func (p *canonicalParser) next() {
	p.rest, p.dash = p.rest[bytes.IndexByte(p.rest, '\n')+1:], false
}

// fields reads the lines "key: value" of a struct. Keys come in the order of
// the fields, so that none comes twice.
func (p *canonicalParser) fields(v reflect.Value, fields []canonicalField, indent int) {
	for !p.failed {
		line, ok := p.line(indent)
		if !ok {
			return
		}
		key, value, found := bytes.Cut(line, []byte{':'})
		next := 0
		for next < len(fields) && fields[next].key != string(key) {
			next++
		}
		if !found || next == len(fields) {
			return // the next struct of the same mapping may have it
		}
		p.next()
		field := &fields[next]
		fields = fields[next+1:]
		p.field(fieldOf(v, field.index), field, value, indent)
	}
}

// fieldOf is v.FieldByIndex, faster for the usual index.
func fieldOf(v reflect.Value, index []int) reflect.Value {
	if len(index) == 1 {
		return v.Field(index[0])
	}
	return v.FieldByIndex(index)
}

// field reads what follows a key: a value in the same line, or deeper lines.
func (p *canonicalParser) field(v reflect.Value, field *canonicalField, value []byte, indent int) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(field.of))
		v = v.Elem()
	}
	switch {
	case field.list && string(value) == " []":
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case field.list && len(value) == 0:
		p.list(v, field, indent+2)
	case field.list:
		p.fail()
	case field.below != nil && len(value) == 0:
		before := len(p.rest)
		p.fields(v, field.below, indent+2)
		if len(p.rest) == before {
			p.fail() // null, and not an empty mapping
		}
	default:
		text, ok := bytes.CutPrefix(value, []byte{' '})
		if !ok {
			p.fail()
			return
		}
		p.scalar(v, field.of, text)
	}
}

// list reads the entries of a list, each behind "- ".
func (p *canonicalParser) list(v reflect.Value, field *canonicalField, indent int) {
	n := p.entries(indent)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := 0; !p.failed; i++ {
		line, ok := p.line(indent)
		if !ok || !bytes.HasPrefix(line, []byte("- ")) {
			if i == 0 || i < n {
				p.fail()
			}
			return
		}
		switch {
		case i == n:
			p.fail()
		case field.below != nil:
			p.dash = true // the first key of the mapping stands behind it
			p.fields(v.Index(i), field.below, indent+2)
			if p.dash {
				p.fail()
			}
		default:
			p.next()
			p.scalar(v.Index(i), field.of, line[2:])
		}
	}
}

// entries returns how many entries the list has that begins in the next line:
// the lines with a dash, up to one that is not indented so far.
func (p *canonicalParser) entries(indent int) (n int) {
	const blank = "                                "
	if indent > len(blank) {
		return 0 // no record is so deep
	}
	for rest := p.rest; len(rest) > indent+1 && string(rest[:indent]) == blank[:indent]; {
		switch {
		case rest[indent] == '-' && rest[indent+1] == ' ':
			n++
		case rest[indent] != ' ':
			return n
		}
		end := bytes.IndexByte(rest[indent:], '\n')
		if end < 0 {
			return n
		}
		rest = rest[indent+end+1:]
	}
	return n
}

var handoffTime = reflect.TypeFor[Time]()

// scalar reads a value of a type that is all of the rest of a line.
func (p *canonicalParser) scalar(v reflect.Value, t reflect.Type, text []byte) {
	switch {
	case t == handoffTime:
		at, err := time.Parse(time.RFC3339, string(p.quoted(text)))
		if err != nil || at.IsZero() {
			p.fail()
		} else {
			v.Set(reflect.ValueOf(Time{at}))
		}
	case t.Kind() == reflect.String:
		v.SetString(p.keep(p.quoted(text)))
	case t.Kind() == reflect.Int:
		n, err := strconv.Atoi(string(text))
		if err != nil || strconv.Itoa(n) != string(text) {
			p.fail()
		} else {
			v.SetInt(int64(n))
		}
	case t.Kind() == reflect.Bool && (string(text) == "true" || string(text) == "false"):
		v.SetBool(string(text) == "true")
	default:
		p.fail()
	}
}

// keep returns a string that may stay. Those of one record share their memory.
func (p *canonicalParser) keep(text []byte) string {
	begin := p.kept.Len()
	p.kept.Write(text)
	return p.kept.String()[begin:]
}

// quoted reads a string in double quotes. Of the escapes it knows those of
// quotes, backslashes and line ends, which are all that plain text needs.
func (p *canonicalParser) quoted(text []byte) []byte {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		p.fail()
		return nil
	}
	text = text[1 : len(text)-1]
	if bytes.IndexByte(text, '\\') < 0 && bytes.IndexByte(text, '"') < 0 {
		return text
	}
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			p.fail()
			return nil
		case c != '\\':
			plain = append(plain, c)
			continue
		}
		i++
		switch {
		case i < len(text) && (text[i] == '"' || text[i] == '\\'):
			plain = append(plain, text[i])
		case i < len(text) && text[i] == 'n':
			plain = append(plain, '\n')
		default:
			p.fail()
			return nil
		}
	}
	return plain
}

// canonicalField is a field of a struct as a file has it.
type canonicalField struct {
	key   string
	index []int
	list  bool
	of    reflect.Type     // what it is, points to, or is a list of
	below []canonicalField // of that struct; nil for another type
}

var (
	canonicalHead   = sync.OnceValue(func() []canonicalField { return canonicalFields(reflect.TypeFor[head](), nil) })
	canonicalBodies sync.Map // Kind → []canonicalField
)

// canonicalBody returns the fields of the body of a kind that is known.
func canonicalBody(kind Kind) []canonicalField {
	if fields, ok := canonicalBodies.Load(kind); ok {
		return fields.([]canonicalField)
	}
	fields := canonicalFields(reflect.TypeOf(newBody(kind)).Elem(), nil)
	canonicalBodies.Store(kind, fields)
	return fields
}

// canonicalFields returns the fields of a struct in the order of their keys.
func canonicalFields(t reflect.Type, outer []int) (fields []canonicalField) {
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		f := canonicalField{key: name, index: append(slices.Clone(outer), i), of: t.Field(i).Type}
		for f.of.Kind() == reflect.Pointer || f.of.Kind() == reflect.Slice {
			f.list = f.of.Kind() == reflect.Slice
			f.of = f.of.Elem()
		}
		if option == "inline" {
			fields = append(fields, canonicalFields(f.of, f.index)...)
			continue
		}
		if f.of.Kind() == reflect.Struct && f.of != handoffTime {
			f.below = canonicalFields(f.of, nil)
		}
		fields = append(fields, f)
	}
	return fields
}
