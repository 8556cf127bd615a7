package handoff

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// canonicalMax is the size up to which a canonical file is within every bound
// of [Parse]: each of its values takes seven bytes or more.
const canonicalMax = 7 * MaxNodes

// ParseCanonical reads a record that is exactly as [Format] writes it, many
// times faster than [Parse], which finds nothing wrong with such a file. It
// returns nil for anything else, and Parse says what that is: a reader of many
// records tries this first.
func ParseCanonical(data []byte) *Record {
	text, ok := strings.CutPrefix(string(data), "# yaml-language-server: $schema="+SchemaURL+"\n")
	if !ok || len(data) > canonicalMax || !shown(text) {
		return nil
	}
	p := canonicalParser{rest: text}
	var h head
	p.fields(reflect.ValueOf(&h).Elem(), canonicalHead(), 0)
	body := newBody(h.Kind)
	if body == nil || h.Schema != Schema {
		return nil
	}
	p.fields(reflect.ValueOf(body).Elem(), canonicalBody(h.Kind), 0)
	if p.failed || p.rest != "" {
		return nil
	}
	return &Record{Schema: h.Schema, Kind: h.Kind, ID: h.ID, At: h.At, By: h.By, Body: body}
}

// shown reports whether a text is UTF-8 without hidden characters and tabs. It
// looks closely only where there is more than ASCII.
func shown(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7f {
			return clean(text[i:])
		} else if c < ' ' && c != '\n' {
			return false
		}
	}
	return true
}

// canonicalParser takes lines from the front of a text.
type canonicalParser struct {
	rest   string
	dash   bool // the next line begins an entry of a list: "- " is indentation
	failed bool
}

func (p *canonicalParser) fail() { p.failed, p.rest = true, "" }

// line is the next line without its indentation, when that is indent columns;
// else there is none at this level.
func (p *canonicalParser) line(indent int) (string, bool) {
	end := strings.IndexByte(p.rest, '\n')
	if end <= indent || p.rest[indent] == ' ' {
		return "", false
	}
	spaces := indent
	if p.dash {
		if spaces -= 2; spaces < 0 || p.rest[spaces:indent] != "- " {
			return "", false
		}
	}
	for i := range spaces {
		if p.rest[i] != ' ' {
			return "", false
		}
	}
	return p.rest[indent:end], true
}

func (p *canonicalParser) next() {
	p.rest, p.dash = p.rest[strings.IndexByte(p.rest, '\n')+1:], false
}

// fields reads the lines "key: value" of a struct. Keys come in the order of
// the fields, so that none comes twice.
func (p *canonicalParser) fields(v reflect.Value, fields []canonicalField, indent int) {
	for !p.failed {
		line, ok := p.line(indent)
		if !ok {
			return
		}
		key, value, found := strings.Cut(line, ":")
		next := slices.IndexFunc(fields, func(f canonicalField) bool { return f.key == key })
		if !found || next < 0 {
			return // the next struct of the same mapping may have it
		}
		p.next()
		field := &fields[next]
		fields = fields[next+1:]
		p.field(v.FieldByIndex(field.index), field, value, indent)
	}
}

// field reads what follows a key: a value in the same line, or deeper lines.
func (p *canonicalParser) field(v reflect.Value, field *canonicalField, value string, indent int) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Slice && value == " []":
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case v.Kind() == reflect.Slice && value == "":
		p.list(v, field, indent+2)
	case field.below != nil && value == "":
		before := len(p.rest)
		p.fields(v, field.below, indent+2)
		if len(p.rest) == before {
			p.fail() // null, and not an empty mapping
		}
	default:
		text, ok := strings.CutPrefix(value, " ")
		if !ok {
			p.fail()
			return
		}
		p.scalar(v, text)
	}
}

// list reads the entries of a list, each behind "- ".
func (p *canonicalParser) list(v reflect.Value, field *canonicalField, indent int) {
	n := p.entries(indent)
	if n == 0 {
		p.fail()
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := 0; i < n && !p.failed; i++ {
		line, ok := p.line(indent)
		switch {
		case !ok || !strings.HasPrefix(line, "- "):
			p.fail()
		case field.below != nil:
			p.dash = true // the first key of the mapping stands behind it
			p.fields(v.Index(i), field.below, indent+2)
			if p.dash {
				p.fail()
			}
		default:
			p.next()
			p.scalar(v.Index(i), line[2:])
		}
	}
}

// entries returns how many entries the list has that begins in the next line:
// the lines with a dash, up to one that is not indented so far.
func (p *canonicalParser) entries(indent int) (n int) {
	for rest := p.rest; ; {
		line, after, ok := strings.Cut(rest, "\n")
		depth := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case !ok || depth < indent:
			return n
		case depth == indent && !strings.HasPrefix(line[depth:], "- "):
			return n
		case depth == indent:
			n++
		}
		rest = after
	}
}

var handoffTime = reflect.TypeFor[Time]()

// scalar reads a value that is all of the rest of a line.
func (p *canonicalParser) scalar(v reflect.Value, text string) {
	switch {
	case v.Type() == handoffTime:
		at, err := time.Parse(time.RFC3339, p.quoted(text))
		if err != nil || at.IsZero() {
			p.fail()
			return
		}
		v.Set(reflect.ValueOf(Time{at.Truncate(time.Second)}))
	case v.Kind() == reflect.String:
		v.SetString(p.quoted(text))
	case v.Kind() == reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil || strconv.Itoa(n) != text {
			p.fail()
			return
		}
		v.SetInt(int64(n))
	case v.Kind() == reflect.Bool && (text == "true" || text == "false"):
		v.SetBool(text == "true")
	default:
		p.fail()
	}
}

// quoted reads a string in double quotes. Of the escapes it knows those of
// quotes, backslashes and line ends, which are all that plain text needs.
func (p *canonicalParser) quoted(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		p.fail()
		return ""
	}
	text = text[1 : len(text)-1]
	if strings.IndexByte(text, '\\') < 0 && strings.IndexByte(text, '"') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			p.fail()
			return ""
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		i++
		switch {
		case i < len(text) && (text[i] == '"' || text[i] == '\\'):
			b.WriteByte(text[i])
		case i < len(text) && text[i] == 'n':
			b.WriteByte('\n')
		default:
			p.fail()
			return ""
		}
	}
	return b.String()
}

// canonicalField is a field of a struct as a file has it.
type canonicalField struct {
	key   string
	index []int
	below []canonicalField // of the struct that it is, or that it is a list of; nil for another type
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
		index := append(slices.Clone(outer), i)
		of := t.Field(i).Type
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		switch {
		case option == "inline":
			fields = append(fields, canonicalFields(of, index)...)
		case of.Kind() == reflect.Struct && of != handoffTime:
			fields = append(fields, canonicalField{name, index, canonicalFields(of, nil)})
		default:
			fields = append(fields, canonicalField{name, index, nil})
		}
	}
	return fields
}
