package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/template"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/itchyny/gojq"
	"github.com/rivo/uniseg"
)

// printer is stdout. Everything that reaches it is neutralised, whatever road
// it takes.
type printer struct {
	ctx      context.Context // of the command, which an endless --jq or --template must not outlive
	w        io.Writer
	color    bool
	width    int       // columns of the terminal, 0 for a pipe
	now      time.Time // when it is read, in the zone of who reads
	json     bool
	jq       string
	template string
	format   string    // of text: formatText, formatMarkdown; "" where there is no choice
	markdown *markdown // nil for text

	// linkNames makes links of what a text names, where pages are known; else nil
	linkNames func(s string, plain func(string) string, link func(name, link string) string) string
}

// output is stdout. Of what is printed line by line nobody looks at the errors:
// it keeps the first one.
type output struct {
	w      io.Writer
	before func() // makes room on the terminal
	err    error  // an *outputError
}

// outputError says that what a command had to say could not be written.
type outputError struct{ error }

func (e *outputError) Unwrap() error { return e.error }

// Write writes to stdout, unless that has failed before.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	o.before()
	n, err := o.w.Write(p)
	if err != nil {
		o.err = &outputError{err}
	}
	return n, o.err
}

// structured reports whether the user asked for data instead of text.
func (p *printer) structured() bool { return p.json || p.jq != "" || p.template != "" }

// line prints one line of text. Arguments that come from records are
// neutralised with the rest.
func (p *printer) line(format string, args ...any) {
	if p.markdown != nil {
		p.markdown.line(p.w, "", fmt.Sprintf(format, args...))
		return
	}
	fmt.Fprintf(p.w, "%s\n", text.Neutralise(fmt.Sprintf(format, args...)))
}

// style is a colour or weight out of the 16 that every terminal has.
type style string

const (
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// painted is text with a style, which never carries the meaning alone.
type painted struct {
	style style
	text  string
}

// paint is a neutralised text in a style, where the output has colours.
func (p *printer) paint(in style, s string) string {
	if !p.color || in == "" || s == "" {
		return s
	}
	return "\x1b[" + string(in) + "m" + s + "\x1b[0m"
}

// section prints a heading.
func (p *printer) section(title string) {
	if p.markdown != nil {
		p.markdown.heading(p.w, title)
		return
	}
	p.styled(painted{bold, title})
}

// heading is a section with how much is in it.
func (p *printer) heading(title, count string) {
	if p.markdown != nil {
		p.markdown.heading(p.w, title+count)
		return
	}
	p.styled(painted{bold, title}, painted{dim, count})
}

// field prints "  label: text", with the text wrapped to the width of a
// terminal. Nothing is printed for an empty text.
func (p *printer) field(label, s string) {
	p.fieldLines(label, s, p.withLinks)
}

// fieldLines is field with what mark makes of its lines, which are neutralised.
func (p *printer) fieldLines(label, s string, mark func(string) string) {
	switch {
	case s == "":
		return
	case p.markdown != nil:
		p.markdown.line(p.w, label, s)
		return
	}
	prefix := "  " + text.OneLine(label) + ": " // which may name a thing of a record
	for i, line := range p.wrap(text.Neutralise(s), uniseg.StringWidth(prefix)) {
		line = mark(line)
		if i > 0 {
			prefix = strings.Repeat(" ", 4+len(label)-len(strings.TrimLeft(label, " ")))
		}
		fmt.Fprintf(p.w, "%s%s\n", prefix, line)
	}
}

// table prints rows: aligned and cut to the window on a terminal, where the
// last column takes what is left; tab-separated, whole and without a header in
// a pipe.
func (p *printer) table(header []string, rows [][]string) {
	if p.width == 0 {
		for _, row := range rows {
			fmt.Fprintln(p.w, strings.Join(oneLines(row), "\t"))
		}
		return
	}
	for i, line := range p.columns(append([][]string{header}, rows...), p.width) {
		if i == 0 {
			line = p.paint(dim, line)
		}
		fmt.Fprintln(p.w, line)
	}
}

// columns aligns rows of as many cells, which are neutralised and cut so that lines
// have at most width columns. A column without a text is left out.
func (p *printer) columns(rows [][]string, width int) []string {
	cells := make([][]string, len(rows))
	for i, row := range rows {
		cells[i] = oneLines(row)
	}
	for c := len(cells[0]) - 1; c >= 0; c-- {
		if !slices.ContainsFunc(cells, func(row []string) bool { return row[c] != "" }) {
			for i := range cells {
				cells[i] = slices.Delete(cells[i], c, c+1)
			}
		}
	}
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for c, cell := range row {
			widths[c] = max(widths[c], uniseg.StringWidth(cell))
		}
	}
	shrink(widths, width-2*(len(widths)-1))
	lines := make([]string, len(cells))
	for i, row := range cells {
		var b strings.Builder
		for c, cell := range row {
			cell = truncate(cell, widths[c])
			b.WriteString(cell)
			if c < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[c]-uniseg.StringWidth(cell)+2))
			}
		}
		lines[i] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// shrink takes columns from the widest until the sum fits total.
