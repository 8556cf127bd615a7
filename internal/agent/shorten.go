package agent

import (
	"fmt"
	"slices"
)

// maxResult is how much of an answer a tool returns: more would fill the memory of a
// model with what it did not ask for.
const maxResult = 64 << 10

// shorten returns the beginning of an answer in JSON that is longer than limit bytes, cut
// behind a whole value and closed, so that no text in it ends where its author did not end
// it, and a note that something is missing and where it is. The note is empty where
// nothing was cut.
func shorten(answer string, limit int, command string) (beginning, note string) {
	if len(answer) <= limit {
		return answer, ""
	}
	beginning = wholeValues(answer, limit)
	return beginning, fmt.Sprintf("The answer above is cut: it has %d of %d bytes, and lists and keys behind them are missing. "+
		"A narrower question, or the name of one thing in it, has less; in a shell, handoff %s --json prints all of it.", len(beginning), len(answer), command)
}

// wholeValues are as many whole values of JSON as limit bytes hold, closed.
func wholeValues(text string, limit int) string {
	var open, openAtEnd []byte // what closes them
	end, quoted := 0, false
	keep := func(i int) {
		if i+len(open) <= limit {
			end, openAtEnd = i, slices.Clone(open)
		}
	}
	for i := 0; i < min(len(text), limit); i++ {
		c := text[i]
		if quoted {
			switch c {
			case '\\':
				i++
			case '"':
				quoted = false
			}
			continue
		}
		switch c {
		case '"':
			quoted = true
		case '{', '[':
			open = append(open, c+2) // ']' and '}' are two behind
			keep(i + 1)
		case ',':
			keep(i)
		case '}', ']':
			if len(open) == 0 {
				return text[:end] // no JSON
			}
			open = open[:len(open)-1]
			keep(i + 1)
		}
	}
	slices.Reverse(openAtEnd)
	return text[:end] + string(openAtEnd)
}
