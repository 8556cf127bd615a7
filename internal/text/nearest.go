package text

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns the candidate that word was probably meant to be, whatever its
// case: the one with the fewest edits, at most one in three letters. Of several
// equally near it returns the first, and "" when none is near.
func Nearest(word string, candidates []string) string {
	best, limit := "", max(1, (len(word)+1)/3)+1
	for _, candidate := range candidates {
		if d := EditDistance(strings.ToLower(word), candidate); d < limit {
			best, limit = candidate, d
		}
	}
	return best
}

// Slip returns the candidate that word is probably a slip of, "" for none: a short
// word is too close to too many others.
func Slip(word string, candidates []string) string {
	slips := 2
	switch n := len(word); {
	case n < 4:
		slips = 0
	case n < 7:
		slips = 1
	}
	if near := Nearest(word, candidates); EditDistance(word, near) <= slips {
		return near
	}
	return ""
}

// longestWord is how long a word may be whose slips are counted: nothing longer
// is a slip of the finger, and the count takes its square in time.
const longestWord = 64

// EditDistance counts the bytes to insert, delete, replace or swap with their
// neighbour in order to turn a into b. Of words that are longer than 64 bytes it
// says 64.
func EditDistance(a, b string) int {
	if len(a) > longestWord || len(b) > longestWord {
		return longestWord
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// NearestFew returns at most so many of the candidates, those that are most like a
// name: first those of which it may be a slip, then those that share most of their
// words with it, of any spelling that is near. What is like in nothing is left out.
func NearestFew(name string, candidates []string, most int) []string {
	name = strings.ToLower(name)
	wanted := strings.FieldsFunc(name, apart)
	type near struct {
		name   string
		shared int
		slips  int
	}
	var found []near
	for _, candidate := range candidates {
		n := near{name: candidate, slips: EditDistance(strings.Join(wanted, "-"), candidate)}
		words := strings.FieldsFunc(strings.ToLower(candidate), apart)
		for _, w := range wanted {
			if slices.ContainsFunc(words, func(have string) bool { return have == w || len(w) > 3 && EditDistance(w, have) <= len(w)/4 }) {
				n.shared++
			}
		}
		if n.shared > 0 || n.slips <= max(1, (len(name)+1)/3) && n.slips < len(name) {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(a.slips, b.slips), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, n := range found[:min(len(found), most)] {
		names = append(names, n.name)
	}
	return names
}

// apart reports whether a character stands between the words of a name.
func apart(r rune) bool { return r == '-' || r == '_' || r == '/' || r == '.' || r == ' ' }
