package query

import "unicode/utf8"

// closest returns the candidate that word is probably a slip of, or "".
func closest[T ~string](word string, candidates []T) T {
	var best T
	bestDistance := slips(word) + 1
	for _, c := range candidates {
		if longer := utf8.RuneCountInString(word) - utf8.RuneCountInString(string(c)); max(longer, -longer) >= bestDistance {
			continue // each character more or less is a slip
		}
		if d := distance(word, string(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
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

// distance is the number of single-character slips between two words: one
// left out, added, replaced, or swapped with its neighbour.
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
