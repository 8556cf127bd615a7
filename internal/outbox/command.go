package outbox

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// Command is what somebody says in a comment to this program.
type Command struct {
	Verb string // in small letters: ack, answer; "" where none was said
	Text string // the rest of the comment
	More bool   // another command follows, which is no part of the text
}

// commandWord begins the line of a comment that is a command.
const commandWord = "/handoff"

// ParseCommand finds the first line of a comment that begins as a command does. What
// is code, is quoted, or is hidden from those who read the comment is none.
func ParseCommand(body string) (c Command, found bool) {
	var said []string
	var page onPage
	for line := range strings.SplitSeq(strings.ReplaceAll(body, "\r\n", "\n"), "\n") {
		words, is := strings.CutPrefix(line, commandWord)
		is = page.shows(line) && is && (words == "" || words[0] == ' ' || words[0] == '\t')
		if is && found {
			c.More = true
			break
		}
		if is {
			found = true
			words = strings.TrimSpace(words)
			end := strings.IndexAny(words, " \t")
			if end < 0 {
				end = len(words)
			}
			c.Verb, line = strings.ToLower(words[:end]), words[end:]
		}
		if found {
			said = append(said, line)
		}
	}
	c.Text = strings.TrimSpace(strings.Join(said, "\n"))
	return c, found
}

// onPage knows, line for line, what of a text in Markdown a page shows as text.
type onPage struct {
	fence string // that ends the block of code, "" outside of one
	until string // what ends the hidden or preformatted part, "" outside of one
}

// shows takes in a line, and reports whether its beginning is shown as text.
func (p *onPage) shows(line string) bool {
	marks := fenceLine().FindStringSubmatch(line)
	if marks != nil && marks[1][0] == '`' && strings.Contains(marks[2], "`") {
		marks = nil // code within a line
	}
	switch {
	case p.fence != "":
		if marks != nil && strings.HasPrefix(marks[1], p.fence) && strings.TrimSpace(marks[2]) == "" {
			p.fence = ""
		}
		return false
	case p.until != "":
		p.follow(line, p.until)
		return false
	case marks != nil:
		p.fence = marks[1]
		return false
	}
	p.follow(codeSpan().ReplaceAllLiteralString(line, ""), "")
	return true
}

// follow finds out in what a line ends that begins in the part which a word ends, or in
// none.
func (p *onPage) follow(line, until string) {
	line = strings.ToLower(line)
	for {
		if until != "" {
			at := strings.Index(line, until)
			if at < 0 {
				break
			}
			line, until = line[at+len(until):], ""
		}
		first := len(line)
		for begin, end := range hidden {
			if at := strings.Index(line, begin); at >= 0 && at < first {
				first, until = at, end
			}
		}
		if until == "" {
			break
		}
		line = line[first+1:]
	}
	p.until = until
}

// hidden are the beginnings of what a page hides, or shows as it is, and their ends.
var hidden = map[string]string{"<!--": "-->", "<pre": "</pre", "<script": "</script", "<style": "</style", "<textarea": "</textarea"}

// codeSpan matches code within a line.
var codeSpan = text.Pattern("`+[^`]+`+")

// fenceLine matches a line that begins or ends a block of code.
var fenceLine = text.Pattern("^[ \t]*(`{3,}|~{3,})(.*)$")
