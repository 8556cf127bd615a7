package deliver

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"

	"github.com/handoff-cli/handoff/internal/text"
)

// The Markdown of forges is CommonMark with words that do something: @name tells a
// person, #12 and addresses leave a trace where they lead, a line that begins with a
// slash is a command. None of them is one in a code span, so a word of others that
// looks like one of them goes there whole, and can be copied as it was typed. What
// formats is escaped.

// marker is the line by which a message is found again. It is a comment of HTML: who
// reads the page does not see it.
func marker(key string) string { return "<!-- handoff:" + key + " -->" }

// markdown writes a message, in at most so many characters, its last line included,
// which is the marker where there is one. mention writes the account of a person so
// that they are told.
func markdown(m Message, limit int, last string, mention func(account string) string) string {
	var parts []string
	if to := markdownPeople(m.To, mention); to != "" {
		parts = append(parts, to)
	}
	for _, paragraph := range m.Text {
		parts = append(parts, markdownParagraph(paragraph))
	}
	parts = append(parts, markdownFacts(m.Facts))
	for _, l := range m.Lists {
		parts = append(parts, markdownList(l))
	}
	var end []string
	for _, l := range m.Links {
		end = append(end, markdownLink(l))
	}
	rest := text.JoinNonEmpty("\n\n", append(end, last)...)
	return text.JoinNonEmpty("\n\n", cutLines(text.JoinNonEmpty("\n\n", parts...), limit-len([]rune(rest))-2), rest)
}

func markdownFacts(facts []Fact) string {
	var lines []string
	for _, f := range facts {
		if value := markdownWords(f.Value); value != "" {
			lines = append(lines, "- "+text.JoinNonEmpty(" ", bold(f.Name, ":"), value))
		}
	}
	return strings.Join(lines, "\n")
}

func markdownList(l List) string {
	var lines []string
	for _, line := range l.Lines {
		if line = markdownLine(line); line != "" {
			lines = append(lines, "- "+line)
		}
	}
	return text.JoinNonEmpty("\n\n", bold(l.Title, ""), strings.Join(lines, "\n"))
}

// bold writes a name with what follows it, or nothing where there is none.
func bold(name, after string) string {
	if markdownWords(name) == "" {
		return ""
	}
	return "**" + markdownWords(name+after) + "**" // what follows may make an emoji of it
}

func markdownPeople(people []Person, mention func(string) string) string {
	var names []string
	for _, p := range people {
		name, at := markdownWords(p.Name), mention(p.Account)
		if at != "" && name != "" {
			name = at + " (" + name + ")"
		}
		if name = cmp.Or(name, at); name != "" {
			names = append(names, name)
		}
	}
	if names == nil {
		return ""
	}
	return "For " + text.And(names)
}

// markdownParagraph keeps the lines of a text.
func markdownParagraph(s string) string {
	var paragraphs []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		var lines []string
		for line := range strings.SplitSeq(strings.Trim(paragraph, "\n"), "\n") {
			if line = markdownLine(line); line != "" {
				lines = append(lines, line)
			}
		}
		// Two spaces break a line. A backslash does too, but readers differ on one that
		// stands behind another.
		paragraphs = append(paragraphs, strings.Join(lines, "  \n"))
	}
	return text.JoinNonEmpty("\n\n", paragraphs...)
}

// markdownLine writes words that begin a line.
func markdownLine(s string) string {
	line := markdownWords(s)
	digits := strings.TrimLeft(line, "0123456789")
	switch {
	case line == "":
	case strings.ContainsRune("#+-=/:", rune(line[0])):
		line = `\` + line
	case len(digits) < len(line) && digits != "" && (digits[0] == '.' || digits[0] == ')'):
		line = line[:len(line)-len(digits)] + `\` + digits
	}
	return line
}

// markdownWords writes words of others as they were typed.
func markdownWords(s string) string {
	words := strings.Fields(text.OneLine(s))
	for i, word := range words {
		if actsInMarkdown(word) {
			words[i] = codeSpan(word)
		} else {
			words[i] = escapeMarkdown(word)
		}
	}
	return strings.Join(words, " ")
}

var (
	// reference is one of GitHub, GitLab or Gitea: #12, !12, ~label, %milestone, $snippet,
	// &epic, ^alert, *iteration, GH-12; and :emoji:, which hides what was typed.
	reference = text.Pattern(`[#!~%$&^][\pL\pN"{(]|(?i:\bGH-[0-9])|\*iteration:|:[\w+-]+:`)
	address   = text.Pattern(`@|://|(?i:www\.)`)
)

// actsInMarkdown reports whether a word may be more than text on a forge.
func actsInMarkdown(word string) bool {
	return address().MatchString(word) || reference().MatchString(word)
}

// codeSpan writes a word as code, whatever backticks it holds.
func codeSpan(word string) string {
	longest, run := 0, 0
	for _, r := range word {
		run++
		if r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		word = " " + word + " "
	}
	return fence + word + fence
}

// escapeMarkdown escapes what formats. An underscore within a word does not, and stays
// readable where mail shows the text as it is.
func escapeMarkdown(word string) string {
	var b strings.Builder
	runes := []rune(word)
	letter := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
	}
	for i, r := range runes {
		if strings.ContainsRune("\\`*[]<>|~&", r) || r == '_' && !(letter(i-1) && letter(i+1)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func markdownLink(l Link) string {
	if !isWebURL(l.URL) {
		return text.JoinNonEmpty(" ", markdownLine(l.Text), markdownWords(l.URL))
	}
	// A line that begins with a bracket may define a link, and its words are gone: a
	// code span does not keep it from that.
	return "→ [" + cmp.Or(markdownWords(l.Text), codeSpan(l.URL)) + "](<" + l.URL + ">)"
}

// plainTitle writes words of others for a place that has no Markdown but may have
// mentions and references: a space without width, after the sign that begins one,
// breaks it. A title of more than limit characters is cut.
func plainTitle(s string, limit int) string {
	s = sign().ReplaceAllString(oneLine(s), "$1\u200b$2")
	return shorten(s, limit)
}

var sign = text.Pattern(`([@#!~%$&^]|(?i:\bGH-))([\pL\pN"_{])`)

// shorten cuts a text of more than limit characters.
func shorten(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

// isWebURL reports whether a text is the address of a page, and nothing that ends the
// place it is written into.
func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		text.Clean(s) && !strings.ContainsAny(s, " \t\n<>\"'`\\|()[]{}")
}

// cutLines keeps the lines that fit into so many characters, and says when some did
// not.
func cutLines(s string, limit int) string {
	if len([]rune(s)) <= limit {
		return s
	}
	const more = "\n\n…"
	cut := string([]rune(s)[:max(limit-len([]rune(more)), 0)])
	cut = cut[:max(strings.LastIndexByte(cut, '\n'), 0)] // what begins in a line ends there
	return strings.TrimRight(cut, "\n ") + more
}

// hasMarker reports whether a text ends with the marker of a message. Words of others
// in it cannot: they are escaped.
func hasMarker(body, key string) bool {
	return strings.HasSuffix(strings.TrimSpace(body), marker(key))
}
