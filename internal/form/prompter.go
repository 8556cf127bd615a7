package form

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// What a person types at a prompt instead of an answer.
const (
	promptBack   = "<"
	promptHelp   = "?"
	promptEditor = "!"
)

// Prompter asks one question a line. It draws nothing, moves no cursor and needs
// no raw mode: it is for screen readers, dumb terminals and small windows.
//
// An empty line keeps what is shown in brackets. The end of the input stops.
type Prompter struct {
	in        *bufio.Reader
	out       io.Writer
	continued chan os.Signal // the process was stopped and goes on
}

// NewPrompter returns a Prompter that reads in and writes out. Nothing else may
// read in while it asks.
func NewPrompter(in io.Reader, out io.Writer) *Prompter {
	p := &Prompter{in: bufio.NewReader(in), out: out, continued: make(chan os.Signal, 1)}
	notifyContinued(p.continued)
	return p
}

// Release runs run: the terminal was never changed.
func (*Prompter) Release(run func() error) error { return run() }

// Close stops to listen for the shell; the terminal was never changed.
func (p *Prompter) Close() error {
	signal.Stop(p.continued)
	return nil
}

func (p *Prompter) print(format string, args ...any) {
	fmt.Fprintf(p.out, format, args...)
}

// Ask puts the questions of the screen one after the other. From the first one,
// back leads to the screen before.
func (p *Prompter) Ask(ctx context.Context, s *Screen) (Reply, error) {
	p.print("\n%s\n", text.OneLine(s.Title))
	for _, words := range slices.Concat(s.Problems, s.Facts, s.Body) {
		p.print("  %s\n", text.OneLine(words))
	}
	at := max(0, slices.IndexFunc(s.Fields, func(f *Field) bool { return f.Key == s.Focus }))
	for at < len(s.Fields) {
		reply, err := p.field(ctx, s, s.Fields[at])
		if s.Changed != nil {
			s.Changed()
		}
		switch {
		case err != nil, reply == Editor:
			return reply, err
		case reply == Next:
			at++
		case at > 0:
			at--
		case s.First:
			p.print("this is the first question\n")
		default:
			return Back, nil
		}
	}
	return Next, nil
}

// field asks one question until the answer can be read.
func (p *Prompter) field(ctx context.Context, s *Screen, f *Field) (Reply, error) {
	if f.Kind == Lines {
		p.print("%s (%s)\n", text.OneLine(f.mark()), text.OneLine(strings.TrimPrefix(f.Help+"; an empty line ends", "; ")))
		for _, words := range splitLines(f.Value) {
			p.print("  %s\n", text.OneLine(words))
		}
	} else {
		p.options(f)
	}
	var typed []string
	var left []string // what was asked for once more, and may be left so
	for {
		text, err := p.prompt(ctx, f)
		if err != nil {
			f.keepUnfinished(typed, text)
			return Next, err
		}
		problem := ""
		switch {
		case text == promptBack:
			f.keep(typed)
			return Back, nil
		case text == promptEditor && s.edits(f):
			f.keep(typed)
			s.Focus = f.Key
			return Editor, nil
		case text == promptHelp:
			p.help(s, f)
			continue
		case f.Kind == Lines && text != "":
			typed = append(typed, text)
			continue
		case f.Kind == Lines:
			f.keep(typed)
			typed = nil
		default:
			problem = f.answer(text)
		}
		switch lacking := f.lacking(); {
		case problem != "":
			p.print("%s\n", problem)
		case lacking != "" && !slices.Contains(left, lacking):
			left = append(left, lacking)
			p.print("%s; an empty line leaves it so\n", lacking)
		default:
			return Next, nil
		}
	}
}

// keep makes typed lines the value; none keep the value that is there.
func (f *Field) keep(typed []string) {
	if f.Kind == Lines && len(typed) > 0 {
		f.Value = strings.Join(typed, "\n")
	}
}

// keepUnfinished keeps what was typed before the input ended. It chooses nothing.
func (f *Field) keepUnfinished(typed []string, text string) {
	switch {
	case text == "" || f.Kind == Lines:
		f.keep(slices.DeleteFunc(append(typed, text), func(s string) bool { return s == "" }))
	case f.Kind == Line:
		f.Value = text
	}
}

