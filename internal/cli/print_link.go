package cli

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// hyperlink is a text that is a link on a terminal that shows colours: the sequence
// is OSC 8, which others leave out. Both parts must be neutralised.
func hyperlink(s, link string) string { return "\x1b]8;;" + link + "\x1b\\" + s + "\x1b]8;;\x1b\\" }

// withLinks makes links of the tickets and pull requests that a neutralised line
// names.
func (p *printer) withLinks(line string) string {
	if !p.color || p.linkNames == nil {
		return line
	}
	return p.linkNames(line, func(s string) string { return s }, hyperlink)
}

// linkField is labelled for a text that begins with a name, which is a link where one
// is known.
func (p *printer) linkField(label, name, link string, rest ...string) {
	name = text.OneLine(name)
	s := text.JoinNonEmpty(", ", append([]string{name}, rest...)...)
	if link == "" || !p.color {
		p.labelledLines(label, s, func(line string) string { return line })
		return
	}
	p.labelledLines(label, s, func(line string) string {
		if after, ok := strings.CutPrefix(line, name); ok { // else the name is longer than a line
			return hyperlink(name, link) + after
		}
		return line
	})
}
