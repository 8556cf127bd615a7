// Package text makes strings fit to be shown and to be compared. What a stranger
// wrote is neutralised before it reaches a terminal, a page or a shell; the nearest
// name is found for one that was mistyped; paths are matched with patterns.
package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// BOM is the byte order mark that some editors put before a text.
const BOM = "\ufeff"

// Hidden reports whether r must not reach a terminal, a page or a log as it
// is: it controls the device, reorders text or cannot be seen. Newline and tab
// are not hidden (rule HO907).
func Hidden(r rune) bool {
	switch {
	case r >= ' ' && r <= '~', r == '\n', r == '\t': // nearly all that there is
		return false
	case r < 0x20 || (r >= 0x7f && r <= 0x9f): // C0, DEL, C1 with U+0085
		return true
	case r == 0x2028 || r == 0x2029: // line and paragraph separator
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c: // bidi
		return true
	case r == 0x00ad, r == 0x200b, r == 0xfeff: // soft hyphen, zero width space, BOM
		return true
	case r >= 0xe0000 && r <= 0xe007f: // tags
		return true
	}
	return false
}

// Neutralise makes text from a record, a ref, a path or a server safe to print:
// hidden characters and bytes that are not UTF-8 are shown escaped, as \x1b or
// \u202e. Newlines and tabs stay.
func Neutralise(s string) string {
	if Clean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !Hidden(r):
			b.WriteString(s[i : i+size])
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

// OneLine is Neutralise for a place that has one line: newlines and tabs become
// spaces.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, Neutralise(s))
}

// Count is a number with its noun: "1 item", "2 items".
func Count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "person":
		return strconv.Itoa(n) + " people"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// ShellArgument writes a name for a command that the user is told to run, so
// that a shell takes it for that name, whatever it holds, and git for no option.
func ShellArgument(name string) string {
	word := ShellWord(OneLine(name))
	if strings.HasPrefix(name, "-") {
		word = "-- " + word
	}
	return word
}

// ShellWord writes a text so that a shell takes it for one word.
func ShellWord(text string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./:@%+,", r)
	}
	word := Neutralise(text)
	if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// Clean reports whether a text is UTF-8 without hidden characters.
func Clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, Hidden)
}
