package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/itchyny/gojq"
	"github.com/rivo/uniseg"
)

// printer is stdout. Everything that reaches it is neutralised, whatever road
// it takes.
type printer struct {
	ctx      context.Context // of the command, which an endless --jq must not outlive
	w        io.Writer
	color    bool
	width    int // columns of the terminal, 0 for a pipe
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
	w   io.Writer
	err error // an *outputError
}

// outputError says that what a command had to say could not be written.
type outputError struct{ error }

func (e *outputError) Unwrap() error { return e.error }

// Write writes to stdout, unless that has failed before.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
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

// styled prints the parts as one line, with colours where the output has them.
func (p *printer) styled(parts ...painted) {
	if p.markdown != nil {
		var line strings.Builder
		for _, part := range parts {
			line.WriteString(part.text)
		}
		p.markdown.line(p.w, "", line.String())
		return
	}
	var b strings.Builder
	for _, part := range parts {
		text := text.Neutralise(part.text)
		if p.color && part.style != "" && text != "" {
			text = "\x1b[" + string(part.style) + "m" + text + "\x1b[0m"
		}
		b.WriteString(text)
	}
	fmt.Fprintf(p.w, "%s\n", b.String())
}

// section prints a heading.
func (p *printer) section(title string) {
	if p.markdown != nil {
		p.markdown.heading(p.w, title)
		return
	}
	p.styled(painted{bold, title})
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

// wrap breaks text at white space so that lines fit a terminal behind indent
// columns. A pipe gets lines as they are.
func (p *printer) wrap(text string, indent int) []string {
	if p.width == 0 {
		return strings.Split(text, "\n")
	}
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, wrapWords(line, max(p.width-indent-1, 20))...)
	}
	return out
}

// wrapWords breaks one line at white space into lines of at most room columns;
// a longer word gets a line of its own.
func wrapWords(line string, room int) []string {
	var out []string
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(line) {
		w := uniseg.StringWidth(word)
		if used > 0 && used+1+w > room {
			out = append(out, b.String())
			b.Reset()
			used = 0
		}
		if used > 0 {
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += w
	}
	return append(out, b.String())
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
	all := append([][]string{header}, rows...)
	widths := make([]int, len(header))
	for i, row := range all {
		all[i] = oneLines(row)
		for c, cell := range all[i] {
			widths[c] = max(widths[c], uniseg.StringWidth(cell))
		}
	}
	shrink(widths, p.width-2*(len(widths)-1))
	for i, row := range all {
		var b strings.Builder
		for c, cell := range row {
			cell = truncate(cell, widths[c])
			b.WriteString(cell)
			if c < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[c]-uniseg.StringWidth(cell)+2))
			}
		}
		text := strings.TrimRight(b.String(), " ")
		if i == 0 && p.color {
			text = "\x1b[" + string(dim) + "m" + text + "\x1b[0m"
		}
		fmt.Fprintln(p.w, text)
	}
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

// truncate cuts s to width display cells, with an ellipsis where it cut.
func truncate(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	var b strings.Builder
	used := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if used+g.Width() > width-1 {
			break
		}
		b.WriteString(g.Str())
		used += g.Width()
	}
	return b.String() + "…"
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
	data, err := json.Marshal(fields)
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
	var b strings.Builder
	t, err := template.New("--template").Parse(p.template)
	if err == nil {
		err = t.Execute(&b, input)
	}
	if err != nil {
		return workspace.Usagef("handoff help formatting shows examples", "%s", strings.TrimPrefix(err.Error(), "template: "))
	}
	_, err = io.WriteString(p.w, text.Neutralise(b.String()))
	return err
}
