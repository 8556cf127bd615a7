package cli

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// linked is a text as a link, for a terminal that shows colours: the sequence is
// OSC 8, which others leave out. The link must be plain, see [config.Config.Link].
func (p *printer) linked(s, link string) string {
	s = text.Neutralise(s)
	if !p.color || link == "" || s == "" {
		return s
	}
	return "\x1b]8;;" + link + "\x1b\\" + s + "\x1b]8;;\x1b\\"
}

// linkField is field for a text that begins with a name, which is a link where one
// is known.
func (p *printer) linkField(label, name, link string, rest ...string) {
	s := text.JoinNonEmpty(", ", append([]string{name}, rest...)...)
	if plain := text.OneLine(name); link != "" && p.color && strings.HasPrefix(s, plain) {
		p.fieldLines(label, s, func(line string) string {
			if after, ok := strings.CutPrefix(line, plain); ok {
				return p.linked(plain, link) + after
			}
			return line // the name is longer than a line
		})
		return
	}
	p.field(label, s)
}