func shrink(widths []int, total int) {
	sum := 0
	for _, w := range widths {
		sum += w
	}
	for ; sum > total; sum-- {
		widest := 0
		for c, w := range widths {
			if w >= widths[widest] {
				widest = c
			}
		}
		if widths[widest] <= 4 {
			return
		}
		widths[widest]--
	}
}

func oneLines(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = text.OneLine(cell)
	}
	return out
}

// results is the document of a command that lists.
type results[Row any] struct {
	Results []Row `json:"results"`
}

// print prints the document of a command, or else what text does.
func (p *printer) print(document any, text func()) error {
	if p.structured() {
		return p.document(document)
	}
	text()
	return nil
}

// document prints fields, a struct, as the one JSON document of the command, which
// begins with its version, or what --jq or --template make of it.
func (p *printer) document(fields any) error {
	data, err := json.Marshal(settled(fields))
	if err != nil {
		return err
	}
	data = append([]byte(`{"schema_version":1,`), data[1:]...)
	if p.jq != "" || p.template != "" {
		var input any
		if err := json.Unmarshal(data, &input); err != nil {
			return err
		}
		if p.jq != "" {
			return p.runJQ(input)
		}
		return p.runTemplate(input)
	}
	var indented bytes.Buffer
	if p.width > 0 {
		if err := json.Indent(&indented, data, "", "  "); err != nil {
			return err
		}
		data = indented.Bytes()
	}
	_, err = fmt.Fprintf(p.w, "%s\n", text.EscapeJSON(data))
	return err
}

func (p *printer) runJQ(input any) error {
	parsed, err := gojq.Parse(p.jq)
	if err != nil {
		return workspace.Usagef("handoff help formatting shows examples", "--jq: %v", err)
	}
	code, err := gojq.Compile(parsed) // without an environment: $ENV and env are empty
	if err != nil {
		return workspace.Usagef("handoff help formatting shows examples", "--jq: %v", err)
	}
	results := code.RunWithContext(p.ctx, input)
	for {
		v, ok := results.Next()
		if !ok {
			return nil
		}
		if err, isErr := v.(error); isErr {
			return cmp.Or(p.ctx.Err(), workspace.Usagef("", "--jq: %v", err))
		}
		if s, isString := v.(string); isString {
			p.line("%s", s)
			continue
		}
		out, err := gojq.Marshal(v)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.w, "%s\n", text.EscapeJSON(out))
	}
}

func (p *printer) runTemplate(input any) error {
	out, err := template.Execute(p.ctx, "--template", p.template, input)
	if err != nil {
		return cmp.Or(p.ctx.Err(), workspace.Usagef("handoff help formatting shows examples", "%v", err))
	}
	_, err = io.WriteString(p.w, text.Neutralise(out))
	return err
}
