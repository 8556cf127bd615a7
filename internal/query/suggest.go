package query

import "github.com/handoff-cli/handoff/internal/text"

// closest returns the candidate that word is probably a slip of, or "".
func closest(word string, candidates []string) string {
	if near := text.Nearest(word, candidates); text.EditDistance(word, near) <= slips(word) {
		return near
	}
	return ""
}

// slips is how many slips a word may hold and still be recognised. A short word
// is too close to too many others.
func slips(word string) int {
	switch n := len(word); {
	case n < 4:
		return 0
	case n < 7:
		return 1
	}
	return 2
}
