package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/text"
)

// roff is a manual page in the language of man(7). What it is given are texts as
// the help prints them: nothing in one is taken for a command of the language.
type roff struct {
	b     strings.Builder
	begun bool // a section has, and holds nothing yet
}

// line writes a request, or text that is escaped already.
func (r *roff) line(format string, args ...any) {
	fmt.Fprintf(&r.b, format+"\n", args...)
	r.begun = false
}

// section begins a section, and sub one in it.
func (r *roff) section(title string) {
	r.line(".SH %q", escaped(strings.ToUpper(title)))
	r.begun = true
}

func (r *roff) sub(title string) {
	r.line(".SS %q", escaped(title))
	r.begun = true
}

// paragraph writes text that is filled to the width of the page.
func (r *roff) paragraph(text string) {
	if !r.begun {
		r.line(".PP")
	}
	r.line("%s", marked(text))
}

// literal writes lines that stay as they are.
func (r *roff) literal(lines ...string) {
	if !r.begun {
		r.line(".PP")
	}
	r.line(".nf\n%s\n.fi", escaped(strings.Join(lines, "\n")))
}

// item writes a term, which is escaped already, and what it means.
func (r *roff) item(term, text string) {
	r.line(".TP\n%s\n%s", term, marked(text))
}

// text writes a text of the help: paragraphs, lists of terms, and lines that stay as
// they are, which are indented.
func (r *roff) text(help string) {
	for _, block := range strings.Split(strings.Trim(help, "\n"), "\n\n") {
		lines := strings.Split(block, "\n")
		entries := entriesOf(lines)
		switch {
		case entries != nil:
			for _, e := range entries {
				r.item(inBold(e.term), e.text)
			}
		case strings.HasPrefix(lines[0], " "):
			indent := len(lines[0]) - len(strings.TrimLeft(lines[0], " "))
			for i, line := range lines {
				lines[i] = strings.TrimPrefix(line, strings.Repeat(" ", indent))
			}
			r.literal(lines...)
		default:
			r.paragraph(strings.Join(lines, "\n"))
		}
	}
}

// definition is a term with its text.
type definition struct{ term, text string }

// columns is the gap between a term and its text.
var columns = text.Pattern(` {2,}`)

// entriesOf takes lines for a list: each entry has its text in a second column, in
// lines that are indented further, or in both. It returns nil for lines that are none.
func entriesOf(lines []string) []definition {
	first := strings.TrimLeft(lines[0], " ")
	indent := len(lines[0]) - len(first)
	var entries []definition
	for _, line := range lines {
		rest := strings.TrimLeft(line, " ")
		switch at := len(line) - len(rest); {
		case at > indent && len(entries) > 0:
			last := &entries[len(entries)-1]
			last.text = strings.TrimSpace(last.text + "\n" + rest)
		case at == indent:
			term := columns().Split(rest, 2)
			entries = append(entries, definition{term[0], strings.Join(term[1:], "")})
		default:
			return nil
		}
	}
	for _, e := range entries {
		if e.text == "" {
			return nil
		}
	}
	return entries
}

func inBold(text string) string { return `\fB` + escaped(text) + `\fR` }

func inItalics(text string) string { return `\fI` + escaped(text) + `\fR` }

// marked is a text in lines, in which flags stand out.
func marked(text string) string {
	return filled(flagWord().ReplaceAllString(escaped(text), `$1\fB$2\fR`))
}

// filled is an escaped text in lines that are not too long.
func filled(escaped string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(escaped) {
		switch {
		case width == 0:
		case width+len(word) < 78:
			b.WriteByte(' ')
			width++
		default:
			b.WriteByte('\n')
			width = 0
		}
		if width == 0 && word[0] == '.' {
			b.WriteString(`\&`)
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}

// flagWord matches a flag in an escaped text.
var flagWord = text.Pattern(`(^|[\s(])(\\-\\-[a-z]+(?:\\-[a-z]+)*)`)

// escaped writes a text so that man(7) shows it as it is, what it would take for a
// command, a hyphen or a curved quotation mark as well.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).Replace(text)
	var b strings.Builder
	for _, r := range strings.ReplaceAll("\n"+text, "\n.", "\n\\&.")[1:] {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}
