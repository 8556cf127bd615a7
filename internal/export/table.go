package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/text"
)

// table is a table of a warehouse.
type table struct {
	name, comment string
	key           []string // columns
	columns       []tableColumn
}

// tableColumn is a field of the row.
type tableColumn struct {
	name, comment string
	postgres      string // its type
	duckdb        string
	key           bool
}

// columnTypes are the types of columns by those of fields.
var columnTypes = map[reflect.Type]struct{ postgres, duckdb string }{
	reflect.TypeFor[string]():          {"text", "VARCHAR"},
	reflect.TypeFor[[]string]():        {"text[]", "VARCHAR[]"},
	reflect.TypeFor[bool]():            {"boolean", "BOOLEAN"},
	reflect.TypeFor[*bool]():           {"boolean", "BOOLEAN"},
	reflect.TypeFor[int64]():           {"bigint", "BIGINT"},
	reflect.TypeFor[*int64]():          {"bigint", "BIGINT"},
	reflect.TypeFor[time.Time]():       {"timestamptz", "TIMESTAMPTZ"},
	reflect.TypeFor[json.RawMessage](): {"jsonb", "JSON"},
}

func newTable[Row any](name, comment string, key ...string) *table {
	t := &table{name: name, comment: comment, key: key}
	of := reflect.TypeFor[Row]()
	for i := range of.NumField() {
		f := of.Field(i)
		types := columnTypes[f.Type]
		column := f.Tag.Get("json")
		t.columns = append(t.columns, tableColumn{column, f.Tag.Get("says"), types.postgres, types.duckdb, slices.Contains(key, column)})
	}
	return t
}

// values are the values of a row, each nil, a text, a list of texts, a number, a
// bool or JSON.
func (t *table) values(row any) []any {
	v := reflect.ValueOf(row)
	values := make([]any, len(t.columns))
	for i, c := range t.columns {
		values[i] = storable(v.Field(i).Interface(), c.key)
	}
	return values
}

func storable(v any, key bool) any {
	switch v := v.(type) {
	case string:
		switch {
		case key:
			return storableKey(v)
		case v == "":
			return nil
		}
		return storableText(v)
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = storableText(s)
		}
		return list
	case time.Time:
		return storableTime(v)
	case json.RawMessage:
		if v == nil {
			return nil
		}
		return storableJSON(v)
	case *bool:
		if v == nil {
			return nil
		}
		return *v
	case *int64:
		if v == nil {
			return nil
		}
		return *v
	}
	return v
}

// storableText is text that a database takes: without NUL and bytes that are not
// UTF-8, in whose place U+FFFD stands.
func storableText(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// storableJSON is JSON in whose strings U+FFFD stands for NUL.
func storableJSON(data json.RawMessage) json.RawMessage {
	const nul = `\u0000`
	if !strings.Contains(string(data), nul) {
		return data
	}
	out := make(json.RawMessage, 0, len(data))
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] != '\\':
			out = append(out, data[i])
		case strings.HasPrefix(string(data[i:min(i+len(nul), len(data))]), nul):
			out = append(out, `\ufffd`...)
			i += len(nul) - 1
		default: // with what it escapes, which may be another backslash
			out = append(out, data[i], data[i+1])
			i++
		}
	}
	return out
}

// storableTime is a time to the microsecond in UTC, nil of none and of one that lies
// outside of the years that engines have.
func storableTime(at time.Time) any {
	at = at.UTC()
	if at.IsZero() || at.Year() < 1 || at.Year() > 9999 {
		return nil
	}
	return at.Format("2006-01-02T15:04:05.999999Z")
}

// longestKey is what a part of a key may have in bytes. A database that indexes it
// refuses one of some 2,700, and a name in a record that breaks the rules may be as
// long as its file.
const longestKey = 256

// storableKey is text as a part of a key: what is too long, or cannot be stored as it
// is, has a digest at its end, so that two of them stay two.
func storableKey(s string) string {
	text := storableText(s)
	if text == s && len(s) <= longestKey {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return strings.ToValidUTF8(text[:min(len(text), longestKey-32)], "") + "…" + hex.EncodeToString(sum[:8])
}

// jsonLine is a row as a line of NDJSON: an object with all columns.
func (t *table) jsonLine(row any) ([]byte, error) {
	line := []byte("{")
	for i, v := range t.values(row) {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, `"`+t.columns[i].name+`":`...)
		data, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.name, t.columns[i].name, err)
		}
		line = append(line, data...)
	}
	return append(text.EscapeJSON(append(line, '}')), '\n'), nil
}

// copyLine is a row as COPY reads it in its text format.
func (t *table) copyLine(row any) []byte {
	line := make([]byte, 0, 512)
	for i, v := range t.values(row) {
		if i > 0 {
			line = append(line, '\t')
		}
		switch v := v.(type) {
		case nil:
			line = append(line, `\N`...)
		case string:
			line = appendCopied(line, v)
		case []string:
			line = appendCopied(line, arrayLiteral(v))
		case json.RawMessage:
			line = appendCopied(line, string(text.EscapeJSON(v)))
		default: // a number or a bool
			line = fmt.Append(line, v)
		}
	}
	return append(line, '\n')
}

// appendCopied appends text with the escapes of COPY. Those that it needs are for
// backslash, tab and the ends of lines. So that nobody who prints the script is told
// to do something, hidden characters are escaped byte by byte, as are the second one
// of two colons and of two number signs, with which a command to a CI runner begins.
func appendCopied(line []byte, s string) []byte {
	written := 0 // all of s before it is
	for i, r := range s {
		var escape string
		switch {
		case r == '\\':
			escape = `\\`
		case r == '\t':
			escape = `\t`
		case r == '\n':
			escape = `\n`
		case r == '\r':
			escape = `\r`
		case text.Hidden(r), (r == ':' || r == '#') && i > 0 && s[i-1] == byte(r):
			for _, b := range []byte(string(r)) {
				escape += fmt.Sprintf(`\x%02x`, b)
			}
		default:
			continue
		}
		line = append(append(line, s[written:i]...), escape...)
		written = i + utf8.RuneLen(r)
	}
	return append(line, s[written:]...)
}

// arrayLiteral is a list as PostgreSQL writes an array.
func arrayLiteral(list []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for i := range len(s) {
			if s[i] == '\\' || s[i] == '"' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
