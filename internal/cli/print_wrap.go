package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/rivo/uniseg"
)

// leastRoom is how many columns a text gets in the narrowest window.
const leastRoom = 10

// wrap breaks text so that lines fit a terminal behind indent columns. A pipe gets
// lines as they are.
func (p *printer) wrap(text string, indent int) []string {
	if p.width == 0 {
		return strings.Split(text, "\n")
	}
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, wrapWords(line, max(p.width-indent-1, leastRoom))...)
	}
	return out
}

// wrapWords breaks one line into lines of at most room columns, as [breakLine] does.
func wrapWords(line string, room int) []string {
	line = strings.Join(strings.Fields(line), " ")
	var out []string
	for _, part := range breakLine(line, room, room) {
		out = append(out, line[part.from:part.to])
	}
	return out
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// breakLine cuts a line into parts of at most room columns, the first of at most
// first: at white space, which belongs to no part; in text of wide characters, and
// in words that are longer than a line, where the rules of line breaking allow it;
// else between characters. There is one part at least.
func breakLine(line string, first, room int) []span {
	var parts []span
	used, open := 0, span{} // the part that is being filled
	filled := false
	for _, piece := range piecesOf(line, room) {
		width := uniseg.StringWidth(line[piece.from:piece.to])
		gap := uniseg.StringWidth(line[open.to:piece.from])
		limit := room
		if len(parts) == 0 {
			limit = first
		}
		if filled && (piece.first || used+gap+width > limit) {
			parts = append(parts, open)
			open, used, gap = span{piece.from, piece.from}, 0, 0
		}
		open.to, used, filled = piece.to, used+gap+width, true
	}
	return append(parts, open)
}

// piece is a part of a line that stays whole.
type piece struct {
	span
	first bool // it begins a line: the word that it is of fits none
}

func piecesOf(line string, room int) []piece {
	var pieces []piece
	at := 0
	for _, word := range strings.FieldsFunc(line, unicode.IsSpace) {
		at += strings.Index(line[at:], word)
		wide := hasWide(word)
		if !wide && uniseg.StringWidth(word) <= room {
			pieces = append(pieces, piece{span: span{at, at + len(word)}})
			at += len(word)
			continue
		}
		for i, part := range breakWord(word, room) {
			pieces = append(pieces, piece{span{at, at + len(part)}, i == 0 && !wide})
			at += len(part)
		}
	}
	return pieces
}

// breakWord cuts a word that is wider than room, or that has wide characters, as
// scripts have them that write without spaces, wherever it may be broken.
func breakWord(word string, room int) []string {
	var pieces []string
	for rest, state := word, -1; rest != ""; {
		var part string
		part, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		if n := len(pieces); n > 0 && isOneWord(pieces[n-1], part) && uniseg.StringWidth(pieces[n-1]+part) <= room {
			pieces[n-1] += part
			continue
		}
		if uniseg.StringWidth(part) <= room {
			pieces = append(pieces, part)
			continue
		}
		for g := uniseg.NewGraphemes(part); g.Next(); {
			pieces = append(pieces, g.Str())
		}
	}
	return pieces
}

// isOneWord reports whether text goes on with the word that it ended with, though
// line breaking allows it to be broken: one in Katakana, or one in Hangul, which has
// spaces between words.
func isOneWord(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	isKana := func(r rune) bool { return unicode.Is(unicode.Katakana, r) || r == 'ー' }
	return isKana(last) && isKana(next) || unicode.Is(unicode.Hangul, last) && unicode.Is(unicode.Hangul, next)
}

func hasWide(word string) bool {
	if !strings.ContainsFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return false
	}
	for g := uniseg.NewGraphemes(word); g.Next(); {
		if g.Width() > 1 {
			return true
		}
	}
	return false
}

// truncate cuts s to width display cells, with an ellipsis where it cut: between
// words where there are some, else between characters.
func truncate(s string, width int) string {
	room := max(width-1, 0)
	used, fits := 0, 0
	for g := uniseg.NewGraphemes(s); g.Next() && used <= width; {
		used += g.Width()
		_, fits = g.Positions()
	}
	if used <= width {
		return s
	}
	if words := s[:breakLine(s[:fits], room, room)[0].to]; uniseg.StringWidth(words) <= room {
		return words + "…"
	}
	return "…"
}

// styled prints the parts as one line, with colours where the output has them. On a
// terminal it is wrapped, and what does not fit stands two columns further in than
// its beginning.
func (p *printer) styled(parts ...painted) {
	if p.markdown != nil {
		var line strings.Builder
		for _, part := range parts {
			line.WriteString(part.text)
		}
		p.markdown.line(p.w, "", line.String())
		return
	}
	if p.width == 0 {
		for _, part := range parts {
			fmt.Fprint(p.w, p.paint(part.style, text.Neutralise(part.text)))
		}
		fmt.Fprintln(p.w)
		return
	}
	var b strings.Builder
	where := make([]span, len(parts))
	for i, part := range parts {
		where[i].from = b.Len()
		b.WriteString(text.OneLine(part.text))
		where[i].to = b.Len()
	}
	line := b.String()
	indent := len(line) - len(strings.TrimLeft(line, " ")) + 2
	for i, at := range breakLine(line, p.width, max(p.width-indent, leastRoom)) {
		if i > 0 {
			fmt.Fprint(p.w, strings.Repeat(" ", indent))
		}
		for j, part := range where {
			if from, to := max(at.from, part.from), min(at.to, part.to); from < to {
				fmt.Fprint(p.w, p.paint(parts[j].style, line[from:to]))
			}
		}
		fmt.Fprintln(p.w)
	}
}

// labelColumn is how many columns the labels of fields take on a terminal that has
// columnsFrom columns or more.
const (
	labelColumn = 13
	columnsFrom = 40
)

// labelled prints a field as [printer.field] does in a pipe and a narrow window, else in
// two columns. Spaces before the label indent both.
func (p *printer) labelled(label, s string) { p.labelledLines(label, s, p.withLinks) }

// labelledLines is labelled with what mark makes of the lines, which are neutralised.
func (p *printer) labelledLines(label, s string, mark func(string) string) {
	if p.width < columnsFrom {
		p.fieldLines(label, s, mark)
		return
	}
	if s == "" {
		return
	}
	name := text.OneLine(strings.TrimLeft(label, " "))
	indent := 2 + len(label) - len(strings.TrimLeft(label, " "))
	column := indent + labelColumn
	gap := max(labelColumn-uniseg.StringWidth(name), 2)
	fmt.Fprint(p.w, strings.Repeat(" ", indent), p.paint(dim, name), strings.Repeat(" ", gap))
	first := p.width - indent - uniseg.StringWidth(name) - gap
	for i, line := range strings.Split(text.Neutralise(s), "\n") {
		line = strings.ReplaceAll(line, "\t", " ")
		for j, at := range breakLine(line, max(first, leastRoom), max(p.width-column, leastRoom)) {
			if i+j > 0 {
				fmt.Fprint(p.w, strings.Repeat(" ", column))
			}
			fmt.Fprintln(p.w, mark(line[at.from:at.to]))
		}
		first = p.width - column
	}
}
