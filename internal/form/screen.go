package form

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// ErrStopped says that the person wants to stop: Ctrl-C, or the end of input.
var ErrStopped = errors.New("stopped, nothing was committed")

// An Asker puts screens to a person.
type Asker interface {
	// Ask shows a screen until the person leaves it. Whatever they typed is in
	// the fields then, also when the error is not nil: ErrStopped, or the cause
	// for which ctx was cancelled.
	Ask(ctx context.Context, s *Screen) (Reply, error)
	// Release gives the terminal to run, and takes it back afterwards.
	Release(run func() error) error
	// Close leaves the terminal as it was found.
	Close() error
}

// Reply is how a person left a screen.
type Reply int

// The replies.
const (
	Next   Reply = iota // answered
	Back                // to the screen before; the answers may be unfinished
	Editor              // to the editor, with the whole draft
)

// Screen is a small page of questions.
type Screen struct {
	ID     string   // names the page, as in "item refund-flow"
	Title  string   // one line
	Facts  []string // what the program knows and the person may use; shown dim
	Body   []string // what the person is to read
	Fields []*Field
	Focus  string // the key of the field to begin with, "" for the first
	First  bool   // there is no screen before this one
	Short  bool   // there is no draft behind it: the editor has nothing to open

	// Changed is called now and then while the person types, with the fields
	// up to date, so that what was typed can be saved.
	Changed func()
}

// Field returns the field of that key, nil when the screen has none.
func (s *Screen) Field(key string) *Field {
	for _, f := range s.Fields {
		if f.Key == key {
			return f
		}
	}
	return nil
}

// Text is what the field of that key says; see [Field.Text]. It is "" when the
// screen has no such field.
func (s *Screen) Text(key string) string {
	if f := s.Field(key); f != nil {
		return f.Text()
	}
	return ""
}

// FieldKind says how a field is answered.
type FieldKind int

// The kinds of fields. Those up to Lines are typed, the others chosen.
const (
	Line   FieldKind = iota // one line of text
	Lines                   // any number of lines of text
	Choice                  // one of the options
	Menu                    // one of the options, which are shown below each other
	Ticks                   // any number of the options
)

// Field is one question.
type Field struct {
	Kind    FieldKind
	Key     string
	Label   string
	Help    string // one line: what is asked for
	Options []Option
	// Value is what the person typed, or the value of the option that they
	// chose. In a Line or Lines that is empty, Default counts.
	Value string
	// Default is shown dim in an empty Line or Lines and stays when nothing is
	// typed.
	Default string
	// Offer is shown dim as well, but is an idea only: it counts when the
	// person asks for it.
	Offer  string
	Ticked []string // Ticks: the values that are ticked
	// Read reports why the text cannot be understood at all, nil when it can.
	Read func(string) error
}

// Option is a choice.
type Option struct {
	Value string
	Label string
}

// Clear is what a person types to empty a field that has a default.
const Clear = "."

// Text is what a Line, Lines, Choice or Menu says: what was typed, else the
// default; nothing when the person cleared it.
func (f *Field) Text() string {
	value := strings.TrimSpace(normaliseNewlines(f.Value))
	switch {
	case value == Clear && f.Kind <= Lines:
		return ""
	case value == "":
		return f.Default
	}
	return value
}

// Typed is Text without the default: "" when the person typed nothing.
func (f *Field) Typed() string {
	if strings.TrimSpace(f.Value) == "" {
		return ""
	}
	return f.Text()
}

// Has reports whether an option of Ticks is ticked.
func (f *Field) Has(value string) bool { return slices.Contains(f.Ticked, value) }

// line returns a Line whose value is current where that is the person's own
// word, and which offers carried as its default.
func line(key, label, help, current, carried string) *Field {
	f := &Field{Kind: Line, Key: key, Label: label, Help: help, Default: carried}
	switch {
	case current == "" && carried != "":
		f.Value = Clear
	case current != carried:
		f.Value = current
	}
	return f
}

// choice returns a Choice out of values, with chosen as the first answer.
func choice(key, label, chosen string, values ...string) *Field {
	if chosen == "" {
		chosen = values[0]
	}
	f := &Field{Kind: Choice, Key: key, Label: label, Value: chosen}
	for _, value := range values {
		f.Options = append(f.Options, Option{value, strings.ReplaceAll(value, "_", " ")})
	}
	return f
}

// splitLines returns the lines of a text that say something.
func splitLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(normaliseNewlines(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// splitNames returns the names in a list that people write with commas or
// spaces, without the @ that some put before a handle.
func splitNames(text string) []string {
	names := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
	for i := range names {
		names[i] = strings.TrimPrefix(names[i], "@")
	}
	return names
}

// splitPeople is splitNames for people, whose names may have a space in them where
// there are commas between them.
func splitPeople(text string) []string {
	if !strings.Contains(text, ",") {
		return splitNames(text)
	}
	var people []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name != "" {
			people = append(people, name)
		}
	}
	return people
}

// normaliseNewlines makes the line ends of Windows and of old pastes into \n.
// A terminal would show \r\n as two line ends.
func normaliseNewlines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