// options lists what can be chosen, numbered from 1.
func (p *Prompter) options(f *Field) {
	if len(f.Options) == 0 {
		return
	}
	p.print("%s\n", text.OneLine(f.Label))
	for i, o := range f.Options {
		mark := "  "
		switch {
		case f.Kind == Ticks && f.Has(o.Value):
			mark = "x "
		case f.Kind != Ticks && f.Value == o.Value:
			mark = "* "
		}
		p.print("  %s%d %s\n", mark, i+1, text.OneLine(o.Label))
	}
}

// prompt writes what is asked, with what an empty line keeps, and reads a line.
func (p *Prompter) prompt(ctx context.Context, f *Field) (string, error) {
	asked := "> "
	switch f.Kind {
	case Lines:
	case Line:
		asked = text.OneLine(f.mark()) + inBrackets(f.Text()) + ": "
	case Ticks:
		asked = "numbers to tick" + inBrackets(f.numbers(f.Ticked)) + ": "
	default:
		asked = "number" + inBrackets(f.numbers([]string{f.Value})) + ": "
	}
	return p.readLine(ctx, asked)
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " [" + text.OneLine(s) + "]"
}

// numbers are the places of options, as a person types them.
func (f *Field) numbers(values []string) string {
	var numbers []string
	for i, o := range f.Options {
		if slices.Contains(values, o.Value) {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	return strings.Join(numbers, " ")
}

func (p *Prompter) help(s *Screen, f *Field) {
	if f.Help != "" {
		p.print("%s\n", text.OneLine(f.Help))
	}
	if f.Max > 0 {
		p.print("at most %d characters\n", f.Max)
	}
	p.print("empty keeps what is in brackets, %s clears, %s goes back", Clear, promptBack)
	if s.edits(f) {
		p.print(", %s opens the editor", promptEditor)
	}
	p.print("\n")
}

// answer takes a line as the answer. It returns what is wrong with it, or "".
func (f *Field) answer(text string) (problem string) {
	switch {
	case text == "":
		return f.unreadable(f.Value)
	case f.Kind == Line:
		if problem := f.unreadable(text); problem != "" {
			return problem
		}
		f.Value = text
		return ""
	case f.Kind == Ticks && text == Clear:
		f.Ticked = nil
		return ""
	}
	if value, ok := f.option(text); ok && f.Kind != Ticks {
		f.Value = value
		return ""
	}
	var chosen []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		value, ok := f.option(word)
		if !ok {
			return "there is no " + strconv.Quote(word) + ", type a number from 1 to " + strconv.Itoa(len(f.Options))
		}
		chosen = append(chosen, value)
	}
	switch {
	case f.Kind == Ticks:
		f.Ticked = chosen
	case len(chosen) != 1:
		return "type one number"
	default:
		f.Value = chosen[0]
	}
	return ""
}

// option finds an option by its number, its value or its label.
func (f *Field) option(word string) (value string, ok bool) {
	for i, o := range f.Options {
		if word == strconv.Itoa(i+1) || word == o.Value || strings.EqualFold(word, o.Label) {
			return o.Value, true
		}
	}
	return "", false
}

// unreadable says why a text cannot be understood, "" when it can.
func (f *Field) unreadable(s string) string {
	if f.Read == nil {
		return ""
	}
	if err := f.Read(strings.TrimSpace(s)); err != nil {
		return text.OneLine(err.Error())
	}
	return ""
}

// readLine asks for a line and reads it without its end, or what there is of one
// before an error. After Ctrl-Z it asks again: the terminal has dropped the line
// that was begun. The read itself cannot be cancelled; when ctx ends first it is
// left behind, as the process is about to end.
func (p *Prompter) readLine(ctx context.Context, asked string) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := p.in.ReadString('\n')
		done <- result{text, err}
	}()
	p.print("%s", asked)
	for {
		select {
		case <-ctx.Done():
			p.print("\n")
			return "", context.Cause(ctx)
		case <-p.continued:
			p.print("%s", asked)
		case r := <-done:
			if r.err != nil {
				p.print("\n")
				if errors.Is(r.err, io.EOF) {
					r.err = ErrStopped
				}
			}
			return strings.TrimSpace(normaliseNewlines(r.text)), r.err
		}
	}
}
