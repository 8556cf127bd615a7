package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/pflag"
)

// The formats in which some commands print for people.
const (
	formatText     = "text"
	formatMarkdown = "markdown"
)

// addFormatFlag defines the flag of a command whose text can be pasted elsewhere.
func (g *globals) addFormatFlag(f *pflag.FlagSet) {
	f.StringVar(&g.printer.format, "format", formatText, "print `FORMAT`: text, or markdown for pasting")
}

// applyFormat makes the printer write Markdown where that is asked for.
func (g *globals) applyFormat() error {
	switch {
	case g.printer.format == "" || g.printer.format == formatText:
		return nil
	case g.printer.format != formatMarkdown:
		return workspace.Usagef("", "--format %s: say text or markdown", g.printer.format)
	case g.printer.structured():
		return workspace.Usagef("", "--format markdown and --json, --jq or --template say two things")
	}
	g.printer.markdown = new(markdown)
	g.printer.color, g.printer.width, g.noPager = false, 0, true
	g.Width = 0
	return nil
}

// markdown writes what a printer is given as Markdown: what is indented becomes a list,
// in levels of two columns. The words are those of others, so none of them does
// anything where they are pasted.
type markdown struct {
	began bool
	level int // of the list item before, -1 after anything else
}

// begin ends what stands before a paragraph or a heading.
func (m *markdown) begin(w io.Writer) {
	if m.began {
		fmt.Fprintln(w)
	}
	m.began, m.level = true, -1
}

func (m *markdown) heading(w io.Writer, title string) {
	m.begin(w)
	fmt.Fprintf(w, "### %s\n", deliver.Markdown(title))
}

// line writes a line that begins with its indentation. label stands before it in bold
// type, "" for none.
func (m *markdown) line(w io.Writer, label, s string) {
	indent := len(s) - len(strings.TrimLeft(s, " "))
	if label != "" {
		indent = 2 + len(label) - len(strings.TrimLeft(label, " "))
		label = "**" + deliver.Markdown(strings.TrimSpace(label)) + ":** "
	}
	words := label + deliver.Markdown(s)
	switch {
	case words == "":
	case indent == 0:
		m.begin(w)
		fmt.Fprintln(w, words)
	default:
		if m.began && m.level < 0 {
			fmt.Fprintln(w) // before a list
		}
		m.began, m.level = true, min(indent/2-1, m.level+1)
		fmt.Fprintf(w, "%s- %s\n", strings.Repeat("  ", m.level), words)
	}
}
