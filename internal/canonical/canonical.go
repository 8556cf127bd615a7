// Package canonical reads YAML that is in the one form in which records are written,
// many times faster than a parser of all YAML: a line for each key, in the order of
// the fields of a struct, lists and structs two columns deeper, and all text in
// double quotes. Of any other text it says no more than that it is in no such form.
package canonical

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

// Reader takes structs from the front of a text.
type Reader struct {
	rest   []byte
	dash   bool // the next line begins an entry of a list: "- " is indentation
	failed bool
	kept   strings.Builder // the strings that were read, one after the other
}

// NewReader reads a text. One that is not UTF-8, or that has hidden characters or
// tabs, is in no such form.
func NewReader(text []byte) *Reader {
	p := &Reader{rest: text}
	if !shown(text) {
		p.fail()
	}
	p.kept.Grow(len(text))
	return p
}

// Read fills a struct, to which into points, with the lines that are its own: its
// keys in the order of its fields, all with a yaml tag.
func (p *Reader) Read(into any) {
	v := reflect.ValueOf(into).Elem()
	p.fields(v, keysOf(v.Type()), 0)
}

// Done reports whether all of the text has been read, and was in the form.
func (p *Reader) Done() bool { return !p.failed && len(p.rest) == 0 }

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

func (p *Reader) fail() { p.failed, p.rest = true, nil }

// line is the next line without its indentation, when that is indent columns;
// else there is none at this level.
func (p *Reader) line(indent int) ([]byte, bool) {
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

func (p *Reader) next() {
	p.rest, p.dash = p.rest[bytes.IndexByte(p.rest, '\n')+1:], false
}

// fields reads the lines "key: value" of a struct. Keys come in the order of
// the fields, so that none comes twice.
func (p *Reader) fields(v reflect.Value, keys []structKey, indent int) {
	for !p.failed {
		line, ok := p.line(indent)
		if !ok {
			return
		}
		key, value, found := bytes.Cut(line, []byte{':'})
		next := 0
		for next < len(keys) && keys[next].name != string(key) {
			next++
		}
		if !found || next == len(keys) {
			return // the next struct of the same mapping may have it
		}
		p.next()
		field := &keys[next]
		keys = keys[next+1:]
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
func (p *Reader) field(v reflect.Value, field *structKey, value []byte, indent int) {
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
func (p *Reader) list(v reflect.Value, field *structKey, indent int) {
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
func (p *Reader) entries(indent int) (n int) {
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

// isTime reports whether a type is a struct around a time.
func isTime(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type == reflect.TypeFor[time.Time]()
}

// scalar reads a value of a type that is all of the rest of a line.
func (p *Reader) scalar(v reflect.Value, t reflect.Type, text []byte) {
	switch {
	case isTime(t):
		at, err := time.Parse(time.RFC3339, string(p.quoted(text)))
		if err != nil || at.IsZero() {
			p.fail()
		} else {
			v.Field(0).Set(reflect.ValueOf(at))
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
func (p *Reader) keep(text []byte) string {
	begin := p.kept.Len()
	p.kept.Write(text)
	return p.kept.String()[begin:]
}

// quoted reads a string in double quotes. Of the escapes it knows those of
// quotes, backslashes and line ends, which are all that plain text needs.
func (p *Reader) quoted(text []byte) []byte {
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

// structKey is a field of a struct as a file has it.
type structKey struct {
	name  string
	index []int
	list  bool
	of    reflect.Type // what it is, points to, or is a list of
	below []structKey  // of that struct; nil for another type
}

var known sync.Map // reflect.Type of a struct → []structKey

// keysOf returns the keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []structKey {
	if keys, ok := known.Load(t); ok {
		return keys.([]structKey)
	}
	keys := keysIn(t, nil)
	known.Store(t, keys)
	return keys
}

// keysIn returns the keys of a struct that lies in another at outer.
func keysIn(t reflect.Type, outer []int) (keys []structKey) {
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		f := structKey{name: name, index: append(slices.Clone(outer), i), of: t.Field(i).Type}
		for f.of.Kind() == reflect.Pointer || f.of.Kind() == reflect.Slice {
			f.list = f.of.Kind() == reflect.Slice
			f.of = f.of.Elem()
		}
		if option == "inline" {
			keys = append(keys, keysIn(f.of, f.index)...)
			continue
		}
		if f.of.Kind() == reflect.Struct && !isTime(f.of) {
			f.below = keysIn(f.of, nil)
		}
		keys = append(keys, f)
	}
	return keys
}
