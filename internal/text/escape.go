package text

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// EscapeJSON writes hidden characters of an encoded document as \u escapes, so
// that the text is safe to show and the value stays what it was.
func EscapeJSON(data []byte) []byte {
	if bytes.IndexFunc(data, Hidden) < 0 {
		return data
	}
	var b bytes.Buffer
	for _, r := range string(data) {
		switch {
		case !Hidden(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.Bytes()
}

// JoinNonEmpty joins the texts that say something.
func JoinNonEmpty(sep string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), sep)
}

// And joins names as a sentence lists them: "ana, ben and ines".
func And(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// NonNil makes a list that JSON shows as [].
func NonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
