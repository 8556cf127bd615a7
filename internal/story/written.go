package story

import (
	"reflect"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// coded are the fields of records that hold a word out of a fixed list or a
// digest. Searching for "ready" is to find what people wrote, not every item
// that is ready.
var coded = map[string]bool{
	"status": true, "severity": true, "type": true, "start": true, "risk": true, "door": true,
	"outcome": true, "reason": true, "exception": true, "class": true, "impact": true,
	"source": true, "via": true, "tz": true, "tool": true, "digest": true,
}

// Written is what people wrote into a value, a record or a part of one: every string in
// it but the coded ones, folded by [text.Fold], one line for each so that a phrase does
// not run from one into the next. Reading the fields by reflection means that a new field
// of a record can be found on the day it is added.
func Written(value any) string {
	var lines []string
	collect(reflect.ValueOf(value), &lines)
	for i, line := range lines {
		lines[i] = text.Fold(line)
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
