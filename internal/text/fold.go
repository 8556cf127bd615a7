package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold makes text comparable, as words are looked for: composed form, one case,
// single spaces.
func Fold(text string) string {
	folded := strings.Map(func(r rune) rune {
		return unicode.ToLower(unicode.ToUpper(r)) // both, as ς and σ share only their capital
	}, norm.NFC.String(text))
	return strings.Join(strings.Fields(folded), " ")
}
