package guard

import (
	"io"
	"slices"

	"github.com/handoff-cli/handoff/internal/text"
)

// InCI reports whether the log of this process may be read by a CI runner that
// takes some of its lines for commands.
func InCI(getenv func(string) string) bool {
	marks := []string{"CI", "TF_BUILD", "TEAMCITY_VERSION"}
	return Running(getenv) != "" || slices.ContainsFunc(marks, func(name string) bool { return getenv(name) != "" })
}

// Breaker makes all that is written through it, in pieces of any size, safe for
// the log of a CI job: a runner takes lines that begin with "::" after any white
// space, and "##[", "##vso[" and their like anywhere, for commands. A space
// breaks them. With JSON, it uses the escapes of JSON strings, which leave the
// document's values as they are.
type Breaker struct {
	W    io.Writer
	JSON bool

	inLine bool // the last byte cannot be white space
	colon  bool // the last byte is a colon that could begin a command
	hashes int  // 2 behind "##" and letters, 1 behind "#"
}

// Write writes p with its commands broken. Of a failed write it reports no
// length but 0 or that of p.
func (b *Breaker) Write(p []byte) (int, error) {
	if _, err := b.W.Write(b.broken(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// broken is p with its commands broken, as it goes on from what came before.
func (b *Breaker) broken(p []byte) []byte {
	out := make([]byte, 0, len(p)+8)
	for _, c := range p {
		switch {
		case c == ':' && b.colon, c == '[' && b.hashes == 2:
			out = b.appendBroken(out, c)
		default:
			out = append(out, c)
		}
		b.advance(c)
	}
	return out
}

func (b *Breaker) appendBroken(out []byte, c byte) []byte {
	if !b.JSON {
		b.inLine = false // c now stands behind a space
		return append(out, ' ', c)
	}
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// advance takes note of a byte. Every byte outside of ASCII counts as white
// space, for some of it is.
func (b *Breaker) advance(c byte) {
	b.colon = c == ':' && !b.inLine
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	switch {
	case c == '#':
		b.hashes = min(b.hashes+1, 2)
	case b.hashes < 2 || !letter:
		b.hashes = 0
	}
	b.inLine = c > ' ' && c < 0x7f
}

// breakCommands is a whole text as a Breaker writes it.
func breakCommands(s string) string { return string(new(Breaker).broken([]byte(s))) }

// inLog is text of a record as one line of a CI log.
func inLog(s string) string { return breakCommands(text.OneLine(s)) }
