package query

import (
	"reflect"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// FoldCase makes text comparable, see [text.Fold].
func FoldCase(s string) string { return text.Fold(s) }

// coded are the fields of records that hold a word out of a fixed list or a
// digest. Searching for "ready" is to find what people wrote, not every item
// that is ready.
var coded = map[string]bool{
	"status": true, "severity": true, "type": true, "start": true, "risk": true, "door": true,
	"outcome": true, "reason": true, "exception": true, "class": true, "impact": true,
	"source": true, "via": true, "tz": true, "tool": true, "digest": true,
}

// texts collects what people wrote into a value: every string in it but the
// coded ones. Reading the fields by reflection means that a new field of a
// record can be found on the day it is added.
func texts(value any) []string {
	var found []string
	collect(reflect.ValueOf(value), &found)
	return found
}

// foldedLines is what people wrote into a value, folded, one line for each text
// so that a phrase does not run from one into the next.
func foldedLines(value any) string {
	lines := texts(value)
	for i, text := range lines {
		lines[i] = FoldCase(text)
	}
	return strings.Join(lines, "\n")
}

func collect(v reflect.Value, found *[]string) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			*found = append(*found, v.String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			if !coded[name] {
				collect(v.Field(i), found)
			}
		}
	}
}
